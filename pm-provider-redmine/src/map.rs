//! From what Redmine sends to the contract's models.

use pm_http::{Marker, Raw};
use pm_provider::{
    Attachment, Comment, Hours, PMProject, PMSprint, PMTask, PMUser, Relation, RelationKind, Result, TaskId, Visibility,
};
use serde_json::Value;

use crate::dto::{AttachmentDto, IssueDto, JournalDto, ProjectDto, Reference, RelationDto, UserDto, VersionDto};
use crate::raw::without_api_key;
use crate::text::TextFormat;
use crate::vocabulary::{Vocabulary, project_status, version_status};

/// What all items are mapped with.
#[derive(Clone, Debug)]
pub(crate) struct Mapper {
    /// The server's root, with a slash at its end.
    pub(crate) root: String,
    pub(crate) text: TextFormat,
}

impl Mapper {
    pub(crate) fn task(&self, issue: &Raw<IssueDto>, vocabulary: &Vocabulary) -> PMTask {
        let dto = &issue.item;
        let mut task = PMTask::new(
            dto.id.to_string(),
            dto.project.id.to_string(),
            dto.subject.clone(),
            vocabulary.status(&dto.status),
        );
        task.key = Some(format!("#{}", dto.id));
        task.description = self.long_text(dto.description.as_deref());
        task.priority = dto.priority.as_ref().map(|priority| vocabulary.priority(priority.id, name_of(priority)));
        task.parent_task_id = dto.parent.as_ref().map(|parent| parent.id.to_string().into());
        task.sprint_id = dto.fixed_version.as_ref().map(|version| version.id.to_string().into());
        task.assignees = dto.assigned_to.iter().map(|user| user.id.to_string().into()).collect();
        task.author_id = dto.author.as_ref().map(|user| user.id.to_string().into());
        task.estimated_hours = dto.estimated_hours.and_then(hours);
        // Redmine says 0 where nobody logged any time.
        task.actual_hours = dto.spent_hours.filter(|hours| *hours > 0.0).and_then(hours);
        (task.start_date, task.due_date) = (dto.start_date, dto.due_date);
        task.task_type = dto.tracker.as_ref().and_then(|tracker| tracker.name.clone());
        task.custom_fields = crate::custom::read(vocabulary, &dto.custom_fields);
        task.visibility = restricted(dto.is_private == Some(true));
        task.url = Some(format!("{}issues/{}", self.root, dto.id));
        (task.created_at, task.updated_at) = (dto.created_on, dto.updated_on);
        // `closed_on` stays when an issue is opened again.
        task.completed_at = dto.closed_on.filter(|_| vocabulary.closes(&dto.status));
        task.raw_data = issue.raw.clone();
        task
    }

    pub(crate) fn project(&self, project: &Raw<ProjectDto>) -> PMProject {
        let dto = &project.item;
        let status = project_status(dto.status.unwrap_or(1));
        let mut mapped = PMProject::new(dto.id.to_string(), dto.name.clone(), status);
        let place = dto.identifier.clone().unwrap_or_else(|| dto.id.to_string());
        mapped.key.clone_from(&dto.identifier);
        mapped.description = self.long_text(dto.description.as_deref());
        mapped.visibility = restricted(dto.is_public == Some(false));
        mapped.url = Some(format!("{}projects/{place}", self.root));
        (mapped.created_at, mapped.updated_at) = (dto.created_on, dto.updated_on);
        mapped.raw_data = project.raw.clone();
        mapped
    }

    pub(crate) fn sprint(&self, version: &Raw<VersionDto>) -> PMSprint {
        let dto = &version.item;
        let project = dto.project.id.to_string();
        let mut sprint = PMSprint::new(dto.id.to_string(), project, dto.name.clone(), version_status(&dto.status));
        sprint.end_date = dto.due_date;
        // One line of plain text, which no format touches.
        let goal = dto.description.as_deref().map(|text| Marker::take_out(text).0.into_owned());
        sprint.goal = goal.filter(|text| !text.is_empty());
        sprint.url = Some(format!("{}versions/{}", self.root, dto.id));
        (sprint.created_at, sprint.updated_at) = (dto.created_on, dto.updated_on);
        sprint.raw_data = version.raw.clone();
        sprint
    }

