//! What OpenProject can do, as data.

use std::time::Duration;

use pm_provider::{
    Ability, Capabilities, CreateGuarantee, Entity, EntityCapabilities, Field, FieldSupport, Filter, Operation,
    SortField, TextSearch,
};

use crate::{NAME, SprintBackend};

/// The longest subject, by the API's reference.
pub(crate) const MAX_SUBJECT: usize = 255;
/// The longest name of a version.
const MAX_VERSION: usize = 60;
/// The longest identifier of a project.
const MAX_IDENTIFIER: usize = 100;

/// What can be done. What labels and custom fields there are depends on server and project: their schema says.
pub(crate) fn capabilities(sprints: SprintBackend, page_size: u32) -> Capabilities {
    Capabilities::new(NAME)
        .with(Entity::Project, projects().max_page_size(page_size))
        .with(Entity::Task, tasks().max_page_size(page_size))
        .with(Entity::Sprint, if sprints == SprintBackend::Sprints { read_sprints() } else { versions() })
        .with(Entity::User, users().max_page_size(page_size))
        .with(Entity::Comment, comments())
        .with(Entity::Relation, relations())
        .with(Entity::Attachment, attachments())
        .abilities([
            Ability::Comments,
            Ability::Relations,
            Ability::Batch,
            Ability::Changes,
            Ability::SyncSupport,
            Ability::Attachments,
            Ability::Webhooks,
        ])
        .text_search(TextSearch::Words)
}

fn marker(place: &str) -> CreateGuarantee {
    CreateGuarantee::Marker { place: place.to_owned(), visible_within: Duration::ZERO }
}

fn projects() -> EntityCapabilities {
    let read = [Field::Id, Field::Url, Field::CreatedAt, Field::UpdatedAt, Field::RawData];
    let key = FieldSupport::required().max_length(MAX_IDENTIFIER).lossy("held in lower case");
    EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Name], &FieldSupport::required().max_length(MAX_SUBJECT))
        .fields([Field::Key], &key)
        .fields([Field::Description], &FieldSupport::full())
        .fields([Field::Status, Field::Visibility], &FieldSupport::required())
        .filters([Filter::Key, Filter::Status, Filter::Text, Filter::UpdatedSince])
        .sorts([SortField::CreatedAt])
        .create_guarantee(marker("description"))
        .delete_with_contents(true)
}

fn tasks() -> EntityCapabilities {
    let read =
        [Field::Id, Field::Key, Field::AuthorId, Field::ActualHours, Field::Url, Field::CreatedAt, Field::UpdatedAt];
    let full = [Field::Description, Field::ParentTaskId, Field::SprintId, Field::StartDate, Field::DueDate];
    EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Version, Field::RawData], &FieldSupport::read_only())
        .fields([Field::Title], &FieldSupport::required().max_length(MAX_SUBJECT))
        .fields([Field::ProjectId], &FieldSupport::on_create())
        .fields(full, &FieldSupport::full())
        .fields([Field::Assignees], &FieldSupport::full().max_items(1))
        .fields([Field::EstimatedHours], &FieldSupport::full().lossy("held in whole minutes"))
        .fields([Field::Status, Field::Priority, Field::TaskType], &FieldSupport::required())
        .fields([Field::Labels, Field::CustomFields], &FieldSupport::full().per_project())
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
        .sorts([SortField::CreatedAt, SortField::UpdatedAt])
        .create_guarantee(marker("description"))
        .optimistic_lock(true)
        .delete_with_contents(true)
}

fn sprint_lists() -> EntityCapabilities {
    EntityCapabilities::new()
        .filters([Filter::Project, Filter::Status, Filter::Text, Filter::UpdatedSince])
        .sorts([SortField::CreatedAt, SortField::UpdatedAt])
}

/// The members that only the server fills in.
const OF_SPRINTS: [Field; 5] = [Field::Id, Field::Url, Field::CreatedAt, Field::UpdatedAt, Field::RawData];

fn versions() -> EntityCapabilities {
    sprint_lists()
        .all_operations()
        .fields(OF_SPRINTS, &FieldSupport::read_only())
        .fields([Field::Name], &FieldSupport::required().max_length(MAX_VERSION))
        .fields([Field::ProjectId], &FieldSupport::on_create())
        .fields([Field::StartDate, Field::EndDate, Field::Goal], &FieldSupport::full())
        .fields([Field::Status], &FieldSupport::required())
        .create_guarantee(marker("description"))
}

fn read_sprints() -> EntityCapabilities {
    let read = [Field::Name, Field::ProjectId, Field::StartDate, Field::EndDate, Field::Goal, Field::Status];
    sprint_lists()
        .operations([Operation::List, Operation::Get])
        .fields(OF_SPRINTS, &FieldSupport::read_only())
        .fields(read, &FieldSupport::read_only())
}

fn users() -> EntityCapabilities {
    let read = [Field::Id, Field::Name, Field::Login, Field::Email, Field::AvatarUrl, Field::Active, Field::RawData];
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Get])
        .fields(read, &FieldSupport::read_only())
        .filters([Filter::Project, Filter::Login, Filter::Email, Filter::Text])
}

fn comments() -> EntityCapabilities {
    let read = [Field::Id, Field::AuthorId, Field::AuthorName, Field::CreatedAt, Field::UpdatedAt, Field::RawData];
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Get, Operation::Create, Operation::Update])
        .fields(read, &FieldSupport::read_only())
        .fields([Field::TaskId, Field::Visibility], &FieldSupport::on_create())
        .fields([Field::Body], &FieldSupport::required())
        .sorts([SortField::CreatedAt])
        .create_guarantee(marker("comment"))
}

fn relations() -> EntityCapabilities {
    EntityCapabilities::new().operations([Operation::List, Operation::Create, Operation::Delete])
}

fn attachments() -> EntityCapabilities {
    use Field::{AuthorId, AuthorName, ContentType, CreatedAt, Id, Name, RawData, Size, TaskId, Url};
    let read = [Id, TaskId, Name, Size, ContentType, AuthorId, AuthorName, CreatedAt, Url, RawData];
    EntityCapabilities::new().operations([Operation::List, Operation::Get]).fields(read, &FieldSupport::read_only())
}

/// Labels where the server has them: which there are is an administrator's business.
pub(crate) fn labels() -> FieldSupport {
    FieldSupport::full().lossy("only labels that the server has")
}
