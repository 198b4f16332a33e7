//! All addresses.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};

use super::errors::Problem;
use super::store::App;
use super::{
    activities, attachments, dictionaries, memberships, projects, relations, request, root, sprints, time_entries,
    users, versions, work_packages,
};
use crate::compression;

/// Everything under `/api/v3`; other addresses are 404 with an error in the vendor's form.
pub(super) fn router(app: App) -> Router {
    let api = Router::new()
        .route("/", get(root::root))
        .route("/configuration", get(root::configuration))
        .merge(dictionaries())
        .merge(people())
        .merge(projects())
        .merge(work_packages())
        .merge(relations())
        .merge(workspaces(&app));
    Router::new()
        .nest("/api/v3", api)
        .fallback(|| async { Problem::not_found() })
        .layer(middleware::from_fn(content_type))
        .layer(middleware::from_fn(compression::compress))
        .with_state(app)
}

fn dictionaries() -> Router<App> {
    Router::new()
        .route("/statuses", get(dictionaries::statuses))
        .route("/statuses/{id}", get(dictionaries::status))
        .route("/types", get(dictionaries::types))
        .route("/types/{id}", get(dictionaries::one_type))
        .route("/priorities", get(dictionaries::priorities))
        .route("/priorities/{id}", get(dictionaries::priority))
        .route("/roles", get(dictionaries::roles))
        .route("/roles/{id}", get(dictionaries::role))
        .route("/project_statuses/{id}", get(projects::project_status))
}

fn people() -> Router<App> {
    Router::new()
        .route("/users", get(users::users))
        .route("/users/{id}", get(users::user))
        .route("/principals", get(users::principals))
        .route("/memberships", get(memberships::list).post(memberships::create))
        .route("/memberships/{id}", get(memberships::show).patch(memberships::update).delete(memberships::delete))
}

fn projects() -> Router<App> {
    Router::new()
        .route("/projects", get(projects::list).post(projects::create))
        .route("/projects/{id}", get(projects::show).patch(projects::update).delete(projects::delete))
        .route("/projects/{id}/types", get(dictionaries::project_types))
        .route("/projects/{id}/versions", get(versions::of_project))
        .route("/projects/{id}/available_assignees", get(users::assignees))
        .route("/projects/{id}/categories", get(projects::categories))
        .route("/projects/{id}/sprints", get(sprints::of_project))
        .route("/sprints", get(sprints::list))
        .route("/sprints/{id}", get(sprints::show))
        .route("/labels", get(sprints::labels))
        .route("/labels/{id}", get(sprints::label))
        .route("/versions", get(versions::list).post(versions::create))
        .route("/versions/{id}", get(versions::show).patch(versions::update).delete(versions::delete))
}

fn work_packages() -> Router<App> {
    use work_packages::{delete, form, list, write};

    let in_project = get(list::of_project).post(write::create_in_project);
    Router::new()
        .route("/work_packages", get(list::all).post(write::create))
        .route("/work_packages/form", post(form::create))
        .route("/work_packages/schemas/{id}", get(form::schema))
        .route("/work_packages/{id}", get(list::show).patch(write::update).delete(delete::delete))
        .route("/work_packages/{id}/form", post(form::update))
        .route("/work_packages/{id}/available_assignees", get(list::assignees))
        .route("/work_packages/{id}/activities", get(activities::list).post(activities::create))
        .route("/work_packages/{id}/attachments", get(attachments::list))
        .route("/attachments/{id}", get(attachments::show))
        .route("/attachments/{id}/content", get(attachments::content))
        .route("/activities/{id}", get(activities::show))
        .route("/activities/{id}", patch(activities::update))
        .route("/projects/{id}/work_packages", in_project)
        .route("/projects/{id}/work_packages/form", post(form::create_in_project))
}

fn relations() -> Router<App> {
    Router::new()
        .route("/work_packages/{id}/relations", get(relations::of_work_package).post(relations::create))
        .route("/relations", get(relations::list))
        .route("/relations/{id}", get(relations::show).patch(relations::update).delete(relations::delete))
        .route("/time_entries", get(time_entries::list).post(time_entries::create))
        .route("/time_entries/{id}", get(time_entries::show).patch(time_entries::update).delete(time_entries::delete))
        // Two names of the same: in the links of entries, and in the vendor's description.
        .route("/time_entries/activities/{id}", get(time_entries::activity))
        .route("/time_entries/activity/{id}", get(time_entries::activity))
}

/// Other addresses of the same, which newer servers have: <https://www.openproject.org/docs/api/endpoints/workspaces/>.
fn workspaces(app: &App) -> Router<App> {
    use work_packages::{form, list, write};

    if !app.options.sprints {
        return Router::new();
    }
    Router::new()
        .route("/workspaces", get(projects::list))
        .route("/workspaces/{id}", get(projects::show))
        .route("/workspaces/{id}/types", get(dictionaries::project_types))
        .route("/workspaces/{id}/versions", get(versions::of_project))
        .route("/workspaces/{id}/sprints", get(sprints::of_project))
        .route("/workspaces/{id}/available_assignees", get(users::assignees))
        .route("/workspaces/{id}/work_packages", get(list::of_project).post(write::create_in_project))
        .route("/workspaces/{id}/work_packages/form", post(form::create_in_project))
}

/// Writes need a content type, whatever their address.
async fn content_type(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match request::check_content_type(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(unreadable) => unreadable.into_response(),
    }
}
