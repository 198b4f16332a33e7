//! Lists of a task: its home, and those that show it besides.
//!
//! A task changes its home by version 3 of the API
//! (<https://developer.clickup.com/docs/move-a-task-to-a-new-list>). Where the other List has not the status of the task,
//! the request has to say which one it gets.

use std::sync::Arc;

use pm_http::unless_hidden;
use pm_provider::{Error, Field, FieldPatch, Result, SprintId, StatusRef};
use serde_json::{Value, json};

use super::draft::Wishes;
use super::home;
use crate::api::Api;
use crate::dto::{self, Task};
use crate::ids::{Place, leads_nowhere};
use crate::map::{self, LIST};
use crate::tree::List;
use crate::{ProjectLevel, SprintMembership, endpoints};

/// What is to become of the Lists of a task.
#[derive(Clone, Debug, Default)]
pub(super) struct Moves {
    /// The new home.
    pub(super) home: Option<Arc<List>>,
    /// A List that is to show it besides.
    pub(super) add: Option<String>,
    /// Lists that are to show it no longer.
    pub(super) remove: Vec<String>,
}

impl Api {
    /// The List of a sprint of a project.
    ///
    /// # Errors
    /// `InvalidInput` where there is no such sprint, or where it is one of another project.
    pub(crate) async fn sprint_in(&self, sprint: &SprintId, place: &Place) -> Result<Arc<List>> {
        let found = unless_hidden(self.list(sprint.as_str()).await)?.filter(|list| list.is_sprint);
        let list = found.ok_or_else(|| leads_nowhere(Field::SprintId, sprint.as_str()))?;
        if self.project_of_list(&list).as_ref() != Some(&place.into()) {
            let error = Error::invalid_input("the sprint does not fit");
            return Err(error.on_field(Field::SprintId, "it belongs to another project"));
        }
        Ok(list)
    }

    /// What a change of the sprint and of the List takes.
    pub(super) async fn moves(
        &self,
        task: &Task,
        place: &Place,
        sprint: &FieldPatch<SprintId>,
        wishes: &Wishes,
    ) -> Result<Moves> {
        let mut moves = match sprint {
            FieldPatch::Set(sprint) => self.towards_sprint(task, self.sprint_in(sprint, place).await?).await?,
            FieldPatch::Clear => self.off_sprints(task, place).await?,
            _ => Moves::default(),
        };
        match wishes.get(LIST).filter(|_| place.level != ProjectLevel::List) {
            Some(FieldPatch::Set(wanted)) => {
                let list = self.list_called(place, wanted).await?;
                let is_moved = matches!(sprint, FieldPatch::Set(_)) && moves.home.is_some();
                if is_moved {
                    return Err(bad_list("the List of the sprint is the home of the task"));
                }
                moves.home = Some(list).filter(|list| list.id != home(task));
            }
            Some(FieldPatch::Clear) => return Err(bad_list("a task is always at home in a List")),
            _ => {}
        }
        Ok(moves)
    }

    async fn towards_sprint(&self, task: &Task, list: Arc<List>) -> Result<Moves> {
        let is_there = |list: &List| super::filter::is_in(task, &list.id);
        let is_home_sprint = self.is_home_sprint(task);
        let moves_home = self.config.sprint_membership == SprintMembership::Move || is_home_sprint;
        if home(task) == list.id || (is_there(&list) && !is_home_sprint) {
            return Ok(Moves::default());
        }
        if moves_home {
            return Ok(Moves { home: Some(list), ..Moves::default() });
        }
        let remove = self.sprints_showing(task).await?;
        Ok(Moves { add: Some(list.id.clone()), remove, ..Moves::default() })
    }

    async fn off_sprints(&self, task: &Task, place: &Place) -> Result<Moves> {
        let remove = self.sprints_showing(task).await?;
        let home = match self.is_home_sprint(task) {
            true => Some(self.default_list(place).await?),
            false => None,
        };
        Ok(Moves { home, remove, ..Moves::default() })
    }

    fn is_home_sprint(&self, task: &Task) -> bool {
        super::folder(task).is_some_and(|folder| self.is_sprint_folder(&folder.id, &folder.name))
    }

    /// The sprints that a task is in besides its home.
    async fn sprints_showing(&self, task: &Task) -> Result<Vec<String>> {
        let mut sprints = Vec::new();
        for list in task.locations.iter().filter(|list| list.id != home(task)) {
            if self.is_sprint_list(super::space(task).unwrap_or_default(), &list.id).await? {
                sprints.push(list.id.clone());
            }
        }
        Ok(sprints)
    }

    /// Makes a List the home of a task.
    pub(crate) async fn move_home(&self, task: &str, list: &str) -> Result<()> {
        let (row, list) = (self.task_row(task).await?, self.list(list).await?);
        self.move_to(&row.item, &list, None).await
    }

    /// Makes a List the home of a task; the status is the wanted one, else the same, else one of the same category, else
    /// the first.
    pub(super) async fn move_to(&self, task: &Task, list: &List, wanted: Option<&StatusRef>) -> Result<()> {
        let mut body = json!({});
        let there = self.rows_of_statuses(list).await?;
        let own = task.status.clone().unwrap_or_default();
        let keeps = there.iter().any(|status| status.status.to_lowercase() == own.status.to_lowercase());
        if !keeps {
            let wanted = match wanted {
                Some(wanted) => wanted.clone(),
                None => StatusRef::from(map::status(&own, &self.config.statuses)).without_id(),
            };
            let choices = map::statuses(&there, &self.config.statuses);
            let target = wanted.resolve(&choices, self.config.statuses.preferred()).ok().or(choices.first().cloned());
            let target = target.and_then(|target| there.iter().find(|status| status.status == target.name));
            if let (Some(from), Some(to)) = (own.id, target.and_then(|status| status.id.clone())) {
                let mapping = json!({ "source_status_id": from, "destination_status_id": to });
                body["status_mappings"] = Value::from(vec![mapping]);
            }
        }
        let team = self.team().await?;
        self.put(&endpoints::MOVE_TASK, &[&team, &task.id, &list.id], &body).await
    }

    /// The statuses of a List as ClickUp tells them, with their ids.
    async fn rows_of_statuses(&self, list: &List) -> Result<Vec<dto::Status>> {
        let own = &list.row.item.statuses;
        if !own.is_empty() && own.iter().all(|status| status.id.is_some()) {
            return Ok(own.clone());
        }
        Ok(self.list(&list.id).await?.row.item.statuses.clone())
    }
}

fn bad_list(what: &str) -> Error {
    Error::invalid_input("a task does not fit").on_field(Field::CustomFields, format!("`{LIST}`: {what}"))
}
