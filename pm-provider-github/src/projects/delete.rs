//! The end of repositories.

use pm_provider::{Contents, DeleteOptions, Entity, Error, ErrorKind, ProjectId, Result};
use serde_json::Value;

use crate::api::Api;
use crate::ids::RepositoryId;
use crate::repositories::Repository;
use crate::{dto, endpoints};

impl Api {
    /// Deletes a repository with everything in it, where the settings allow that.
    pub(crate) async fn delete_project(&self, id: &ProjectId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Project, options)?;
        let row = self.repository_row(&RepositoryId::existing(id)?).await?;
        let repository = self.learn(&row.item);
        if options.contents == Contents::Refuse
            && let Some(what) = self.contents_of(&repository, &row.item).await?
        {
            let message = format!("the repository `{}` holds {what}", row.item.full_name);
            return Err(Error::new(ErrorKind::Conflict, message).hint("say that they are to be deleted along with it"));
        }
        self.delete_in(&repository, &endpoints::DELETE_REPOSITORY, &[]).await?;
        self.bury(repository.id);
        Ok(())
    }

    /// What is in a repository, by one cheap request for each kind of thing.
    async fn contents_of(&self, repository: &Repository, row: &dto::Repository) -> Result<Option<&'static str>> {
        if row.size.is_some_and(|size| size > 0) {
            return Ok(Some("code"));
        }
        let lists = [(&endpoints::LIST_MILESTONES, "milestones"), (&endpoints::LIST_ISSUES, "issues or pull requests")];
        for (endpoint, what) in lists {
            if *what == *"issues or pull requests" && !repository.has_issues {
                continue;
            }
            let request = self.in_repository(repository, endpoint, &[]).query("state", "all").query("per_page", 1);
            let rows: Vec<Value> = request.send().await?.json()?;
            if !rows.is_empty() {
                return Ok(Some(what));
            }
        }
        Ok(None)
    }
}
