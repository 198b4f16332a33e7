//! A server on a loopback port whose connections can be closed at will.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, Response, header};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt;

use super::Faults;
use super::effect::{self, Closed};

/// An answer that is on its way; nothing happens before it is awaited.
pub(crate) type Answering = BoxFuture<'static, Result<Response<Bytes>, Closed>>;

/// Whoever answers the requests: a router, or a server that a proxy stands before.
pub(crate) type Answer = Arc<dyn Fn(Request<Bytes>) -> Answering + Send + Sync>;

/// A server on a random loopback port that answers as a router does, unless its [`Faults`] say otherwise.
///
/// It stops when it is dropped, and closes its connections.
pub struct FaultyServer {
    address: SocketAddr,
    faults: Faults,
    accepting: JoinHandle<()>,
}

impl FaultyServer {
    /// Starts on a random loopback port.
    ///
    /// # Errors
    ///
    /// No port is free. Needs a tokio runtime with I/O and time.
    pub async fn start(router: Router, faults: Faults) -> io::Result<Self> {
        Self::start_at(0, router, faults).await
    }

    /// Starts on a loopback port of one's choice; 0 stands for a random one.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn start_at(port: u16, router: Router, faults: Faults) -> io::Result<Self> {
        Self::answering(port, Arc::new(move |request| ask(router.clone(), request).boxed()), faults).await
    }

    pub(crate) async fn answering(port: u16, answer: Answer, faults: Faults) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener, answer, faults.clone()));
        Ok(Self { address, faults, accepting })
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The handle that plans faults and shows the requests.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }
}

impl Drop for FaultyServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl fmt::Debug for FaultyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyServer").field("address", &self.address).field("faults", &self.faults).finish()
    }
}

/// Asks a router and collects its answer.
async fn ask(router: Router, request: Request<Bytes>) -> Result<Response<Bytes>, Closed> {
    let answer: Result<_, Infallible> = router.oneshot(request.map(Body::from)).await;
    let (head, body) = answer?.into_parts();
    let bytes = body.collect().await.map_err(|_| Closed)?.to_bytes();
    Ok(Response::from_parts(head, bytes))
}

/// Takes connections until it is aborted; the connections end with it.
async fn accept(listener: TcpListener, answer: Answer, faults: Faults) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve(stream, answer.clone(), faults.clone()));
        }
    }
}

async fn serve(stream: TcpStream, answer: Answer, faults: Faults) {
    // Small answers leave at once; a server that cannot do this is only slower.
    let _slower = stream.set_nodelay(true);
    let service = service_fn(|request| handle(request, answer.clone(), faults.clone()));
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    // A connection ends in an error whenever a fault closes it.
    let _closed_on_purpose = connection.await;
}

async fn handle(request: Request<Incoming>, answer: Answer, faults: Faults) -> Result<Response<Body>, Closed> {
    let (head, body) = request.into_parts();
    let bytes = body.collect().await.map_err(|_| Closed)?.to_bytes();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let authorization = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let begun = faults.begin(head.method.as_str(), target, authorization);
    let request = Request::from_parts(head, bytes);
    // On a task of its own: a server does not stop because its client gave up.
    let task = tokio::spawn(async move {
        if !begun.latency.is_zero() {
            tokio::time::sleep(begun.latency).await;
        }
        let reply = effect::answer(begun.fault, answer(request)).await?;
        faults.end(begun.number, reply.status().as_u16());
        Ok(reply)
    });
    task.await.unwrap_or(Err(Closed))
}
