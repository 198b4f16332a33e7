//! What is where: Spaces, Folders and Lists, remembered for a few minutes.
//!
//! Nothing of it is read before it is needed, and never item by item: the Spaces of a Workspace are two requests (the
//! archived ones are asked for apart), all that is in a Space is four more. What is missed is asked for by its own id.

mod node;
mod read;

pub(crate) use node::{Contents, Folder, List, Space};

use std::sync::Arc;
use std::time::Duration;

use pm_http::{Cached, CachedMap};
use pm_provider::{Error, Field, ProjectId, Result};

use crate::ProjectLevel;
use crate::api::Api;
use crate::ids::{Place, is_number};

/// How long the tree is remembered: people seldom make Lists, and what is missed is looked up at once.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// What is remembered of a Workspace.
#[derive(Debug)]
pub(crate) struct Tree {
    spaces: Cached<Vec<Arc<Space>>>,
    contents: CachedMap<String, Contents>,
    /// The archived Lists of each Folder.
    archived: CachedMap<String, Vec<Arc<List>>>,
    /// Lists with their statuses, asked for one by one.
    lists: CachedMap<String, Arc<List>>,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            spaces: Cached::new(LIFE),
            contents: CachedMap::new(LIFE),
            archived: CachedMap::new(LIFE),
            lists: CachedMap::new(LIFE),
        }
    }
}

impl Api {
    /// The Spaces of the Workspace, archived ones too.
    pub(crate) async fn spaces(&self) -> Result<Arc<Vec<Arc<Space>>>> {
        self.tree.spaces.get(self.read_spaces()).await
    }

    /// What is in a Space: Folders and Lists, archived ones too, but for archived Lists in Folders.
    pub(crate) async fn contents(&self, space: &str) -> Result<Arc<Contents>> {
        self.tree.contents.of(space.to_owned()).get(self.read_contents(space)).await
    }

    /// The archived Lists of a Folder.
    pub(crate) async fn archived_lists(&self, folder: &Folder) -> Result<Arc<Vec<Arc<List>>>> {
        self.tree.archived.of(folder.id.clone()).get(self.read_archived_lists(folder)).await
    }

    /// One List with its statuses.
    ///
    /// # Errors
    /// `NotFound` where there is none, or none for us.
    pub(crate) async fn list(&self, id: &str) -> Result<Arc<List>> {
        if !is_number(id) {
            return Err(Error::not_found("List", id));
        }
        Ok(Arc::clone(&*self.tree.lists.of(id.to_owned()).get(self.read_list(id)).await?))
    }

    /// All Lists of a project, archived ones too.
    pub(crate) async fn lists_of(&self, place: &Place) -> Result<Vec<Arc<List>>> {
        match place.level {
            ProjectLevel::Space => self.lists_of_space(&place.id).await,
            ProjectLevel::Folder => {
                let folder = self.folder(&place.id).await?;
                let contents = self.contents(&folder.space).await?;
                let live = contents.lists.iter().filter(|list| list.folder.as_ref() == Some(&folder.id)).cloned();
                let mut lists: Vec<_> = live.collect();
                add_unknown(&mut lists, &self.archived_lists(&folder).await?);
                Ok(lists)
            }
            ProjectLevel::List => Ok(vec![self.list(&place.id).await?]),
        }
    }

    /// All Lists of a project that are sprints; none where a List is a project.
    pub(crate) async fn sprint_lists(&self, place: &Place) -> Result<Vec<Arc<List>>> {
        if place.level == ProjectLevel::List {
            return Ok(Vec::new());
        }
        let lists = self.sprint_lists_of(place).await?;
        Ok(lists.into_iter().filter(|list| list.is_sprint).collect())
    }

    /// Says whether a List of a Space is a sprint. One that nobody knows yet is looked up.
    pub(crate) async fn is_sprint_list(&self, space: &str, list: &str) -> Result<bool> {
        if self.config.projects == ProjectLevel::List {
            return Ok(false);
        }
        if let Some(known) = self.contents(space).await?.lists.iter().find(|known| known.id == list) {
            return Ok(known.is_sprint);
        }
        Ok(pm_http::unless_hidden(self.list(list).await)?.is_some_and(|list| list.is_sprint))
    }

