//! Deletes work packages.

use axum::extract::{Path, State};

use super::schedule;
use super::write::chain;
use crate::openproject::access::Caller;
use crate::openproject::errors::Answer;
use crate::openproject::hal::Reply;
use crate::openproject::model::Permission;
use crate::openproject::store::App;

/// Deletes a work package with all of its children and their time entries, without asking.
///
/// No listing shows what was deleted. <https://www.openproject.org/docs/api/endpoints/work-packages/>
pub(in crate::openproject) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let mut store = app.lock();
    let item = caller.work_package(&store, &id)?;
    let (id, project, parent) = (item.id, item.project, item.parent);
    caller.needs(&store, project, Permission::DeleteWorkPackages)?;
    let before = schedule::note(&store, &chain(&store, parent));
    for child in store.descendants(id) {
        store.remove_work_package(child);
    }
    store.remove_work_package(id);
    schedule::settle(&mut store, &before, app.now());
    Ok(Reply::no_content())
}
