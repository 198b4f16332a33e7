//! A project as a board: a column for each status, a card for each task.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use pm_core::{
    Entity, Field, Operation, PMProject, PMSprint, PMTask, PmProvider, PmProviderExt, Result, SprintId, SprintQuery,
    StatusCategory, TaskQuery, UserId,
};

const CARD_WIDTH: usize = 28;
const GAP: &str = "   ";

/// A project and its tasks, ready to be printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    project: PMProject,
    tasks: Vec<PMTask>,
    sprints: BTreeMap<SprintId, PMSprint>,
    people: BTreeMap<UserId, String>,
    lacking: Vec<&'static str>,
}

impl Board {
    /// Reads a project. What the backend does not hold is left out, and named below the board.
    ///
    /// # Errors
    /// What the backend says.
    pub async fn load(provider: &Arc<dyn PmProvider>, project: PMProject) -> Result<Self> {
        let tasks = provider.list_tasks(TaskQuery::in_project(&project.id)).await?;
        let sprints = sprints(provider, &project).await?;
        let people = people(provider, &tasks).await?;
        Ok(Self { project, tasks, sprints, people, lacking: lacking(&**provider) })
    }

    fn columns(&self) -> Vec<Vec<String>> {
        const HEADINGS: [(StatusCategory, &str); 6] = [
            (StatusCategory::Backlog, "Backlog"),
            (StatusCategory::Todo, "To Do"),
            (StatusCategory::InProgress, "In Progress"),
            (StatusCategory::Done, "Done"),
            (StatusCategory::Cancelled, "Cancelled"),
            (StatusCategory::Unknown, "Unknown"),
        ];
        HEADINGS.into_iter().filter_map(|(category, heading)| self.column(category, heading)).collect()
    }

    /// The lines of a column; those that stand for every board are there even when they are empty.
    fn column(&self, category: StatusCategory, heading: &str) -> Option<Vec<String>> {
        let cards: Vec<_> = self.tasks.iter().filter(|task| task.status.category == category).collect();
        let always = matches!(category, StatusCategory::Todo | StatusCategory::InProgress | StatusCategory::Done);
        if cards.is_empty() && !always {
            return None;
        }
        let mut lines = vec![format!("{} ({})", heading.to_uppercase(), cards.len()), "─".repeat(CARD_WIDTH)];
        for (place, task) in cards.into_iter().enumerate() {
            if place > 0 {
                lines.push(String::new());
            }
            lines.extend(self.card(task, heading));
        }
        Some(lines)
    }

    fn card(&self, task: &PMTask, heading: &str) -> Vec<String> {
        let title = match &task.key {
            Some(key) => format!("{key}  {}", task.title),
            None => task.title.clone(),
        };
        let mut lines = wrap(&title, "");
        // A status of the backend's own: `In Review` among what is in progress.
        if !task.status.name.eq_ignore_ascii_case(heading) {
            lines.extend(wrap(&format!("({})", task.status.name), "  "));
        }
        lines.extend(self.details(task).iter().flat_map(|detail| wrap(detail, "  ")));
        lines
    }

    fn details(&self, task: &PMTask) -> Vec<String> {
        let people = task.assignees.iter().map(|id| self.people.get(id).map_or(id.as_str(), String::as_str));
        let labels: Vec<_> = task.labels.iter().map(|label| format!("#{label}")).collect();
        let sprint = task.sprint_id.as_ref().map(|id| self.sprints.get(id).map_or(id.as_str(), |sprint| &sprint.name));
        let details = [
            people.collect::<Vec<_>>().join(", "),
            labels.join(" "),
            task.due_date.map(|date| format!("due {date}")).unwrap_or_default(),
            sprint.unwrap_or_default().to_owned(),
        ];
        details.into_iter().filter(|detail| !detail.is_empty()).collect()
    }
}

/// The sprints of a project, where the backend has such a thing.
async fn sprints(provider: &Arc<dyn PmProvider>, project: &PMProject) -> Result<BTreeMap<SprintId, PMSprint>> {
    if !provider.capabilities().can(Entity::Sprint, Operation::List) {
        return Ok(BTreeMap::new());
    }
    let sprints = provider.list_sprints(SprintQuery::in_project(&project.id)).await?;
    Ok(sprints.into_iter().map(|sprint| (sprint.id.clone(), sprint)).collect())
}

