//! Writes that are refused because what they name is gone over there.

use pm_provider::{Error, ErrorKind, Existence, Field};

use super::error::SyncResult;
use super::pull::work_on;
use super::session::Session;
use super::work::Step;
use crate::item::{ItemKey, Kind};
use crate::record::FieldKey;
use crate::store::{Intent, Settlement, WorkReason};

impl Session<'_> {
    /// What becomes of an item whose write was refused. Where the parent or the sprint that it names is not shown any more,
    /// it is written without that at once, and hung there when it is known what became of it; a comment waits for its
    /// `task`. Else it failed.
    pub(super) async fn refused(&self, intent: &Intent, task: Option<&str>, error: Error) -> SyncResult<Step> {
        let mut gone = match error.kind() {
            ErrorKind::InvalidInput | ErrorKind::NotFound => self.gone_with(intent, task).await?,
            _ => Vec::new(),
        };
        if gone.is_empty() {
            return Ok(Step::Failed(error));
        }
        self.notes().unseen.extend(gone.iter().map(|item| (intent.side, item.clone())));
        self.drop_proving(intent.side, &mut gone).await?;
        let work = gone.into_iter().map(|item| work_on(intent.side, item, WorkReason::Missing)).collect();
        self.store().settle(&self.lease(), Settlement { work, ..Settlement::default() }).await?;
        Ok(Step::Again)
    }

    async fn gone_with(&self, intent: &Intent, task: Option<&str>) -> SyncResult<Vec<ItemKey>> {
        let mut named = named(intent);
        named.extend(task.map(|task| ItemKey::new(Kind::Task, task)));
        let exist =
            self.side(intent.side).exists(&named).await.map_err(|error| self.unreachable(intent.side, error))?;
        let is_shown = |exists: &Existence| *exists == Existence::Present;
        Ok(named.into_iter().zip(exist).filter(|(_, exists)| !is_shown(exists)).map(|(item, _)| item).collect())
    }
}

/// What a write hangs its item from.
fn named(intent: &Intent) -> Vec<ItemKey> {
    let places = [(Field::ParentTaskId, Kind::Task), (Field::SprintId, Kind::Sprint)];
    let id = |field: Field| intent.sent.get(&FieldKey::from(field)).and_then(serde_json::Value::as_str);
    places.into_iter().filter_map(|(field, kind)| Some(ItemKey::new(kind, id(field)?))).collect()
}
