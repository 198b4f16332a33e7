//! Capabilities say what there is, and nothing else is there.

use pm_provider::{Ability, Entity, ErrorKind, Field, Filter, Operation, PmProvider};
use serde_json::{Value, json};

use super::Subject;
use super::expect::{done, ensure, refused, same};
use super::items::{only, with};
use super::verdict::Outcome;

/// The provider has the name that its capabilities say.
pub(super) async fn name(subject: &Subject) -> Outcome {
    let (name, said) = (subject.provider.name(), subject.provider.capabilities().provider.as_str());
    same("the name of the provider", said, name)?;
    ensure(!name.is_empty(), "a name", name)
}

/// An accessor gives something for exactly the abilities that the capabilities name.
pub(super) async fn accessors(subject: &Subject) -> Outcome {
    let provider: &dyn PmProvider = subject.provider.as_ref();
    for ability in Ability::ALL {
        let there = match ability {
            Ability::Comments => provider.comments().is_some(),
            Ability::Relations => provider.relations().is_some(),
            Ability::Batch => provider.batch().is_some(),
            Ability::Changes => provider.changes().is_some(),
            Ability::SyncSupport => provider.sync_support().is_some(),
            Ability::PullRequests => provider.pull_requests().is_some(),
            Ability::Attachments => provider.attachments().is_some(),
            Ability::Webhooks => provider.webhooks().is_some(),
            Ability::WebhookAdmin => provider.webhook_admin().is_some(),
            Ability::UserAdmin => provider.user_admin().is_some(),
            _ => continue,
        };
        let named = provider.capabilities().abilities.contains(&ability);
        same(&format!("whether there is the ability `{ability}`"), &named, &there)?;
    }
    Ok(())
}

/// A healthy provider says what it is, and who we are is somebody whom it knows.
pub(super) async fn health(subject: &Subject) -> Outcome {
    let health = done("a health check", subject.provider.health_check().await)?;
    ensure(!health.backend.is_empty(), "the name of the backend", &health)?;
    let Some(user) = health.user else { return Ok(()) };
    subject.requires(Entity::User, Operation::Get).await?;
    same("the user", &user.id, &subject.provider.get_user(&user.id).await?.id)
}

/// The kinds of items that operations can be about.
const KINDS: [Entity; 7] = [
    Entity::Project,
    Entity::Task,
    Entity::Sprint,
    Entity::Comment,
    Entity::User,
    Entity::PullRequest,
    Entity::Attachment,
];

/// Every operation that the capabilities do not name is refused.
pub(super) async fn missing_operations_are_refused(subject: &Subject) -> Outcome {
    for entity in KINDS {
        for operation in Operation::ALL {
            if subject.provider.capabilities().can(entity, operation) {
                continue;
            }
            if let Some(answer) = subject.attempt(entity, operation).await {
                refused(&format!("{operation} {entity}"), ErrorKind::Unsupported, answer)?;
            }
        }
    }
    Ok(())
}

/// The kinds of items that filters can be about.
const FILTERED: [Entity; 7] = [
    Entity::Project,
    Entity::Task,
    Entity::Sprint,
    Entity::User,
    Entity::Comment,
    Entity::Relation,
    Entity::PullRequest,
];

/// Every filter that the capabilities do not name is refused, never ignored.
pub(super) async fn missing_filters_are_refused(subject: &Subject) -> Outcome {
    for entity in FILTERED {
        for filter in Filter::ALL.iter().filter(|filter| !subject.can(entity).filters.contains(filter)) {
            if let Some(answer) = subject.filtered(entity, *filter).await {
                refused(&format!("{entity}s by `{filter}`"), ErrorKind::Unsupported, answer)?;
            }
        }
    }
    Ok(())
}

/// Every field that the capabilities do not let one write is refused, never dropped.
pub(super) async fn missing_fields_are_refused(subject: &Subject) -> Outcome {
    let samples: [(Field, Value); 8] = [
        (Field::Description, json!("text")),
        (Field::StartDate, json!("2026-01-31")),
        (Field::DueDate, json!("2026-02-28")),
        (Field::EstimatedHours, json!(1.0)),
        (Field::ActualHours, json!(1.0)),
        (Field::Labels, json!(["one"])),
        (Field::Url, json!("https://example.org/1")),
        (Field::Priority, json!("high")),
    ];
    let least = subject.least(Entity::Task).await?;
    let (place, _) = subject.least_item(Entity::Task).await?;
    for (field, value) in samples {
        let support = subject.can(Entity::Task).field(field);
        if !support.on_create.is_possible() {
            let answer = subject.create_json(Entity::Task, with(least.clone(), field.word(), value.clone())).await;
            refused(&format!("`{field}` on create"), ErrorKind::Unsupported, answer)?;
        }
        if !support.on_update.is_possible() && subject.provider.capabilities().can(Entity::Task, Operation::Update) {
            let answer = subject.update_json(&place, only(field.word(), value)).await;
            refused(&format!("a change of `{field}`"), ErrorKind::Unsupported, answer)?;
        }
    }
    Ok(())
}
