//! Labels of repositories.
//!
//! <https://docs.github.com/en/rest/issues/labels>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::access::{Caller, Rights};
use super::changes::{Change, Item, announce};
use super::errors::{Answer, Problem};
use super::model::Label;
use super::paging::numbered;
use super::reply::Reply;
use super::request::{Body, Parameters};
use super::store::{App, Store};
use super::view::View;

/// What every new repository has: name, color, description.
///
/// <https://docs.github.com/en/issues/using-labels-and-milestones-to-track-work/managing-labels#about-default-labels>
const DEFAULTS: [(&str, &str, &str); 9] = [
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("duplicate", "cfd3d7", "This issue or pull request already exists"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("invalid", "e4e669", "This doesn't seem right"),
    ("question", "d876e3", "Further information is requested"),
    ("wontfix", "ffffff", "This will not be worked on"),
];

/// Gives a new repository its labels.
pub(super) fn add_defaults(store: &mut Store, repository: u64) {
    for (name, color, description) in DEFAULTS {
        let id = store.next_id("labels");
        let description = Some(description.to_owned());
        let (name, color) = (name.to_owned(), color.to_owned());
        store.labels.insert(id, Label { id, repository, name, color, description, default: true });
    }
}

/// The label of a name, in any case; it is made, in gray, where there is none: issues make labels as they are written.
pub(super) fn label_for(store: &mut Store, repository: u64, name: &str) -> u64 {
    if let Some(label) = store.label_named(repository, name) {
        return label.id;
    }
    let id = store.next_id("labels");
    let (name, color) = (name.to_owned(), "ededed".to_owned());
    store.labels.insert(id, Label { id, repository, name, color, description: None, default: false });
    id
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/repositories/{repository}/labels", get(list).post(create))
        .route("/repositories/{repository}/labels/{name}", get(show).patch(update).delete(delete))
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    caller.repository(&store, repository)?;
    let mut labels: Vec<&Label> = store.labels.values().filter(|label| label.repository == repository).collect();
    labels.sort_by_key(|label| label.name.to_lowercase());
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &labels, |label| view.label(label)))
}

async fn show(State(app): State<App>, caller: Caller, Path((repository, name)): Path<(u64, String)>) -> Answer<Reply> {
    let store = app.lock();
    caller.repository(&store, repository)?;
    let label = store.label_named(repository, &name).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(View::new(&store, &caller).label(label)))
}

async fn create(State(app): State<App>, caller: Caller, Path(repository): Path<u64>, body: Body) -> Answer<Reply> {
    let mut store = app.lock();
    caller.hidden_repository(&store, repository, Rights::Write)?;
    let name = body.required("name")?;
    let color = body.text("color")?.flatten().unwrap_or_else(|| "ededed".to_owned());
    let description = body.text("description")?.flatten();
    let label = Label { id: 0, repository, name, color, description, default: false };
    check(&store, &label, None)?;
    let id = store.next_id("labels");
    store.labels.insert(id, Label { id, ..label });
    announce(&mut store, &caller, app.now(), Change::of(Item::Label(id), "created"));
    Ok(Reply::created(shown(&View::new(&store, &caller), id)))
}

async fn update(
    State(app): State<App>,
    caller: Caller,
    Path((repository, name)): Path<(u64, String)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    caller.hidden_repository(&store, repository, Rights::Write)?;
    let mut label = store.label_named(repository, &name).ok_or_else(Problem::not_found)?.clone();
    label.name = body.text("new_name")?.flatten().unwrap_or(label.name);
    label.color = body.text("color")?.flatten().unwrap_or(label.color);
    label.description = body.text("description")?.unwrap_or(label.description);
    let id = label.id;
    check(&store, &label, Some(id))?;
    store.labels.insert(id, label);
    announce(&mut store, &caller, app.now(), Change::of(Item::Label(id), "edited"));
    Ok(Reply::ok(shown(&View::new(&store, &caller), id)))
}

async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path((repository, name)): Path<(u64, String)>,
) -> Answer<Reply> {
    let mut store = app.lock();
    caller.hidden_repository(&store, repository, Rights::Write)?;
    let id = store.label_named(repository, &name).ok_or_else(Problem::not_found)?.id;
    announce(&mut store, &caller, app.now(), Change::of(Item::Label(id), "deleted"));
    store.labels.remove(&id);
    store.issues.values_mut().for_each(|issue| issue.labels.retain(|label| *label != id));
    Ok(Reply::empty())
}

fn shown(view: &View<'_>, id: u64) -> serde_json::Value {
    view.store.labels.get(&id).map(|label| view.label(label)).unwrap_or_default()
}

/// 422 for what no label can be; lengths as <https://docs.github.com/en/rest/issues/labels> and the forms have them.
fn check(store: &Store, label: &Label, own: Option<u64>) -> Answer<()> {
    let taken = store.label_named(label.repository, &label.name).is_some_and(|other| Some(other.id) != own);
    let long = label.description.as_ref().is_some_and(|text| text.chars().count() > 100);
    let is_color = label.color.len() == 6 && label.color.chars().all(|digit| digit.is_ascii_hexdigit());
    match () {
        () if label.name.trim().is_empty() => Err(Problem::missing_field("Label", "name")),
        () if label.name.chars().count() > 50 => Err(Problem::invalid("Label", "name", label.name.as_str())),
        () if taken => Err(Problem::already_exists("Label", "name")),
        () if !is_color => Err(Problem::invalid("Label", "color", label.color.as_str())),
        () if long => {
            Err(Problem::custom("Label", "description", "description is too long (maximum is 100 characters)"))
        }
        () => Ok(()),
    }
}
