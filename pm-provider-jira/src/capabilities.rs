//! What Jira can do, as data.
//!
//! Cloud and Data Center can do nearly the same; what only one of them can do is known by the address, or by a setting.

use std::time::Duration;

use pm_provider::{
    Ability, Capabilities, CreateGuarantee, Entity, EntityCapabilities, Field, FieldSupport, Filter, Operation,
    SortField, Support, TextSearch,
};

use crate::{Flavor, NAME};

/// The longest name of a project: 80 characters, as its create dialog says.
const MAX_PROJECT_NAME: usize = 80;
/// The longest key of a project, by the API's reference; on Data Center an administrator says how long keys may be
/// (<https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format-938847081.html>).
const MAX_PROJECT_KEY: usize = 10;
/// The longest name of a sprint (unverified for Data Center).
const MAX_SPRINT_NAME: usize = 255;
/// The longest text of a comment, of which Cloud counts its own document's (`jira.text.field.character.limit`).
pub(crate) const MAX_TEXT: usize = 32_767;
/// The largest page that lists of Jira's give.
pub(crate) const MAX_PAGE_SIZE: u32 = 100;

/// What becomes of Markdown, which neither of them stores: another way to write the same.
const STORED_AS: &str = "held as a document (Cloud) or as wiki markup (Data Center)";

/// What becomes of a sprint's days: what people enter in Jira are times, and which day one is depends on where they are.
const HELD_AS_TIME: &str = "held as a time: the day is that of the offset in which Jira gives it, UTC on Cloud";

/// What can be done; without a flavor what either of them can do. Restricted comments can be written where a setting says
/// who is to see them.
pub(crate) fn capabilities(flavor: Option<Flavor>, can_restrict: bool, index_lag: Duration) -> Capabilities {
    Capabilities::new(NAME)
        .with(Entity::Project, projects(flavor).max_page_size(MAX_PAGE_SIZE))
        .with(Entity::Task, tasks(index_lag).max_page_size(MAX_PAGE_SIZE))
        .with(Entity::Sprint, sprints(flavor).max_page_size(MAX_PAGE_SIZE))
        .with(Entity::User, users(flavor).max_page_size(MAX_PAGE_SIZE))
        .with(Entity::Comment, comments(can_restrict).max_page_size(MAX_PAGE_SIZE))
        .with(Entity::Relation, crate::relations::capabilities())
        .with(Entity::Attachment, crate::attachments::capabilities())
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
        .text_search(TextSearch::Words)
}

/// A create that leaves a mark which can be seen at once.
pub(crate) fn marker(place: &str) -> CreateGuarantee {
    CreateGuarantee::Marker { place: place.to_owned(), visible_within: Duration::ZERO }
}

fn tasks(index_lag: Duration) -> EntityCapabilities {
    // The marks of issues are found by the index.
    let guarantee = CreateGuarantee::Marker { place: "issue property".to_owned(), visible_within: index_lag };
    let tasks = crate::tasks::capabilities().create_guarantee(guarantee);
    let text = tasks.field(Field::Description).lossy(STORED_AS);
    tasks.fields([Field::Description], &text)
}

fn projects(flavor: Option<Flavor>) -> EntityCapabilities {
    let key = FieldSupport::required();
    let key = match flavor {
        Some(Flavor::Cloud) => key.max_length(MAX_PROJECT_KEY).lossy("held in upper case"),
        Some(Flavor::DataCenter) => key.lossy("held in upper case"),
        None => key.lossy(format!("held in upper case; {MAX_PROJECT_KEY} characters at most on Cloud")),
    };
    let read = [Field::Id, Field::Url, Field::RawData];
    // A new project is live: it can be put away afterwards.
    let mut status = FieldSupport::required();
    status.on_create = Support::No;
    EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Name], &FieldSupport::required().max_length(MAX_PROJECT_NAME))
        .fields([Field::Key], &key)
        .fields([Field::Description], &FieldSupport::full())
        .fields([Field::OwnerId], &FieldSupport::required())
        .fields([Field::Status], &status)
        .filters([Filter::Key, Filter::Status, Filter::Text])
        .create_guarantee(marker("description"))
        .delete_with_contents(true)
}

fn sprints(flavor: Option<Flavor>) -> EntityCapabilities {
    let read = [Field::Id, Field::Url, Field::RawData];
    let created = only_on(Flavor::Cloud, flavor).map(|support| (Field::CreatedAt, support));
    created
        .into_iter()
        .fold(EntityCapabilities::new(), |sprints, (field, support)| sprints.fields([field], &support))
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Name], &FieldSupport::required().max_length(MAX_SPRINT_NAME))
        .fields([Field::ProjectId], &FieldSupport::on_create())
        .fields([Field::StartDate, Field::EndDate], &FieldSupport::full().lossy(HELD_AS_TIME))
        .fields([Field::Goal], &FieldSupport::full())
        .fields([Field::Status], &FieldSupport::required())
        .filters([Filter::Project, Filter::Status, Filter::Text])
        .create_guarantee(marker("goal"))
}

/// Nobody signs in to Cloud by a name.
fn users(flavor: Option<Flavor>) -> EntityCapabilities {
    let read = [Field::Id, Field::Name, Field::Email, Field::AvatarUrl, Field::Active, Field::RawData];
    let users = EntityCapabilities::new()
        .operations([Operation::List, Operation::Get])
        .fields(read, &FieldSupport::read_only())
        .filters([Filter::Project, Filter::Email, Filter::Text]);
    match only_on(Flavor::DataCenter, flavor) {
        Some(support) => users.fields([Field::Login], &support).filters([
            Filter::Project,
            Filter::Email,
            Filter::Text,
            Filter::Login,
        ]),
        None => users,
    }
}

/// A field that only one of the two has; `None` where it is the other one.
fn only_on(owner: Flavor, flavor: Option<Flavor>) -> Option<FieldSupport> {
    let name = if owner.is_cloud() { "Cloud only" } else { "Data Center only" };
    match flavor {
        Some(flavor) if flavor == owner => Some(FieldSupport::read_only()),
        Some(_) => None,
        None => Some(FieldSupport::read_only().lossy(name)),
    }
}

fn comments(can_restrict: bool) -> EntityCapabilities {
    let read = [Field::Id, Field::AuthorId, Field::AuthorName, Field::CreatedAt, Field::UpdatedAt, Field::RawData];
    let visibility = if can_restrict { FieldSupport::required() } else { FieldSupport::read_only() };
    EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::TaskId], &FieldSupport::on_create())
        .fields([Field::Body], &FieldSupport::required().max_length(MAX_TEXT).lossy(STORED_AS))
        .fields([Field::Visibility], &visibility)
        .sorts([SortField::CreatedAt])
        .create_guarantee(marker("comment property"))
}
