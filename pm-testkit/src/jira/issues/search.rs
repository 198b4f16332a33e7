//! Searching by JQL, as Cloud does it now: pages by token, no total, an index that lags.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/>; the old search is gone since
//! CHANGE-2046 (`pycontribs/jira#2379`).

use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::super::access::Caller;
use super::super::errors::{Answer, Problem};
use super::super::jql::{self, Query, Scope};
use super::super::model::{Field, Issue, Stage};
use super::super::reply::Reply;
use super::super::request::{Body, Parameters, id_of, only};
use super::super::store::App;
use super::super::view::View;
use super::render::{self, Selection, render};

/// The most issues of a page that shows ids or keys alone.
const MOST_IDS: usize = 5000;

const PAGE: usize = 50;

/// The members of the body: the vendor refuses all others (measured: `brekkylab/backlot`, `routers/atlassian.py`).
const MEMBERS: &[&str] =
    &["jql", "nextPageToken", "maxResults", "fields", "expand", "properties", "fieldsByKeys", "reconcileIssues"];

/// What is searched for, and which page of it.
struct Search {
    jql: String,
    token: Option<String>,
    size: usize,
    selection: Selection,
    reconciled: Vec<u64>,
}

/// Answers 410 as the old search does since it was removed.
///
/// The words: `atlassian/atlassian-mcp-server#70`.
pub(in crate::jira) async fn gone() -> Problem {
    Problem::new(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration \
         guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
    )
}

/// Searches by a query string.
pub(in crate::jira) async fn by_query(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let reconciled = parameters.list("reconcileIssues").into_iter().map(|id| id.parse().map_err(|_| not_numeric()));
    let size = parameters.number("maxResults")?;
    let search = Search {
        jql: parameters.get("jql").unwrap_or_default().to_owned(),
        token: parameters.get("nextPageToken").filter(|token| !token.is_empty()).map(str::to_owned),
        size: size.unwrap_or(PAGE),
        selection: Selection::read(&parameters, ""),
        reconciled: reconciled.collect::<Answer<_>>()?,
    };
    answer(&app, &caller, &search)
}

/// Searches by a body.
pub(in crate::jira) async fn by_body(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, MEMBERS)?;
    let ids = match body.get("reconcileIssues") {
        None => Vec::new(),
        // As measured by `brekkylab/backlot` (`errors/atlassian.py`): an explicit null is not "nothing".
        Some(Value::Null) => {
            return Err(Problem::broken(
                "Cannot invoke \"java.util.List.stream()\" because \"reconcileIssues\" is null",
            ));
        }
        Some(Value::Array(ids)) => ids.iter().map(|id| id_of(id).ok_or_else(not_numeric)).collect::<Answer<_>>()?,
        Some(_) => return Err(Problem::invalid_payload()),
    };
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Problem::invalid_payload()),
    };
    let size = match body.get("maxResults") {
        None => PAGE,
        // A null is a zero, which is too few.
        Some(Value::Null) => 0,
        Some(Value::String(text)) => text.parse().map_err(|_| Problem::invalid_payload())?,
        Some(size) => size.as_f64().map(whole).ok_or_else(Problem::invalid_payload)?,
    };
    let expand = text("expand")?.map(|expand| vec![expand]).unwrap_or_default();
    let selection = Selection { expand, ..selection(&body)? };
    let search = Search {
        jql: text("jql")?.unwrap_or_default(),
        token: text("nextPageToken")?,
        size,
        selection,
        reconciled: ids,
    };
    answer(&app, &caller, &search)
}

/// A number without its fraction; a negative one is zero, which is refused as well.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn whole(number: f64) -> usize {
    number as usize
}

fn not_numeric() -> Problem {
    Problem::bad("The reconcileIssues must be numeric issue ids.")
}

/// The fields and properties that a body asks for.
pub(super) fn selection(body: &Map<String, Value>) -> Answer<Selection> {
    if let Some(at) =
        body.get("properties").and_then(Value::as_array).and_then(|all| all.iter().position(Value::is_null))
    {
        return Err(Problem::broken(&format!("at index {at}")));
    }
    let properties = texts(body.get("properties"))?;
    if properties.len() > 5 {
        return Err(Problem::bad("The maximum number of issue properties that can be requested is 5."));
    }
    Ok(Selection { fields: texts(body.get("fields"))?, properties, expand: Vec::new() })
}

pub(super) fn texts(value: Option<&Value>) -> Answer<Vec<String>> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(Problem::invalid_payload));
            texts.collect()
        }
        Some(_) => Err(Problem::invalid_payload()),
    }
}

