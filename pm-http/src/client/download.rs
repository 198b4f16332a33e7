//! Files: answers that are read as they come, from the backend or from the store that it points to.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_util::Stream;
use pm_provider::{AttachmentContent, Error, ErrorKind, Result, Retry};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::time::timeout;
use url::Url;

use super::attempt::{Answer, is_tls, tls_reason};
use super::failure::{Failure, reason};
use super::{Client, Inner, Request};
use crate::endpoint::Endpoint;
use crate::transport::is_loopback;

/// A file on its way: the answer has begun, and nothing of it is read yet.
pub struct Download {
    client: Client,
    response: reqwest::Response,
    /// What came with the last chunk and was too much for one.
    rest: Bytes,
}

/// The most that a chunk holds, however much the network gives at once.
const CHUNK: usize = 64 * 1024;

/// The client for the host that files were last fetched from. Files of one backend lie in one store.
#[derive(Default)]
pub(crate) struct Elsewhere(Mutex<Option<(String, reqwest::Client)>>);

impl Client {
    /// Downloads from a link that the backend gave. It may be relative, and it may lead to another host, a store of files
    /// say: that one never sees the credential, nor any other header of ours.
    ///
    /// # Errors
    /// As [`Request::download`]; `InvalidResponse` for a link that is no URL, or that leads where no store of a backend is.
    pub async fn download_link(&self, endpoint: &Endpoint, link: &str) -> Result<Download> {
        Request::new(self, endpoint, self.file_url(link)).download().await
    }

    fn file_url(&self, link: &str) -> Result<Url> {
        let strange = |what: &str| Error::new(ErrorKind::InvalidResponse, format!("the backend gave a link {what}"));
        let url = self.0.base.join(link).map_err(|_| strange("that is no URL"))?;
        match self.0.why_not(&url) {
            Some(why) => Err(strange(&format!("to `{}`, which {why}", url.origin().ascii_serialization()))),
            None => Ok(url),
        }
    }
}

impl Request<'_> {
    /// Sends a read whose answer is a file, of any size: what comes is read chunk by chunk afterwards.
    ///
    /// Until the answer begins, all is as with [`send`](Request::send): retries, limits, errors, the time for one attempt.
    /// Redirects to another host are followed, but without the credential. From then on each chunk may take as long as an
    /// attempt, the whole as long as it needs, and it counts no more as a request that is sent at the moment.
    ///
    /// # Errors
    /// Those of [`send`](Request::send), and what another host answers.
    pub async fn download(self) -> Result<Download> {
        let (client, endpoint) = (self.client.clone(), *self.endpoint);
        let provider = client.0.provider;
        let answer = match self.header(ACCEPT.as_str(), "*/*").header(ACCEPT_ENCODING.as_str(), "identity").streamed() {
            Ok(draft) => client.exchange(&endpoint, &draft).await.map(|(answer, _)| answer),
            Err(error) => Err(error),
        };
        let begun = answer.and_then(|answer| {
            answer.rest.ok_or_else(|| Error::new(ErrorKind::Internal, "an answer was read that is a download"))
        });
        match begun {
            Ok(response) => Ok(Download { client, response, rest: Bytes::new() }),
            Err(error) => Err(client.0.redactor.error(&error).in_provider(provider)),
        }
    }
}

impl Download {
    /// How many bytes will come, where the answer says so.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The media type, where the answer says so.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.response.headers().get(CONTENT_TYPE)?.to_str().ok()
    }

    /// Makes the content of an attachment of it; `size` is what the backend said of the file before.
    ///
    /// # Errors
    /// `InvalidResponse` if what comes has another length: a page for people in the place of the file, say.
    pub fn into_content(self, name: impl Into<String>, size: Option<u64>) -> Result<AttachmentContent> {
        let (name, length) = (name.into(), self.length());
        if let (Some(size), Some(length)) = (size, length)
            && size != length
        {
            let message = format!("the attachment `{name}` has {size} bytes, and the answer has {length}");
            return Err(Error::new(ErrorKind::InvalidResponse, message).in_provider(self.client.0.provider));
        }
        let kind = self.content_type().map(str::to_owned);
        let mut content = AttachmentContent::new(name, self.chunks());
        content.size = size.or(length);
        content.content_type = kind;
        Ok(content)
    }

    /// The chunks as they come.
    fn chunks(self) -> impl Stream<Item = Result<Vec<u8>>> + Send + 'static {
        futures_util::stream::try_unfold(self, |mut download| async move {
            let chunk = download.next().await?;
            Ok(chunk.map(|chunk| (chunk.to_vec(), download)))
        })
    }

    async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.rest.is_empty() {
            let Some(chunk) = self.receive().await? else { return Ok(None) };
            self.rest = chunk;
        }
        Ok(Some(self.rest.split_to(self.rest.len().min(CHUNK))))
    }

    async fn receive(&mut self) -> Result<Option<Bytes>> {
        let inner = &self.client.0;
        let patience = inner.retry.timeout;
        let failure = match timeout(patience, self.response.chunk()).await {
            Ok(Ok(chunk)) => return Ok(chunk),
            Ok(Err(error)) => inner.cut_off(error).error,
            Err(_) => {
                let message = format!("nothing of the file came for {} seconds", patience.as_secs_f32().ceil());
                Error::new(ErrorKind::Timeout, message)
            }
        };
        Err(inner.redactor.error(&failure).in_provider(inner.provider))
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("length", &self.length()).finish_non_exhaustive()
    }
}

