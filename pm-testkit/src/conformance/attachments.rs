//! Attachments: listed, and read byte for byte.

use std::sync::Arc;

use pm_provider::{
    Ability, Attachment, AttachmentContent, AttachmentQuery, Attachments, Entity, ErrorKind, Field, Operation, PMTask,
    PmProvider, Result, TaskId,
};

use super::Subject;
use super::capable::{NOWHERE, must, unsupported};
use super::errors::placed;
use super::expect::{done, ensure, refused, same};
use super::fixture::everything;
use super::verdict::Outcome;

/// No file of the suite is larger.
const LIMIT: u64 = 1024 * 1024;

impl Subject {
    /// The attachments.
    pub(super) fn attachments(&self) -> Outcome<Arc<dyn Attachments>> {
        self.ability(Ability::Attachments, PmProvider::attachments)
    }

    /// Tries an operation on the attachments of nothing; `None` where there is no such method.
    pub(super) async fn attempt_attachment(&self, operation: Operation) -> Option<Result<()>> {
        let attachments = self.provider.attachments()?;
        let nowhere = TaskId::new(NOWHERE);
        Some(match operation {
            Operation::List => attachments.attachments_page(&AttachmentQuery::of_task(nowhere), None).await.map(drop),
            Operation::Get => attachments.download_attachment(&nowhere, &NOWHERE.into()).await.map(drop),
            _ => return None,
        })
    }

    async fn requires_attachments(&self, operation: Operation) -> Outcome<Arc<dyn Attachments>> {
        let attachments = self.attachments()?;
        self.requires(Entity::Attachment, operation).await?;
        Ok(attachments)
    }

    /// Attaches a file, where somebody can.
    async fn attach(&self, task: &TaskId, file: (&str, &str, &[u8])) -> Outcome {
        self.requires_attachments(Operation::List).await?;
        let Some(files) = &self.files else { return unsupported("files to attach") };
        let (name, content_type, content) = file;
        match files.attach(task, name, content_type, content.to_vec()).await {
            Err(error) if error.kind() == ErrorKind::Unsupported => unsupported(error.message()),
            answer => done("attaching a file", answer),
        }
    }

    /// A task of a project of its own, with some files.
    async fn task_with(&self, files: &[(&str, &str, &[u8])]) -> Outcome<PMTask> {
        self.requires_attachments(Operation::List).await?;
        let project = self.own_project().await?;
        let task = self.task(&project, "with files").await?;
        for file in files {
            self.attach(&task.id, *file).await?;
        }
        self.settled().await;
        Ok(task)
    }

    async fn attached(&self, query: &AttachmentQuery) -> Outcome<Vec<Attachment>> {
        let attachments = self.requires_attachments(Operation::List).await?;
        everything(|cursor| attachments.attachments_page(query, cursor)).await
    }

    async fn attached_to(&self, task: &PMTask) -> Outcome<Vec<Attachment>> {
        self.attached(&AttachmentQuery::of_task(&task.id)).await
    }

    async fn opened_file(&self, file: &Attachment) -> Outcome<AttachmentContent> {
        let attachments = self.requires_attachments(Operation::Get).await?;
        done("opening an attachment", attachments.download_attachment(&file.task_id, &file.id).await)
    }

    async fn downloaded(&self, file: &Attachment) -> Outcome<Vec<u8>> {
        done("reading an attachment", self.opened_file(file).await?.into_bytes(LIMIT).await)
    }
}

const TEXT: (&str, &str, &[u8]) = ("notes.txt", "text/plain", b"one\r\ntwo\n");

fn names(of: &[Attachment]) -> Vec<&str> {
    of.iter().map(|one| one.name.as_str()).collect()
}

/// Every byte there is, and enough of them for several chunks.
fn bytes() -> Vec<u8> {
    (0..200_000_u32).map(|number| (number ^ (number >> 8)).to_le_bytes()[0]).collect()
}

