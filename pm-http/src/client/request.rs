//! One request, as it is put together.

use std::fmt::Display;

use bytes::Bytes;
use pm_provider::{Error, ErrorKind, Result};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Serialize;
use url::Url;

use super::builder::header;
use super::{Client, Reply};
use crate::endpoint::Endpoint;

/// A request that is put together and then sent.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'a> {
    pub(super) client: &'a Client,
    pub(super) endpoint: &'a Endpoint,
    pub(super) draft: Result<Draft>,
}

/// What goes over the wire, but for the credential.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    pub(super) revalidates: bool,
    /// The answer is a file: it is left unread, and may come from elsewhere.
    pub(super) streams: bool,
}

impl Draft {
    /// What an answer is kept under: the address, and the headers that the answer may depend on.
    pub(super) fn address(&self) -> String {
        let mut address = self.url.as_str().to_owned();
        for (name, value) in &self.headers {
            address.push_str(&format!("\n{name}: {}", String::from_utf8_lossy(value.as_bytes())));
        }
        address
    }
}

impl<'a> Request<'a> {
    pub(super) fn new(client: &'a Client, endpoint: &'a Endpoint, url: Result<Url>) -> Self {
        let draft =
            url.map(|url| Draft { url, headers: HeaderMap::new(), body: None, revalidates: false, streams: false });
        Self { client, endpoint, draft }
    }

    /// Adds a query parameter; the same name may come several times.
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        if let Ok(draft) = &mut self.draft {
            draft.url.query_pairs_mut().append_pair(name, &value.to_string());
        }
        self
    }

    /// Sets the body.
    pub fn json<B: Serialize + ?Sized>(self, body: &B) -> Self {
        self.change(|draft| {
            let text = serde_json::to_vec(body)
                .map_err(|_| Error::new(ErrorKind::Internal, "the body of a request has no JSON form"))?;
            draft.body = Some(Bytes::from(text));
            draft.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok(())
        })
    }

    /// Sets a body that is JSON text already.
    pub fn json_text(self, text: impl Into<Bytes>) -> Self {
        self.change(|draft| {
            draft.body = Some(text.into());
            draft.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok(())
        })
    }

    /// Sets a header, in the place of the client's own one of this name.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|draft| {
            let (name, value) = header(name, value)?;
            draft.headers.insert(name, value);
            Ok(())
        })
    }

    /// Keeps the answer, and next time asks only whether it is still right.
    ///
    /// For small lists that hardly ever change (statuses, types): what is kept is bounded by its size.
    pub fn revalidate(self) -> Self {
        self.change(|draft| {
            draft.revalidates = true;
            Ok(())
        })
    }

    /// Sends it, and again where that is safe and may help.
    ///
    /// # Errors
    /// What the provider reads out of the backend's answer, or what the status means. [`Error::effect`] is `Unknown`
    /// where a write may have been executed, by an earlier attempt as well: a `NotFound` of `Unknown` effect for a
    /// delete may be our own work.
    pub async fn send(self) -> Result<Reply> {
        let provider = self.client.0.provider;
        let sent = match self.draft {
            Ok(draft) => self.client.send(self.endpoint, draft).await,
            Err(error) => Err(error),
        };
        sent.map_err(|error| self.client.0.redactor.error(&error).in_provider(provider))
    }

    /// The draft of a download.
    pub(super) fn streamed(self) -> Result<Draft> {
        let endpoint = self.endpoint;
        let mut draft = self.draft?;
        if endpoint.is_write() {
            return Err(Error::new(ErrorKind::Internal, format!("`{}` is no read, so no download", endpoint.path)));
        }
        draft.streams = true;
        draft.revalidates = false;
        Ok(draft)
    }

    fn change(mut self, change: impl FnOnce(&mut Draft) -> Result<()>) -> Self {
        self.draft = self.draft.and_then(|mut draft| change(&mut draft).map(|()| draft));
        self
    }
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft")
            .field("path", &self.url.path())
            .field("bytes", &self.body.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}
