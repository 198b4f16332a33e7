//! Attachments: the files of issues, which come with an issue where they are asked for
//! (<https://www.redmine.org/projects/redmine/wiki/Rest_Issues#Showing-an-issue>).

use async_trait::async_trait;
use pm_http::page::{Listing, slice};
use pm_http::{Raw, named};
use pm_provider::{
    Attachment, AttachmentContent, AttachmentId, AttachmentQuery, Attachments, Cursor, Entity, Error, Operation, Page,
    Result, TaskId,
};

use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::AttachmentDto;
use crate::provider::RedmineProvider;
use crate::server::{Server, placed};
use crate::{NAME, endpoints, id};

impl Server {
    async fn attachments_of(&self, task: u64) -> Result<Vec<Raw<AttachmentDto>>> {
        Ok(self.issue(task, "attachments").await?.item.attachments)
    }

    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<&Cursor>) -> Result<Page<Attachment>> {
        self.capabilities.check_query(query)?;
        let task = id::existing("task", query.task.as_str())?;
        let size = query.page_size.unwrap_or(MAX_PAGE_SIZE).min(MAX_PAGE_SIZE) as usize;
        let files = self.attachments_of(task).await?;
        let attachments = files.iter().map(|file| self.mapper.attachment(file, task)).collect();
        let place = |one: &Attachment| (one.created_at, id::number(one.id.as_str()));
        slice(&Listing::new(NAME, "attachments", query, size), cursor, attachments, place)
    }

    /// The issue is asked first: whether the file is its own, what it is called, and how long it has to be.
    async fn download_attachment(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        self.capabilities.check_operation(Entity::Attachment, Operation::Get)?;
        let task = id::existing("task", task.as_str())?;
        let number = id::existing("attachment", id.as_str())?;
        let mut files = self.attachments_of(task).await?.into_iter();
        let file = files.find(|file| file.item.id == number).ok_or_else(|| Error::not_found("attachment", id))?.item;
        let path = [&*number.to_string(), file.filename.as_str()];
        let download = self.http.request(&endpoints::DOWNLOAD_ATTACHMENT, &path).download().await;
        let download = download.map_err(|error| named(error, "attachment", id))?;
        let mut content = download.into_content(file.filename, file.filesize)?;
        content.content_type = file.content_type.filter(|kind| !kind.is_empty()).or(content.content_type);
        Ok(content.located(NAME, "download_attachment"))
    }
}

#[async_trait]
impl Attachments for RedmineProvider {
    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<Cursor>) -> Result<Page<Attachment>> {
        placed("list_attachments", self.server().attachments_page(query, cursor.as_ref())).await
    }

    async fn download_attachment(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        placed("download_attachment", self.server().download_attachment(task, id)).await
    }
}
