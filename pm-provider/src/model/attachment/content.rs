//! What is in a file, as it comes.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};

use crate::error::{Error, ErrorKind, Result};
use crate::setters::setters;

/// The content of an attachment: a stream of chunks, which holds one of them at a time.
///
/// It ends well only when everything came: where the backend told the size, any other number of bytes is an error at the
/// end, so that half a file never passes for a whole one. After an error nothing more comes.
///
/// ```
/// use pm_provider::AttachmentContent;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut content = AttachmentContent::of_bytes("notes.txt", *b"all of it");
/// let mut length = 0;
/// while let Some(chunk) = content.next_chunk().await? {
///     length += chunk.len();
/// }
/// assert_eq!((content.name.as_str(), length), ("notes.txt", 9));
/// # Ok::<(), pm_provider::Error>(())
/// # }).unwrap();
/// ```
#[non_exhaustive]
pub struct AttachmentContent {
    /// The name of the file, as the backend shows it; not to be trusted, see [`Attachment::name`](crate::Attachment::name).
    pub name: String,
    /// Its media type, where it is known.
    pub content_type: Option<String>,
    /// How many bytes will come, where the backend says so.
    pub size: Option<u64>,
    chunks: Option<BoxStream<'static, Result<Vec<u8>>>>,
    received: u64,
    place: Option<(String, String)>,
}

impl AttachmentContent {
    /// Makes the content of a file from its chunks.
    #[must_use]
    pub fn new(name: impl Into<String>, chunks: impl Stream<Item = Result<Vec<u8>>> + Send + 'static) -> Self {
        Self {
            name: name.into(),
            content_type: None,
            size: None,
            chunks: Some(chunks.boxed()),
            received: 0,
            place: None,
        }
    }

    /// Makes the content of a file that is in memory as a whole.
    #[must_use]
    pub fn of_bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let size = bytes.len() as u64;
        Self::new(name, futures_util::stream::iter([Ok(bytes)])).size(size)
    }

    /// Names provider and operation in the errors that the chunks end with.
    #[must_use]
    pub fn located(mut self, provider: &str, operation: &str) -> Self {
        self.place.get_or_insert_with(|| (provider.to_owned(), operation.to_owned()));
        self
    }

    /// Waits for the next chunk, which is never empty; `None` once everything came.
    ///
    /// # Errors
    /// Whatever broke off the transfer, and `InvalidResponse` for more or fewer bytes than were announced.
    pub async fn next_chunk(&mut self) -> Result<Option<Vec<u8>>> {
        self.try_next().await
    }

    /// Reads all of it into memory, if it is no larger than this many bytes.
    ///
    /// # Errors
    /// `InvalidInput` as soon as it shows that it is larger, and what [`next_chunk`](Self::next_chunk) fails with.
    pub async fn into_bytes(mut self, limit: u64) -> Result<Vec<u8>> {
        self.check_limit(self.size.unwrap_or(0), limit)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = self.next_chunk().await? {
            self.check_limit(self.received, limit)?;
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    fn check_limit(&self, size: u64, limit: u64) -> Result<()> {
        if size <= limit {
            return Ok(());
        }
        let message =
            format!("the attachment `{}` is larger than the {limit} bytes that are wanted at most", self.name);
        Err(self.locate(Error::invalid_input(message)))
    }

    fn locate(&self, error: Error) -> Error {
        match &self.place {
            Some((provider, operation)) => error.in_provider(provider).during(operation),
            None => error,
        }
    }

    /// What is wrong with the number of bytes that came so far.
    fn length_problem(&self, is_end: bool) -> Option<Error> {
        let size = self.size?;
        let is_wrong = if is_end { self.received != size } else { self.received > size };
        is_wrong.then(|| {
            let came = if is_end { self.received.to_string() } else { "more".to_owned() };
            let message = format!("the attachment `{}` has {size} bytes, and {came} came", self.name);
            self.locate(Error::new(ErrorKind::InvalidResponse, message))
        })
    }
}

impl Stream for AttachmentContent {
    type Item = Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Some(chunks) = &mut self.chunks else { return Poll::Ready(None) };
            let Poll::Ready(item) = chunks.poll_next_unpin(context) else { return Poll::Pending };
            let answer = match item {
                Some(Ok(chunk)) if chunk.is_empty() => continue,
                Some(Ok(chunk)) => {
                    self.received += chunk.len() as u64;
                    self.length_problem(false).map_or(Some(Ok(chunk)), |problem| Some(Err(problem)))
                }
                Some(Err(error)) => Some(Err(self.locate(error))),
                None => self.length_problem(true).map(Err),
            };
            if !matches!(answer, Some(Ok(_))) {
                self.chunks = None;
            }
            return Poll::Ready(answer);
        }
    }
}

impl fmt::Debug for AttachmentContent {
    /// Shows no content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttachmentContent")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("size", &self.size)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

setters!(AttachmentContent { optional content_type: String, optional size: u64 });
