//! Issues changed: what a patch asks of one, what is sent of it, and what became of that. The server answers a write with
//! nothing, so that each is read back.

use std::sync::Arc;

use pm_http::batch::hangs_elsewhere;
use pm_http::{CachedMap, Marker, Raw, marked, named};
use pm_provider::{
    CustomValue, Effect, Error, Field, FieldPatch, PMTask, Result, SetPatch, TaskId, TaskPatch, UserId, Visibility,
};
use serde_json::Value;

use super::{assignee, custom_field, parent, version};
use crate::draft::Draft;
use crate::dto::{IssueDto, ProjectDto};
use crate::map::cleared;
use crate::server::{Server, undisturbed};
use crate::vocabulary::Vocabulary;
use crate::{custom, endpoints, id, resolve};

/// What the projects of issues tell about their fields: asked for once, however many issues are changed together.
pub(super) type Projects = CachedMap<u64, Raw<ProjectDto>>;

/// A patch on its way to an issue.
pub(super) struct Update {
    pub(super) number: u64,
    patch: TaskPatch,
}

impl Update {
    /// Whether the status is to become another one: then the workflow is asked, which only the issue itself shows.
    pub(super) fn moves(&self, issue: &IssueDto, vocabulary: &Vocabulary) -> bool {
        match &self.patch.status {
            FieldPatch::Set(wanted) => resolve::status(vocabulary, None, wanted).ok() != Some(issue.status.id),
            _ => false,
        }
    }

    /// Whether the issue is to hang below another one.
    pub(super) fn hangs_elsewhere(&self) -> bool {
        hangs_elsewhere(&self.patch)
    }

    /// The status to ask for.
    fn status(&self, issue: &IssueDto, vocabulary: &Vocabulary) -> Option<Result<u64>> {
        let FieldPatch::Set(wanted) = &self.patch.status else { return None };
        let allowed = issue.allowed_statuses.as_deref().filter(|_| self.moves(issue, vocabulary));
        Some(resolve::status(vocabulary, allowed, wanted))
    }
}

/// What was sent of a patch.
pub(super) struct Sent {
    pub(super) number: u64,
    draft: Draft,
    /// The issue as a plain read shows it, where nothing was left to send.
    unchanged: Option<Raw<IssueDto>>,
    vocabulary: Arc<Vocabulary>,
}

impl Sent {
    /// Whether the issue has to be read now.
    pub(super) fn is_unread(&self) -> bool {
        self.unchanged.is_none()
    }

    /// Whether the status was to become another one.
    pub(super) fn is_move(&self) -> bool {
        self.draft.has("status_id")
    }

    /// The error for an issue that could not be read back: nobody knows what the server dropped.
    fn unread(&self, error: Error) -> Error {
        if self.draft.is_empty() { error } else { error.with_effect(Effect::Unknown) }
    }
}

