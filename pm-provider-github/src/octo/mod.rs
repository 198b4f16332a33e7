//! octocrab on the shared client.
//!
//! Of octocrab comes what is its own: requests are built by it (addresses below the base, bodies, the version of the API),
//! errors are read by it (`crate::error`), Apps sign in by it (`crate::app`). What it brings of a second HTTP stack, of
//! retries that repeat every POST, and of a cache stays out; so do its models, which would lose the JSON that came.
//! Underneath is `pm-http`: one policy for retries, limits, redaction and credentials.

mod transport;

use std::sync::{Mutex, PoisonError};

use http::Uri;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use pm_http::{Client, Endpoint, Method, Reply};
use pm_provider::{Error, ErrorKind, Result};
use serde_json::value::RawValue;
use tokio::runtime::{Handle, Id};

use transport::{Sending, Transport};

/// A request, as octocrab builds it: the address is relative to the base.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) endpoint: Endpoint,
    /// Path and query, from the base on; or a whole link that GitHub gave.
    pub(crate) address: String,
    pub(crate) body: Option<Box<RawValue>>,
    pub(crate) revalidates: bool,
}

impl Draft {
    pub(crate) fn new(endpoint: &Endpoint, address: String) -> Self {
        Self { endpoint: *endpoint, address, body: None, revalidates: false }
    }

    /// Adds a query parameter; the same name may come several times.
    pub(crate) fn add_query(&mut self, name: &str, value: &str) {
        let separator = if self.address.contains('?') { '&' } else { '?' };
        let pair = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
        self.address.push(separator);
        self.address.push_str(&pair);
    }
}

/// Sends what octocrab builds.
pub(crate) struct Octo {
    http: Client,
    base: Uri,
    /// octocrab keeps a task that hands requests on, which ends with the runtime that it was started in: in another
    /// runtime there is another one.
    crab: Mutex<Option<(Id, Octocrab)>>,
}

impl Octo {
    /// Prepares everything; sends and starts nothing.
    pub(crate) fn new(http: Client) -> Result<Self> {
        let base = http.base_url().as_str().parse();
        let base = base.map_err(|_| internal("the address of the API cannot be used for requests"))?;
        Ok(Self { http, base, crab: Mutex::default() })
    }

    fn crab(&self) -> Result<Octocrab> {
        let runtime = Handle::try_current().map_err(|_| internal("requests are sent from within a Tokio runtime"))?;
        let mut kept = self.crab.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((id, crab)) = &*kept
            && *id == runtime.id()
        {
            return Ok(crab.clone());
        }
        let builder = OctocrabBuilder::new_empty().with_service(Transport::new(self.http.clone()));
        let built = builder.with_layer(&BaseUriLayer::new(self.base.clone())).with_auth(AuthState::None).build();
        let crab = built.unwrap_or_else(|never| match never {});
        *kept = Some((runtime.id(), crab.clone()));
        Ok(crab)
    }

    /// Sends a request, and again where `pm-http` says that this is safe and may help.
    pub(crate) async fn send(&self, draft: Draft) -> Result<Reply> {
        let crab = self.crab()?;
        let builder = http::request::Builder::new().method(verb(draft.endpoint.method)).uri(&draft.address);
        let mut request = crab.build_request(builder, draft.body.as_ref()).map_err(unbuilt)?;
        request.extensions_mut().insert(Sending { endpoint: draft.endpoint, revalidates: draft.revalidates });
        let mut response = crab.execute(request).await.map_err(unsent)?;
        response.extensions_mut().remove::<Reply>().ok_or_else(|| internal("an answer lost its body on the way"))
    }
}

fn verb(method: Method) -> http::Method {
    match method {
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
        _ => http::Method::GET,
    }
}

fn internal(message: &str) -> Error {
    Error::new(ErrorKind::Internal, message)
}

fn unbuilt(error: octocrab::Error) -> Error {
    internal("a request cannot be built").with_source(error)
}

/// Our own error comes back out of octocrab's.
fn unsent(error: octocrab::Error) -> Error {
    match error {
        octocrab::Error::Service { source, .. } => match source.downcast::<Error>() {
            Ok(error) => *error,
            Err(source) => internal("a request cannot be handed on").with_source(source),
        },
        error => internal("a request cannot be handed on").with_source(error),
    }
}

impl std::fmt::Debug for Octo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Octo").field("http", &self.http).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_encoded_and_added() {
        const LIST: Endpoint = Endpoint::get("repos/{owner}/{repo}/issues");
        let mut draft = Draft::new(&LIST, "/repos/a/b/issues".to_owned());
        draft.add_query("labels", "good first issue,c++");
        draft.add_query("page", "2");
        assert_eq!(draft.address, "/repos/a/b/issues?labels=good+first+issue%2Cc%2B%2B&page=2");
    }
}
