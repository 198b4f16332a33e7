//! Milestones of repositories.
//!
//! <https://docs.github.com/en/rest/issues/milestones>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use serde_json::Value;

use super::access::{Caller, Rights};
use super::changes::{Change, Item, announce};
use super::errors::{Answer, Problem};
use super::model::{Label, Milestone};
use super::paging::numbered;
use super::reply::Reply;
use super::request::{Body, Parameters, moment};
use super::store::{App, Store};
use super::view::View;

/// The moment that a due date is kept as: midnight on the vendor's coast (`microsoft/PowerShellForGitHub#133`).
pub(super) fn due_of(date: NaiveDate) -> DateTime<Utc> {
    let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc();
    let behind = if is_summer(date) { 7 } else { 8 };
    midnight + TimeDelta::hours(behind)
}

/// The day on the vendor's coast at a moment: what comes before seven or eight o'clock is still the day before.
pub(super) fn due_date(at: DateTime<Utc>) -> NaiveDate {
    let standard = (at - TimeDelta::hours(8)).date_naive();
    let summer = (at - TimeDelta::hours(7)).date_naive();
    if is_summer(summer) { summer } else { standard }
}

/// Whether clocks are an hour ahead there at the start of a day: from the second Sunday of March to the first one of
/// November, whose days begin by the old time.
fn is_summer(date: NaiveDate) -> bool {
    let sunday = |month: u32, nth: u8| NaiveDate::from_weekday_of_month_opt(date.year(), month, Weekday::Sun, nth);
    let (start, end) = (sunday(3, 2), sunday(11, 1));
    start.is_some_and(|start| date > start) && end.is_some_and(|end| date <= end)
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/repositories/{repository}/milestones", get(list).post(create))
        .route("/repositories/{repository}/milestones/{number}", get(show).patch(update).delete(delete))
        .route("/repositories/{repository}/milestones/{number}/labels", get(labels))
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    caller.repository(&store, repository)?;
    let state = parameters.one_of("state", &["open", "closed", "all"], "open")?;
    let sort = parameters.one_of("sort", &["due_on", "completeness"], "due_on")?;
    let descending = parameters.one_of("direction", &["asc", "desc"], "asc")? == "desc";
    let fits = |one: &&Milestone| one.repository == repository && (state == "all" || one.open == (state == "open"));
    let mut milestones: Vec<&Milestone> = store.milestones.values().filter(fits).collect();
    match sort {
        "completeness" => milestones.sort_by_key(|one| completeness(&store, one)),
        // Those without a date come last (unverified).
        _ => milestones.sort_by_key(|one| (one.due.is_none(), one.due)),
    }
    if descending {
        milestones.reverse();
    }
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &milestones, |milestone| view.milestone(milestone)))
}

/// How much of a milestone is closed, in thousandths.
fn completeness(store: &Store, milestone: &Milestone) -> usize {
    let issues = store.issues.values().filter(|issue| issue.milestone == Some(milestone.id));
    let (all, closed) = issues.fold((0, 0), |(all, closed), issue| (all + 1, closed + usize::from(!issue.open)));
    (closed * 1_000_usize).checked_div(all).unwrap_or(0)
}

async fn show(State(app): State<App>, caller: Caller, Path((repository, number)): Path<(u64, u64)>) -> Answer<Reply> {
    let store = app.lock();
    caller.repository(&store, repository)?;
    let milestone = store.milestone_at(repository, number).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(View::new(&store, &caller).milestone(milestone)))
}

async fn labels(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    caller.repository(&store, repository)?;
    let milestone = store.milestone_at(repository, number).ok_or_else(Problem::not_found)?.id;
    let issues = store.issues.values().filter(|issue| issue.milestone == Some(milestone));
    let mut ids: Vec<u64> = issues.flat_map(|issue| issue.labels.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let labels: Vec<&Label> = ids.iter().filter_map(|id| store.labels.get(id)).collect();
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &labels, |label| view.label(label)))
}

