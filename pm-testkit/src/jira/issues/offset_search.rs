//! Searching by JQL as Data Center does it: pages by offset, with a total.
//!
//! <https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/#api/2/search>

use axum::extract::State;
use serde_json::{Value, json};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::jql::{self, Scope};
use super::super::model::{Field, Issue};
use super::super::reply::Reply;
use super::super::request::{Body, Parameters};
use super::super::store::App;
use super::super::view::View;
use super::render::{self, Selection, render};
use super::search::{searchable, texts};

/// The most issues of a page (`jira.search.views.default.max`), whatever is asked for.
const MOST: usize = 1000;

const PAGE: usize = 50;

/// All members that the vendor's bean has; see [`unknown`].
const MEMBERS: [&str; 6] = ["maxResults", "jql", "fields", "expand", "validateQuery", "startAt"];

struct Search {
    jql: String,
    start: usize,
    size: usize,
    selection: Selection,
    /// Whether what is wrong with the query is an error; else it is a warning.
    strict: bool,
}

pub(super) async fn by_query(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    // There are no properties of issues in this search, on whatever way.
    let selection = Selection { properties: Vec::new(), ..Selection::read(&parameters, "*navigable") };
    let search = Search {
        jql: parameters.get("jql").unwrap_or_default().to_owned(),
        start: parameters.number("startAt")?.unwrap_or(0),
        size: parameters.number("maxResults")?.unwrap_or(PAGE),
        selection,
        strict: is_strict(parameters.get("validateQuery").unwrap_or("true")),
    };
    answer(&app, &caller, &search)
}

pub(super) async fn by_body(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    if let Some(member) = body.keys().find(|member| !MEMBERS.contains(&member.as_str())) {
        return Err(unknown(member));
    }
    let number = |member: &str, default: usize| match body.get(member) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value.as_u64().and_then(|value| value.try_into().ok()).ok_or_else(Problem::invalid_payload),
    };
    let mut fields = texts(body.get("fields"))?;
    if fields.is_empty() {
        fields.push("*navigable".to_owned());
    }
    let validate =
        body.get("validateQuery").map_or_else(|| "true".to_owned(), |value| value.to_string().replace('"', ""));
    let search = Search {
        jql: body.get("jql").and_then(Value::as_str).unwrap_or_default().to_owned(),
        start: number("startAt", 0)?,
        size: number("maxResults", PAGE)?,
        selection: Selection { fields, properties: Vec::new(), expand: texts(body.get("expand"))? },
        strict: is_strict(&validate),
    };
    answer(&app, &caller, &search)
}

fn is_strict(validate: &str) -> bool {
    matches!(validate, "true" | "strict")
}

/// Data Center refuses members that its bean does not have, those of Cloud among them
/// (`floralvikings/jira-connector#219`).
fn unknown(member: &str) -> Problem {
    let class = "com.atlassian.jira.rest.v2.search.SearchRequestBean";
    let known = MEMBERS.map(|member| format!("\"{member}\"")).join(", ");
    Problem::bad(format!(
        "Unrecognized field \"{member}\" (class {class}), not marked as ignorable (6 known properties: {known}])"
    ))
}

/// Any query will do, also one without a restriction. A page of no issues at all tells the total alone.
fn answer(app: &App, caller: &Caller, search: &Search) -> Answer<Reply> {
    let query = jql::parse(&search.jql).map_err(|error| Problem::bad(error.message))?;
    let store = app.lock();
    let view = View::new(app, &store, caller);
    let scope = Scope { store: view.store, caller, flavor: app.options.flavor, now: app.now() };
    let (plan, wrong) = scope.plan_leniently(&query);
    if search.strict && !wrong.is_empty() {
        return Err(Problem::several(400, wrong));
    }
    let seen = store.searched(&[]).into_iter().filter(|issue| searchable(view, issue));
    let mut found: Vec<&Issue> = seen.filter(|issue| plan.finds(issue)).collect();
    plan.sort(&mut found);
    let size = search.size.min(MOST);
    let page = found.iter().skip(search.start).take(size);
    let mut told = json!({
        "expand": "names,schema",
        "startAt": search.start,
        "maxResults": size,
        "total": found.len(),
        "issues": page.map(|issue| render(view, issue, &search.selection)).collect::<Vec<_>>(),
    });
    if !wrong.is_empty() {
        told["warningMessages"] = wrong.into();
    }
    extend(view, search, &mut told);
    Ok(Reply::ok(told))
}

/// The names and types of fields, where they are asked for.
fn extend(view: View<'_>, search: &Search, told: &mut Value) {
    let shown: Vec<&Field> = view.store.fields.iter().filter(|field| search.selection.shows(field)).collect();
    if search.selection.expands("names") {
        told["names"] = render::names(&shown);
    }
    if search.selection.expands("schema") {
        told["schema"] = render::schemas(&shown);
    }
}
