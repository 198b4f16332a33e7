//! Files that hang on tasks.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::Result;
use crate::model::{Attachment, AttachmentContent};
use crate::query::{AttachmentQuery, Cursor, Page};
use crate::value::{AttachmentId, TaskId};

/// Lists and downloads the files of tasks. Nothing of them is ever changed, so read-only layers let all of it through.
///
/// # Rules
/// The numbers are those of the conformance suite.
///
/// - What was attached is listed, with name, size and type as far as the capabilities name these fields (r288), each once,
///   oldest first, at any page size (r289); a task without any has an empty list (r290).
/// - Two files of one name are two attachments (r291), and no task shows those of another (r292).
/// - What is downloaded is what was attached, byte for byte (r293), a file without a byte included (r294).
/// - An unknown task or attachment is `NotFound`, and so is the attachment of another task (r295–r297).
/// - A cursor of another task is `InvalidInput` (r298), behind a read-only layer both reads work (r299), and errors say
///   where they come from (r300).
#[async_trait]
pub trait Attachments: Debug + Send + Sync + 'static {
    /// Lists one page of the attachments of a task, oldest first.
    ///
    /// # Errors
    /// `NotFound` for an unknown task, `InvalidInput` for a cursor of another task.
    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<Cursor>) -> Result<Page<Attachment>>;

    /// Opens an attachment of a task for reading. What comes is read chunk by chunk from [`AttachmentContent`] and never
    /// held as a whole.
    ///
    /// The credential of the backend goes to the backend alone: where it answers with a redirect to the store of another
    /// host, that one is asked without.
    ///
    /// # Errors
    /// `NotFound` for an unknown task, and for an attachment that is unknown or another task's. What fails later comes out
    /// of the content.
    async fn download_attachment(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent>;
}