impl Inner {
    /// Says whether an address is the backend's own.
    pub(super) fn is_home(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    /// Why no file is fetched from an address, if there is a reason.
    pub(super) fn why_not(&self, url: &Url) -> Option<&'static str> {
        if !url.username().is_empty() || url.password().is_some() {
            return Some("brings a credential of its own");
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Some("is none of the web");
        }
        if self.base.scheme() == "https" && url.scheme() != "https" {
            return Some("is not encrypted");
        }
        (is_loopback(url) && !is_loopback(&self.base)).then_some("is this machine")
    }

    /// Says whether a file lies with another host: the backend itself by another scheme is none.
    pub(super) fn is_store(&self, url: &Url) -> bool {
        let is_turned = url.host() == self.base.host() && url.scheme() != self.base.scheme();
        !is_turned && self.why_not(url).is_none()
    }

    /// Asks another host for a file: nothing of ours goes with the request, and nothing is learnt of the answer.
    pub(super) async fn fetch_elsewhere(&self, url: &Url) -> Result<Answer, Failure> {
        let http = self.elsewhere(url).map_err(Failure::final_one)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let response = http.get(url.clone()).headers(headers).send().await;
        let response = response.map_err(|error| self.unsent_elsewhere(error, url))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let rest = response.status().is_success().then_some(response);
        Ok(Answer { status, headers, body: Bytes::new(), rest })
    }

    /// The client for another host: like ours, but it shows no certificate of ours.
    fn elsewhere(&self, url: &Url) -> Result<reqwest::Client> {
        let origin = url.origin().ascii_serialization();
        let mut last = self.elsewhere.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, http)) = last.as_ref().filter(|(known, _)| *known == origin) {
            return Ok(http.clone());
        }
        let http = self.transport.connect_elsewhere(url, &self.redactor)?;
        *last = Some((origin, http.clone()));
        Ok(http)
    }

    /// What the answer of another host means: it is none of the backend's, so neither its codes nor its text are.
    pub(super) fn judge_elsewhere(answer: Answer, url: &Url) -> Result<Answer, Failure> {
        if answer.rest.is_some() {
            return Ok(answer);
        }
        let kind = match answer.status {
            404 | 410 => ErrorKind::NotFound,
            401 | 403 => ErrorKind::PermissionDenied,
            408 | 429 | 500.. => ErrorKind::Unavailable,
            _ => ErrorKind::InvalidResponse,
        };
        let (origin, said) = (url.origin().ascii_serialization(), reason(answer.status));
        let message = format!("the backend keeps the file at `{origin}`, which answered `{said}`");
        let error = Error::new(kind, message).with_http_status(answer.status);
        Err(if kind == ErrorKind::Unavailable { Failure::open(error, true) } else { Failure::final_one(error) })
    }

    /// Never the address itself: such links open the file for whoever has them.
    fn unsent_elsewhere(&self, error: reqwest::Error, url: &Url) -> Failure {
        let is_connect = error.is_connect();
        let cause = self.redactor.source(&error.without_url());
        let (origin, text) = (url.origin().ascii_serialization(), cause.to_string());
        let kept = format!("the backend keeps the file at `{origin}`");
        if is_tls(&text, is_connect) {
            let message = format!("{kept}, to which there is no trusted connection: {}", tls_reason(&text));
            let error = Error::new(ErrorKind::Unavailable, message).with_source(cause).with_retry(Retry::Never);
            return Failure::final_one(error);
        }
        let what = if is_connect { "cannot be reached" } else { "closed the connection before an answer came" };
        Failure::open(Error::new(ErrorKind::Unavailable, format!("{kept}, which {what}")).with_source(cause), true)
    }
}
