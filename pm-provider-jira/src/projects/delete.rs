//! The end of projects.

use pm_provider::{Contents, DeleteOptions, Effect, Entity, Error, ErrorKind, ProjectId, Result};

use crate::api::Api;
use crate::{endpoints, ids};

impl Api {
    /// Deletes a project: on Cloud it goes into the recycle bin, where administrators find it for 60 days; on Data Center
    /// it is gone for good.
    pub(crate) async fn delete_project(&self, id: &ProjectId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Project, options)?;
        let id = ids::existing("project", id)?;
        let row = self.project_row(id).await?;
        if row.item.archived == Some(true) && self.flavor().await?.is_cloud() {
            let message = format!("the project `{id}` is archived: Jira does not delete what is");
            return Err(Error::new(ErrorKind::Conflict, message).hint("set its status to `active` first"));
        }
        if options.contents == Contents::Refuse
            && let Some(what) = self.contents_of(id).await?
        {
            let message = format!("the project `{id}` holds {what}");
            return Err(Error::new(ErrorKind::Conflict, message).hint("say that they are to be deleted along with it"));
        }
        let undo: &[_] = if self.flavor().await?.is_cloud() { &[("enableUndo", "true")] } else { &[] };
        match self.delete(&endpoints::DELETE_PROJECT, &[&id.to_string()], undo).await {
            Err(error) if *error.effect() == Effect::Unknown => self.wait_for_end(id, error).await?,
            answer => answer?,
        }
        self.bury(id);
        Ok(())
    }

    /// A large project takes longer than a proxy waits: the server goes on, and whether it is done is seen by looking.
    async fn wait_for_end(&self, id: u64, error: Error) -> Result<()> {
        match self.project_row(id).await {
            Err(gone) if gone.kind() == ErrorKind::NotFound => Ok(()),
            _ => Err(error.hint(format!("the server may still be at it: look whether the project `{id}` is there"))),
        }
    }

    /// What is in a project, by one cheap request for each kind of thing.
    async fn contents_of(&self, id: u64) -> Result<Option<&'static str>> {
        if self.has_issues(id).await? {
            return Ok(Some("tasks"));
        }
        let sprints = self.sprints_of(Some(&ProjectId::new(id.to_string()))).await?;
        Ok((!sprints.is_empty()).then_some("sprints"))
    }
}
