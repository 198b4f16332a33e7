//! Relations between work packages: <https://www.openproject.org/docs/api/endpoints/relations/>.

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::fields;
use super::filters::{Facet, Kind};
use super::hal::{Reply, collection, link, path};
use super::listing::Listing;
use super::model::{Permission, Relation};
use super::request::{Body, Parameters};
use super::store::{App, Store};

/// The kinds, each with its other direction and its name. Of the two directions the first one is stored.
const KINDS: [(&str, &str, &str); 6] = [
    ("relates", "relates", "related to"),
    ("follows", "precedes", "follows"),
    ("blocks", "blocked", "blocks"),
    ("duplicates", "duplicated", "duplicates"),
    ("includes", "partof", "includes"),
    ("requires", "required", "requires"),
];

const FILTERS: &[(&str, Kind)] =
    &[("id", Kind::List), ("from", Kind::List), ("to", Kind::List), ("involved", Kind::List), ("type", Kind::List)];

/// Lists the relations of which the caller sees both ends.
pub(super) async fn list(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let listing = Listing {
        path: "/api/v3/relations",
        filters: FILTERS,
        columns: &["id", "from", "to", "type"],
        selectable: &["id", "type", "self", "from", "to"],
        facet: &facet,
        compare: &|one: &Relation, other, column| match column {
            "from" => one.from.cmp(&other.from),
            "to" => one.to.cmp(&other.to),
            "type" => one.kind.cmp(&other.kind),
            _ => one.id.cmp(&other.id),
        },
        render: &|relation| render(&store, caller, relation),
    };
    listing.answer(&app, &parameters, store.relations.values().filter(|row| sees(caller, &store, row)).collect())
}

fn facet(relation: &Relation, name: &str) -> Facet {
    match name {
        "from" => Facet::id(relation.from),
        "to" => Facet::id(relation.to),
        "involved" => Facet::Ids(vec![relation.from, relation.to]),
        "type" => Facet::Words(vec![relation.kind.clone()]),
        _ => Facet::id(relation.id),
    }
}

/// Lists the relations of a work package, all at once.
pub(super) async fn of_work_package(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let item = caller.work_package(&store, &id)?.id;
    let own = store.relations.values().filter(|row| (row.from == item || row.to == item) && sees(caller, &store, row));
    let elements = own.map(|relation| render(&store, caller, relation)).collect();
    Ok(Reply::ok(collection(&format!("/api/v3/work_packages/{item}/relations"), elements)))
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    visible(&store, caller, &id).map(|relation| Reply::ok(render(&store, caller, relation)))
}

/// Relates a work package to another. A second relation between the two, of whatever type, is 409.
///
/// `precedes` is stored as `follows` from the other end, and so on (unverified).
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let item = caller.work_package(&store, &id)?;
    let (here, project) = (item.id, item.project);
    caller.needs(&store, project, Permission::ManageRelations)?;
    let mut relation = Relation { id: 0, from: here, to: 0, kind: "relates".to_owned(), description: None, lag: None };
    let kind = apply(&mut relation, &body)?;
    relation.to = other_end(&store, caller, &body)?;
    let (stored, is_reversed) = canonical(&kind)?;
    relation.kind = stored.to_owned();
    if is_reversed {
        (relation.from, relation.to) = (relation.to, relation.from);
    }
    check_new(&store, &relation)?;
    relation.id = store.next_id("relations");
    let shown = render(&store, caller, &relation);
    store.relations.insert(relation.id, relation);
    Ok(Reply::created(shown))
}

/// Changes type, description or lag; the ends stay.
pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let mut relation = visible(&store, caller, &id)?.clone();
    needs_ends(&store, caller, &relation)?;
    if let Some(name) = fields::links(&body)?.keys().next() {
        return Err(Problem::read_only(name));
    }
    if body.contains_key("type") {
        let kind = apply(&mut relation, &body)?;
        let (stored, is_reversed) = canonical(&kind)?;
        relation.kind = stored.to_owned();
        if is_reversed {
            (relation.from, relation.to) = (relation.to, relation.from);
        }
    } else {
        apply(&mut relation, &body)?;
    }
    let shown = render(&store, caller, &relation);
    store.relations.insert(relation.id, relation);
    Ok(Reply::ok(shown))
}

pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let mut store = app.lock();
    let relation = visible(&store, caller, &id)?.clone();
    needs_ends(&store, caller, &relation)?;
    store.relations.remove(&relation.id);
    Ok(Reply::no_content())
}

