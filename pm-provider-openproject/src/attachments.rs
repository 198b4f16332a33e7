//! Attachments: the files of work packages.
//!
//! Where the installation keeps files in object storage, `/content` is a redirect to it: a link that opens the file for whoever
//! has it, so that no credential goes there (`external_storage?` in
//! `lib/api/v3/attachments/attachment_representer.rb` of opf/openproject).

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_http::page::{Listing, slice};
use pm_http::{Raw, named};
use pm_provider::{
    Attachment, AttachmentContent, AttachmentId, AttachmentQuery, Attachments, Cursor, Entity, Error, Operation, Page,
    Result, TaskId,
};

use crate::api::Api;
use crate::provider::told;
use crate::{NAME, OpenProjectProvider, dto, endpoints, ids, map};

impl Api {
    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<&Cursor>) -> Result<Page<Attachment>> {
        self.capabilities.check_query(query)?;
        let task = ids::existing("task", &query.task)?;
        let rows: Result<Vec<Raw<dto::Attachment>>> =
            self.all(&endpoints::LIST_ATTACHMENTS, &[&task.to_string()], &[]).await;
        let rows = rows.map_err(|error| named(error, "task", task))?;
        let attachments = rows.into_iter().map(|row| map::attachment(row, task, &self.places)).collect();
        let size = usize::try_from(self.page_size(query.page_size)).unwrap_or(usize::MAX);
        slice(&Listing::new(NAME, "attachments", query, size), cursor, attachments, place)
    }

    /// What is known of a file is asked first: whose it is, and how long it has to be.
    async fn download_attachment(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        self.capabilities.check_operation(Entity::Attachment, Operation::Get)?;
        let lost = || Error::not_found("attachment", id);
        let (task, number) = (ids::existing("task", task)?, ids::number(id.as_str()).ok_or_else(lost)?.to_string());
        let known: Result<dto::Attachment> = self.get(&endpoints::GET_ATTACHMENT, &[&number]).await;
        let known = known.map_err(|error| named(error, "attachment", id))?;
        if !known.is_of(task) {
            return Err(lost());
        }
        let download = self.http.request(&endpoints::DOWNLOAD_ATTACHMENT, &[&number]).download().await;
        let download = download.map_err(|error| named(error, "attachment", id))?;
        let mut content = download.into_content(known.file_name, known.file_size)?;
        content.content_type = known.content_type.or(content.content_type);
        Ok(content.located(NAME, "download_attachment"))
    }
}

/// The place in the listing.
fn place(attachment: &Attachment) -> (Option<DateTime<Utc>>, Option<u64>) {
    (attachment.created_at, ids::number(attachment.id.as_str()))
}

#[async_trait]
impl Attachments for OpenProjectProvider {
    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<Cursor>) -> Result<Page<Attachment>> {
        told("list_attachments", self.api.attachments_page(query, cursor.as_ref()).await)
    }

    async fn download_attachment(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        told("download_attachment", self.api.download_attachment(task, id).await)
    }
}
