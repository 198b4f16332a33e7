//! A server that does to each request what a test says: answers, lies, stays silent, hangs up.

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// What the server does to a request.
pub(crate) enum Act {
    /// Answers, and keeps the connection.
    Answer(Vec<u8>),
    /// Answers after a while.
    Late(std::time::Duration, Vec<u8>),
    /// Sends these bytes and hangs up.
    BreakOff(Vec<u8>),
    /// Sends the parts with a pause between them, and keeps the connection.
    Slow { pause: std::time::Duration, parts: Vec<String> },
    /// Never answers.
    Hang,
}

type Script = Arc<dyn Fn(usize, &str) -> Act + Send + Sync>;

/// A server on a port of its own; ends with the test.
pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server; the script is given the number of the request, from 0, and its text.
    pub(crate) async fn start(script: impl Fn(usize, &str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, script)
    }

    pub(crate) fn on(listener: TcpListener, script: impl Fn(usize, &str) -> Act + Send + Sync + 'static) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, script) = (Arc::<Mutex<Vec<String>>>::default(), Arc::new(script) as Script);
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&noted)));
            }
        });
        Self { url, seen }
    }

    /// The texts of all requests so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests came so far.
    pub(crate) fn count(&self) -> usize {
        self.seen().len()
    }
}

/// Serves one connection until the script or the client hangs up.
pub(crate) async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    script: Script,
    seen: Arc<Mutex<Vec<String>>>,
) {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer).await {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        match script(number, &request) {
            Act::Answer(bytes) => stream.write_all(&bytes).await.unwrap_or_default(),
            Act::Late(pause, bytes) => {
                tokio::time::sleep(pause).await;
                stream.write_all(&bytes).await.unwrap_or_default();
            }
            Act::BreakOff(bytes) => {
                stream.write_all(&bytes).await.unwrap_or_default();
                stream.shutdown().await.unwrap_or_default();
                return;
            }
            Act::Slow { pause, parts } => {
                for part in parts {
                    stream.write_all(part.as_bytes()).await.unwrap_or_default();
                    tokio::time::sleep(pause).await;
                }
            }
            Act::Hang => std::future::pending().await,
        }
    }
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = end_of_request(buffer) {
            let request: Vec<u8> = buffer.drain(..end).collect();
            return Some(String::from_utf8_lossy(&request).into_owned());
        }
        if stream.read_buf(buffer).await.unwrap_or(0) == 0 {
            return None;
        }
    }
}

fn end_of_request(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
    let end = head + length.unwrap_or(0);
    (buffer.len() >= end).then_some(end)
}

/// An answer with a body, its length and the time.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\n", body.as_ref().len());
    if headers.iter().all(|(name, _)| *name != "date") {
        head.push_str(&format!("date: {}\r\n", httpdate::fmt_http_date(SystemTime::now())));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    [head.as_bytes(), b"\r\n", body.as_ref()].concat()
}

/// An answer in JSON.
pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    answer(status, &[("content-type", "application/json")], body)
}
