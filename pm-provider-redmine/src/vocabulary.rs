//! What the server's administrators defined: statuses, priorities, trackers, custom fields.

use std::collections::BTreeMap;

use pm_provider::{
    CustomField, CustomFieldKind, Overrides, Priority, PriorityLevel, ProjectStatus, ProjectStatusCategory,
    SprintStatus, SprintStatusCategory, Status, StatusCategory, Vocabulary as _,
};

use crate::dto::{CustomFieldDto, PriorityDto, Reference, StatusDto, TrackerDto};

/// What the user says about native names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) statuses: Overrides<StatusCategory>,
    pub(crate) priorities: Overrides<PriorityLevel>,
}

/// Everything that issues refer to by id and that is the same in all projects.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    pub(crate) statuses: Vec<Status>,
    closed: Vec<u64>,
    pub(crate) priorities: Vec<Priority>,
    /// By id; empty for users who may not see the definitions.
    custom_fields: BTreeMap<u64, CustomFieldDto>,
    names: Names,
    first_statuses: Vec<u64>,
}

impl Vocabulary {
    /// Sorts native names into the contract's categories.
    pub(crate) fn new(
        names: &Names,
        statuses: &[StatusDto],
        priorities: &[PriorityDto],
        trackers: &[TrackerDto],
        custom_fields: Vec<CustomFieldDto>,
    ) -> Self {
        let first_statuses =
            trackers.iter().filter_map(|tracker| Some(tracker.default_status.as_ref()?.id)).collect::<Vec<_>>();
        let closed = statuses.iter().filter(|status| status.is_closed == Some(true)).map(|status| status.id).collect();
        let of_issues = |field: &CustomFieldDto| field.customized_type.as_deref().is_none_or(|kind| kind == "issue");
        let custom_fields =
            custom_fields.into_iter().filter(of_issues).map(|field| (field.id, field)).collect::<BTreeMap<_, _>>();
        let mut vocabulary = Self {
            statuses: Vec::new(),
            closed,
            priorities: Vec::new(),
            custom_fields,
            names: names.clone(),
            first_statuses,
        };
        vocabulary.statuses = statuses.iter().map(|status| vocabulary.status(status)).collect();
        let active = priorities.iter().filter(|priority| priority.active != Some(false));
        vocabulary.priorities = active.map(|priority| vocabulary.priority(priority.id, &priority.name)).collect();
        vocabulary
    }

    /// Sorts a status in: by what the user said, by its name, by whether it closes.
    pub(crate) fn status(&self, dto: &StatusDto) -> Status {
        let overridden = self.names.statuses.category_of(&dto.name);
        let category = overridden.unwrap_or_else(|| self.usual_category(dto));
        Status::new(category, dto.name.clone()).id(dto.id.to_string())
    }

    /// Where a status belongs of which the user said nothing; the one in which a tracker begins is `todo` if its name
    /// says nothing either.
    fn usual_category(&self, dto: &StatusDto) -> StatusCategory {
        let closed = self.closes(dto);
        let is_first = !closed && self.first_statuses.contains(&dto.id) && StatusCategory::find(&dto.name).is_none();
        if is_first { StatusCategory::Todo } else { StatusCategory::of_native(&dto.name, closed) }
    }

    /// Whether issues in a status are closed.
    pub(crate) fn closes(&self, dto: &StatusDto) -> bool {
        dto.is_closed.unwrap_or_else(|| self.closed.contains(&dto.id))
    }

    /// Sorts a priority in.
    pub(crate) fn priority(&self, id: u64, name: &str) -> Priority {
        let level = self.names.priorities.category_of(name).unwrap_or_else(|| PriorityLevel::of_native(name));
        Priority::new(level, name).id(id.to_string())
    }

    /// The ids of the statuses in some categories.
    pub(crate) fn status_ids(&self, categories: &[StatusCategory]) -> Vec<&str> {
        let within = self.statuses.iter().filter(|status| categories.contains(&status.category));
        within.filter_map(|status| status.id.as_deref()).collect()
    }

    /// The names that win for their category.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// The definition of a custom field, where this user may see it.
    pub(crate) fn custom_field(&self, id: u64) -> Option<&CustomFieldDto> {
        self.custom_fields.get(&id)
    }

    /// All custom fields of issues, where this user may see their definitions.
    pub(crate) fn custom_fields(&self) -> impl Iterator<Item = Reference> {
        self.custom_fields.values().map(|field| Reference { id: field.id, name: field.name.clone() })
    }

    /// Describes a custom field of a project.
    pub(crate) fn describe(&self, field: &Reference) -> CustomField {
        let name = field.name.clone().unwrap_or_default();
        let Some(definition) = self.custom_field(field.id) else {
            return CustomField::new(name, CustomFieldKind::Json).id(field.id.to_string());
        };
        let options = definition.possible_values.iter();
        let options = options.map(|value| value.label.clone().unwrap_or_else(|| value.value.clone()));
        CustomField::new(name, kind(definition))
            .id(field.id.to_string())
            .required(definition.is_required)
            .options(options.collect::<Vec<_>>())
    }
}

