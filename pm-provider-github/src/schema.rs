//! What a repository accepts.
//!
//! GitHub describes none of it in one place: statuses are the same everywhere, priorities are labels, types are those
//! of the organisation, and what may be written follows from our role in the repository.

use std::collections::BTreeMap;
use std::sync::Arc;

use pm_provider::{Error, Field, FieldSupport, ProjectId, ProjectSchema, Result};

use crate::api::Api;
use crate::repositories::Repository;
use crate::{map, tasks};

impl Api {
    /// What a repository accepts.
    pub(crate) async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        let repository = self.repository_of(project).await?;
        if self.is_gone(repository.id) {
            return Err(Error::not_found("project", project));
        }
        self.issues.schemas.of(repository.id).get(self.read_schema(&repository)).await
    }

    async fn read_schema(&self, repository: &Repository) -> Result<ProjectSchema> {
        let (types, priorities) = futures_util::try_join!(self.types_in(repository), self.priorities_in(repository))?;
        let types = types.unwrap_or_default();
        Ok(ProjectSchema::new(repository.project_id())
            .statuses(map::statuses(&self.config.statuses))
            .priorities(priorities)
            .project_statuses(map::project_choices())
            .sprint_statuses(map::sprint_choices())
            .fields(self.fields_in(repository))
            .task_types(types))
    }

    /// What can be done here with each field that depends on the repository.
    fn fields_in(&self, repository: &Repository) -> BTreeMap<Field, FieldSupport> {
        let can_write = repository.can_push() != Some(false) && !repository.is_archived;
        let written = |full: FieldSupport| if can_write { full } else { FieldSupport::read_only() };
        let has_labels = self.priority_prefix().is_some();
        let is_org = repository.is_of_organisation;
        let of_organisation = |there| if is_org { there } else { FieldSupport::default() };
        let priority = match has_labels {
            true => written(FieldSupport::full()),
            false => of_organisation(FieldSupport::read_only()),
        };
        BTreeMap::from([
            (Field::Labels, written(tasks::labels())),
            (Field::Assignees, written(tasks::assignees())),
            (Field::SprintId, written(FieldSupport::full())),
            (Field::TaskType, of_organisation(written(FieldSupport::full()))),
            (Field::Priority, priority),
            (Field::StartDate, of_organisation(FieldSupport::read_only())),
            (Field::DueDate, of_organisation(FieldSupport::read_only())),
            (Field::CustomFields, of_organisation(FieldSupport::read_only())),
        ])
    }
}
