//! Lists and shows work packages.

use axum::extract::{Path, State};

use super::facets::{COLUMNS, FILTERS, LABEL_FILTERS, SELECTABLE, SPRINT_FILTERS, compare, facet};
use super::render;
use super::render::{Family, View};
use crate::openproject::access::Caller;
use crate::openproject::errors::{Answer, Problem};
use crate::openproject::filters::{self, Filter, Kind};
use crate::openproject::hal::Reply;
use crate::openproject::listing::Listing;
use crate::openproject::model::WorkPackage;
use crate::openproject::request::Parameters;
use crate::openproject::store::{App, Store};
use crate::openproject::users;

/// Lists the work packages of all projects.
pub(in crate::openproject) async fn all(
    State(app): State<App>,
    caller: Caller,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    list(&app, &store, caller, &parameters, "/api/v3/work_packages", None)
}

/// Lists the work packages of a project and, unless told otherwise, of its sub-projects (unverified).
pub(in crate::openproject) async fn of_project(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let project = caller.project(&store, &id)?.id;
    list(&app, &store, caller, &parameters, &format!("/api/v3/projects/{project}/work_packages"), Some(project))
}

pub(in crate::openproject) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let store = app.lock();
    let item = caller.work_package(&store, &id)?;
    Ok(Reply::ok(render(&store, &app.options, caller, item)))
}

/// Lists who can be assigned to a work package.
pub(in crate::openproject) async fn assignees(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let project = caller.work_package(&app.lock(), &id)?.project;
    users::assignees(State(app), caller, Path(project.to_string())).await
}

fn list(
    app: &App,
    store: &Store,
    caller: Caller,
    parameters: &Parameters,
    path: &str,
    project: Option<u64>,
) -> Answer<Reply> {
    let kinds: Vec<(&str, Kind)> = kinds(app);
    let mut filters = match filters::read(parameters, &kinds)? {
        Some(filters) => last_of_each(filters),
        None => vec![only_open()],
    };
    if filters::takes_valid_subset(parameters) {
        filters.retain(|filter| resolve(store, caller, &mut filter.clone()).is_ok() && !names_nothing(store, filter));
    }
    for filter in &mut filters {
        resolve(store, caller, filter)?;
    }
    let scope = Scope::of(parameters, &mut filters, project);
    let visible = store.work_packages.values().filter(|item| scope.has(store, item));
    let visible: Vec<&WorkPackage> = visible.filter(|item| caller.sees_work_package(store, item)).collect();
    let view = View { store, options: &app.options, caller, family: Family::of(store) };
    let listing = Listing {
        path,
        filters: &kinds,
        columns: COLUMNS,
        selectable: SELECTABLE,
        facet: &|item, name| facet(store, item, name),
        compare: &|one: &WorkPackage, other: &WorkPackage, column| compare(store, one, other, column),
        render: &|item| view.render(item),
    };
    listing.filtered(app, parameters, visible, &filters)
}

fn kinds(app: &App) -> Vec<(&'static str, Kind)> {
    let sprints = SPRINT_FILTERS.iter().filter(|_| app.options.sprints);
    let labels = LABEL_FILTERS.iter().filter(|_| app.options.labels);
    FILTERS.iter().chain(sprints).chain(labels).copied().collect()
}

/// Of two filters with one name the last is kept: adding one changes the one that is there (`Query#add_filter` and
/// `Query#filter_for` of the vendor's source).
fn last_of_each(filters: Vec<Filter>) -> Vec<Filter> {
    let mut kept: Vec<Filter> = Vec::new();
    for filter in filters {
        match kept.iter_mut().find(|present| present.name == filter.name) {
            Some(present) => *present = filter,
            None => kept.push(filter),
        }
    }
    kept
}

/// Without `filters` only what is open shows, which takes many clients by surprise: opf/OpenProjectExcel#11.
fn only_open() -> Filter {
    Filter { name: "status".to_owned(), operator: "o".to_owned(), values: Vec::new() }
}

