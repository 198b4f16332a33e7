//! Comments on tasks.

use async_trait::async_trait;
use pm_provider::{
    Comment, CommentId, CommentPatch, CommentQuery, Comments, Cursor, DeleteOptions, Entity, Error, Field, ItemRef,
    NewComment, Operation, Page, ProjectId, Result, TaskId, value::micros,
};

use super::state::{Session, State, check_version, first_version, is_same, next_version, set, set_raw};
use super::{MemoryProvider, listing};

impl State {
    /// A comment of a task; that of another task is not there.
    pub(super) fn comment_of(&self, task: &TaskId, id: &CommentId) -> Result<&Comment> {
        let comment = self.comments.get(id).filter(|comment| comment.task_id == *task);
        comment.ok_or_else(|| Error::not_found("comment", id))
    }

    /// The task and the project must be there whose contents are listed.
    pub(super) fn check_scope(&self, task: Option<&TaskId>, project: Option<&ProjectId>) -> Result<()> {
        task.map_or(Ok(()), |task| self.task_row(task).map(drop))?;
        project.map_or(Ok(()), |project| self.project_row(project).map(drop))
    }

    /// Says whether a task is of a project, or no project is asked for.
    pub(super) fn is_within(&self, task: &TaskId, project: Option<&ProjectId>) -> bool {
        project.is_none_or(|project| self.tasks.get(task).is_some_and(|row| row.task.project_id == *project))
    }

    fn project_of(&self, task: &TaskId) -> Result<ProjectId> {
        self.task_row(task).map(|row| row.task.project_id.clone())
    }

    fn draft_comment(&self, new: NewComment) -> Result<Comment> {
        self.task_row(&new.task_id)?;
        if let Some(author) = &new.author_id {
            self.check_user(Field::AuthorId, author)?;
        }
        // Somebody without an account wrote it, if there is only a name.
        let ours = || self.acting_user.clone().filter(|_| new.author_name.is_none());
        let now = self.now();
        let mut comment = Comment::new("", new.task_id, new.body);
        comment.author_id = new.author_id.or_else(ours);
        let author = comment.author_id.as_ref().and_then(|id| self.users.get(id));
        comment.author_name = new.author_name.or_else(|| author.map(|row| row.user.name.clone()));
        comment.visibility = new.visibility.unwrap_or_default();
        comment.created_at = Some(new.created_at.map_or(now, micros));
        comment.updated_at = Some(now);
        comment.version = Some(first_version());
        comment.raw_data = new.raw_data;
        Ok(comment)
    }

    fn store_comment(&mut self, comment: Comment, project: &ProjectId) {
        self.note_written(ItemRef::Comment(comment.task_id.clone(), comment.id.clone()), project);
        self.comments.insert(comment.id.clone(), comment);
    }
}

impl Session<'_> {
    fn comments_page(&self, query: &CommentQuery, cursor: Option<&Cursor>) -> Result<Page<Comment>> {
        self.capabilities.check_query(query)?;
        self.state.check_scope(query.task.as_ref(), query.project.as_ref())?;
        let rows = self.state.comments.values().filter(|comment| {
            query.task.as_ref().is_none_or(|task| comment.task_id == *task)
                && self.state.is_within(&comment.task_id, query.project.as_ref())
        });
        listing::page(query, cursor, rows, Comment::clone)
    }

    fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        self.capabilities.check_operation(Entity::Comment, Operation::Get)?;
        self.state.comment_of(task, id).cloned()
    }

    pub(super) fn create_comment(&mut self, new: NewComment) -> Result<Comment> {
        self.capabilities.check_create(&new)?;
        let find = |id: &str| self.state.comments.get(&id.into()).cloned();
        if let Some(first) = self.state.made_with(Entity::Comment, new.idempotency_key.as_deref(), find)? {
            return Ok(first);
        }
        let key = new.idempotency_key.clone();
        let mut comment = self.state.draft_comment(new)?;
        comment.id = CommentId::new(self.state.next_id(Entity::Comment));
        self.state.keep_key(Entity::Comment, key, comment.id.as_str());
        let project = self.state.project_of(&comment.task_id)?;
        self.state.store_comment(comment.clone(), &project);
        Ok(comment)
    }

    pub(super) fn update_comment(&mut self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<Comment> {
        self.capabilities.check_update(&patch)?;
        let old = self.state.comment_of(task, id)?;
        let reference = ItemRef::Comment(task.clone(), id.clone());
        check_version(&reference, old.version.as_ref(), patch.if_version.as_ref())?;
        let mut comment = old.clone();
        set(patch.body, &mut comment.body);
        set(patch.visibility, &mut comment.visibility);
        set_raw(patch.raw_data, &mut comment.raw_data);
        if is_same((&comment, &comment.raw_data), (old, &old.raw_data)) {
            return Ok(comment);
        }
        comment.version = Some(next_version(comment.version.as_ref()));
        comment.updated_at = Some(self.state.now());
        let project = self.state.project_of(task)?;
        self.state.store_comment(comment.clone(), &project);
        Ok(comment)
    }

    pub(super) fn delete_comment(&mut self, task: &TaskId, id: &CommentId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Comment, options)?;
        let comment = self.state.comment_of(task, id)?;
        let reference = ItemRef::Comment(task.clone(), id.clone());
        check_version(&reference, comment.version.as_ref(), options.if_version.as_ref())?;
        let project = self.state.project_of(task)?;
        self.state.comments.remove(id);
        self.state.note_deleted(reference, &project);
        Ok(())
    }
}

#[async_trait]
impl Comments for MemoryProvider {
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<Cursor>) -> Result<Page<Comment>> {
        self.run("list_comments", |session| session.comments_page(query, cursor.as_ref()))
    }

    async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        self.run("get_comment", |session| session.get_comment(task, id))
    }

    async fn create_comment(&self, new: NewComment) -> Result<Comment> {
        self.run("create_comment", |session| session.create_comment(new))
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<Comment> {
        self.run("update_comment", |session| session.update_comment(task, id, patch))
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: DeleteOptions) -> Result<()> {
        self.run("delete_comment", |session| session.delete_comment(task, id, &options))
    }
}
