//! What a project accepts: types, statuses, priorities, what is on its screens.

mod catalogue;
mod project;

pub(crate) use catalogue::Catalogue;

use std::collections::BTreeMap;
use std::sync::Arc;

use pm_provider::{Error, Priority, Result, Status};

use crate::api::{Api, found};
use crate::dto::{self, EditMeta, FieldInfo, FieldMeta, IssueType, Screen};
use crate::endpoints;
use crate::map;
use crate::tasks::{Kind, StatusId};

impl Api {
    /// The fields of the site.
    pub(crate) async fn catalogue(&self) -> Result<Arc<Catalogue>> {
        let fetch = async {
            let fields: Vec<FieldInfo> = self.get(&endpoints::LIST_FIELDS, &[]).await?;
            Ok(Catalogue::new(&fields, self.config.start_date_field.as_deref()))
        };
        self.issues.catalogue.get(fetch).await
    }

    /// All statuses of the site, with the categories that they belong to.
    pub(crate) async fn all_statuses(&self) -> Result<Vec<Status>> {
        let statuses = self.statuses.get(self.get(&endpoints::LIST_STATUSES, &[])).await?;
        Ok(statuses.iter().map(|status| map::status(status, &self.config.statuses)).collect())
    }

    /// All priorities of the site, lowest first.
    pub(crate) async fn all_priorities(&self) -> Result<Arc<Vec<Priority>>> {
        let fetch = async {
            let known: Vec<dto::Priority> = self.get(&endpoints::LIST_PRIORITIES, &[]).await?;
            Ok(map::priorities(&known, &self.config.priorities))
        };
        self.issues.priorities.get(fetch).await
    }

    /// The statuses of each type of issue in a project.
    pub(crate) async fn statuses_by_type(&self, project: u64) -> Result<Arc<Vec<dto::TypeStatuses>>> {
        let fetch = async {
            let answer = self.get(&endpoints::LIST_PROJECT_STATUSES, &[&project.to_string()]).await;
            answer.map_err(|error: Error| error.subject(format!("project `{project}`")))
        };
        self.type_statuses.of(project).get(fetch).await
    }

    /// The statuses that issues of a type can have in a project, in Jira's order.
    pub(crate) async fn statuses_of(&self, (project, kind): Kind) -> Result<Vec<Status>> {
        let types = self.statuses_by_type(project).await?;
        let own = types.iter().find(|known| known.id.0 == kind);
        let statuses = own.map(|own| own.statuses.as_slice()).unwrap_or_default();
        Ok(statuses.iter().map(|status| map::status(status, &self.config.statuses)).collect())
    }

    /// The types of a project. Who may not create issues is shown none, but still the statuses of each.
    pub(crate) async fn types_of(&self, project: u64) -> Result<Arc<Vec<IssueType>>> {
        let fetch = async {
            let path = project.to_string();
            let types: Option<Vec<IssueType>> = found(self.all(&endpoints::LIST_CREATE_TYPES, &[&path], &[]).await)?;
            if let Some(types) = types.filter(|types| !types.is_empty()) {
                return Ok(types);
            }
            let types = self.statuses_by_type(project).await?;
            Ok(types.iter().map(IssueType::of_statuses).collect())
        };
        self.issues.types.of(project).get(fetch).await
    }

    /// What new issues of a type take in a project.
    pub(crate) async fn create_screen(&self, kind: Kind) -> Result<Arc<Screen>> {
        let fetch = async {
            let (project, kind) = (kind.0.to_string(), kind.1.to_string());
            let fields: Vec<FieldMeta> = self.all(&endpoints::LIST_CREATE_FIELDS, &[&project, &kind], &[]).await?;
            Ok(Screen::of_list(fields))
        };
        self.issues.create_screens.of(kind).get(fetch).await
    }

    /// What can be changed of an issue; the same for all issues of its project, type and status.
    pub(crate) async fn edit_screen(&self, issue: u64, kind: Kind, status: StatusId) -> Result<Arc<Screen>> {
        let fetch = async {
            let meta: EditMeta = self.get(&endpoints::GET_EDIT_FIELDS, &[&issue.to_string()]).await?;
            Ok(Screen::of_map(meta.fields))
        };
        self.issues.edit_screens.of((kind, status)).get(fetch).await
    }

