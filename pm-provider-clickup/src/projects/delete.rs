//! The end of projects.

use pm_provider::{Contents, DeleteOptions, Entity, Error, ErrorKind, ProjectId, Result};

use super::about;
use crate::api::Api;
use crate::ids::Place;
use crate::{ProjectLevel, endpoints};

impl Api {
    /// Deletes a project with all that is in it: ClickUp puts it into the trash, which the API does not show.
    pub(crate) async fn delete_project(&self, id: &ProjectId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Project, options)?;
        let place = self.check_project(id).await?;
        if options.contents == Contents::Refuse
            && let Some(what) = self.contents_of(&place).await?
        {
            let message = format!("the project `{id}` holds {what}");
            return Err(Error::new(ErrorKind::Conflict, message).hint("say that they are to be deleted along with it"));
        }
        let endpoint = match place.level {
            ProjectLevel::Space => &endpoints::DELETE_SPACE,
            ProjectLevel::Folder => &endpoints::DELETE_FOLDER,
            ProjectLevel::List => &endpoints::DELETE_LIST,
        };
        let deleted = about(&place, self.delete(endpoint, &[&place.id]).await);
        self.forget_tree().await;
        self.schemas.of(place).forget().await;
        deleted
    }

    /// What is in a project; Lists without anything in them are nothing.
    async fn contents_of(&self, place: &Place) -> Result<Option<&'static str>> {
        self.forget_tree().await;
        if !self.sprint_lists(place).await?.is_empty() {
            return Ok(Some("sprints"));
        }
        let lists = self.lists_of(place).await?;
        Ok(self.any_task_in(&lists).await?.then_some("tasks"))
    }
}
