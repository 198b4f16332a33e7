//! Each filter by itself.

use chrono::TimeDelta;
use pm_provider::{
    Entity, ErrorKind, Field, Filter, NewTask, Operation, PMTask, ProjectId, ProjectQuery, ProjectStatusCategory,
    SprintQuery, SprintStatusCategory, StatusCategory, TaskId, TaskPatch, TaskQuery,
};
use serde_json::{Value, json};

use super::Subject;
use super::capable::{must, unsupported};
use super::expect::{done, ensure, refused, same};
use super::fixture::project_key;
use super::items::{Place, only, token, with};
use super::verdict::Outcome;

/// Makes sure that a query finds exactly these tasks, in order of creation.
async fn finds(subject: &Subject, query: &TaskQuery, expected: &[&PMTask]) -> Outcome {
    subject.settled().await;
    let expected: Vec<TaskId> = expected.iter().map(|task| task.id.clone()).collect();
    same(&format!("tasks for {query:?}"), &expected, &subject.task_ids(query).await?)
}

async fn create(subject: &Subject, new: NewTask) -> Outcome<PMTask> {
    subject.requires(Entity::Task, pm_provider::Operation::Create).await?;
    done("creating a task", subject.create_task(new).await)
}

/// `project` finds the tasks of one project.
pub(super) async fn project(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::Project).await?;
    let project = subject.own_project().await?;
    let mine = subject.task(&project, "mine").await?;
    let other = subject.other_project().await?;
    let theirs = subject.task(&other, "theirs").await?;
    finds(subject, &TaskQuery::in_project(&project), &[&mine]).await?;
    finds(subject, &TaskQuery::in_project(&other), &[&theirs]).await
}

/// `sprint` finds the tasks of one sprint, and those of none.
pub(super) async fn sprint(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::Sprint).await?;
    let project = subject.own_project().await?;
    let (one, two) = (subject.sprint(&project, "one").await?, subject.sprint(&project, "two").await?);
    let in_one = create(subject, NewTask::new(&project, "in one").sprint_id(&one.id)).await?;
    let in_two = create(subject, NewTask::new(&project, "in two").sprint_id(&two.id)).await?;
    let in_none = create(subject, NewTask::new(&project, "in none")).await?;
    finds(subject, &TaskQuery::new().sprint(&one.id), &[&in_one]).await?;
    finds(subject, &TaskQuery::in_project(&project).sprint(&two.id), &[&in_two]).await?;
    subject.requires_filter(Entity::Task, Filter::NoSprint).await?;
    finds(subject, &TaskQuery::in_project(&project).without_sprint(), &[&in_none]).await
}

/// `assignee` finds the tasks that one user works on, as the main one or not, and those of nobody.
pub(super) async fn assignee(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::Assignee).await?;
    let people = subject.people(2).await?;
    let project = subject.own_project().await?;
    let first = create(subject, NewTask::new(&project, "first").assignees([&people[0]])).await?;
    let two = people[..subject.most_assignees(2)].iter().rev();
    let both = create(subject, NewTask::new(&project, "both, or the first again").assignees(two)).await?;
    let second = create(subject, NewTask::new(&project, "second").assignees([&people[1]])).await?;
    let nobody = create(subject, NewTask::new(&project, "nobody")).await?;
    let seconds: Vec<_> = [&both, &second].into_iter().filter(|task| task.assignees.contains(&people[1])).collect();
    finds(subject, &TaskQuery::in_project(&project).assignee(&people[0]), &[&first, &both]).await?;
    finds(subject, &TaskQuery::in_project(&project).assignee(&people[1]), &seconds).await?;
    subject.requires_filter(Entity::Task, Filter::Unassigned).await?;
    finds(subject, &TaskQuery::in_project(&project).unassigned(), &[&nobody]).await
}

/// `parent` finds direct children, and tasks without a parent.
pub(super) async fn parent(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::Parent).await?;
    let project = subject.own_project().await?;
    let line = subject.line(&project, &["top", "child", "grandchild"]).await?;
    subject.settled().await;
    finds(subject, &TaskQuery::in_project(&project).parent(&line[0].id), &[&line[1]]).await?;
    finds(subject, &TaskQuery::new().parent(&line[1].id), &[&line[2]]).await?;
    subject.requires_filter(Entity::Task, Filter::TopLevel).await?;
    finds(subject, &TaskQuery::in_project(&project).top_level(), &[&line[0]]).await
}

