//! What a project accepts.

use std::sync::Arc;

use pm_provider::{Field, FieldSupport, ProjectId, ProjectSchema, Result};

use crate::server::Server;
use crate::vocabulary::{project_statuses, version_statuses};

impl Server {
    pub(crate) async fn project_schema(&self, id: &ProjectId) -> Result<Arc<ProjectSchema>> {
        let (project, vocabulary) = futures_util::try_join!(self.known_fields_of(id), self.vocabulary())?;
        let fields: Vec<_> = project.item.issue_custom_fields.iter().map(|field| vocabulary.describe(field)).collect();
        let mut supported = std::collections::BTreeMap::from([(Field::TaskType, FieldSupport::required())]);
        if !fields.is_empty() {
            supported.insert(Field::CustomFields, FieldSupport::full());
        }
        let trackers = project.item.trackers.iter().filter_map(|tracker| tracker.name.clone());
        Ok(Arc::new(
            ProjectSchema::new(id.clone())
                .statuses(vocabulary.statuses.clone())
                .project_statuses(project_statuses())
                .sprint_statuses(version_statuses())
                .priorities(vocabulary.priorities.clone())
                .task_types(trackers.collect::<Vec<_>>())
                .custom_fields(fields)
                .required([Field::Title])
                .fields(supported),
        ))
    }
}
