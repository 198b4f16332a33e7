//! Files of tasks. They come with their task, and lie in a store of another host, which is asked without the token.

use async_trait::async_trait;
use pm_http::page::{Listing, slice};
use pm_http::{Endpoint, Raw, named};
use pm_provider::{
    Attachment, AttachmentContent, AttachmentId, AttachmentQuery, Attachments, Cursor, EntityCapabilities, Error,
    ErrorKind, Field, FieldSupport, Operation, Page, Result, TaskId, UserId,
};

use crate::api::Api;
use crate::provider::told;
use crate::{ClickUpProvider, NAME, dates, dto, endpoints, ids};

/// A file, wherever its link leads: no request of the API.
const DOWNLOAD: Endpoint = Endpoint::get("attachment");

/// What can be done with the files of tasks.
pub(crate) fn capabilities() -> EntityCapabilities {
    let read = [
        Field::Id,
        Field::TaskId,
        Field::Name,
        Field::Size,
        Field::ContentType,
        Field::AuthorId,
        Field::AuthorName,
        Field::CreatedAt,
        Field::Url,
        Field::RawData,
    ];
    EntityCapabilities::new().operations([Operation::List, Operation::Get]).fields(read, &FieldSupport::read_only())
}

impl Api {
    /// The files of a task, without those that were deleted.
    async fn files_of(&self, task: &TaskId) -> Result<Vec<Raw<dto::File>>> {
        if !ids::is_task(task.as_str()) {
            return Err(Error::not_found("task", task));
        }
        let files: Result<dto::Files> = self.get(&endpoints::GET_TASK, &[task.as_str()]).await;
        let mut files = files.map_err(|error| named(error, "task", task))?.attachments;
        files.retain(|file| !file.item.deleted && !file.item.id.is_empty());
        Ok(files)
    }

    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<&Cursor>) -> Result<Page<Attachment>> {
        self.capabilities.check_query(query)?;
        let files = self.files_of(&query.task).await?;
        let attachments: Vec<_> = files.into_iter().map(|file| attachment(file, &query.task)).collect();
        let total = attachments.len() as u64;
        let listing = Listing::new(NAME, "attachments", query, self.page_size(query.page_size));
        let key = |file: &Attachment| (file.created_at.map(|time| time.timestamp_millis()), file.id.to_string());
        Ok(slice(&listing, cursor, attachments, key)?.total(Some(total)))
    }

    async fn download(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        let lost = || Error::not_found("attachment", id);
        let files = self.files_of(task).await?;
        let file = files.into_iter().find(|file| file.item.id == id.as_str()).ok_or_else(lost)?.item;
        let nowhere = || Error::new(ErrorKind::InvalidResponse, format!("the attachment `{id}` has no address"));
        let url = file.url.ok_or_else(nowhere)?;
        let download = self.http.download_link(&DOWNLOAD, &url).await;
        let download = download.map_err(|error| named(error, "attachment", id))?;
        let size = file.size.and_then(|size| u64::try_from(size).ok());
        let mut content = download.into_content(file.title, size)?;
        content.content_type = file.mimetype.or(content.content_type);
        Ok(content.located(NAME, "download_attachment"))
    }
}

fn attachment(raw: Raw<dto::File>, task: &TaskId) -> Attachment {
    let Raw { item, raw } = raw;
    let mut attachment = Attachment::new(item.id, task, item.title).raw_data(raw);
    attachment.size = item.size.and_then(|size| u64::try_from(size).ok());
    attachment.content_type = item.mimetype;
    attachment.created_at = item.date.and_then(dates::time);
    attachment.url = item.url;
    if let Some(user) = item.user.filter(|user| !user.id.is_empty()) {
        attachment.author_name = user.username;
        attachment.author_id = Some(UserId::new(user.id));
    }
    attachment
}

#[async_trait]
impl Attachments for ClickUpProvider {
    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<Cursor>) -> Result<Page<Attachment>> {
        told("list_attachments", self.api.attachments_page(query, cursor.as_ref()).await)
    }

    async fn download_attachment(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        told("download_attachment", self.api.download(task, id).await)
    }
}