/// `statuses` finds the tasks in some categories.
pub(super) async fn status(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::Status).await?;
    subject.requires_on_create(Entity::Task, Field::Status, json!({ "category": "done" })).await?;
    let project = subject.own_project().await?;
    let mut tasks = Vec::new();
    for status in &subject.schema(&project).await?.statuses {
        tasks.push(create(subject, NewTask::new(&project, "in its place").status(status.clone())).await?);
    }
    for wanted in [vec![StatusCategory::Done], vec![StatusCategory::Todo], StatusCategory::OPEN.to_vec()] {
        let expected: Vec<_> = tasks.iter().filter(|task| wanted.contains(&task.status.category)).collect();
        finds(subject, &TaskQuery::in_project(&project).statuses(wanted), &expected).await?;
    }
    Ok(())
}

/// `labels` finds the tasks that have all of them.
pub(super) async fn labels(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::Labels).await?;
    let project = subject.own_project().await?;
    super::sets::free_labels(subject, &project).await?;
    let both = create(subject, NewTask::new(&project, "both").labels(["paint", "Wood"])).await?;
    let one = create(subject, NewTask::new(&project, "one").labels(["paint"])).await?;
    create(subject, NewTask::new(&project, "like it").labels(["paintbrush"])).await?;
    create(subject, NewTask::new(&project, "none")).await?;
    let query = TaskQuery::in_project(&project);
    finds(subject, &query.clone().labels(["paint"]), &[&both, &one]).await?;
    finds(subject, &query.clone().labels(["Wood", "paint"]), &[&both]).await?;
    finds(subject, &query.labels(["paint", "absent"]), &[]).await
}

async fn searches_substrings(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires_filter(entity, Filter::Text).await?;
    if subject.provider.capabilities().text_search == pm_provider::capability::TextSearch::Substring {
        return Ok(());
    }
    unsupported("search by substring")
}

/// `text` finds a part of a word in title or description.
pub(super) async fn text_in_title_or_description(subject: &Subject) -> Outcome {
    searches_substrings(subject, Entity::Task).await?;
    let project = subject.own_project().await?;
    let titled = create(subject, NewTask::new(&project, "Repaint the fence")).await?;
    create(subject, NewTask::new(&project, "Neither")).await?;
    let query = TaskQuery::in_project(&project);
    if !subject.can(Entity::Task).field(Field::Description).on_create.is_possible() {
        return finds(subject, &query.text("paint"), &[&titled]).await;
    }
    let described = create(subject, NewTask::new(&project, "House").description("and paint the\nwalls")).await?;
    finds(subject, &query.clone().text("paint"), &[&titled, &described]).await?;
    finds(subject, &query.clone().text("the\nwall"), &[&described]).await?;
    finds(subject, &query.text("fenceHouse"), &[]).await
}

/// `text` pays no regard to case, in any script.
pub(super) async fn text_in_any_case(subject: &Subject) -> Outcome {
    searches_substrings(subject, Entity::Task).await?;
    let project = subject.own_project().await?;
    let upper = create(subject, NewTask::new(&project, "ÄPFEL UND ÖL, ПРИВЕТ")).await?;
    let lower = create(subject, NewTask::new(&project, "äpfel und öl, привет")).await?;
    let query = TaskQuery::in_project(&project);
    for text in ["ÄPFEL", "äpfel", "öL", "Привет", "uNd"] {
        finds(subject, &query.clone().text(text), &[&upper, &lower]).await?;
    }
    Ok(())
}

/// `text` takes signs as they are: no sign stands for others.
pub(super) async fn text_without_wildcards(subject: &Subject) -> Outcome {
    searches_substrings(subject, Entity::Task).await?;
    let project = subject.own_project().await?;
    let percent = create(subject, NewTask::new(&project, "100% done")).await?;
    let line = create(subject, NewTask::new(&project, "snake_case")).await?;
    let stroke = create(subject, NewTask::new(&project, r"C:\temp [x] *")).await?;
    create(subject, NewTask::new(&project, "1000 done snakecase c:/temp")).await?;
    let query = TaskQuery::in_project(&project);
    finds(subject, &query.clone().text("0%"), &[&percent]).await?;
    finds(subject, &query.clone().text("e_c"), &[&line]).await?;
    finds(subject, &query.clone().text("%"), &[&percent]).await?;
    finds(subject, &query.clone().text("_"), &[&line]).await?;
    for text in [r"c:\t", "[x]", "*", r"\"] {
        finds(subject, &query.clone().text(text), &[&stroke]).await?;
    }
    finds(subject, &query.text("'"), &[]).await
}