async fn create(State(app): State<App>, caller: Caller, Path(repository): Path<u64>, body: Body) -> Answer<Reply> {
    let mut store = app.lock();
    caller.hidden_repository(&store, repository, Rights::Write)?;
    let now = app.now();
    let blank = Milestone {
        id: 0,
        repository,
        number: 0,
        title: body.required("title")?,
        description: None,
        open: true,
        due: None,
        creator: caller.account()?,
        created: now,
        updated: now,
        closed: None,
    };
    let mut milestone = changed(&store, blank, &body, now)?;
    milestone.id = store.next_id("milestones");
    if let Some(place) = store.repositories.get_mut(&repository) {
        place.last_milestone += 1;
        milestone.number = place.last_milestone;
    }
    let id = milestone.id;
    store.milestones.insert(id, milestone);
    announce(&mut store, &caller, now, Change::of(Item::Milestone(id), "created"));
    Ok(Reply::created(shown(&View::new(&store, &caller), id)))
}

async fn update(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    caller.hidden_repository(&store, repository, Rights::Write)?;
    let before = store.milestone_at(repository, number).ok_or_else(Problem::not_found)?.clone();
    let milestone = changed(&store, before.clone(), &body, app.now())?;
    let action = match (before.open, milestone.open) {
        (true, false) => "closed",
        (false, true) => "opened",
        _ => "edited",
    };
    let id = milestone.id;
    store.milestones.insert(id, milestone);
    announce(&mut store, &caller, app.now(), Change::of(Item::Milestone(id), action));
    Ok(Reply::ok(shown(&View::new(&store, &caller), id)))
}

/// Its issues stay, without a milestone.
async fn delete(State(app): State<App>, caller: Caller, Path((repository, number)): Path<(u64, u64)>) -> Answer<Reply> {
    let mut store = app.lock();
    caller.hidden_repository(&store, repository, Rights::Write)?;
    let id = store.milestone_at(repository, number).ok_or_else(Problem::not_found)?.id;
    announce(&mut store, &caller, app.now(), Change::of(Item::Milestone(id), "deleted"));
    store.milestones.remove(&id);
    store.issues.values_mut().filter(|issue| issue.milestone == Some(id)).for_each(|issue| issue.milestone = None);
    Ok(Reply::empty())
}

fn shown(view: &View<'_>, id: u64) -> Value {
    view.store.milestones.get(&id).map(|milestone| view.milestone(milestone)).unwrap_or_default()
}

/// A milestone as a body changes it.
fn changed(store: &Store, mut milestone: Milestone, body: &Body, now: DateTime<Utc>) -> Answer<Milestone> {
    if let Some(Some(title)) = body.text("title")? {
        milestone.title = title;
    }
    if milestone.title.trim().is_empty() {
        return Err(Problem::missing_field("Milestone", "title"));
    }
    let same = |other: &Milestone| other.repository == milestone.repository && other.title == milestone.title;
    if store.milestones.values().any(|other| other.id != milestone.id && same(other)) {
        return Err(Problem::already_exists("Milestone", "title"));
    }
    milestone.description = body.text("description")?.unwrap_or(milestone.description);
    if let Some(due) = body.text("due_on")? {
        milestone.due = due.map(|due| read_due(&due)).transpose()?;
    }
    match body.text("state")?.flatten().as_deref() {
        None => {}
        Some("open") => (milestone.open, milestone.closed) = (true, None),
        Some("closed") => (milestone.open, milestone.closed) = (false, milestone.closed.or(Some(now))),
        Some(other) => return Err(Problem::invalid("Milestone", "state", other)),
    }
    milestone.updated = now;
    Ok(milestone)
}

fn read_due(text: &str) -> Answer<DateTime<Utc>> {
    let wrong = || Problem::invalid_request(format!("For 'properties/due_on', \"{text}\" is not a valid date-time."));
    moment(text).map(|at| due_of(due_date(at))).ok_or_else(wrong)
}
