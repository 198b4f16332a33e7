//! What the in-memory provider can do: everything.

use pm_provider::{
    Ability, Capabilities, CreateGuarantee, Entity, EntityCapabilities, Field, FieldSupport, Filter, Operation,
    SortField,
};

use super::NAME;

/// The largest page of every listing.
pub(super) const MAX_PAGE_SIZE: u32 = 100;
/// The most operations that a batch takes.
const MAX_BATCH_SIZE: u32 = 1000;

/// Everything.
pub(super) fn full() -> Capabilities {
    Capabilities::new(NAME)
        .with(Entity::Project, project())
        .with(Entity::Task, task())
        .with(Entity::Sprint, sprint())
        .with(Entity::User, user())
        .with(Entity::Comment, comment())
        .with(Entity::Relation, relation())
        .with(Entity::PullRequest, pull_request())
        .with(Entity::Attachment, attachment())
        .abilities([
            Ability::Comments,
            Ability::Relations,
            Ability::Batch,
            Ability::Changes,
            Ability::SyncSupport,
            Ability::PullRequests,
            Ability::Attachments,
            Ability::UserAdmin,
        ])
        .max_batch_size(MAX_BATCH_SIZE)
        .atomic_batch(true)
        .atomic_writes(true)
}

/// What all kinds of items that have models share.
fn entity() -> EntityCapabilities {
    EntityCapabilities::new()
        .all_operations()
        .fields([Field::Id], &FieldSupport::read_only())
        .fields([Field::RawData], &FieldSupport::full())
        .sorts([SortField::CreatedAt, SortField::UpdatedAt])
        .create_guarantee(CreateGuarantee::Native)
        .max_page_size(MAX_PAGE_SIZE)
}

/// What kinds of items with times and versions share.
fn versioned() -> EntityCapabilities {
    entity()
        .fields([Field::UpdatedAt, Field::Version], &FieldSupport::read_only())
        .fields([Field::CreatedAt], &FieldSupport::on_create())
        .optimistic_lock(true)
}

fn project() -> EntityCapabilities {
    use Field::{Description, EndDate, Key, Name, OwnerId, Priority, StartDate, Status, Url, Visibility};
    versioned()
        .fields([Name, Key, Status, Visibility], &FieldSupport::required())
        .fields([Description, Priority, StartDate, EndDate, OwnerId, Url], &FieldSupport::full())
        .filters([Filter::Key, Filter::Status, Filter::Text, Filter::UpdatedSince])
        .delete_with_contents(true)
}

fn task() -> EntityCapabilities {
    use Field::{
        ActualHours, Assignees, AuthorId, CompletedAt, CustomFields, Description, DueDate, EstimatedHours, Key, Labels,
        ParentTaskId, Priority, ProjectId, SprintId, StartDate, Status, TaskType, Title, Url, Visibility,
    };
    versioned()
        .fields([ProjectId, Key, AuthorId], &FieldSupport::on_create())
        .fields([Title, Status, Visibility, CompletedAt], &FieldSupport::required())
        .fields([Description, Priority, ParentTaskId, SprintId, Assignees, Labels, CustomFields], &FieldSupport::full())
        .fields([EstimatedHours, ActualHours, StartDate, DueDate, TaskType, Url], &FieldSupport::full())
        .filters([
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
        ])
        .delete_with_contents(true)
}

fn sprint() -> EntityCapabilities {
    use Field::{CapacityHours, EndDate, Goal, Key, Name, PlannedHours, ProjectId, StartDate, Status, Url};
    versioned()
        .fields([ProjectId, Key], &FieldSupport::on_create())
        .fields([Name, Status], &FieldSupport::required())
        .fields([StartDate, EndDate, CapacityHours, PlannedHours, Goal, Url], &FieldSupport::full())
        .filters([Filter::Project, Filter::Key, Filter::Status, Filter::Text, Filter::UpdatedSince])
}

fn user() -> EntityCapabilities {
    use Field::{Active, AvatarUrl, Email, Login, Name};
    entity()
        .fields([Name, Active], &FieldSupport::required())
        .fields([Login, Email, AvatarUrl], &FieldSupport::full())
        .filters([Filter::Project, Filter::Login, Filter::Email, Filter::Text])
}

fn comment() -> EntityCapabilities {
    use Field::{AuthorId, AuthorName, Body, TaskId, Visibility};
    versioned()
        .fields([TaskId, AuthorId, AuthorName], &FieldSupport::on_create())
        .fields([Body, Visibility], &FieldSupport::required())
        .filters([Filter::Project])
}

fn relation() -> EntityCapabilities {
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Create, Operation::Delete])
        .filters([Filter::Project])
        .max_page_size(MAX_PAGE_SIZE)
}

fn attachment() -> EntityCapabilities {
    use Field::{AuthorId, AuthorName, ContentType, CreatedAt, Id, Name, Size, TaskId, Url};
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Get])
        .fields([Id, TaskId, Name, Size, ContentType, AuthorId, AuthorName, CreatedAt, Url], &FieldSupport::read_only())
        .max_page_size(MAX_PAGE_SIZE)
}

fn pull_request() -> EntityCapabilities {
    use Field::{
        Assignees, AuthorId, AuthorName, ClosedAt, CreatedAt, Description, Draft, Id, Labels, MergedAt, Number,
        ProjectId, RequestedReviewers, SourceBranch, State, TargetBranch, Title, UpdatedAt, Url,
    };
    let written = [ProjectId, Title, Description, SourceBranch, TargetBranch, Draft];
    let filled_in = [Id, Number, State, AuthorId, AuthorName, Labels, Assignees, RequestedReviewers, Url];
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Get, Operation::Create])
        .fields(written, &FieldSupport::on_create())
        .fields(filled_in, &FieldSupport::read_only())
        .fields([CreatedAt, UpdatedAt, ClosedAt, MergedAt], &FieldSupport::read_only())
        .filters([
            Filter::Status,
            Filter::Draft,
            Filter::Author,
            Filter::Assignee,
            Filter::Labels,
            Filter::SourceBranch,
            Filter::TargetBranch,
        ])
        .sorts([SortField::CreatedAt, SortField::UpdatedAt])
        .create_guarantee(CreateGuarantee::Native)
        .max_page_size(MAX_PAGE_SIZE)
}