    /// The priorities that a screen lets one choose, lowest first; all of them where it does not say.
    pub(crate) async fn priorities_on(&self, screen: &Screen) -> Result<Vec<Priority>> {
        let all = self.all_priorities().await?;
        let Some(allowed) = screen.get("priority").and_then(|field| field.allowed.as_ref()) else {
            return Ok(all.to_vec());
        };
        let is_allowed = |priority: &&Priority| allowed.iter().any(|one| one.id.is_some() && one.id == priority.id);
        let some: Vec<_> = all.iter().filter(is_allowed).cloned().collect();
        Ok(if some.is_empty() { all.to_vec() } else { some })
    }
}

/// The type with a name: exact first, then without regard to case.
pub(crate) fn find_type<'t>(types: &'t [IssueType], name: &str) -> Option<&'t IssueType> {
    let lower = name.to_lowercase();
    let exact = types.iter().find(|kind| kind.name == name);
    exact.or_else(|| types.iter().find(|kind| kind.name.to_lowercase() == lower))
}

/// The type of a new issue that names none: that of the settings, `Task`, the first standard one.
pub(crate) fn default_type<'t>(types: &'t [IssueType], setting: Option<&str>) -> Option<&'t IssueType> {
    let configured = setting.and_then(|name| find_type(types, name));
    let task = || types.iter().find(|kind| kind.level() == 0 && kind.name.eq_ignore_ascii_case("task"));
    configured.or_else(task).or_else(|| types.iter().find(|kind| kind.level() == 0)).or(types.first())
}

/// The type of a new issue below a standard one: that of the settings, the first sub-task type.
pub(crate) fn subtask_type<'t>(types: &'t [IssueType], setting: Option<&str>) -> Option<&'t IssueType> {
    let configured = setting.and_then(|name| find_type(types, name)).filter(|kind| kind.level() < 0);
    configured.or_else(|| types.iter().find(|kind| kind.level() < 0))
}

/// The types that the parent of an issue of a type can have, and whether it must have one.
pub(crate) fn parents_of<'t>(types: &'t [IssueType], kind: &IssueType) -> (Vec<&'t IssueType>, bool) {
    let above: Vec<_> = types.iter().filter(|other| other.level() == kind.level() + 1).collect();
    (above, kind.level() < 0)
}

/// The fields of several screens, the first one that has a field counts.
pub(crate) fn union<'s>(screens: impl IntoIterator<Item = &'s Screen>) -> BTreeMap<&'s str, &'s FieldMeta> {
    let mut fields = BTreeMap::new();
    for (id, field) in screens.into_iter().flat_map(Screen::iter) {
        fields.entry(id).or_insert(field);
    }
    fields
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn types() -> Vec<IssueType> {
        let json = r#"[{"id": "1", "name": "Epic", "hierarchyLevel": 1}, {"id": "2", "name": "Story", "hierarchyLevel": 0},
            {"id": "3", "name": "Task", "hierarchyLevel": 0}, {"id": "4", "name": "Sub-task", "subtask": true},
            {"id": "5", "name": "Technical task", "subtask": true}]"#;
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_new_issue_is_a_task_unless_somebody_says_otherwise() {
        let name = |kind: Option<&IssueType>| kind.map(|kind| kind.name.clone()).unwrap_or_default();
        assert_eq!(name(default_type(&types(), None)), "Task");
        assert_eq!(name(default_type(&types(), Some("story"))), "Story");
        assert_eq!(name(default_type(&types()[..2], None)), "Story");
        assert_eq!(name(subtask_type(&types(), None)), "Sub-task");
        assert_eq!(name(subtask_type(&types(), Some("technical task"))), "Technical task");
        assert_eq!(name(subtask_type(&types(), Some("Story"))), "Sub-task");
    }

    #[test]
    fn parents_are_one_level_up() {
        let types = types();
        let names = |index: usize| {
            let (above, must) = parents_of(&types, &types[index]);
            (above.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>(), must)
        };
        assert_eq!(names(0), (vec![], false));
        assert_eq!(names(1), (vec!["Epic"], false));
        assert_eq!(names(3), (vec!["Story", "Task"], true));
    }
}
