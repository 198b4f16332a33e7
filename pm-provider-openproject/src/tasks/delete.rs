//! Deleting work packages.

use pm_provider::{Contents, DeleteOptions, Entity, Error, ErrorKind, Result, TaskId, Version};

use super::children;
use super::update::version_conflict;
use crate::api::Api;
use crate::dto::WorkPackage;
use crate::duration;
use crate::endpoints;
use crate::filters::{Filters, sort_by};
use crate::ids;
use crate::page::Ask;

impl Api {
    /// Deletes a task. The server takes children and booked times along without asking; here that has to be said.
    pub(crate) async fn delete_task(&self, id: &TaskId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Task, options)?;
        let id = ids::existing("task", id)?;
        let _turn = self.turns.of(id).await;
        let current = self.work_package(id).await?.item;
        check_version(&current, options.if_version.as_ref())?;
        if options.contents == Contents::Refuse && self.has_children(&current).await? {
            let message = format!("the task `{id}` has children");
            return Err(Error::new(ErrorKind::Conflict, message).hint("say that they are to be deleted along with it"));
        }
        if options.contents == Contents::Refuse && has_logged_time(&current) {
            let message = format!("time is logged on the task `{id}`");
            return Err(Error::new(ErrorKind::Conflict, message).hint("say that it is to be deleted along with it"));
        }
        self.delete(&endpoints::DELETE_WORK_PACKAGE, &[&id.to_string()]).await
    }

    async fn has_children(&self, current: &WorkPackage) -> Result<bool> {
        match children(current) {
            Some(count) => Ok(count > 0),
            None => self.any_work_package(Filters::none().is("parent", [current.id])).await,
        }
    }

    /// Says whether filters find any work package.
    pub(crate) async fn any_work_package(&self, filters: Filters) -> Result<bool> {
        let sort = sort_by("createdAt", pm_provider::Direction::Ascending);
        let page = self.fetch_work_packages(Ask { filters, sort, number: 1, size: 1 }).await?;
        Ok(page.count() > 0)
    }
}

/// Compares the version that a caller knows with the present one.
pub(super) fn check_version(current: &WorkPackage, known: Option<&Version>) -> Result<()> {
    let present = current.lock_version.map(|version| version.to_string());
    match known {
        Some(known) if present.as_deref() != Some(known.as_str()) => Err(version_conflict(current.id)),
        _ => Ok(()),
    }
}

/// Says whether hours are logged that would go along; who may not see them is shown none.
fn has_logged_time(current: &WorkPackage) -> bool {
    current.spent_time.as_deref().and_then(duration::parse).is_some_and(|spent| spent.as_seconds() > 0)
}
