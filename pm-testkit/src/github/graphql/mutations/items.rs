//! Items are put into projects, changed and taken out.

use super::super::errors::GraphError;
use super::super::object::{Object, Out};
use super::super::scope::project_rights;
use super::{Change, Payload, no_node};
use crate::github::access::Rights;
use crate::github::issues::empty;
use crate::github::projects_v2::{Content, Draft};
use crate::github::store::Store;

impl Change<'_> {
    /// Puts an issue or a pull request into a project. One that is there already is given back as it is.
    ///
    /// <https://docs.github.com/en/issues/planning-and-tracking-with-projects/automating-your-project/using-the-api-to-manage-projects>
    pub(super) fn add_item(&self, store: &mut Store) -> Payload {
        let project = self.project(store, Rights::Write)?.id;
        let node = self.input.text("contentId").unwrap_or_default();
        let Object::Issue(issue) = self.object(store, "contentId")? else { return Err(no_node(node)) };
        let there = store.boards.item_of(project, issue).map(|item| item.id);
        let id = there.unwrap_or_else(|| store.boards.add_item(project, Content::Issue(issue), self.viewer, self.now));
        if let Some(item) = store.boards.items.get_mut(&id) {
            item.archived = false;
        }
        Ok(("AddProjectV2ItemByIdPayload", vec![("item", Out::One(Object::Item(id)))]))
    }

    pub(super) fn add_draft(&self, store: &mut Store) -> Payload {
        let project = self.project(store, Rights::Write)?.id;
        let draft = Draft {
            title: self.title("title")?,
            body: self.input.text("body").unwrap_or_default().to_owned(),
            assignees: self.accounts(store, "assigneeIds")?,
            creator: self.viewer,
            created: self.now,
            updated: self.now,
        };
        let id = store.boards.add_draft(project, draft);
        Ok(("AddProjectV2DraftIssuePayload", vec![("projectItem", Out::One(Object::Item(id)))]))
    }

    /// Drafts are named by an id of their own here (`DI_…`), not by that of their item.
    pub(super) fn update_draft(&self, store: &mut Store) -> Payload {
        let node = self.input.text("draftIssueId").unwrap_or_default();
        let Object::Draft(id) = self.object(store, "draftIssueId")? else { return Err(no_node(node)) };
        let project = store.boards.items.get(&id).and_then(|item| store.boards.projects.get(&item.project));
        let project = project.ok_or_else(|| no_node(node))?;
        let place = project.id;
        self.allowed(store, project_rights(self.call, store, project), Rights::Write)?;
        let title = self.input.get("title").map(|_| self.title("title")).transpose()?;
        let assignees = match self.input.get("assigneeIds") {
            Some(_) => Some(self.accounts(store, "assigneeIds")?),
            None => None,
        };
        let Some(item) = store.boards.items.get_mut(&id) else { return Err(no_node(node)) };
        let Content::Draft(draft) = &mut item.content else { return Err(no_node(node)) };
        draft.title = title.unwrap_or_else(|| draft.title.clone());
        if let Some(body) = self.input.text("body") {
            body.clone_into(&mut draft.body);
        }
        draft.assignees = assignees.unwrap_or_else(|| draft.assignees.clone());
        draft.updated = self.now;
        item.updated = self.now;
        store.boards.touch(place, self.now);
        Ok(("UpdateProjectV2DraftIssuePayload", vec![("draftIssue", Out::One(Object::Draft(id)))]))
    }

    /// A draft becomes an issue of a repository; its item stays what it is.
    pub(super) fn convert_draft(&self, store: &mut Store) -> Payload {
        let node = self.input.text("itemId").unwrap_or_default();
        let Object::Item(id) = self.object(store, "itemId")? else { return Err(no_node(node)) };
        let Object::Repository(repository) = self.object(store, "repositoryId")? else {
            return Err(no_node(self.input.text("repositoryId").unwrap_or_default()));
        };
        let item = store.boards.items.get(&id).ok_or_else(|| no_node(node))?;
        let project = store.boards.projects.get(&item.project).ok_or_else(|| no_node(node))?;
        self.allowed(store, project_rights(self.call, store, project), Rights::Write)?;
        let Content::Draft(draft) = item.content.clone() else {
            return Err(GraphError::unprocessable("Item is not a draft issue."));
        };
        let (issue, number) = (store.next_id("issues"), store.next_number(repository));
        let mut opened = empty(issue, (repository, number), self.viewer, (draft.title, self.now));
        opened.body = Some(draft.body);
        opened.assignees = draft.assignees;
        store.insert_issue(opened);
        if let Some(item) = store.boards.items.get_mut(&id) {
            item.content = Content::Issue(issue);
            item.updated = self.now;
        }
        Ok(("ConvertProjectV2DraftIssueItemToIssuePayload", vec![("item", Out::One(Object::Item(id)))]))
    }

    pub(super) fn archive(&self, store: &mut Store, archived: bool) -> Payload {
        let id = self.item(store)?.id;
        if let Some(item) = store.boards.items.get_mut(&id) {
            item.archived = archived;
            item.updated = self.now;
        }
        let kind = if archived { "ArchiveProjectV2ItemPayload" } else { "UnarchiveProjectV2ItemPayload" };
        Ok((kind, vec![("item", Out::One(Object::Item(id)))]))
    }

    /// Takes an item out of its project. A draft is gone with it, an issue is not.
    pub(super) fn delete_item(&self, store: &mut Store) -> Payload {
        let (id, project) = self.item(store).map(|item| (item.id, item.project))?;
        store.boards.items.remove(&id);
        store.boards.touch(project, self.now);
        let node = self.input.text("itemId").unwrap_or_default();
        Ok(("DeleteProjectV2ItemPayload", vec![("deletedItemId", Out::leaf(node))]))
    }
}