fn answer(app: &App, caller: &Caller, search: &Search) -> Answer<Reply> {
    if search.reconciled.len() > 50 {
        return Err(Problem::bad("The number of issues to reconcile must not exceed 50."));
    }
    let before = search.token.as_deref().map(|token| page_before(app, token, search)).transpose()?;
    if !(1..=MOST_IDS).contains(&search.size) {
        return Err(Problem::bad("The maxResults parameter must be between 1 and 5,000."));
    }
    let query = bounded(&search.jql)?;
    let store = app.lock();
    let view = View::new(app, &store, caller);
    let found = find(view, &query, &search.reconciled, before.as_ref())?;
    let few = search.selection.fields.iter().all(|field| field == "id" || field == "key");
    let most = if few { MOST_IDS } else { app.options.search_page };
    let size = search.size.min(most);
    let page: Vec<Value> = found.iter().take(size).map(|issue| render(view, issue, &search.selection)).collect();
    let last = found.len() <= size;
    let mut told = json!({ "issues": page, "isLast": last });
    if let Some(end) = found.get(size - 1).filter(|_| !last) {
        told["nextPageToken"] = token(app.end_page((*end).clone()), search).into();
    }
    extend(view, search, &mut told);
    Ok(Reply::ok(told))
}

/// The names and types of fields, where they are asked for.
fn extend(view: View<'_>, search: &Search, told: &mut Value) {
    let wanted = |name: &str| search.selection.expand.iter().any(|expand| expand.split(',').any(|part| part == name));
    let shown: Vec<&Field> = view.store.fields.iter().filter(|field| search.selection.shows(field)).collect();
    if wanted("names") {
        told["names"] = render::names(&shown);
    }
    if wanted("schema") {
        told["schema"] = render::schemas(&shown);
    }
}

/// Reads a query that has a restriction; others are refused.
///
/// The words: `pycontribs/jira#2380`-like reports; the bound: "order by key desc" alone is refused by the description.
fn bounded(jql: &str) -> Answer<Query> {
    let query = jql::parse(jql).map_err(|error| Problem::bad(error.message))?;
    if !query.is_bounded() {
        return Err(Problem::bad(
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        ));
    }
    if query.order.len() > Query::MOST_SORTS {
        let most = Query::MOST_SORTS;
        return Err(Problem::bad(format!("The maximum number of sort fields allowed is {most}.")));
    }
    Ok(query)
}

/// The visible issues that the index has for a query, in its order, those behind a page. Those of archived projects
/// are in no search.
///
/// <https://support.atlassian.com/jira-cloud-administration/docs/archive-a-project/> (unverified)
fn find<'a>(view: View<'a>, query: &Query, reconciled: &[u64], before: Option<&'a Issue>) -> Answer<Vec<&'a Issue>> {
    let scope = Scope { store: view.store, caller: view.caller, flavor: view.app.options.flavor, now: view.app.now() };
    let plan = scope.plan(query).map_err(|wrong| Problem::several(400, wrong))?;
    let seen = view.store.searched(reconciled).into_iter();
    let mut found: Vec<&Issue> = seen.filter(|issue| searchable(view, issue) && plan.finds(issue)).collect();
    // The last issue of that page has its place among them, whatever became of it since.
    found.retain(|issue| before.is_none_or(|before| before.id != issue.id));
    found.extend(before);
    plan.sort(&mut found);
    let start = before.and_then(|before| found.iter().position(|issue| std::ptr::eq(*issue, before)));
    Ok(found.split_off(start.map_or(0, |start| start + 1)))
}

/// Whether a search may find an issue: a visible one of a project that is not archived.
pub(in crate::jira) fn searchable(view: View<'_>, issue: &Issue) -> bool {
    let live = view.store.projects.get(&issue.project).is_some_and(|project| project.stage == Stage::Live);
    live && view.caller.sees(view.store, issue)
}

/// A token that says nothing to clients: the last issue of the page before, and the query. Those of the vendor hold the
/// values by which that issue is sorted (decoded ones begin with `#String&` and the key of its project), so that nothing
/// is lost when earlier issues go.
///
/// How the vendor refuses one of another query is unverified.
fn token(page: usize, search: &Search) -> String {
    URL_SAFE_NO_PAD.encode(format!("{page}\n{}", search.jql))
}

fn page_before(app: &App, token: &str, search: &Search) -> Answer<Issue> {
    let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let read = text.as_deref().and_then(|text| text.split_once('\n'));
    let page = read.filter(|(_, jql)| *jql == search.jql).and_then(|(page, _)| page.parse().ok());
    let last = page.and_then(|page| app.end_of_page(page));
    last.ok_or_else(|| Problem::bad("The nextPageToken is invalid or has expired."))
}

/// Counts what a query finds, nearly: the index lags here too.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-search-approximate-count-post>
pub(in crate::jira) async fn count(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &["jql"])?;
    let jql = body.get("jql").and_then(Value::as_str).unwrap_or_default();
    let query = bounded(jql)?;
    let store = app.lock();
    let found = find(View::new(&app, &store, &caller), &query, &[], None)?;
    Ok(Reply::ok(json!({ "count": found.len() })))
}
