//! Attachments: the files of issues, which the field `attachment` lists.
//!
//! Cloud answers a request for the content with a redirect to the store of another host, by a link that opens the file for
//! whoever has it: no credential goes there
//! (<https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/#api-rest-api-3-attachment-content-id-get>).
//! Data Center gives files away itself, outside of its API (`content` of
//! <https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/#api/2/attachment>).

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_http::page::{Listing, slice};
use pm_http::{Raw, named};
use pm_provider::{
    Attachment, AttachmentContent, AttachmentId, AttachmentQuery, Attachments, Cursor, Entity, EntityCapabilities,
    Error, Field, FieldSupport, Operation, Page, Result, TaskId,
};

use crate::api::Api;
use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::{self, WithAttachments};
use crate::provider::told;
use crate::{JiraProvider, NAME, endpoints, ids, map};

/// What can be done with attachments.
pub(crate) fn capabilities() -> EntityCapabilities {
    use Field::{AuthorId, AuthorName, ContentType, CreatedAt, Id, Name, RawData, Size, TaskId, Url};
    let read = [Id, TaskId, Name, Size, ContentType, AuthorId, AuthorName, CreatedAt, Url, RawData];
    EntityCapabilities::new().operations([Operation::List, Operation::Get]).fields(read, &FieldSupport::read_only())
}

impl Api {
    async fn attachments_of(&self, task: u64) -> Result<Vec<Raw<dto::Attachment>>> {
        let issue: Result<WithAttachments> =
            self.get_with(&endpoints::GET_ISSUE, &[&task.to_string()], &[("fields", "attachment")]).await;
        let issue = issue.map_err(|error| named(error, "task", task))?;
        Ok(issue.fields.attachment.unwrap_or_default())
    }

    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<&Cursor>) -> Result<Page<Attachment>> {
        self.capabilities.check_query(query)?;
        let task = ids::existing("task", &query.task)?;
        let rows = self.attachments_of(task).await?;
        let attachments = rows.into_iter().map(|row| map::attachment(row, task)).collect();
        let size = self.page_size(query.page_size, MAX_PAGE_SIZE) as usize;
        slice(&Listing::new(NAME, "attachments", query, size), cursor, attachments, place)
    }

    /// The issue is asked first: whether the file is its own, and how long it has to be.
    async fn download_attachment(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        self.capabilities.check_operation(Entity::Attachment, Operation::Get)?;
        let lost = || Error::not_found("attachment", id);
        let (task, number) = (ids::existing("task", task)?, ids::number(id.as_str()).ok_or_else(lost)?);
        let mut rows = self.attachments_of(task).await?.into_iter();
        let file = rows.find(|row| row.item.id.0 == number).ok_or_else(lost)?.item;
        let number = number.to_string();
        let request = match self.flavor().await?.is_cloud() {
            true => self.request(&endpoints::DOWNLOAD_ATTACHMENT, &[&number]).await?,
            false => {
                self.http.request(&endpoints::DOWNLOAD_ATTACHMENT_ON_SERVER, &[&number, path_name(&file.filename)])
            }
        };
        let download = request.download().await.map_err(|error| named(error, "attachment", id))?;
        let mut content = download.into_content(file.filename, file.size)?;
        content.content_type = file.mime_type.or(content.content_type);
        Ok(content.located(NAME, "download_attachment"))
    }
}

/// The last part of the path is for people alone, but there has to be one.
fn path_name(name: &str) -> &str {
    if matches!(name, "" | "." | "..") { "file" } else { name }
}

/// The place in the listing.
fn place(attachment: &Attachment) -> (Option<DateTime<Utc>>, Option<u64>) {
    (attachment.created_at, ids::number(attachment.id.as_str()))
}

#[async_trait]
impl Attachments for JiraProvider {
    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<Cursor>) -> Result<Page<Attachment>> {
        told("list_attachments", self.api.attachments_page(query, cursor.as_ref()).await)
    }

    async fn download_attachment(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        told("download_attachment", self.api.download_attachment(task, id).await)
    }
}
