//! Deleting issues.

use axum::extract::{Path, State};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::model::{IssueType, Role};
use super::super::reply::Reply;
use super::super::request::Parameters;
use super::super::store::App;

/// Deletes an issue for good; one with sub-tasks only together with them. Children of an epic lose their parent.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-delete>
pub(in crate::jira) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.lock();
    let issue = caller.issue(&store, &issue)?;
    let (id, key) = (issue.id, issue.key.clone());
    let message = "You do not have permission to delete issues in this project.";
    caller.needs(&store, issue.project, Role::Admin, message)?;
    let subtasks: Vec<u64> = store.subtasks(id).map(|child| child.id).collect();
    if !subtasks.is_empty() && !parameters.is_true("deleteSubtasks") {
        return Err(Problem::bad(format!(
            "The issue '{key}' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this issue and \
             all its subtasks."
        )));
    }
    let orphans: Vec<_> = store
        .children(id)
        .filter(|child| !store.issue_types.get(&child.kind).is_some_and(IssueType::is_subtask))
        .cloned()
        .collect();
    for mut orphan in orphans {
        orphan.parent = None;
        store.save(orphan);
    }
    subtasks.into_iter().chain([id]).for_each(|gone| store.remove_issue(gone));
    Ok(Reply::empty())
}