impl Server {
    pub(crate) async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        let update = self.update_of(id, patch)?;
        let sent = self.send_update(&update, None, &Projects::default()).await?;
        self.read_back(sent, None).await
    }

    /// Checks a patch as far as that needs no request.
    pub(super) fn update_of(&self, id: &TaskId, patch: TaskPatch) -> Result<Update> {
        self.capabilities.check_update(&patch)?;
        Ok(Update { number: id::existing("task", id.as_str())?, patch })
    }

    /// Sends what an issue does not hold yet; where it is known what the issue holds, it is not read before.
    pub(super) async fn send_update(
        &self,
        update: &Update,
        mut known: Option<Raw<IssueDto>>,
        projects: &Projects,
    ) -> Result<Sent> {
        // Boxed: in an unoptimised build the futures of a whole batch would outgrow the stack of a thread.
        undisturbed(|| Box::pin(self.try_send_update(update, known.take(), projects))).await
    }

    async fn try_send_update(
        &self,
        update: &Update,
        known: Option<Raw<IssueDto>>,
        projects: &Projects,
    ) -> Result<Sent> {
        let number = update.number;
        let include = if known.is_some() || update.patch.status.is_keep() { "" } else { "allowed_statuses" };
        let before = async {
            match known {
                Some(issue) => Ok(issue),
                None => self.issue(number, include).await,
            }
        };
        let (before, vocabulary) = futures_util::try_join!(before, self.vocabulary())?;
        let mut draft = self.draft_of_patch(update, &before.item, &vocabulary, projects).await?;
        draft.retain_changes(&before.item);
        if !draft.is_empty() {
            let written = self.write(&endpoints::UPDATE_ISSUE, &[&number.to_string()], &draft.json()).await;
            written.map_err(|error| named(error, "task", number))?;
        }
        let unchanged = (draft.is_empty() && include.is_empty()).then_some(before);
        Ok(Sent { number, draft, unchanged, vocabulary })
    }

    /// What became of an update, by what a list shows of the issue now, or else the issue itself.
    pub(super) async fn read_back(&self, mut sent: Sent, listed: Option<Result<Raw<IssueDto>>>) -> Result<PMTask> {
        let read = match sent.unchanged.take().map(Ok).or(listed) {
            Some(read) => read,
            None => self.issue(sent.number, "").await,
        };
        let after = read.map_err(|error| sent.unread(error))?;
        let dropped = sent.draft.dropped_by(&after.item);
        if !dropped.is_empty() {
            return Err(sent.draft.refused(sent.number, &dropped, false));
        }
        Ok(self.mapper.task(&after, &sent.vocabulary))
    }

    async fn draft_of_patch(
        &self,
        update: &Update,
        before: &IssueDto,
        vocabulary: &Vocabulary,
        projects: &Projects,
    ) -> Result<Draft> {
        let (mut draft, patch) = (Draft::default(), &update.patch);
        change(&mut draft, "subject", &patch.title, |title| Ok(title.clone().into()))?;
        self.change_description(&mut draft, &patch.description, before);
        if let Some(status) = update.status(before, vocabulary) {
            draft.set("status_id", status?);
        }
        change(&mut draft, "priority_id", &patch.priority, |wanted| Ok(resolve::priority(vocabulary, wanted)?.into()))?;
        change(&mut draft, "parent_issue_id", &patch.parent_task_id, |id| Ok(parent(Some(id))?.into()))?;
        change(&mut draft, "fixed_version_id", &patch.sprint_id, |id| Ok(version(Some(id.as_str()))?.into()))?;
        change_assignee(&mut draft, &patch.assignees, before)?;
        change(&mut draft, "estimated_hours", &patch.estimated_hours, |hours| Ok(hours.as_hours().into()))?;
        change(&mut draft, "start_date", &patch.start_date, |date| Ok(date.to_string().into()))?;
        change(&mut draft, "due_date", &patch.due_date, |date| Ok(date.to_string().into()))?;
        change(&mut draft, "is_private", &patch.visibility, |visibility| {
            Ok((*visibility == Visibility::Restricted).into())
        })?;
        self.change_by_project(&mut draft, patch, before, vocabulary, projects).await?;
        Ok(draft)
    }

    /// The mark of the create stays where it is.
    fn change_description(&self, draft: &mut Draft, patch: &FieldPatch<String>, before: &IssueDto) {
        let text = match patch {
            FieldPatch::Keep => return,
            FieldPatch::Set(text) => self.mapper.text.to_server(text),
            _ => String::new(),
        };
        let (_, marker) = Marker::take_out(before.description.as_deref().unwrap_or_default());
        draft.set("description", marked(&text, marker.as_ref()));
    }

    async fn change_by_project(
        &self,
        draft: &mut Draft,
        patch: &TaskPatch,
        before: &IssueDto,
        vocabulary: &Vocabulary,
        projects: &Projects,
    ) -> Result<()> {
        if patch.task_type.is_keep() && patch.custom_fields.is_empty() {
            return Ok(());
        }
        let project = projects.of(before.project.id).get(self.project_with_fields(before.project.id)).await?;
        let project = &project.item;
        change(draft, "tracker_id", &patch.task_type, |name| Ok(resolve::tracker(&project.trackers, name)?.into()))?;
        for (name, value) in &patch.custom_fields {
            let field = custom_field(project, name)?;
            let value: Value = match value {
                FieldPatch::Keep => continue,
                FieldPatch::Set(value) => wire(value, field, vocabulary),
                _ => cleared(),
            };
            draft.set_custom(field, name, value);
        }
        Ok(())
    }
}

fn change<T>(
    draft: &mut Draft,
    attribute: &'static str,
    patch: &FieldPatch<T>,
    value: impl FnOnce(&T) -> Result<Value>,
) -> Result<()> {
    match patch {
        FieldPatch::Keep => {}
        FieldPatch::Set(wanted) => draft.set(attribute, value(wanted)?),
        _ => draft.set(attribute, cleared()),
    }
    Ok(())
}

fn change_assignee(draft: &mut Draft, patch: &SetPatch<UserId>, before: &IssueDto) -> Result<()> {
    if patch.is_keep() {
        return Ok(());
    }
    let present: Vec<UserId> = before.assigned_to.iter().map(|user| user.id.to_string().into()).collect();
    match patch.apply(&present).as_slice() {
        [] => draft.set("assigned_to_id", cleared()),
        [one] => draft.set("assigned_to_id", assignee(one)?),
        several => {
            let message = format!("has {} values; allowed are 1", several.len());
            return Err(Error::invalid_input("a task does not fit").on_field(Field::Assignees, message));
        }
    }
    Ok(())
}

fn wire(value: &CustomValue, field: u64, vocabulary: &Vocabulary) -> Value {
    custom::to_wire(value, vocabulary.custom_field(field))
}