/// What a custom field holds, by its format: <https://www.redmine.org/projects/redmine/wiki/RedmineCustomFields>.
pub(crate) fn kind(definition: &CustomFieldDto) -> CustomFieldKind {
    match (definition.field_format.as_str(), definition.multiple) {
        ("int" | "float", _) => CustomFieldKind::Number,
        ("bool", _) => CustomFieldKind::Bool,
        ("date", _) => CustomFieldKind::Date,
        ("list" | "enumeration", false) => CustomFieldKind::Choice,
        ("list" | "enumeration", true) => CustomFieldKind::MultiChoice,
        ("user", false) => CustomFieldKind::User,
        ("string" | "text" | "link", _) => CustomFieldKind::Text,
        _ => CustomFieldKind::Json,
    }
}

/// The statuses of projects that the API shows: archived ones it hides from everybody.
pub(crate) fn project_statuses() -> Vec<ProjectStatus> {
    [1, 5].into_iter().map(project_status).collect()
}

/// Names a project's status: `app/models/project.rb` has the numbers.
pub(crate) fn project_status(number: u64) -> ProjectStatus {
    let (category, name) = match number {
        1 => (ProjectStatusCategory::Active, "active"),
        5 => (ProjectStatusCategory::Completed, "closed"),
        9 => (ProjectStatusCategory::Archived, "archived"),
        _ => return ProjectStatus::new(ProjectStatusCategory::Unknown, number.to_string()).id(number.to_string()),
    };
    ProjectStatus::new(category, name).id(number.to_string())
}

/// The statuses of versions; a locked one takes no more issues, but those in it are still worked on.
pub(crate) fn version_statuses() -> Vec<SprintStatus> {
    ["open", "locked", "closed"].into_iter().map(version_status).collect()
}

/// Sorts a version's status in.
pub(crate) fn version_status(name: &str) -> SprintStatus {
    let category = match name {
        "open" | "locked" => SprintStatusCategory::Active,
        "closed" => SprintStatusCategory::Completed,
        _ => SprintStatusCategory::Unknown,
    };
    SprintStatus::new(category, name).id(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn status(id: u64, name: &str, is_closed: bool) -> StatusDto {
        StatusDto { id, name: name.to_owned(), is_closed: Some(is_closed) }
    }

    fn of(names: &Names, statuses: &[StatusDto]) -> Vec<(String, StatusCategory)> {
        let begin = Reference { id: 7, name: None };
        let tracker = TrackerDto { default_status: Some(begin) };
        let vocabulary = Vocabulary::new(names, statuses, &[], &[tracker], Vec::new());
        vocabulary.statuses.into_iter().map(|status| (status.name, status.category)).collect()
    }

    #[test]
    fn statuses_follow_name_closing_and_tracker() {
        use StatusCategory::{Cancelled, Done, InProgress, Todo};
        let statuses = [
            status(1, "New", false),
            status(2, "In Progress", false),
            status(3, "Resolved", false),
            status(5, "Closed", true),
            status(6, "Rejected", true),
            status(7, "Offen", false),
            status(8, "Erledigt", true),
        ];
        let expected = [Todo, InProgress, InProgress, Done, Cancelled, Todo, Done];
        let sorted: Vec<_> = of(&Names::default(), &statuses).into_iter().map(|(_, category)| category).collect();
        assert_eq!(sorted, expected);
    }

    #[test]
    fn what_the_user_says_wins() {
        let names = Names { statuses: "resolved=done".parse().unwrap(), ..Names::default() };
        let sorted = of(&names, &[status(3, "Resolved", false)]);
        assert_eq!(sorted, [("Resolved".to_owned(), StatusCategory::Done)]);
    }

    #[test]
    fn inactive_priorities_are_no_choice() {
        let priority = |id, name: &str, active| PriorityDto { id, name: name.to_owned(), active };
        let priorities = [priority(1, "Low", Some(true)), priority(2, "Old", Some(false)), priority(3, "High", None)];
        let vocabulary = Vocabulary::new(&Names::default(), &[], &priorities, &[], Vec::new());
        let names: Vec<_> = vocabulary.priorities.iter().map(|priority| priority.name.as_str()).collect();
        assert_eq!(names, ["Low", "High"]);
        assert_eq!(vocabulary.priorities[1].level, PriorityLevel::High);
    }

    #[test]
    fn versions_and_projects_have_fixed_statuses() {
        assert_eq!(version_status("locked").category, SprintStatusCategory::Active);
        assert_eq!(version_status("frozen").category, SprintStatusCategory::Unknown);
        assert_eq!(project_status(9).category, ProjectStatusCategory::Archived);
        assert_eq!(project_status(10).category, ProjectStatusCategory::Unknown);
        assert_eq!(project_statuses().len(), 2);
        assert_eq!(version_statuses().len(), 3);
    }
}
