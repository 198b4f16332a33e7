//! Deleting: <https://developer.clickup.com/reference/deletetask>.

use axum::extract::{Path, State};

use crate::clickup::access::Caller;
use crate::clickup::errors::Answer;
use crate::clickup::hooks;
use crate::clickup::reply::Reply;
use crate::clickup::request::Parameters;
use crate::clickup::store::App;

pub(in crate::clickup) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.task(&store, &id, &parameters)?.id;
    hooks::tell_of_task(&mut store, "taskDeleted", (id, caller.user), app.now(), &[]);
    store.remove_task(id);
    Ok(Reply::nothing())
}
