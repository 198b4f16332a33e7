//! What Redmine can do.

use std::time::Duration;

use pm_provider::{
    Ability, Capabilities, CreateGuarantee, Entity, EntityCapabilities, Field, FieldSupport, Filter, Operation,
    SortField,
};

use crate::NAME;
use crate::text::TextFormat;

/// The server clamps larger limits silently (`ApplicationController#api_offset_and_limit`).
pub(crate) const MAX_PAGE_SIZE: u32 = 100;
/// A version's description has 255 characters (`app/models/version.rb`), and the mark needs room in it.
const MAX_GOAL: usize = 200;

/// Everything that the provider does, with texts in a format.
pub(crate) fn capabilities(text: TextFormat) -> Capabilities {
    let lost = text.loses();
    Capabilities::new(NAME)
        .with(Entity::Project, project(lost))
        .with(Entity::Task, task(lost))
        .with(Entity::Sprint, sprint())
        .with(Entity::User, user())
        .with(Entity::Comment, comment(lost))
        .with(Entity::Relation, relation())
        .with(Entity::Attachment, attachment())
        .abilities([
            Ability::Comments,
            Ability::Relations,
            Ability::Batch,
            Ability::Changes,
            Ability::SyncSupport,
            Ability::Attachments,
        ])
}

fn entity() -> EntityCapabilities {
    EntityCapabilities::new()
        .fields([Field::Id, Field::RawData], &FieldSupport::read_only())
        .max_page_size(MAX_PAGE_SIZE)
}

/// What is written has a text that takes the mark.
fn marked(place: &str) -> CreateGuarantee {
    CreateGuarantee::Marker { place: place.to_owned(), visible_within: Duration::ZERO }
}

fn timed() -> EntityCapabilities {
    use Field::{CreatedAt, UpdatedAt, Url};
    entity().all_operations().fields([CreatedAt, UpdatedAt, Url], &FieldSupport::read_only())
}

fn project(lost: &str) -> EntityCapabilities {
    use Field::{Description, Key, Name, Status, Visibility};
    timed()
        .fields([Key], &FieldSupport::on_create().lossy("becomes lower case").max_length(100))
        .fields([Name], &FieldSupport::required().max_length(255))
        .fields([Status, Visibility], &FieldSupport::required())
        .fields([Description], &FieldSupport::full().lossy(lost))
        .filters([Filter::Key, Filter::Status, Filter::Text, Filter::UpdatedSince])
        .create_guarantee(marked("description"))
        .delete_with_contents(true)
}

fn task(lost: &str) -> EntityCapabilities {
    use Field::{
        ActualHours, Assignees, AuthorId, CompletedAt, CustomFields, Description, DueDate, EstimatedHours, Key,
        ParentTaskId, Priority, ProjectId, SprintId, StartDate, Status, TaskType, Title, Visibility,
    };
    timed()
        .fields([Key, AuthorId, ActualHours, CompletedAt], &FieldSupport::read_only())
        .fields([ProjectId], &FieldSupport::on_create())
        .fields([Title], &FieldSupport::required().max_length(255))
        .fields([Status, Priority, Visibility], &FieldSupport::required())
        .fields([Description], &FieldSupport::full().lossy(lost))
        .fields([ParentTaskId, SprintId, EstimatedHours, StartDate, DueDate], &FieldSupport::full())
        .fields([Assignees], &FieldSupport::full().max_items(1))
        .fields([TaskType], &FieldSupport::required().per_project())
        .fields([CustomFields], &FieldSupport::full().per_project())
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
            Filter::Text,
            Filter::UpdatedSince,
        ])
        .sorts([SortField::CreatedAt, SortField::UpdatedAt])
        .create_guarantee(marked("description"))
        .delete_with_contents(true)
}

fn sprint() -> EntityCapabilities {
    use Field::{EndDate, Goal, Name, ProjectId, Status};
    timed()
        .fields([ProjectId], &FieldSupport::on_create())
        .fields([Name], &FieldSupport::required().max_length(60))
        .fields([Status], &FieldSupport::required())
        .fields([EndDate], &FieldSupport::full())
        .fields([Goal], &FieldSupport::full().max_length(MAX_GOAL))
        .filters([Filter::Project, Filter::Status, Filter::Text, Filter::UpdatedSince])
        .create_guarantee(marked("description"))
}

fn user() -> EntityCapabilities {
    use Field::{Active, AvatarUrl, Email, Login, Name};
    entity()
        .operations([Operation::List, Operation::Get])
        .fields([Name, Login, Email, AvatarUrl, Active], &FieldSupport::read_only())
        .filters([Filter::Project, Filter::Login, Filter::Email, Filter::Text])
}

fn comment(lost: &str) -> EntityCapabilities {
    use Field::{AuthorId, AuthorName, Body, CreatedAt, TaskId, Visibility};
    entity()
        .all_operations()
        .fields([TaskId], &FieldSupport::on_create())
        .fields([AuthorId, AuthorName, CreatedAt], &FieldSupport::read_only())
        .fields([Body], &FieldSupport::required().lossy(lost))
        .fields([Visibility], &FieldSupport::required())
        .sorts([SortField::CreatedAt])
        .create_guarantee(marked("note"))
}

fn attachment() -> EntityCapabilities {
    use Field::{AuthorId, AuthorName, ContentType, CreatedAt, Name, Size, TaskId, Url};
    entity()
        .operations([Operation::List, Operation::Get])
        .fields([TaskId, Name, Size, ContentType, AuthorId, AuthorName, CreatedAt, Url], &FieldSupport::read_only())
}

fn relation() -> EntityCapabilities {
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Create, Operation::Delete])
        .filters([Filter::Project])
        .max_page_size(MAX_PAGE_SIZE)
}
