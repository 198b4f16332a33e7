//! What every request meets before its resource: who asks, and how much they may.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use axum::middleware::Next;
use axum::response::IntoResponse;
use http_body_util::BodyExt;
use serde_json::Value;

use super::access::Caller;
use super::errors::Problem;
use super::limits;
use super::store::App;
use super::traps;

/// Lets a request in, and puts the headers of the limits on its answer.
pub(super) async fn enter(State(app): State<App>, mut request: Request, next: Next) -> Response<Body> {
    tokio::time::sleep(app.options.answer_time).await;
    let third = request.uri().path().starts_with("/api/v3/");
    let caller = match Caller::of(&app, request.headers()) {
        Ok(caller) => caller,
        Err(problem) => return refusal(problem, third),
    };
    let window = limits::count(&app, &caller.token);
    let mut response = if window.refused {
        refusal(Problem::too_many(), third)
    } else {
        request.extensions_mut().insert(caller);
        next.run(request).await
    };
    if app.options.wrong_types && response.status() == StatusCode::OK {
        response = bent(response).await;
    }
    limits::headers(&app, window, response.headers_mut());
    response
}

fn refusal(problem: Problem, third: bool) -> Response<Body> {
    if third { problem.third().into_response() } else { problem.into_response() }
}

/// The answer with other types than the documents promise.
async fn bent(response: Response<Body>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(head, Body::from(bytes));
    };
    traps::bend(&mut value);
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(value.to_string()))
}
