//! What a project accepts.

use pm_provider::capability::{Field, ProjectSchema};
use pm_provider::{Priority, ProjectId};
use sea_orm::ConnectionTrait;

use crate::error::Result;
use crate::project;
use crate::vocabulary::{PROJECTS, choices};

/// The usual names and those in use; other names are taken where they come with their category.
pub(crate) async fn of_project<C: ConnectionTrait>(db: &C, id: &ProjectId) -> Result<ProjectSchema> {
    project::query::check(db, id).await?;
    let scope = id.as_str();
    let mut schema = ProjectSchema::new(id);
    schema.statuses = choices(db, scope).await?;
    schema.project_statuses = choices(db, PROJECTS).await?;
    schema.sprint_statuses = choices(db, scope).await?;
    schema.priorities = choices::<Priority, C>(db, scope).await?;
    Ok(schema.open_vocabulary(true).required([Field::Title]))
}
