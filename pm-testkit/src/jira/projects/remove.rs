//! Deleting, archiving and restoring projects.

use std::time::Instant;

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::model::{Stage, Task};
use super::super::reply::Reply;
use super::super::request::Parameters;
use super::super::store::{App, Store};
use super::super::view::View;
use super::read::whole;

/// Deletes a project: into the recycle bin, unless `enableUndo=false`. An archived one cannot be deleted.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-projectidorkey-delete>;
/// Data Center has no recycle bin.
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(project): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.lock();
    let id = deletable(&store, &caller, &project)?;
    let cloud = View::new(&app, &store, &caller).is_cloud();
    if cloud && parameters.get("enableUndo") != Some("false") {
        set(&mut store, id, Stage::Deleted);
    } else {
        store.remove_project(id);
    }
    Ok(Reply::empty())
}

/// The project, for administrators alone: for others it is not there.
fn deletable(store: &Store, caller: &Caller, name: &str) -> Answer<u64> {
    caller.user()?;
    let project = caller.project(store, name)?;
    if !caller.is_admin(store) {
        return Err(Problem::no_project(name));
    }
    match project.stage {
        Stage::Archived => Err(Problem::bad("You can't delete an archived project. Restore it first.")),
        Stage::Live | Stage::Deleted => Ok(project.id),
    }
}

fn set(store: &mut Store, id: u64, stage: Stage) {
    if let Some(project) = store.projects.get_mut(&id) {
        project.stage = stage;
    }
}

/// Deletes a project for good in a job: 303, and where the job can be followed.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-projectidorkey-delete-post>
pub(super) async fn delete_later(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Answer<Reply> {
    let mut store = app.lock();
    let project = deletable(&store, &caller, &project)?;
    let id = store.next_id("tasks");
    let task = Task {
        id,
        description: format!("Deleting project {project}"),
        submitted: app.now(),
        submitted_by: caller.user()?.to_owned(),
        done_at: Instant::now() + app.options.deletion_time,
        done: app.options.deletion_time.is_zero(),
        project,
    };
    if task.done {
        store.remove_project(project);
    }
    let view = View::new(&app, &store, &caller);
    let (shown, href) = (progress(view, &task), view.href(&format!("/task/{id}")));
    store.tasks.insert(id, task);
    Ok(Reply::see(shown, href))
}

fn progress(view: View<'_>, task: &Task) -> Value {
    let submitted = task.submitted.timestamp_millis();
    let mut shown = json!({
        "self": view.href(&format!("/task/{}", task.id)),
        "id": task.id.to_string(),
        "description": task.description,
        "status": if task.done { "COMPLETE" } else { "RUNNING" },
        "submittedBy": 10_000,
        "progress": if task.done { 100 } else { 10 },
        "elapsedRuntime": 156,
        "submitted": submitted,
        "started": submitted,
        "lastUpdate": view.app.now().timestamp_millis(),
    });
    if task.done {
        shown["finished"] = view.app.now().timestamp_millis().into();
    }
    shown
}

/// Shows how far a job is, to who began it and to administrators.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-tasks/#api-rest-api-3-task-taskid-get>
pub(super) async fn task(State(app): State<App>, caller: Caller, Path(task): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let user = caller.user()?;
    let task = task.parse().ok().and_then(|id: u64| store.tasks.get(&id));
    let task = task.ok_or_else(|| Problem::new(404, "The task was not found."))?;
    if task.submitted_by != user && !caller.is_admin(&store) {
        return Err(Problem::forbidden("You do not have permission to view this task."));
    }
    Ok(Reply::ok(progress(View::new(&app, &store, &caller), task)))
}

/// Archives a project: nothing in it can be changed any more.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-projectidorkey-archive-post>
pub(super) async fn archive(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Answer<Reply> {
    let mut store = app.lock();
    let id = caller.project(&store, &project)?.id;
    caller.needs_admin(&store)?;
    set(&mut store, id, Stage::Archived);
    Ok(Reply::empty())
}

/// Brings an archived project back, or one from the recycle bin.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-projectidorkey-restore-post>
pub(super) async fn restore(State(app): State<App>, caller: Caller, Path(project): Path<String>) -> Answer<Reply> {
    let mut store = app.lock();
    caller.needs_admin(&store)?;
    let found = store.projects.values().find(|row| row.key == project || row.id.to_string() == project);
    let id = found.map(|row| row.id).ok_or_else(|| Problem::no_project(&project))?;
    set(&mut store, id, Stage::Live);
    let view = View::new(&app, &store, &caller);
    let shown = store.projects.get(&id).map(|row| whole(view, row, &[])).unwrap_or_default();
    Ok(Reply::ok(shown))
}