    pub(crate) fn attachment(&self, file: &Raw<AttachmentDto>, task: u64) -> Attachment {
        let dto = &file.item;
        let mut attachment = Attachment::new(dto.id.to_string(), task.to_string(), dto.filename.clone());
        attachment.size = dto.filesize;
        attachment.content_type = dto.content_type.clone().filter(|kind| !kind.is_empty());
        attachment.author_id = dto.author.as_ref().map(|user| user.id.to_string().into());
        attachment.author_name = dto.author.as_ref().and_then(|user| user.name.clone());
        attachment.created_at = dto.created_on;
        attachment.url = Some(format!("{}attachments/{}", self.root, dto.id));
        attachment.raw_data = file.raw.clone();
        attachment
    }

    /// Maps a user, as far as this user may see one.
    pub(crate) fn user(&self, user: &Raw<UserDto>) -> Result<PMUser> {
        let dto = &user.item;
        let names = [dto.firstname.as_deref(), dto.lastname.as_deref()];
        let name = names.into_iter().flatten().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
        let shown = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let name = if name.is_empty() { shown(&dto.login).unwrap_or_else(|| dto.id.to_string()) } else { name };
        let mut mapped = PMUser::new(dto.id.to_string(), name);
        (mapped.login, mapped.email, mapped.avatar_url) = (shown(&dto.login), shown(&dto.mail), shown(&dto.avatar_url));
        mapped.active = dto.status.is_none_or(|status| status == 1);
        mapped.raw_data = without_api_key(&user.raw)?;
        Ok(mapped)
    }

    /// Maps a member of a project, of whom only id and name are shown.
    pub(crate) fn member(&self, user: &Raw<Reference>) -> PMUser {
        let mut mapped = PMUser::new(user.item.id.to_string(), name_of(&user.item));
        mapped.raw_data = user.raw.clone();
        mapped
    }

    /// Maps an entry of a history that holds a note; others are no comments.
    pub(crate) fn comment(&self, task: &TaskId, journal: &Raw<JournalDto>) -> Option<Comment> {
        let dto = &journal.item;
        let body = self.long_text(dto.notes.as_deref())?;
        let mut comment = Comment::new(dto.id.to_string(), task, body);
        comment.author_id = dto.user.as_ref().map(|user| user.id.to_string().into());
        comment.author_name = dto.user.as_ref().and_then(|user| user.name.clone());
        comment.visibility = restricted(dto.private_notes == Some(true));
        (comment.created_at, comment.updated_at) = (dto.created_on, dto.updated_on);
        comment.raw_data = journal.raw.clone();
        Some(comment)
    }

    pub(crate) fn relation(&self, relation: &Raw<RelationDto>) -> Relation {
        let dto = &relation.item;
        let kind = relation_kind(&dto.relation_type);
        let mut mapped = Relation::new(dto.id.to_string(), kind, dto.issue_id.to_string(), dto.issue_to_id.to_string());
        mapped.name = Some(dto.relation_type.clone());
        mapped.raw_data = relation.raw.clone();
        mapped
    }

    /// A long text without our mark in it; an empty one is none.
    pub(crate) fn long_text(&self, stored: Option<&str>) -> Option<String> {
        let (text, _) = Marker::take_out(stored?);
        Some(self.text.to_caller(&text)).filter(|text| !text.is_empty())
    }
}

fn name_of(reference: &Reference) -> &str {
    reference.name.as_deref().unwrap_or_default()
}

fn restricted(is_restricted: bool) -> Visibility {
    if is_restricted { Visibility::Restricted } else { Visibility::Public }
}

fn hours(hours: f64) -> Option<Hours> {
    Hours::from_hours(hours).ok()
}

/// Redmine stores `blocked`, `follows` and their like the other way round, so that they never come back.
fn relation_kind(word: &str) -> RelationKind {
    match word {
        "relates" => RelationKind::Relates,
        "blocks" => RelationKind::Blocks,
        "duplicates" => RelationKind::Duplicates,
        "precedes" => RelationKind::Precedes,
        _ => RelationKind::Other,
    }
}

/// The server's word for a kind of relation; it has none for those of other systems.
pub(crate) fn relation_word(kind: RelationKind) -> Option<&'static str> {
    match kind {
        RelationKind::Relates => Some("relates"),
        RelationKind::Blocks => Some("blocks"),
        RelationKind::Duplicates => Some("duplicates"),
        RelationKind::Precedes => Some("precedes"),
        _ => None,
    }
}

/// A value for clearing a field: Redmine ignores `null` (`if (u = attrs.delete('assigned_to_id'))`), never `""`.
pub(crate) fn cleared() -> Value {
    Value::from("")
}

#[cfg(test)]
mod tests;