/// What was attached is listed with what the capabilities say that listings show.
pub(super) async fn listed_as_put(subject: &Subject) -> Outcome {
    let task = subject.task_with(&[TEXT]).await?;
    let listed = subject.attached_to(&task).await?;
    same("the names", &vec![TEXT.0], &names(&listed))?;
    let shows = |field| subject.can(Entity::Attachment).field(field).readable.is_possible();
    let one = &listed[0];
    same("the task", &task.id, &one.task_id)?;
    ensure(!one.id.as_str().is_empty(), "an id", &one.id)?;
    if shows(Field::Size) {
        same("the size", &Some(TEXT.2.len() as u64), &one.size)?;
    }
    if shows(Field::ContentType) {
        let kind = one.content_type.as_deref().map(|kind| kind.split(';').next().unwrap_or_default().trim());
        same("the type", &Some(TEXT.1), &kind)?;
    }
    ensure(!shows(Field::CreatedAt) || one.created_at.is_some(), "the time when it was attached", one)?;
    ensure(!shows(Field::Url) || one.url.is_some(), "a link", one)?;
    let who = one.author_id.is_some() || one.author_name.is_some();
    let has_author = shows(Field::AuthorId) && subject.provider.health_check().await?.user.is_some();
    ensure(!has_author || who, "who attached it", one)
}

/// Pages of any size show each attachment once, oldest first.
pub(super) async fn come_by_pages(subject: &Subject) -> Outcome {
    let put = ["c.txt", "a.txt", "b.txt"];
    let task = subject.task_with(&put.map(|name| (name, TEXT.1, TEXT.2))).await?;
    for size in [1_u32, 2, 100] {
        let listed = subject.attached(&AttachmentQuery::of_task(&task.id).page_size(size)).await?;
        same(&format!("the attachments by pages of {size}"), &put.to_vec(), &names(&listed))?;
    }
    let (attachments, two) = (subject.attachments()?, AttachmentQuery::of_task(&task.id).page_size(2_u32));
    let first = done("listing the first page", attachments.attachments_page(&two, None).await)?;
    ensure(first.items.len() <= 2, "no more than the page size", names(&first.items))
}

/// A task without any has an empty list.
pub(super) async fn none_are_an_empty_list(subject: &Subject) -> Outcome {
    let task = subject.task_with(&[]).await?;
    same("the attachments of a new task", &Vec::<Attachment>::new(), &subject.attached_to(&task).await?)
}

/// Two files of one name are two, each with its own content.
pub(super) async fn of_one_name_are_two(subject: &Subject) -> Outcome {
    let task = subject.task_with(&[(TEXT.0, TEXT.1, b"the first"), (TEXT.0, TEXT.1, b"the second")]).await?;
    let listed = subject.attached_to(&task).await?;
    same("the number of attachments", &2, &listed.len())?;
    ensure(listed[0].id != listed[1].id, "an id of its own for each", (&listed[0].id, &listed[1].id))?;
    same("the content of the first", b"the first".as_slice(), &subject.downloaded(&listed[0]).await?)?;
    same("the content of the second", b"the second".as_slice(), &subject.downloaded(&listed[1]).await?)
}

/// No task shows those of another.
pub(super) async fn of_others_are_left_out(subject: &Subject) -> Outcome {
    let task = subject.task_with(&[TEXT]).await?;
    let other = subject.task(&task.project_id, "another").await?;
    subject.attach(&other.id, ("other.txt", TEXT.1, b"other")).await?;
    subject.settled().await;
    same("the attachments of the one", &vec![TEXT.0], &names(&subject.attached_to(&task).await?))?;
    same("the attachments of the other", &vec!["other.txt"], &names(&subject.attached_to(&other).await?))
}

/// What is downloaded is what was attached, byte for byte, and twice over.
pub(super) async fn downloaded_byte_for_byte(subject: &Subject) -> Outcome {
    let put = bytes();
    let task = subject.task_with(&[("every.bin", "application/octet-stream", &put)]).await?;
    let one = must("the attachment in the listing", subject.attached_to(&task).await?.pop())?;
    for turn in ["first", "second"] {
        let mut content = subject.opened_file(&one).await?;
        same("the name of what is opened", "every.bin", content.name.as_str())?;
        ensure(content.size.is_none_or(|size| size == put.len() as u64), "the size of what is opened", content.size)?;
        let (mut came, mut largest) = (Vec::new(), 0);
        while let Some(chunk) = done("reading a chunk", content.next_chunk().await)? {
            largest = largest.max(chunk.len());
            came.extend(chunk);
        }
        ensure(came == put, format!("{} bytes as they were, the {turn} time", put.len()), came.len())?;
        ensure(largest < put.len(), "a file that comes in chunks", largest)?;
    }
    Ok(())
}

