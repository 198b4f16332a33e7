//! All addresses.

use axum::Router;
use axum::middleware;
use axum::routing::{delete, get, post, put};

use super::errors::Problem;
use super::places::{folders, lists, people, spaces};
use super::store::App;
use super::tasks::{create, custom_fields, delete, edges, list, moves, read, tags, update};
use super::{comments, door, hooks};
use crate::compression;

/// Everything under `/api/v2`, and one address under `/api/v3`; others are 404 with an error in the vendor's form.
pub(super) fn router(app: App) -> Router {
    let second = Router::new().merge(places()).merge(tasks()).merge(others());
    let third = Router::new().route("/workspaces/{workspace}/tasks/{id}/home_list/{list}", put(moves::home_list));
    Router::new()
        .nest("/api/v2", second)
        .nest("/api/v3", third)
        .fallback(|| async { Problem::no_route() })
        .method_not_allowed_fallback(|| async { Problem::no_route() })
        .layer(middleware::from_fn_with_state(app.clone(), door::enter))
        .layer(middleware::from_fn(compression::compress))
        .with_state(app)
}

fn places() -> Router<App> {
    Router::new()
        .route("/user", get(people::user))
        .route("/team", get(people::teams))
        .route("/team/{id}/custom_item", get(people::custom_items))
        .route("/team/{id}/space", get(spaces::list).post(spaces::create))
        .route("/team/{id}/field", get(custom_fields::of_workspace))
        .route("/space/{id}", get(spaces::show).put(spaces::update).delete(spaces::delete))
        .route("/space/{id}/tag", get(spaces::tags).post(spaces::create_tag))
        .route("/space/{id}/field", get(custom_fields::of_space))
        .route("/space/{id}/folder", get(folders::list).post(folders::create))
        .route("/space/{id}/list", get(lists::of_space).post(lists::create_in_space))
        .route("/folder/{id}", get(folders::show).put(folders::update).delete(folders::delete))
        .route("/folder/{id}/list", get(lists::of_folder).post(lists::create_in_folder))
        .route("/folder/{id}/field", get(custom_fields::of_folder))
        .route("/list/{id}", get(lists::show).put(lists::update).delete(lists::delete))
        .route("/list/{id}/field", get(custom_fields::of_list))
        .route("/list/{id}/member", get(people::members_of_list))
}

fn tasks() -> Router<App> {
    Router::new()
        .route("/team/{id}/task", get(list::of_workspace))
        .route("/list/{id}/task", get(list::of_list).post(create::create))
        .route("/task/{id}", get(read::show).put(update::update).delete(delete::delete))
        .route("/task/{id}/tag/{name}", post(tags::add).delete(tags::remove))
        .route("/task/{id}/field/{field}", post(custom_fields::set).delete(custom_fields::remove))
        .route("/task/{id}/dependency", post(edges::add_dependency).delete(edges::remove_dependency))
        .route("/task/{id}/link/{other}", post(edges::add_link).delete(edges::remove_link))
        .route("/list/{id}/task/{task}", post(moves::add).delete(moves::remove))
}

fn others() -> Router<App> {
    Router::new()
        .route("/task/{id}/comment", get(comments::list).post(comments::create))
        .route("/comment/{id}", put(comments::update).delete(comments::delete))
        .route("/comment/{id}/reply", get(comments::replies).post(comments::reply))
        .route("/team/{id}/webhook", get(hooks::list).post(hooks::create))
        .route("/webhook/{id}", put(hooks::update).merge(delete(hooks::delete)))
}
