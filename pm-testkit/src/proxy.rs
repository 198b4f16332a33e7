//! A proxy that spoils what goes to a real server: lost replies can be tried on the product itself.

use std::io;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderValue, Request, Response, Uri, header};
use futures_util::FutureExt;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::http_fault::{Closed, Faults, FaultyServer};

/// A proxy on a random loopback port: forwards every request to one server and every answer back, unless its
/// [`Faults`] say otherwise.
///
/// It speaks plain HTTP to the server and opens a connection for each request, so that no fault outlives its request.
/// Addresses inside answers still name the server. Where the server cannot be reached, the client's connection is
/// closed.
#[derive(Debug)]
pub struct FaultyProxy {
    server: FaultyServer,
    prefix: String,
}

impl FaultyProxy {
    /// Stands before the server at this address: `http://127.0.0.1:3000`, with or without a path.
    ///
    /// # Errors
    ///
    /// The address is not one of plain HTTP, or no port is free.
    pub async fn to(url: &str) -> io::Result<Self> {
        let target = Target::read(url)?;
        let prefix = target.prefix.clone();
        let faults = Faults::new();
        let answer = Arc::new(move |request| {
            let target = target.clone();
            async move { target.forward(request).await.map_err(|_| Closed) }.boxed()
        });
        Ok(Self { server: FaultyServer::answering(0, answer, faults).await?, prefix })
    }

    /// Where clients connect, with the path of the server's address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.server.url(), self.prefix)
    }

    /// The handle that plans faults and shows the requests.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }
}

/// The server behind a proxy.
#[derive(Clone, Debug)]
struct Target {
    authority: String,
    port: u16,
    host: String,
    prefix: String,
}

impl Target {
    fn read(url: &str) -> io::Result<Self> {
        let wrong =
            || io::Error::new(io::ErrorKind::InvalidInput, "the proxy needs an address like `http://host:port`");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(wrong)?;
        Ok(Self {
            authority: authority.as_str().rsplit('@').next().unwrap_or_default().to_owned(),
            port: authority.port_u16().unwrap_or(80),
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            prefix: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    async fn forward(&self, mut request: Request<Bytes>) -> io::Result<Response<Bytes>> {
        let host = HeaderValue::from_str(&self.authority).map_err(io::Error::other)?;
        request.headers_mut().insert(header::HOST, host);
        request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        let driving = tokio::spawn(connection);
        let answer = sender.send_request(request.map(Full::new)).await.map_err(io::Error::other)?;
        let (mut head, body) = answer.into_parts();
        let bytes = body.collect().await.map_err(io::Error::other)?.to_bytes();
        driving.abort();
        for name in [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH] {
            head.headers.remove(name);
        }
        Ok(Response::from_parts(head, bytes))
    }
}
