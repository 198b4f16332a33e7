//! One task: <https://developer.clickup.com/reference/gettask>.

use axum::extract::{Path, State};

use super::render;
use crate::clickup::access::Caller;
use crate::clickup::errors::Answer;
use crate::clickup::reply::Reply;
use crate::clickup::request::Parameters;
use crate::clickup::store::App;

pub(in crate::clickup) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.read();
    let task = caller.task(&store, &id, &parameters)?;
    let markdown = parameters.flag("include_markdown_description");
    Ok(Reply::ok(render::single(&app, &store, task, (markdown, parameters.flag("include_subtasks")))))
}
