//! Time entries, from which `spentTime` comes: <https://www.openproject.org/docs/api/endpoints/time-entries/>.

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::duration;
use super::errors::{Answer, Problem};
use super::fields;
use super::filters::{Facet, Kind};
use super::hal::{Reply, formattable, link, path, time};
use super::listing::Listing;
use super::model::{Permission, TimeEntry};
use super::request::{Body, Parameters};
use super::store::{App, Store};

/// What time is spent on.
const ACTIVITIES: [&str; 6] = ["Management", "Specification", "Development", "Testing", "Support", "Other"];

const FILTERS: &[(&str, Kind)] = &[
    ("id", Kind::List),
    ("entity_type", Kind::List),
    ("entity_id", Kind::List),
    ("work_package", Kind::List),
    ("work_package_id", Kind::List),
    ("project", Kind::List),
    ("project_id", Kind::List),
    ("user", Kind::List),
    ("user_id", Kind::List),
    ("activity_id", Kind::List),
    ("spent_on", Kind::Date),
    ("created_at", Kind::Time),
    ("updated_at", Kind::Time),
];

/// Lists the time entries that the caller may see.
pub(super) async fn list(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let listing = Listing {
        path: "/api/v3/time_entries",
        filters: FILTERS,
        columns: &["id", "hours", "spent_on", "spentOn", "created_at", "createdAt", "updated_at", "updatedAt"],
        selectable: &["id", "hours", "spentOn", "self"],
        facet: &|entry, name| facet(&store, entry, name),
        compare: &|one: &TimeEntry, other, column| match column {
            "hours" => one.minutes.cmp(&other.minutes),
            "spent_on" | "spentOn" => one.spent_on.cmp(&other.spent_on),
            "created_at" | "createdAt" => one.created.cmp(&other.created),
            "updated_at" | "updatedAt" => one.updated.cmp(&other.updated),
            _ => one.id.cmp(&other.id),
        },
        render: &|entry| render(&app, &store, entry),
    };
    listing.answer(&app, &parameters, store.time_entries.values().filter(|entry| sees(caller, &store, entry)).collect())
}

fn facet(store: &Store, entry: &TimeEntry, name: &str) -> Facet {
    match name {
        "entity_type" => Facet::Words(vec!["WorkPackage".to_owned()]),
        "entity_id" | "work_package" | "work_package_id" => Facet::id(entry.work_package),
        "project" | "project_id" => Facet::id(project_of(store, entry)),
        "user" | "user_id" => Facet::id(entry.user),
        "activity_id" => Facet::id(entry.activity),
        "spent_on" => Facet::Date(Some(entry.spent_on)),
        "created_at" => Facet::Time(entry.created),
        "updated_at" => Facet::Time(entry.updated),
        _ => Facet::id(entry.id),
    }
}

fn project_of(store: &Store, entry: &TimeEntry) -> Option<u64> {
    store.work_packages.get(&entry.work_package).map(|item| item.project)
}

fn sees(caller: Caller, store: &Store, entry: &TimeEntry) -> bool {
    project_of(store, entry).is_some_and(|project| caller.may(store, project, Permission::ViewTimeEntries))
}

fn visible<'a>(store: &'a Store, caller: Caller, id: &str) -> Answer<&'a TimeEntry> {
    let entry = id.parse().ok().and_then(|id: u64| store.time_entries.get(&id));
    entry.filter(|entry| sees(caller, store, entry)).ok_or_else(Problem::not_found)
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    visible(&store, caller, &id).map(|entry| Reply::ok(render(&app, &store, entry)))
}

/// Logs time. The work package is linked as `workPackage`, on newer servers also as `entity` (unverified).
pub(super) async fn create(State(app): State<App>, caller: Caller, Body(body): Body) -> Answer<Reply> {
    let mut store = app.lock();
    let (user, now) = (caller.user()?, app.now());
    let mut entry = TimeEntry {
        id: 0,
        work_package: 0,
        user,
        activity: 1,
        minutes: 0,
        spent_on: now.date_naive(),
        comment: String::new(),
        created: now,
        updated: now,
    };
    let problems = apply(&store, caller, &mut entry, &body);
    Problem::all(problems)?;
    let project =
        project_of(&store, &entry).ok_or_else(|| Problem::constraint("workPackage", "Work package is invalid."))?;
    caller.needs(&store, project, Permission::LogTime)?;
    if entry.minutes == 0 {
        return Err(Problem::constraint("hours", "Hours must be greater than 0."));
    }
    entry.id = store.next_id("time_entries");
    let shown = render(&app, &store, &entry);
    store.time_entries.insert(entry.id, entry);
    Ok(Reply::created(shown))
}

pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut entry = visible(&store, caller, &id)?.clone();
    needs_own(&store, caller, &entry)?;
    let problems = apply(&store, caller, &mut entry, &body);
    Problem::all(problems)?;
    entry.updated = app.now();
    let shown = render(&app, &store, &entry);
    store.time_entries.insert(entry.id, entry);
    Ok(Reply::ok(shown))
}

pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let mut store = app.lock();
    let entry = visible(&store, caller, &id)?.clone();
    needs_own(&store, caller, &entry)?;
    store.time_entries.remove(&entry.id);
    Ok(Reply::no_content())
}

/// Entries of others are left to administrators.
fn needs_own(store: &Store, caller: Caller, entry: &TimeEntry) -> Answer<()> {
    match caller.0 == Some(entry.user) || caller.is_admin(store) {
        true => Ok(()),
        false => Err(Problem::forbidden()),
    }
}

fn apply(store: &Store, caller: Caller, entry: &mut TimeEntry, body: &Map<String, Value>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, value) in body {
        let applied = match name.as_str() {
            "_links" => fields::links(body).and_then(|links| {
                links.iter().try_for_each(|(name, value)| set_link(store, caller, entry, name, value))
            }),
            "_type" => Ok(()),
            name => set(entry, name, value),
        };
        problems.extend(applied.err());
    }
    problems
}

fn set(entry: &mut TimeEntry, name: &str, value: &Value) -> Answer<()> {
    match name {
        "hours" => {
            let minutes = value.as_str().and_then(duration::minutes);
            entry.minutes = minutes.ok_or_else(|| Problem::format(name, "PT2H30M"))?;
        }
        "spentOn" => {
            let date = fields::date(name, value)?;
            entry.spent_on = date.ok_or_else(|| Problem::constraint(name, "Date can't be blank."))?;
        }
        "comment" => entry.comment = fields::formattable(name, value)?,
        "id" | "createdAt" | "updatedAt" => return Err(Problem::read_only(name)),
        _ => return Err(Problem::unknown(name)),
    }
    Ok(())
}

fn set_link(store: &Store, caller: Caller, entry: &mut TimeEntry, name: &str, value: &Value) -> Answer<()> {
    match name {
        "workPackage" | "entity" => {
            let id = fields::id(name, &["work_packages"], value)?.unwrap_or_default();
            let seen = store.work_packages.get(&id).filter(|item| caller.sees_work_package(store, item));
            entry.work_package = seen.ok_or_else(|| Problem::constraint(name, "Work package is invalid."))?.id;
        }
        "activity" => {
            let id = activity_id(name, value)?;
            entry.activity = id.unwrap_or(1);
        }
        "user" => {
            let id = fields::id(name, &["users"], value)?;
            if id != Some(entry.user) && !caller.is_admin(store) {
                return Err(Problem::constraint(name, "User is invalid."));
            }
            entry.user = id.unwrap_or(entry.user);
        }
        // It follows from the work package.
        "project" => {}
        _ => return Err(Problem::unknown(name)),
    }
    Ok(())
}

fn activity_id(name: &str, value: &Value) -> Answer<Option<u64>> {
    let Some(href) = fields::href(name, value)? else { return Ok(None) };
    let prefixes = ["/api/v3/time_entries/activities/", "/api/v3/time_entries/activity/"];
    let id = prefixes.iter().find_map(|prefix| href.strip_prefix(prefix)).and_then(|id| id.parse().ok());
    let known = id.filter(|id| (1..=ACTIVITIES.len() as u64).contains(id));
    known.map(Some).ok_or_else(|| Problem::resource_type(name, "/api/v3/time_entries/activities/:id", &href))
}

pub(super) async fn activity(_: State<App>, _: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let id: usize = id.parse().ok().filter(|id| *id > 0).ok_or_else(Problem::not_found)?;
    let name = ACTIVITIES.get(id - 1).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(json!({
        "_type": "TimeEntriesActivity",
        "id": id,
        "name": name,
        "position": id,
        "default": id == 1,
        "_links": { "self": link("time_entries/activities", id as u64, name) },
    })))
}

pub(super) fn render(app: &App, store: &Store, entry: &TimeEntry) -> Value {
    let own = path("time_entries", entry.id);
    let item = store.work_packages.get(&entry.work_package);
    let project = item.and_then(|item| store.projects.get(&item.project));
    let subject = item.map_or("", |item| item.subject.as_str());
    let user = store.principals.get(&entry.user).map_or("", |user| user.name.as_str());
    let activity = usize::try_from(entry.activity).ok().and_then(|id| ACTIVITIES.get(id.saturating_sub(1)));
    let work_package = link("work_packages", entry.work_package, subject);
    let mut links = json!({
        "self": { "href": own },
        "updateImmediately": { "href": own, "method": "patch" },
        "delete": { "href": own, "method": "delete" },
        "project": project.map(|project| link("projects", project.id, &project.name)),
        "workPackage": work_package,
        "user": link("users", entry.user, user),
        "activity": link("time_entries/activities", entry.activity, activity.copied().unwrap_or_default()),
    });
    if app.options.sprints {
        links["entity"] = work_package;
    }
    json!({
        "_type": "TimeEntry",
        "id": entry.id,
        "comment": formattable(&entry.comment),
        "spentOn": entry.spent_on.to_string(),
        "hours": duration::of_minutes(entry.minutes),
        "ongoing": false,
        "createdAt": time(entry.created),
        "updatedAt": time(entry.updated),
        "_links": links,
    })
}