/// `updated_since` finds what changed at this very time or later.
pub(super) async fn updated_since(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::UpdatedSince).await?;
    let project = subject.own_project().await?;
    let task = subject.task(&project, "changed").await?;
    let task = subject.provider.update_task(&task.id, TaskPatch::new().title("changed indeed")).await?;
    let time = must("the time of the last change", task.updated_at)?;
    let query = TaskQuery::in_project(&project);
    finds(subject, &query.clone().updated_since(time), &[&task]).await?;
    finds(subject, &query.clone().updated_since(time - TimeDelta::microseconds(1)), &[&task]).await?;
    finds(subject, &query.updated_since(time + TimeDelta::microseconds(1)), &[]).await
}

/// A query without filters shows closed tasks and sub-tasks too.
pub(super) async fn nothing_is_hidden(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::Project).await?;
    let (project, mut expected) = (subject.own_project().await?, Vec::new());
    for status in &subject.schema(&project).await?.statuses {
        expected.push(create(subject, NewTask::new(&project, "in any status").status(status.clone())).await?);
    }
    if subject.can(Entity::Task).field(Field::ParentTaskId).on_create.is_possible() {
        let parent = must("a task", expected.first())?.id.clone();
        expected.push(create(subject, NewTask::new(&project, "a part").parent_task_id(parent)).await?);
    }
    if subject.can(Entity::Task).field(Field::Visibility).on_create.is_possible() {
        let new = NewTask::new(&project, "restricted").visibility(pm_provider::Visibility::Restricted);
        expected.push(create(subject, new).await?);
    }
    finds(subject, &TaskQuery::in_project(&project), &expected.iter().collect::<Vec<_>>()).await
}

/// Archived and completed projects are listed too.
pub(super) async fn closed_projects_are_listed(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Project, Field::Status, json!("archived")).await?;
    subject.requires(Entity::Project, pm_provider::Operation::List).await?;
    let mut made = Vec::new();
    let there = subject.project_categories().await?;
    let over = [ProjectStatusCategory::Archived, ProjectStatusCategory::Completed];
    for category in over.into_iter().filter(|category| there.contains(category)) {
        made.push(subject.create_project(subject.new_project().status(category)).await?.id);
    }
    subject.settled().await;
    let listed: Vec<ProjectId> =
        subject.list_projects(&ProjectQuery::new()).await?.into_iter().map(|project| project.id).collect();
    let missing = made.iter().find(|id| !listed.contains(id));
    ensure(missing.is_none(), "closed projects in the listing", missing)
}

/// The filters of projects: status, text, time of change.
pub(super) async fn projects(subject: &Subject, filter: Filter) -> Outcome {
    subject.requires_filter(Entity::Project, filter).await?;
    let word = token();
    let describes = subject.can(Entity::Project).field(Field::Description).on_create.is_possible();
    let new = |text: String| {
        let mut new = subject.new_project();
        // Where projects have no description, their name is the only text.
        match describes {
            true => new.description = Some(text),
            false => new.name = format!("{text} {}", new.name),
        }
        new
    };
    let (mut wanted, mut other) = (new(format!("ÄPFEL {word}")), new("pears".into()));
    let over = if filter == Filter::Status { over(subject).await? } else { ProjectStatusCategory::Completed };
    if filter == Filter::Status {
        (wanted, other) = (wanted.status(over), other.status(ProjectStatusCategory::Active));
    }
    let wanted = done("creating a project", subject.create_project(wanted).await)?;
    let other = done("creating a project", subject.create_project(other).await)?;
    subject.settled().await;
    let (query, other_fits) = match filter {
        Filter::Text => (ProjectQuery::new().text(format!("äpfel {}", word.to_uppercase())), false),
        Filter::Status => (ProjectQuery::new().statuses([over]), false),
        _ => {
            let time = must("the time of the last change", wanted.updated_at)?;
            let later = other.updated_at.is_some_and(|other| other >= time);
            (ProjectQuery::new().updated_since(time), later)
        }
    };
    let found: Vec<_> = subject.list_projects(&query).await?.into_iter().map(|project| project.id).collect();
    ensure(found.contains(&wanted.id), format!("the project for {query:?}"), &found)?;
    same(&format!("whether {query:?} finds the other project"), &other_fits, &found.contains(&other.id))
}