    /// Says whether the Lists of a Folder are sprints: by the settings, else by its name. No member of a Folder tells.
    pub(crate) fn is_sprint_folder(&self, id: &str, name: &str) -> bool {
        if self.config.projects == ProjectLevel::List {
            return false;
        }
        match self.config.sprint_folders.as_slice() {
            [] => is_name_of_sprints(name),
            folders => folders.iter().any(|folder| folder == id),
        }
    }

    /// The project of something in a List; `None` for a List without a Folder, where a Folder is a project.
    pub(crate) fn project_of(&self, space: &str, folder: Option<&str>, list: &str) -> Option<ProjectId> {
        let id = match self.config.projects {
            ProjectLevel::Space => space,
            ProjectLevel::Folder => folder?,
            ProjectLevel::List => list,
        };
        is_number(id).then(|| ProjectId::from(&Place::new(self.config.projects, id)))
    }

    /// The project of a List.
    pub(crate) fn project_of_list(&self, list: &List) -> Option<ProjectId> {
        self.project_of(&list.space, list.folder.as_deref(), &list.id)
    }

    /// The List of new tasks of a project that name none: the one of the settings where it is one of the project's, else
    /// the only one that is no sprint.
    ///
    /// # Errors
    /// `InvalidInput` with all Lists to choose from.
    pub(crate) async fn default_list(&self, place: &Place) -> Result<Arc<List>> {
        let lists = self.lists_of(place).await?;
        if let Some(list) = lists.iter().find(|list| self.config.list_id.as_ref() == Some(&list.id)) {
            return Ok(Arc::clone(list));
        }
        let plain: Vec<_> = lists.into_iter().filter(|list| !list.is_sprint && !list.archived).collect();
        match plain.as_slice() {
            [only] => Ok(Arc::clone(only)),
            [] => {
                let error = Error::invalid_input("the project has no List that a task could be in");
                Err(error.on_field(Field::ProjectId, "has no List").hint("make a List in it first"))
            }
            several => {
                let names: Vec<_> = several.iter().map(|list| format!("`{}` ({})", list.name, list.id)).collect();
                let message = format!("the project has several Lists: {}", names.join(", "));
                let error = Error::invalid_input("nothing says which List the task is to be in");
                let error = error.on_field(Field::CustomFields, message);
                Err(error.hint("set the custom field `List` of the task, or CLICKUP_LIST_ID"))
            }
        }
    }

    /// Forgets what is in a Space, after a change of ours.
    pub(crate) async fn forget_contents(&self, space: &str) {
        self.tree.contents.of(space.to_owned()).forget().await;
        self.tree.archived.clear();
        self.tree.lists.clear();
    }

    /// Forgets all of the tree.
    pub(crate) async fn forget_tree(&self) {
        self.tree.spaces.forget().await;
        self.tree.contents.clear();
        self.tree.archived.clear();
        self.tree.lists.clear();
    }
}

/// Says whether a name holds the word sprint or iteration, in either number.
fn is_name_of_sprints(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|character: char| !character.is_alphanumeric());
    words.any(|word| matches!(word, "sprint" | "sprints" | "iteration" | "iterations"))
}

/// Adds Lists that are not there yet.
fn add_unknown(lists: &mut Vec<Arc<List>>, more: &[Arc<List>]) {
    for list in more {
        if lists.iter().all(|known| known.id != list.id) {
            lists.push(Arc::clone(list));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_sprints_have_the_word_in_their_name() {
        for name in ["Sprints", "sprint folder", "Team A – Iterations (2026)", "ITERATION"] {
            assert!(is_name_of_sprints(name), "{name}");
        }
        for name in ["Sprinter", "Printing", "", "Reiteration", "Backlog"] {
            assert!(!is_name_of_sprints(name), "{name}");
        }
    }
}
