//! Files that hang on tasks: tests attach them, because the contract only reads.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{
    Attachment, AttachmentContent, AttachmentId, AttachmentQuery, Attachments, Cursor, Entity, Error, Operation, Page,
    Result, TaskId,
};

use super::rows::AttachmentRow;
use super::state::{Session, State};
use super::{MemoryProvider, NAME, listing};

/// How many bytes come at a time.
const CHUNK: usize = 16 * 1024;

impl MemoryProvider {
    /// Attaches a file to a task, as the acting user, and returns what a listing shows of it.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use pm_provider::{NewProject, NewTask, PmProvider, PmProviderExt};
    /// use pm_testkit::MemoryProvider;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let provider = Arc::new(MemoryProvider::new());
    /// let project = provider.create_project(NewProject::new("Garden")).await?;
    /// let task = provider.create_task(NewTask::new(&project.id, "Paint the fence")).await?;
    /// let plan = provider.attach(&task.id, "plan.txt", "text/plain", "two coats")?;
    /// assert_eq!(provider.list_attachments(&task.id).await?, [plan.clone()]);
    /// assert_eq!(provider.attachment_bytes(&task.id, &plan.id, 100).await?, b"two coats");
    /// # Ok::<(), pm_provider::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// `NotFound` for an unknown task.
    pub fn attach(
        &self,
        task: &TaskId,
        name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Vec<u8>>,
    ) -> Result<Attachment> {
        self.run("attach", |session| {
            let content: Arc<[u8]> = content.into().into();
            session.state.attach(task, Attachment::new("", task, name).content_type(content_type), content)
        })
    }
}

impl State {
    fn attach(&mut self, task: &TaskId, mut attachment: Attachment, content: Arc<[u8]>) -> Result<Attachment> {
        self.task_row(task)?;
        attachment.id = AttachmentId::new(self.next_id(Entity::Attachment));
        attachment.size = Some(content.len() as u64);
        attachment.created_at = Some(self.now());
        attachment.url = Some(format!("memory:{task}/{}", attachment.id));
        attachment.author_id.clone_from(&self.acting_user);
        let author = attachment.author_id.as_ref().and_then(|id| self.users.get(id));
        attachment.author_name = author.map(|row| row.user.name.clone());
        let row = AttachmentRow { attachment: attachment.clone(), content };
        self.attachments.insert(attachment.id.clone(), row);
        Ok(attachment)
    }
}

impl Session<'_> {
    fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<&Cursor>) -> Result<Page<Attachment>> {
        self.capabilities.check_query(query)?;
        self.state.task_row(&query.task)?;
        let rows = self.state.attachments.values().filter(|row| row.attachment.task_id == query.task);
        listing::page(query, cursor, rows, |row| row.attachment.clone())
    }

    fn download(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        self.capabilities.check_operation(Entity::Attachment, Operation::Get)?;
        self.state.task_row(task)?;
        let found = self.state.attachments.get(id).filter(|row| row.attachment.task_id == *task);
        let row = found.ok_or_else(|| Error::not_found("attachment", id))?.clone();
        let content = row.content;
        let count = content.len().div_ceil(CHUNK);
        let chunks = (0..count).map(move |at| Ok(content.iter().skip(at * CHUNK).take(CHUNK).copied().collect()));
        let mut opened = AttachmentContent::new(row.attachment.name, futures_util::stream::iter(chunks));
        opened.size = row.attachment.size;
        opened.content_type = row.attachment.content_type;
        Ok(opened.located(NAME, "download_attachment"))
    }
}

#[async_trait]
impl Attachments for MemoryProvider {
    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<Cursor>) -> Result<Page<Attachment>> {
        self.run("list_attachments", |session| session.attachments_page(query, cursor.as_ref()))
    }

    async fn download_attachment(&self, task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        self.run("download_attachment", |session| session.download(task, id))
    }
}
