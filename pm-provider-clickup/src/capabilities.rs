//! What ClickUp can do, as data.

use std::time::Duration;

use pm_provider::{
    Ability, Capabilities, CreateGuarantee, Entity, EntityCapabilities, Field, FieldSupport, Filter, Operation,
    Support, TextSearch,
};

use crate::{ClickUpConfig, NAME, ProjectLevel};

/// How many tasks a page has; ClickUp knows no other size.
pub(crate) const PAGE: u32 = 100;

/// What can be done with these settings.
pub(crate) fn capabilities(config: &ClickUpConfig) -> Capabilities {
    build(config.projects)
}

/// What can be done at most, whatever the settings.
pub(crate) fn most() -> Capabilities {
    let mut most = build(ProjectLevel::List);
    let sprints = build(ProjectLevel::Space);
    most.entities.insert(Entity::Sprint, sprints.entity(Entity::Sprint).clone());
    most.entities.insert(Entity::Task, sprints.entity(Entity::Task).clone());
    most
}

fn build(level: ProjectLevel) -> Capabilities {
    Capabilities::new(NAME)
        .with(Entity::Project, projects(level))
        .with(Entity::Task, crate::tasks::capabilities(level))
        .with(Entity::Sprint, sprints(level))
        .with(Entity::User, users())
        .with(Entity::Comment, crate::comments::capabilities())
        .with(Entity::Attachment, crate::attachments::capabilities())
        .with(Entity::Relation, crate::relations::capabilities())
        .abilities([
            Ability::Comments,
            Ability::Relations,
            Ability::Batch,
            Ability::Changes,
            Ability::SyncSupport,
            Ability::Attachments,
            Ability::Webhooks,
            Ability::WebhookAdmin,
        ])
        .text_search(TextSearch::Substring)
        .relation_kinds(crate::relations::KINDS)
}

/// A create that leaves a mark in the text of a List, which can be seen at once.
fn marker() -> CreateGuarantee {
    CreateGuarantee::Marker { place: "content".to_owned(), visible_within: Duration::ZERO }
}

/// Spaces have a name and are private or not, Folders have a name, Lists have most of what a project has.
fn projects(level: ProjectLevel) -> EntityCapabilities {
    let read = [Field::Id, Field::Url, Field::RawData, Field::Status];
    let projects = EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Name], &FieldSupport::required())
        .filters([Filter::Status, Filter::Text])
        .delete_with_contents(true);
    match level {
        ProjectLevel::Space => {
            let mut visibility = FieldSupport::required();
            visibility.on_create = Support::No;
            projects.fields([Field::Visibility], &visibility)
        }
        ProjectLevel::Folder => projects,
        ProjectLevel::List => projects
            .fields([Field::Description, Field::EndDate], &FieldSupport::full())
            .fields([Field::Priority, Field::OwnerId], &FieldSupport::full())
            .fields([Field::StartDate], &FieldSupport::read_only())
            .create_guarantee(marker()),
    }
}

/// A sprint is a List, which is a project itself where Lists are projects.
fn sprints(level: ProjectLevel) -> EntityCapabilities {
    if level == ProjectLevel::List {
        return EntityCapabilities::new();
    }
    // The reference lets nobody say when a List begins.
    let read = [Field::Id, Field::Url, Field::RawData, Field::Status, Field::StartDate];
    // Nothing makes a Folder one of sprints but its name or the settings: most that are projects can hold none.
    let operations = Operation::ALL.into_iter().filter(|one| level == ProjectLevel::Space || *one != Operation::Create);
    EntityCapabilities::new()
        .operations(operations)
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Name], &FieldSupport::required())
        .fields([Field::ProjectId], &FieldSupport::on_create())
        .fields([Field::EndDate, Field::Goal], &FieldSupport::full())
        .filters([Filter::Project, Filter::Status, Filter::Text])
        .create_guarantee(if level == ProjectLevel::Space { marker() } else { CreateGuarantee::None })
}

fn users() -> EntityCapabilities {
    let read = [Field::Id, Field::Name, Field::Email, Field::AvatarUrl, Field::Active, Field::RawData];
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Get])
        .fields(read, &FieldSupport::read_only())
        .filters([Filter::Email, Filter::Text])
}
