//! Changes of items: what differs, all of it in one document.

use pm_http::{Marker, Raw, marked, named};
use pm_provider::{Error, ErrorKind, PMTask, RawData, Result, TaskId, TaskPatch};
use serde_json::{Map, Value, json};

use super::dto::Item;
use super::layout::Layout;
use super::wishes::{Wishing, changed};
use super::{existing_item, map};
use crate::api::Api;
use crate::graphql::{self, Step, UPDATE_DRAFT, UPDATE_ISSUE};
use crate::ids;

/// The changes of one item, each with what it is called in an error.
pub(super) type Steps = Vec<(String, Step)>;

impl Api {
    /// Changes an item. It has no lock: the last write wins.
    pub(crate) async fn v2_update_task(&self, id: &TaskId, patch: &TaskPatch) -> Result<PMTask> {
        self.v2_capabilities().check_update(patch)?;
        let (project, item) = existing_item(id)?;
        // Assignees that are edited are read before: nobody else of ours writes meanwhile.
        let _turn = self.turns.of(id.as_str()).await;
        let row = self.v2_item(project, item).await?;
        let layout = self.v2_layout(project).await?;
        let steps = self.v2_steps(&row, &layout, patch).await?;
        if steps.is_empty() {
            return Ok(map::task(row, &layout));
        }
        let (names, steps): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
        let outcomes = self.change_all(steps).await;
        written(id, names.into_iter().zip(outcomes).collect())?;
        Ok(map::task(self.v2_item(project, item).await?, &layout))
    }

    /// What has to be written of a patch; what is refused is refused before anything is.
    pub(super) async fn v2_steps(&self, row: &Raw<Item>, layout: &Layout, patch: &TaskPatch) -> Result<Steps> {
        let current = map::task(row.clone(), layout);
        let wishes = Wishing { layout, config: &self.config }.of_patch(patch, &current)?;
        let content = self.content_step(row, &current, patch).await?;
        let steps = wishes.iter().map(|wish| (wish.name.clone(), wish.step(&layout.project, &row.item.id)));
        Ok(content.into_iter().chain(steps).collect())
    }

    /// What has to be written of what is in the item.
    async fn content_step(
        &self,
        row: &Raw<Item>,
        current: &PMTask,
        patch: &TaskPatch,
    ) -> Result<Option<(String, Step)>> {
        let mut input = Map::new();
        if let Some(Some(title)) = changed(&patch.title, Some(&current.title)) {
            input.insert("title".to_owned(), title.as_str().into());
        }
        let stored = row.item.content.as_ref().and_then(|content| content.body.as_deref()).unwrap_or_default();
        if let Some(text) = changed(&patch.description, current.description.as_ref()) {
            let marker = Marker::take_out(stored).1;
            let body = marked(text.map_or("", String::as_str), marker.as_ref());
            if body != stored {
                input.insert("body".to_owned(), body.into());
            }
        }
        let assignees = patch.assignees.apply(&current.assignees);
        if !patch.assignees.is_keep() && assignees != current.assignees {
            input.insert("assigneeIds".to_owned(), json!(self.v2_assignees(&assignees).await?));
        }
        if input.is_empty() {
            return Ok(None);
        }
        let content = row.item.content.as_ref().filter(|content| !content.id.is_empty());
        let content = content.ok_or_else(|| {
            let message = "what is in the item is not shown to us, so that it cannot be changed";
            Error::new(ErrorKind::PermissionDenied, message)
        })?;
        let name = names(&input);
        let (member, mutation) =
            if row.item.is_draft() { ("draftIssueId", &UPDATE_DRAFT) } else { ("id", &UPDATE_ISSUE) };
        input.insert(member.to_owned(), content.id.as_str().into());
        Ok(Some((name, Step { mutation, input: Value::Object(input) })))
    }
}

/// What is changed, in our words.
fn names(input: &Map<String, Value>) -> String {
    let own = |name: &String| match name.as_str() {
        "body" => "`description`".to_owned(),
        "assigneeIds" => "`assignees`".to_owned(),
        other => format!("`{other}`"),
    };
    input.keys().map(own).collect::<Vec<_>>().join(", ")
}

/// One error of what came of the changes of an item.
pub(super) fn written(id: &TaskId, outcomes: Vec<(String, Result<RawData>)>) -> Result<()> {
    graphql::partial(id.as_str(), outcomes).map_err(|error| match error.effect() {
        pm_provider::Effect::NotExecuted => named(error, "task", id),
        _ => error,
    })
}

/// The id of the task that an item is.
pub(super) fn task_id(project: &str, item: &str) -> TaskId {
    TaskId::new(ids::of_v2_part(project, item))
}
