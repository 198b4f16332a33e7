//! What this provider can do: everything that the contract has, but pull requests and webhooks.

use pm_provider::query::SortField;
use pm_provider::{
    Ability, Capabilities, CreateGuarantee, Entity, EntityCapabilities, Field, FieldSupport, Filter, Operation,
};

use crate::keyset::MAX_PAGE_SIZE;

/// Operations of one batch; a batch is one transaction, and on SQLite everybody else waits for it.
pub(crate) const MAX_BATCH_SIZE: u32 = 1_000;

pub(crate) fn capabilities() -> Capabilities {
    let abilities = [
        Ability::Comments,
        Ability::Relations,
        Ability::Batch,
        Ability::Changes,
        Ability::SyncSupport,
        Ability::UserAdmin,
    ];
    Capabilities::new(crate::NAME)
        .with(Entity::Project, project())
        .with(Entity::Task, task())
        .with(Entity::Sprint, sprint())
        .with(Entity::User, user())
        .with(Entity::Comment, comment())
        .with(Entity::Relation, relation())
        .abilities(abilities)
        .max_batch_size(MAX_BATCH_SIZE)
        .atomic_batch(true)
        .atomic_writes(true)
}

/// What every kind of item has that callers write.
fn written(read_only: &[Field], required: &[Field], on_create: &[Field], full: &[Field]) -> EntityCapabilities {
    EntityCapabilities::new()
        .all_operations()
        .fields(read_only.iter().copied(), &FieldSupport::read_only())
        .fields(required.iter().copied(), &FieldSupport::required())
        .fields(on_create.iter().copied(), &FieldSupport::on_create())
        .fields(full.iter().copied(), &FieldSupport::full())
        .sorts([SortField::CreatedAt, SortField::UpdatedAt])
        .create_guarantee(CreateGuarantee::Native)
        .max_page_size(MAX_PAGE_SIZE)
}

fn project() -> EntityCapabilities {
    use Field::{
        CreatedAt, Description, EndDate, Id, Key, Name, OwnerId, Priority, RawData, StartDate, Status, UpdatedAt, Url,
        Version, Visibility,
    };
    written(
        &[Id, UpdatedAt, Version],
        &[Name, Key, Status, Visibility],
        &[CreatedAt],
        &[Description, Priority, StartDate, EndDate, OwnerId, Url, RawData],
    )
    .filters([Filter::Key, Filter::Status, Filter::Text, Filter::UpdatedSince])
    .optimistic_lock(true)
    .delete_with_contents(true)
}

fn task() -> EntityCapabilities {
    use Field::{
        ActualHours, Assignees, AuthorId, CompletedAt, CreatedAt, CustomFields, Description, DueDate, EstimatedHours,
        Id, Key, Labels, ParentTaskId, Priority, ProjectId, RawData, SprintId, StartDate, Status, TaskType, Title,
        UpdatedAt, Url, Version, Visibility,
    };
    let full = [
        Description,
        Priority,
        ParentTaskId,
        SprintId,
        Assignees,
        EstimatedHours,
        ActualHours,
        StartDate,
        DueDate,
        Labels,
        TaskType,
        CustomFields,
        Url,
        RawData,
    ];
    let filters = [
        Filter::Project,
        Filter::Key,
        Filter::Sprint,
        Filter::NoSprint,
        Filter::Assignee,
        Filter::Unassigned,
        Filter::Parent,
        Filter::TopLevel,
        Filter::Status,
        Filter::Labels,
        Filter::Text,
        Filter::UpdatedSince,
    ];
    let required = [Title, Status, Visibility, CompletedAt];
    written(&[Id, UpdatedAt, Version], &required, &[ProjectId, Key, AuthorId, CreatedAt], &full)
        .filters(filters)
        .optimistic_lock(true)
        .delete_with_contents(true)
}

fn sprint() -> EntityCapabilities {
    use Field::{
        CapacityHours, CreatedAt, EndDate, Goal, Id, Key, Name, PlannedHours, ProjectId, RawData, StartDate, Status,
        UpdatedAt, Url, Version,
    };
    written(
        &[Id, UpdatedAt, Version],
        &[Name, Status],
        &[ProjectId, Key, CreatedAt],
        &[StartDate, EndDate, CapacityHours, PlannedHours, Goal, Url, RawData],
    )
    .filters([Filter::Project, Filter::Key, Filter::Status, Filter::Text, Filter::UpdatedSince])
    .optimistic_lock(true)
}

fn user() -> EntityCapabilities {
    use Field::{Active, AvatarUrl, Email, Id, Login, Name, RawData};
    written(&[Id], &[Name, Active], &[], &[Login, Email, AvatarUrl, RawData]).filters([
        Filter::Project,
        Filter::Login,
        Filter::Email,
        Filter::Text,
    ])
}

fn comment() -> EntityCapabilities {
    use Field::{AuthorId, AuthorName, Body, CreatedAt, Id, RawData, TaskId, UpdatedAt, Version, Visibility};
    written(&[Id, UpdatedAt, Version], &[Body, Visibility], &[TaskId, AuthorId, AuthorName, CreatedAt], &[RawData])
        .filters([Filter::Project])
        .optimistic_lock(true)
}

fn relation() -> EntityCapabilities {
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Create, Operation::Delete])
        .fields([Field::Id], &FieldSupport::read_only())
        .filters([Filter::Project])
        .max_page_size(MAX_PAGE_SIZE)
}