/// A file without a byte is one.
pub(super) async fn empty_files_are_files(subject: &Subject) -> Outcome {
    let task = subject.task_with(&[("empty.txt", TEXT.1, b"")]).await?;
    let one = must("the attachment in the listing", subject.attached_to(&task).await?.pop())?;
    ensure(one.size.is_none_or(|size| size == 0), "no byte", one.size)?;
    same("the content", b"".as_slice(), &subject.downloaded(&one).await?)
}

/// The attachments of an unknown task are not found.
pub(super) async fn of_an_unknown_task(subject: &Subject) -> Outcome {
    let attachments = subject.requires_attachments(Operation::List).await?;
    let list = attachments.attachments_page(&AttachmentQuery::of_task(NOWHERE), None).await;
    refused("the attachments of an unknown task", ErrorKind::NotFound, list)?;
    let get = attachments.download_attachment(&NOWHERE.into(), &"1".into()).await;
    refused("an attachment of an unknown task", ErrorKind::NotFound, get).map(drop)
}

/// An attachment that a task has not is not found.
pub(super) async fn unknown_ones(subject: &Subject) -> Outcome {
    let attachments = subject.requires_attachments(Operation::Get).await?;
    let task = subject.task_with(&[]).await?;
    for id in [NOWHERE, "987654321", "", "../1", "1?x=2"] {
        let get = attachments.download_attachment(&task.id, &id.into()).await;
        refused(&format!("an unknown attachment `{id}`"), ErrorKind::NotFound, get)?;
    }
    Ok(())
}

/// That of another task is not found either.
pub(super) async fn of_another_task(subject: &Subject) -> Outcome {
    let task = subject.task_with(&[TEXT]).await?;
    let one = must("the attachment in the listing", subject.attached_to(&task).await?.pop())?;
    let other = subject.task(&task.project_id, "another").await?;
    let attachments = subject.requires_attachments(Operation::Get).await?;
    let get = attachments.download_attachment(&other.id, &one.id).await;
    refused("the attachment of another task", ErrorKind::NotFound, get).map(drop)
}

/// A cursor of another task's is refused.
pub(super) async fn cursors_belong_to_their_task(subject: &Subject) -> Outcome {
    let task = subject.task_with(&[TEXT, TEXT]).await?;
    let other = subject.task(&task.project_id, "another").await?;
    let attachments = subject.attachments()?;
    let query = AttachmentQuery::of_task(&task.id).page_size(1_u32);
    let page = done("listing the first page", attachments.attachments_page(&query, None).await)?;
    let next = must("a cursor behind the first of two", page.next)?;
    let strange = AttachmentQuery::of_task(&other.id);
    let answer = attachments.attachments_page(&strange, Some(next.clone())).await;
    refused("a cursor of another task", ErrorKind::InvalidInput, answer)?;
    let whole = AttachmentQuery::of_task(&task.id).page_size(50_u32);
    let rest = done("a cursor with another page size", attachments.attachments_page(&whole, Some(next)).await)?;
    same("what is left", &1, &rest.items.len())
}

/// Both reads go through a read-only layer.
pub(super) async fn read_behind_a_read_only_layer(subject: &Subject) -> Outcome {
    let task = subject.task_with(&[TEXT]).await?;
    let one = must("the attachment in the listing", subject.attached_to(&task).await?.pop())?;
    let before = subject.downloaded(&one).await?;
    let guarded = super::read_only::guarded(subject);
    same("the attachments behind a layer", &vec![one.clone()], &guarded.attached_to(&task).await?)?;
    same("the content behind a layer", &before, &guarded.downloaded(&one).await?)
}

/// Errors name the provider and the operation.
pub(super) async fn errors_name_both(subject: &Subject) -> Outcome {
    let attachments = subject.attachments()?;
    let list = attachments.attachments_page(&AttachmentQuery::of_task(NOWHERE), None).await.err();
    placed(subject, "list_attachments", list)?;
    let get = attachments.download_attachment(&NOWHERE.into(), &NOWHERE.into()).await.err();
    placed(subject, "download_attachment", get)
}
