//! Pages of tasks: 100 each, counted from 0.

use axum::extract::{Path, State};

use super::filters::Filter;
use super::render;
use crate::clickup::access::Caller;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::model::Task;
use crate::clickup::reply::Reply;
use crate::clickup::request::Parameters;
use crate::clickup::store::{App, Store};

/// How many tasks a page has, whatever is asked for.
const PAGE: usize = 100;

/// Everything of the workspace that the caller sees: without archived tasks and lists, and each task in its home list alone.
pub(in crate::clickup) async fn of_workspace(
    State(app): State<App>,
    caller: Caller,
    Path(team): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.read();
    let team = caller.workspace(&store, &team)?.id;
    let filter = Filter::read(&parameters)?.without_archived();
    let lists = lists_of_workspace(&store, &caller, team, &parameters)?;
    let select = || select(&store, &filter, |task| lists.binary_search(&task.list).is_ok());
    let key = format!("{} team {team} {}", caller.user, parameters.without_page());
    page(&app, &store, &parameters, &app.selected(&store, key, select))
}

/// The lists that a query of the workspace is about, by id.
///
/// A place that somebody else has is refused as a whole (unverified).
fn lists_of_workspace(store: &Store, caller: &Caller, team: u64, parameters: &Parameters) -> Answer<Vec<u64>> {
    let spaces = parameters.list("space_ids");
    let folders = parameters.list("project_ids");
    let lists = parameters.list("list_ids");
    spaces.iter().try_for_each(|id| caller.space(store, id).map(drop))?;
    folders.iter().try_for_each(|id| caller.folder(store, id).map(drop))?;
    lists.iter().try_for_each(|id| caller.list(store, id).map(drop))?;
    let named = |ids: &[&str], id: Option<u64>| {
        ids.is_empty() || id.is_some_and(|id| ids.iter().any(|one| one.parse() == Ok(id)))
    };
    let shown = store.lists.values().filter(|list| {
        let open_folder = list.folder.and_then(|id| store.folders.get(&id)).is_none_or(|folder| !folder.archived);
        let space = store.spaces.get(&list.space).filter(|space| space.workspace == team && !space.archived);
        let is_seen = space.is_some_and(|space| caller.sees(store, space));
        let wanted = named(&spaces, Some(list.space)) && named(&folders, list.folder) && named(&lists, Some(list.id));
        wanted && is_seen && open_folder && !list.archived
    });
    Ok(shown.map(|list| list.id).collect())
}

/// The tasks of a list; with `include_timl=true`, also those whose home is another one.
pub(in crate::clickup) async fn of_list(
    State(app): State<App>,
    caller: Caller,
    Path(list): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.read();
    let list = caller.list(&store, &list)?.id;
    let filter = Filter::read(&parameters)?;
    let several = parameters.flag("include_timl");
    let here = |task: &Task| task.list == list || several && task.also.contains(&list);
    let key = format!("{} list {list} {}", caller.user, parameters.without_page());
    page(&app, &store, &parameters, &app.selected(&store, key, || select(&store, &filter, here)))
}

fn select(store: &Store, filter: &Filter, here: impl Fn(&Task) -> bool) -> Vec<u64> {
    let mut found: Vec<&Task> = store.tasks.values().filter(|task| here(task) && filter.passes(task)).collect();
    found.sort_by(|one, other| filter.compare(one, other));
    found.into_iter().map(|task| task.id).collect()
}

fn page(app: &App, store: &Store, parameters: &Parameters, found: &[u64]) -> Answer<Reply> {
    let number = parameters.number("page")?.unwrap_or_default();
    let number = usize::try_from(number).map_err(|_| Problem::new(400, "Page invalid", "INPUT_011"))?;
    let start = number.saturating_mul(PAGE).min(found.len());
    let end = start.saturating_add(PAGE).min(found.len());
    let markdown = parameters.flag("include_markdown_description");
    let mut body = String::from("{\"tasks\":[");
    for (index, id) in found[start..end].iter().enumerate() {
        let Some(task) = store.tasks.get(id) else { continue };
        if index > 0 {
            body.push(',');
        }
        let render = || render::task(app, store, task, markdown).to_string();
        body.push_str(&app.rendered(store, (*id, markdown), render));
    }
    body.push(']');
    if app.options.last_page {
        body.push_str(if end == found.len() { ",\"last_page\":true" } else { ",\"last_page\":false" });
    }
    body.push('}');
    Ok(Reply::text(body))
}