/// A status of projects in which nobody works.
async fn over(subject: &Subject) -> Outcome<ProjectStatusCategory> {
    subject.requires_on_create(Entity::Project, Field::Status, json!("active")).await?;
    let there = subject.project_categories().await?;
    let over = [ProjectStatusCategory::Cancelled, ProjectStatusCategory::Completed];
    match over.into_iter().find(|category| there.contains(category)) {
        Some(category) => Ok(category),
        None => unsupported("a status of projects that are over"),
    }
}

/// The filters of sprints: project, status, text, time of change.
pub(super) async fn sprints(subject: &Subject, filter: Filter) -> Outcome {
    subject.requires_filter(Entity::Sprint, filter).await?;
    subject.requires_filter(Entity::Sprint, Filter::Project).await?;
    subject.requires(Entity::Sprint, Operation::Create).await?;
    let project = subject.own_project().await?;
    let there = subject.schema(&project).await?.sprint_statuses.clone();
    let resting = there.iter().map(|status| status.category).find(|category| *category != SprintStatusCategory::Active);
    // Some backends go by the days of a sprint alone: nobody can say which status it has.
    let says_status = subject.can(Entity::Sprint).field(Field::Status).on_create.is_possible();
    if filter == Filter::Status {
        subject.requires_on_create(Entity::Sprint, Field::Status, json!("active")).await?;
    }
    let in_status = |sprint, status| if says_status { with(sprint, "status", status) } else { sprint };
    let base = in_status(json!({ "project_id": project, "name": "pears" }), json!({ "category": resting }));
    let base = subject.ready(Entity::Sprint, base);
    let other = subject.create_json(Entity::Sprint, base.clone()).await?;
    let goal = in_status(with(base, "goal", json!("ÖL 100%")), json!("active"));
    let goal = subject.another(Entity::Sprint, &goal);
    let wanted = subject.create_json(Entity::Sprint, goal).await?;
    let wanted = subject.update_json(&Place::of(Entity::Sprint, &wanted), only("name", json!("Äpfel"))).await?;
    let changed: Option<chrono::DateTime<chrono::Utc>> =
        wanted["updated_at"].as_str().and_then(|text| text.parse().ok());
    let time = match filter {
        Filter::UpdatedSince => must("the time of the last change", changed)?,
        _ => changed.unwrap_or_default(),
    };
    subject.settled().await;
    let query = SprintQuery::in_project(&project);
    let expected = vec![wanted["id"].clone()];
    let both = vec![other["id"].clone(), wanted["id"].clone()];
    let cases = match filter {
        Filter::Text => vec![(query.clone().text("äPF"), &expected), (query.text("öl 100%"), &expected)],
        Filter::Status => vec![(query.statuses([SprintStatusCategory::Active]), &expected)],
        // On servers that show seconds both may have changed in the same one.
        Filter::UpdatedSince if is_since(&other, time) => vec![(query.updated_since(time), &both)],
        Filter::UpdatedSince => vec![(query.updated_since(time), &expected)],
        _ => vec![(query, &both)],
    };
    for (query, expected) in cases {
        let listed = subject.list_sprints(&query).await?;
        let found: Vec<Value> = listed.iter().map(|sprint| json!(sprint.id)).filter(|id| both.contains(id)).collect();
        same(&format!("sprints for {query:?}"), expected, &found)?;
    }
    Ok(())
}

fn is_since(item: &Value, time: chrono::DateTime<chrono::Utc>) -> bool {
    let updated = item["updated_at"].as_str().and_then(|text| text.parse::<chrono::DateTime<chrono::Utc>>().ok());
    updated.is_some_and(|updated| updated >= time)
}

/// NUL in a filter is refused.
pub(super) async fn nul_is_refused(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::Text).await?;
    let answer = subject.provider.tasks_page(&TaskQuery::new().text("a\0b"), None).await;
    refused("NUL in a filter", ErrorKind::InvalidInput, answer)?;
    subject.requires_filter(Entity::Project, Filter::Key).await?;
    let answer = subject.provider.projects_page(&ProjectQuery::new().key(format!("{}\0", project_key())), None).await;
    refused("NUL in a key", ErrorKind::InvalidInput, answer).map(drop)
}
