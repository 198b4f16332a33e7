//! What can be done with Projects v2, as data.

use pm_provider::{
    Ability, Capabilities, Entity, EntityCapabilities, Field, FieldSupport, Filter, Operation, TextSearch,
};

use crate::api::Api;
use crate::capabilities::{MAX_TEXT, marker, users};
use crate::config::{Deleting, MAX_PAGE_SIZE};
use crate::{GitHubConfig, NAME};

/// The longest title of an issue, and of a draft (unverified for drafts): "title is too long (maximum is 256 characters)".
const MAX_TITLE: usize = 256;
/// How many people an issue is assigned to at most
/// (<https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/assigning-issues-and-pull-requests-to-other-github-users>).
const MAX_ASSIGNEES: usize = 10;

/// What can be done with these settings.
pub(crate) fn capabilities(config: &GitHubConfig) -> Capabilities {
    Capabilities::new(NAME)
        .with(Entity::Project, projects().max_page_size(MAX_PAGE_SIZE))
        .with(Entity::Task, tasks(config).max_page_size(MAX_PAGE_SIZE))
        .with(Entity::Sprint, sprints().max_page_size(MAX_PAGE_SIZE))
        .with(Entity::User, users().max_page_size(MAX_PAGE_SIZE))
        .abilities([Ability::Batch])
        .text_search(TextSearch::Substring)
}

/// Adds to what can be done with repositories what only Projects v2 have: fields of tasks that depend on the project.
pub(crate) fn widen(mut capabilities: Capabilities, config: &GitHubConfig) -> Capabilities {
    let own = tasks(config);
    if let Some(tasks) = capabilities.entities.get_mut(&Entity::Task) {
        for field in [Field::EstimatedHours, Field::StartDate, Field::DueDate, Field::CustomFields] {
            tasks.fields.entry(field).or_insert_with(|| own.field(field).per_project());
        }
    }
    capabilities
}

fn tasks(config: &GitHubConfig) -> EntityCapabilities {
    let read = [
        Field::Id,
        Field::AuthorId,
        Field::Labels,
        Field::Url,
        Field::CreatedAt,
        Field::UpdatedAt,
        Field::CompletedAt,
        Field::RawData,
    ];
    let board = [
        Field::Priority,
        Field::SprintId,
        Field::EstimatedHours,
        Field::StartDate,
        Field::DueDate,
        Field::CustomFields,
    ];
    let operations = [Operation::List, Operation::Get, Operation::Create, Operation::Update];
    let delete = (config.delete != Deleting::Never).then_some(Operation::Delete);
    EntityCapabilities::new()
        .operations(operations.into_iter().chain(delete))
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Key], &FieldSupport::read_only().per_project())
        .fields([Field::Title], &FieldSupport::required().max_length(MAX_TITLE))
        .fields([Field::Description], &FieldSupport::full().max_length(MAX_TEXT))
        .fields([Field::ProjectId, Field::TaskType], &FieldSupport::on_create())
        .fields([Field::Assignees], &FieldSupport::full().max_items(MAX_ASSIGNEES))
        .fields([Field::Status], &FieldSupport::required().per_project())
        .fields(board, &FieldSupport::full().per_project())
        .filters([
            Filter::Project,
            Filter::Key,
            Filter::Sprint,
            Filter::NoSprint,
            Filter::Assignee,
            Filter::Unassigned,
            Filter::Status,
            Filter::Labels,
            Filter::Text,
            Filter::UpdatedSince,
        ])
        .create_guarantee(marker("body"))
}

fn projects() -> EntityCapabilities {
    let read = [Field::Id, Field::Key, Field::OwnerId, Field::Url, Field::CreatedAt, Field::UpdatedAt, Field::RawData];
    // A new project is open: it can be closed afterwards.
    let mut status = FieldSupport::required();
    status.on_create = pm_provider::Support::No;
    EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Name, Field::Visibility], &FieldSupport::required())
        .fields([Field::Description], &FieldSupport::full())
        .fields([Field::Status], &status)
        .filters([Filter::Key, Filter::Status, Filter::Text, Filter::UpdatedSince])
        .delete_with_contents(true)
}

/// Iterations are read and assigned, never written: see [`sprints`](super::sprints).
fn sprints() -> EntityCapabilities {
    let read =
        [Field::Id, Field::Name, Field::ProjectId, Field::StartDate, Field::EndDate, Field::Status, Field::RawData];
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Get])
        .fields(read, &FieldSupport::read_only())
        .filters([Filter::Project, Filter::Status, Filter::Text])
}

impl Api {
    /// What can be done with Projects v2, whatever else the settings say.
    pub(super) fn v2_capabilities(&self) -> &Capabilities {
        &self.v2.capabilities
    }
}
