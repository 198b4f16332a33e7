//! What GitHub can do, as data.

use std::time::Duration;

use pm_provider::{
    Ability, Capabilities, CreateGuarantee, Entity, EntityCapabilities, Field, FieldSupport, Filter, Operation,
    SortField, Support, TextSearch,
};

use crate::config::MAX_PAGE_SIZE;
use crate::{GitHubConfig, NAME, ProjectKinds, RepositoryWrites};

/// The longest name of a repository.
const MAX_REPOSITORY_NAME: usize = 100;
/// The longest description of a repository: GitHub's 350 characters, of which the mark of a key takes up to 50.
const MAX_REPOSITORY_DESCRIPTION: usize = 300;
/// The longest text of an issue or a comment: "body is too long (maximum is 65536 characters)".
pub(crate) const MAX_TEXT: usize = 65_536;
/// The longest title of a milestone (unverified).
const MAX_MILESTONE_TITLE: usize = 255;

/// What can be done with these settings.
pub(crate) fn capabilities(config: &GitHubConfig) -> Capabilities {
    match config.projects {
        ProjectKinds::Repositories => build(Some(config)),
        ProjectKinds::V2 => crate::v2::capabilities::capabilities(config),
        ProjectKinds::Both => crate::v2::capabilities::widen(build(Some(config)), config),
    }
}

/// What can be done at most, whatever the settings.
pub(crate) fn most() -> Capabilities {
    build(None)
}

fn build(config: Option<&GitHubConfig>) -> Capabilities {
    let writes = config.map_or(RepositoryWrites::CreateAndDelete, |config| config.repositories);
    Capabilities::new(NAME)
        .with(Entity::Project, projects(writes).max_page_size(MAX_PAGE_SIZE))
        .with(Entity::Task, crate::tasks::capabilities(config).max_page_size(MAX_PAGE_SIZE))
        .with(Entity::Sprint, sprints().max_page_size(MAX_PAGE_SIZE))
        .with(Entity::User, users().max_page_size(MAX_PAGE_SIZE))
        .with(Entity::Comment, comments().max_page_size(MAX_PAGE_SIZE))
        .with(Entity::Relation, crate::relations::capabilities())
        .with(Entity::PullRequest, crate::pulls::capabilities())
        .abilities([
            Ability::Comments,
            Ability::Relations,
            Ability::Batch,
            Ability::Changes,
            Ability::SyncSupport,
            Ability::PullRequests,
            Ability::Webhooks,
            Ability::WebhookAdmin,
        ])
        .text_search(TextSearch::Substring)
        .relation_kinds(crate::relations::KINDS)
}

/// A create that leaves a mark which can be seen at once.
pub(crate) fn marker(place: &str) -> CreateGuarantee {
    CreateGuarantee::Marker { place: place.to_owned(), visible_within: Duration::ZERO }
}

fn projects(writes: RepositoryWrites) -> EntityCapabilities {
    let read = [Field::Id, Field::Key, Field::OwnerId, Field::Url, Field::CreatedAt, Field::UpdatedAt, Field::RawData];
    let projects = EntityCapabilities::new().fields(read, &FieldSupport::read_only()).filters([
        Filter::Key,
        Filter::Status,
        Filter::Text,
        Filter::UpdatedSince,
    ]);
    let written = [Field::Name, Field::Description, Field::Status, Field::Visibility];
    if writes == RepositoryWrites::Read {
        return projects.operations([Operation::List, Operation::Get]).fields(written, &FieldSupport::read_only());
    }
    let name = FieldSupport::required().max_length(MAX_REPOSITORY_NAME);
    let name = name.lossy("letters, digits, `-`, `_` and `.`: everything else becomes `-`");
    let text = FieldSupport::full().max_length(MAX_REPOSITORY_DESCRIPTION).lossy("one line of plain text");
    // A new repository is in use: it can be archived afterwards.
    let mut status = FieldSupport::required();
    status.on_create = Support::No;
    let operations = [Operation::List, Operation::Get, Operation::Create, Operation::Update];
    let projects = projects
        .operations(
            operations.into_iter().chain((writes == RepositoryWrites::CreateAndDelete).then_some(Operation::Delete)),
        )
        .fields([Field::Name], &name)
        .fields([Field::Description], &text)
        .fields([Field::Status], &status)
        .fields([Field::Visibility], &FieldSupport::required())
        .create_guarantee(marker("description"));
    projects.delete_with_contents(writes == RepositoryWrites::CreateAndDelete)
}

fn sprints() -> EntityCapabilities {
    let read = [Field::Id, Field::Url, Field::CreatedAt, Field::UpdatedAt, Field::RawData];
    EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Name], &FieldSupport::required().max_length(MAX_MILESTONE_TITLE))
        .fields([Field::ProjectId], &FieldSupport::on_create())
        .fields([Field::EndDate, Field::Goal], &FieldSupport::full())
        .fields([Field::Status], &FieldSupport::required())
        .filters([Filter::Project, Filter::Status, Filter::Text, Filter::UpdatedSince])
        .create_guarantee(marker("description"))
}

/// What can be done with people.
pub(crate) fn users() -> EntityCapabilities {
    let read = [Field::Id, Field::Login, Field::AvatarUrl, Field::Active, Field::RawData];
    let one_by_one =
        FieldSupport::read_only().lossy("shown of one person alone: in lists the login stands for the name");
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Get])
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Name, Field::Email], &one_by_one)
        .filters([Filter::Project, Filter::Login, Filter::Text])
}

fn comments() -> EntityCapabilities {
    let read = [Field::Id, Field::AuthorId, Field::AuthorName, Field::CreatedAt, Field::UpdatedAt, Field::RawData];
    EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::TaskId], &FieldSupport::on_create())
        .fields([Field::Body], &FieldSupport::required().max_length(MAX_TEXT))
        .filters([Filter::Project])
        .sorts([SortField::CreatedAt])
        .create_guarantee(marker("comment"))
}