/// `me` stands for the caller. Ids that nobody can choose are refused (unverified).
fn resolve(store: &Store, caller: Caller, filter: &mut Filter) -> Answer<()> {
    let name = filter.name.as_str();
    let is_person = matches!(name, "assignee" | "assigned_to" | "assignee_or_group" | "author" | "responsible");
    if let Some(me) = caller.0.filter(|_| is_person) {
        for value in filter.values.iter_mut().filter(|value| *value == "me") {
            *value = me.to_string();
        }
    }
    let known = |id: &u64| match name {
        "status" => store.statuses.contains_key(id),
        "type" => store.types.contains_key(id),
        "priority" => store.priorities.contains_key(id),
        "version" => store.versions.contains_key(id),
        "sprint" => store.sprints.contains_key(id),
        "labels" | "label" => store.labels.contains_key(id),
        "project" | "project_id" => store.projects.get(id).is_some_and(|project| caller.sees(store, project)),
        _ if is_person => store.principals.contains_key(id),
        _ => true,
    };
    let chosen = matches!(filter.operator.as_str(), "=" | "!" | "&=");
    let listed = matches!(name, "status" | "type" | "priority" | "version" | "sprint" | "labels" | "label" | "project")
        || is_person;
    let ids = filter.ids();
    match !chosen || !listed || ids.len() == filter.values.len() && ids.iter().all(known) {
        true => Ok(()),
        false => Err(Problem::invalid_query(format!("Filters {name} filter has invalid values."))),
    }
}

/// Whether an `id` filter has no id that is there.
fn names_nothing(store: &Store, filter: &Filter) -> bool {
    filter.name == "id" && filter.ids().iter().all(|id| !store.work_packages.contains_key(id))
}

/// Which projects a listing covers.
struct Scope {
    /// All that are visible, where there is none.
    projects: Option<Vec<u64>>,
    subprojects: Subprojects,
}

enum Subprojects {
    All,
    None,
    Only(Vec<u64>),
    But(Vec<u64>),
}

impl Scope {
    /// Takes the filters that choose projects out of the list.
    ///
    /// Sub-projects are included, unless `subprojectId` has the operator `!*` or the request says
    /// `includeSubprojects=false` (unverified).
    fn of(parameters: &Parameters, filters: &mut Vec<Filter>, project: Option<u64>) -> Self {
        let mut scope = Self { projects: project.map(|id| vec![id]), subprojects: Subprojects::All };
        if parameters.get("includeSubprojects") == Some("false") {
            scope.subprojects = Subprojects::None;
        }
        filters.retain(|filter| !scope.takes(filter));
        scope
    }

    fn takes(&mut self, filter: &Filter) -> bool {
        match (filter.name.as_str(), filter.operator.as_str()) {
            ("project" | "project_id", "=") if self.projects.is_none() => self.projects = Some(filter.ids()),
            ("subproject" | "subproject_id", "!*") => self.subprojects = Subprojects::None,
            ("subproject" | "subproject_id", "=") => self.subprojects = Subprojects::Only(filter.ids()),
            ("subproject" | "subproject_id", "!") => self.subprojects = Subprojects::But(filter.ids()),
            ("subproject" | "subproject_id", _) => self.subprojects = Subprojects::All,
            _ => return false,
        }
        true
    }

    fn has(&self, store: &Store, item: &WorkPackage) -> bool {
        let Some(projects) = &self.projects else { return true };
        let below = || store.project_ancestors(item.project).iter().any(|above| projects.contains(above));
        projects.contains(&item.project)
            || match &self.subprojects {
                Subprojects::All => below(),
                Subprojects::None => false,
                Subprojects::Only(chosen) => chosen.contains(&item.project) && below(),
                Subprojects::But(left_out) => !left_out.contains(&item.project) && below(),
            }
    }
}
