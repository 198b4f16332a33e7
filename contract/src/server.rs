//! The description behind a port.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::answer::{Answer, Written, answer};
use crate::check::{Incoming, check};
use crate::description::{Description, Match, Operation};
use crate::forward::Target;
use crate::report::{Finding, Repaired, Report, note};
use crate::vendor::Learnt;

/// Answers and checks requests on a port of the loopback interface, until it is dropped.
#[derive(Debug)]
pub struct ContractServer {
    address: SocketAddr,
    state: Arc<Contract>,
    task: JoinHandle<()>,
}

/// What all requests share.
#[derive(Debug)]
struct Contract {
    description: Description,
    /// The server that answers, where this one only checks.
    target: Option<Target>,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    report: Report,
    written: Written,
    refusals: Vec<Refusal>,
    learnt: Learnt,
}

/// The answer to the next request of one kind.
#[derive(Debug)]
struct Refusal {
    method: String,
    path: String,
    answer: Answer,
}

impl ContractServer {
    /// Starts on a port; 0 picks a free one.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn start(description: Description, port: u16) -> io::Result<Self> {
        Self::serve(Contract::new(description, None), port).await
    }

    /// Stands before a real server, or one that behaves like it: checks every request and lets that server answer.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn before(description: Description, url: &str) -> io::Result<Self> {
        let target = Target::new(url).map_err(io::Error::other)?;
        Self::serve(Contract::new(description, Some(target)), 0).await
    }

    async fn serve(contract: Contract, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(contract);
        let router = Router::new().route("/__report", get(report)).fallback(request).with_state(Arc::clone(&state));
        let task = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, state, task })
    }

    /// Where it listens, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was seen and found so far; also at `GET /__report`.
    #[must_use]
    pub fn report(&self) -> Report {
        self.state.found().report.clone()
    }

    /// Lets the next request of a method for a path be refused: some requests are only sent after another one was.
    pub fn refuse_next(&self, method: &str, path: &str, status: u16, body: Value) {
        let answer = Answer { status, content_type: "application/json".to_owned(), body: Some(body) };
        let refusal = Refusal { method: method.to_owned(), path: path.to_owned(), answer };
        self.state.found().refusals.push(refusal);
    }

    /// The description that it speaks for.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.state.description
    }
}

impl Drop for ContractServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Contract {
    fn new(description: Description, target: Option<Target>) -> Self {
        let uncompilable = description.operations().iter().flat_map(|operation| {
            let name = operation.name();
            operation.uncompilable().into_iter().map(move |(place, why)| Finding::new(&name, place, why))
        });
        let repaired = description.repaired().iter();
        let report = Report {
            description: description.title().to_owned(),
            uncompilable: uncompilable.collect(),
            repaired: repaired
                .map(|(defect, places)| Repaired { defect: (*defect).to_owned(), places: *places })
                .collect(),
            ..Report::default()
        };
        Self { description, target, found: Mutex::new(Found { report, ..Found::default() }) }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks and answers one request; wrong ones are answered as if they were right, so that one run finds all mistakes.
    fn handle(&self, request: &Incoming) -> Answer {
        match self.description.find(&request.method, &request.path) {
            Match::Described(operation, path) => self.described(operation, &path, request),
            Match::WrongMethod(template, allowed) => {
                let what = format!("no such method, but `{}`", allowed.join("`, `"));
                let finding = Finding::new(&format!("{} {template}", request.method), "method", what);
                note(&mut self.found().report.violations, finding);
                refusal(405, "the description has no such method for this path")
            }
            Match::Unknown => {
                let finding = Finding::new(&format!("{} {}", request.method, request.path), "path", "no such path");
                note(&mut self.found().report.unknown, finding);
                refusal(404, "the description has no such path")
            }
        }
    }

    fn described(&self, operation: &Operation, path: &[(String, String)], request: &Incoming) -> Answer {
        let mut findings = check(&self.description, operation, path, request);
        let mut found = self.found();
        let Found { report, written, refusals, learnt } = &mut *found;
        findings.violations.extend(self.description.vendor().look_into(operation, request, learnt));
        report.see(&operation.method, &operation.template.to_string(), &request.path);
        for violation in findings.violations {
            self.judge(report, violation);
        }
        findings.unchecked.into_iter().for_each(|finding| note(&mut report.unchecked, finding));
        findings.open.into_iter().for_each(|finding| note(&mut report.open, finding));
        let refused = refusals.iter().position(|it| it.method == request.method && it.path == request.path);
        match refused {
            Some(at) => refusals.remove(at).answer,
            None => answer(&self.description, operation, request, written),
        }
    }

    /// Takes what a passing answer tells of the server.
    fn learn(&self, answer: &[u8]) {
        if let Ok(answer) = serde_json::from_slice(answer) {
            self.found().learnt.take(&answer);
        }
    }

    /// A violation, unless the vendor's server is known to know better than its description.
    fn judge(&self, report: &mut Report, mut violation: Finding) {
        let exceptions = self.description.vendor().exceptions();
        if let Some(exception) = exceptions.iter().find(|exception| exception.covers(&violation)) {
            violation.what = format!("{}: {} ({})", exception.name, exception.reason, violation.what);
            note(&mut report.excepted, violation);
        } else {
            note(&mut report.violations, violation);
        }
    }
}

fn refusal(status: u16, message: &str) -> Answer {
    Answer {
        status,
        content_type: "application/json".to_owned(),
        body: Some(json!({"errors": [message], "message": message})),
    }
}

async fn report(State(contract): State<Arc<Contract>>) -> Response {
    axum::Json(contract.found().report.clone()).into_response()
}

async fn request(
    State(contract): State<Arc<Contract>>,
    method: Method,
    uri: Uri,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let request = Incoming {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query,
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
        body: body.to_vec(),
    };
    let answer = contract.handle(&request);
    match &contract.target {
        Some(target) if contract.description.vendor().learns_from(uri.path()) => {
            let learn = |answer: &[u8]| contract.learn(answer);
            target.forward(&method, &uri, headers, body, Some(&learn)).await
        }
        Some(target) => target.forward(&method, &uri, headers, body, None).await,
        None => respond(answer),
    }
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    match answer.body {
        Some(body) => (status, [(header::CONTENT_TYPE, answer.content_type)], body.to_string()).into_response(),
        None => status.into_response(),
    }
}