/// The names of the people who work on the tasks, where the backend shows users.
async fn people(provider: &Arc<dyn PmProvider>, tasks: &[PMTask]) -> Result<BTreeMap<UserId, String>> {
    let mut people = BTreeMap::new();
    if !provider.capabilities().can(Entity::User, Operation::Get) {
        return Ok(people);
    }
    for id in tasks.iter().flat_map(|task| &task.assignees) {
        if !people.contains_key(id) {
            people.insert(id.clone(), provider.get_user(id).await?.name);
        }
    }
    Ok(people)
}

/// What a board shows and this backend does not hold: known without a request.
fn lacking(provider: &dyn PmProvider) -> Vec<&'static str> {
    let tasks = provider.capabilities().entity(Entity::Task);
    let fields = [
        (Field::Assignees, "assignees"),
        (Field::Labels, "labels"),
        (Field::DueDate, "due dates"),
        (Field::SprintId, "sprints"),
    ];
    let lacks = |field| !tasks.field(field).readable.is_possible();
    fields.into_iter().filter(|(field, _)| lacks(*field)).map(|(_, name)| name).collect()
}

/// Breaks a text into lines that fit into a column.
fn wrap(text: &str, indent: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let fits = indent.len() + line.chars().count() + 1 + word.chars().count() <= CARD_WIDTH;
        if !line.is_empty() && !fits {
            lines.push(format!("{indent}{line}"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(format!("{indent}{line}"));
    lines
}

impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} · {}", self.project.name, self.project.status.name)?;
        for sprint in self.sprints.values() {
            writeln!(f, "{}", describe(sprint))?;
        }
        writeln!(f)?;
        let columns = self.columns();
        for row in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
            let cells = columns.iter().map(|column| column.get(row).map_or("", String::as_str));
            let line: Vec<_> = cells.map(|cell| format!("{cell:CARD_WIDTH$}")).collect();
            writeln!(f, "{}", line.join(GAP).trim_end())?;
        }
        match self.lacking.is_empty() {
            true => Ok(()),
            false => writeln!(f, "\nnot supported by this backend: {}", self.lacking.join(", ")),
        }
    }
}

fn describe(sprint: &PMSprint) -> String {
    let mut parts = vec![sprint.name.clone(), sprint.status.name.clone()];
    if let (Some(start), Some(end)) = (sprint.start_date, sprint.end_date) {
        parts.push(format!("{start} to {end}"));
    }
    parts.extend(sprint.goal.clone());
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(tasks: Vec<PMTask>, lacking: Vec<&'static str>) -> Board {
        let project = PMProject::new("1", "Shed", pm_core::ProjectStatusCategory::Active);
        let people = BTreeMap::from([("7".into(), "Ada".to_owned())]);
        Board { project, tasks, sprints: BTreeMap::new(), people, lacking }
    }

    #[test]
    fn tasks_stand_in_the_column_of_their_status() {
        let paint = PMTask::new("1", "1", "Paint the fence on both sides", StatusCategory::Todo)
            .key("SHED-1")
            .assignees(["7", "8"])
            .labels(["garden"]);
        let review = pm_core::Status::new(StatusCategory::InProgress, "In Review");
        let saw = PMTask::new("2", "1", "Saw", review);
        let shown = board(vec![paint, saw], vec!["sprints"]).to_string();
        let expected = "\
Shed · Active

TO DO (1)                      IN PROGRESS (1)                DONE (0)
────────────────────────────   ────────────────────────────   ────────────────────────────
SHED-1  Paint the fence on     Saw
both sides                       (In Review)
  Ada, 8
  #garden

not supported by this backend: sprints
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn columns_without_cards_are_left_out_unless_every_board_has_them() {
        let idea = PMTask::new("1", "1", "Fly", StatusCategory::Backlog);
        assert!(board(vec![idea], vec![]).to_string().contains("BACKLOG (1)"));
        let empty = board(vec![], vec![]).to_string();
        assert!(!empty.contains("BACKLOG") && empty.contains("TO DO (0)") && empty.contains("DONE (0)"));
    }

    #[test]
    fn long_words_are_kept_whole() {
        let word = "x".repeat(40);
        assert_eq!(wrap(&format!("a {word} b"), "  "), ["  a".to_owned(), format!("  {word}"), "  b".to_owned()]);
    }
}