fn needs_ends(store: &Store, caller: Caller, relation: &Relation) -> Answer<()> {
    let project = store.work_packages.get(&relation.from).map(|item| item.project);
    caller.needs(store, project.unwrap_or_default(), Permission::ManageRelations)
}

fn visible<'a>(store: &'a Store, caller: Caller, id: &str) -> Answer<&'a Relation> {
    let relation = id.parse().ok().and_then(|id: u64| store.relations.get(&id));
    relation.filter(|relation| sees(caller, store, relation)).ok_or_else(Problem::not_found)
}

fn sees(caller: Caller, store: &Store, relation: &Relation) -> bool {
    let ends = [relation.from, relation.to].map(|id| store.work_packages.get(&id));
    ends.into_iter().all(|end| end.is_some_and(|item| caller.sees_work_package(store, item)))
}

/// Writes what a body has; answers the type as it was given.
fn apply(relation: &mut Relation, body: &Map<String, Value>) -> Answer<String> {
    let mut kind = relation.kind.clone();
    for (name, value) in body {
        match name.as_str() {
            "type" => kind = fields::text(name, value)?,
            "description" => relation.description = Some(fields::text(name, value)?).filter(|text| !text.is_empty()),
            "lag" if value.is_null() => relation.lag = None,
            "lag" => {
                let wrong = || Problem::constraint("lag", "Lag must be a number greater than or equal to 0.");
                relation.lag = Some(value.as_u64().ok_or_else(wrong)?);
            }
            "_links" | "_type" => {}
            "id" | "name" | "reverseType" => return Err(Problem::read_only(name)),
            _ => return Err(Problem::unknown(name)),
        }
    }
    Ok(kind)
}

fn other_end(store: &Store, caller: Caller, body: &Map<String, Value>) -> Answer<u64> {
    let links = fields::links(body)?;
    if let Some(name) = links.keys().find(|name| *name != "to" && *name != "from") {
        return Err(Problem::unknown(name));
    }
    let to = links.get("to").ok_or_else(|| Problem::constraint("to", "Related work package can't be blank."))?;
    let id = fields::id("to", &["work_packages"], to)?.unwrap_or_default();
    let seen = store.work_packages.get(&id).filter(|item| caller.sees_work_package(store, item));
    seen.map(|item| item.id).ok_or_else(|| Problem::constraint("to", "Related work package does not exist."))
}

/// The direction that is stored, and whether the ends change places for it.
fn canonical(kind: &str) -> Answer<(&'static str, bool)> {
    let known = KINDS.iter().find(|(stored, reverse, _)| *stored == kind || *reverse == kind);
    let wrong = || Problem::constraint("type", "Type is not set to one of the allowed values.");
    known.map(|(stored, _, _)| (*stored, *stored != kind)).ok_or_else(wrong)
}

/// One relation between two work packages, never with itself, never in a circle, never between parent and child.
fn check_new(store: &Store, new: &Relation) -> Answer<()> {
    let between = |row: &Relation| [(row.from, row.to), (row.to, row.from)].contains(&(new.from, new.to));
    let related = store.relations.values().any(between);
    let family = store.ancestors(new.from).contains(&new.to) || store.ancestors(new.to).contains(&new.from);
    let circle = new.kind == "follows" && leads_to(store, new.to, new.from);
    match related || new.from == new.to || family || circle {
        true => Err(Problem::conflicting()),
        false => Ok(()),
    }
}

fn leads_to(store: &Store, from: u64, to: u64) -> bool {
    let next = store.relations.values().filter(|row| row.kind == "follows" && row.from == from);
    from == to || next.into_iter().any(|row| leads_to(store, row.to, to))
}

fn render(store: &Store, caller: Caller, relation: &Relation) -> Value {
    let own = path("relations", relation.id);
    let subject = |id: u64| store.work_packages.get(&id).map_or("", |item| item.subject.as_str());
    let kind = KINDS.iter().find(|(kind, _, _)| *kind == relation.kind);
    let (reverse, name) = kind.map_or(("relates", "related to"), |(_, reverse, name)| (reverse, name));
    let mut links = json!({
        "self": { "href": own },
        "from": link("work_packages", relation.from, subject(relation.from)),
        "to": link("work_packages", relation.to, subject(relation.to)),
    });
    if needs_ends(store, caller, relation).is_ok() {
        links["updateImmediately"] = json!({ "href": own, "method": "patch" });
        links["delete"] = json!({ "href": own, "method": "delete" });
    }
    json!({
        "_type": "Relation",
        "id": relation.id,
        "name": name,
        "type": relation.kind,
        "reverseType": reverse,
        "description": relation.description,
        "lag": relation.lag,
        "_links": links,
    })
}
