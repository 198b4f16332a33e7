//! What a rule requires of the provider; what it cannot do must be refused as `Unsupported`.

use std::sync::Arc;

use pm_provider::{
    Ability, Batch, BatchOptions, Changes, Comments, CreateGuarantee, DeleteOptions, Entity, EntityCapabilities,
    ErrorKind, Field, FieldSupport, Filter, Operation, ProjectId, Relations, Result, SyncSupport, UserAdmin,
};
use pm_provider::{CommentQuery, PmProvider, ProjectQuery, RelationQuery, SprintQuery, TaskId, TaskQuery, UserQuery};
use serde_json::{Value, json};

use super::Subject;
use super::expect::{broken, ensure, refused};
use super::items::{Place, only, with};
use super::verdict::{Outcome, Stop};

/// An id that no backend has.
pub(super) const NOWHERE: &str = "conformance-no-such-item";

impl Subject {
    /// What the provider says that it can do with a kind of item.
    pub(super) fn can(&self, entity: Entity) -> &EntityCapabilities {
        self.provider.capabilities().entity(entity)
    }

    /// Goes on if the operation is there; else makes sure that it is refused.
    pub(super) async fn requires(&self, entity: Entity, operation: Operation) -> Outcome {
        if self.provider.capabilities().can(entity, operation) {
            return Ok(());
        }
        let what = format!("{operation} {entity}");
        if let Some(answer) = self.attempt(entity, operation).await {
            refused(&what, ErrorKind::Unsupported, answer)?;
        }
        Err(Stop::Unsupported(what))
    }

    /// Tries an operation on nothing; `None` where there is not even a method to call.
    pub(super) async fn attempt(&self, entity: Entity, operation: Operation) -> Option<Result<()>> {
        let ability = match entity {
            Entity::Comment => self.provider.comments().is_some(),
            Entity::User => !operation.writes() || self.provider.user_admin().is_some(),
            Entity::PullRequest => return self.attempt_pull_request(operation).await,
            Entity::Attachment => return self.attempt_attachment(operation).await,
            Entity::Relation => false,
            _ => true,
        };
        if !ability {
            return None;
        }
        let place = Place { task: TaskId::new(NOWHERE), ..Place::new(entity, NOWHERE) };
        Some(match operation {
            Operation::List => self.first_page(entity).await,
            Operation::Get => self.get_json(&place).await.map(drop),
            Operation::Create => self.create_json(entity, nowhere(entity)).await.map(drop),
            Operation::Update => self.update_json(&place, json!({})).await.map(drop),
            Operation::Delete => self.delete_item(&place, DeleteOptions::new()).await,
            _ => return None,
        })
    }

    async fn first_page(&self, entity: Entity) -> Result<()> {
        match entity {
            Entity::Project => self.provider.projects_page(&ProjectQuery::new(), None).await.map(drop),
            Entity::Task => self.provider.tasks_page(&TaskQuery::new(), None).await.map(drop),
            Entity::Sprint => self.provider.sprints_page(&SprintQuery::new(), None).await.map(drop),
            Entity::User => self.provider.users_page(&UserQuery::new(), None).await.map(drop),
            Entity::Comment => match self.provider.comments() {
                Some(comments) => comments.comments_page(&CommentQuery::of_task(NOWHERE), None).await.map(drop),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// What can be done with a field, the project's schema asked where it depends on that.
    pub(super) async fn field(
        &self,
        entity: Entity,
        field: Field,
        project: Option<&ProjectId>,
    ) -> Outcome<FieldSupport> {
        let support = self.can(entity).field(field);
        match project {
            Some(project) if support.depends_on_project() => {
                Ok(self.schema(project).await?.fields.get(&field).cloned().unwrap_or_default())
            }
            _ => Ok(support),
        }
    }

    /// Goes on if the field can be given on create; else makes sure that it is refused.
    pub(super) async fn requires_on_create(&self, entity: Entity, field: Field, value: Value) -> Outcome {
        if self.can(entity).field(field).on_create.is_possible() {
            return Ok(());
        }
        let least = self.least(entity).await?;
        let answer = self.create_json(entity, with(least, field.word(), value)).await;
        refused(&format!("`{field}` on creating a {entity}"), ErrorKind::Unsupported, answer)?;
        Err(Stop::Unsupported(format!("`{field}` on creating a {entity}")))
    }

    /// Goes on if the field can be changed; else makes sure that it is refused.
    pub(super) async fn requires_on_update(&self, entity: Entity, field: Field, value: Value) -> Outcome {
        self.requires(entity, Operation::Update).await?;
        if self.can(entity).field(field).on_update.is_possible() {
            return Ok(());
        }
        let (place, _) = self.least_item(entity).await?;
        let answer = self.update_json(&place, only(field.word(), value)).await;
        refused(&format!("a change of `{field}` of a {entity}"), ErrorKind::Unsupported, answer)?;
        Err(Stop::Unsupported(format!("a change of `{field}` of a {entity}")))
    }

    /// How many assignees a task takes, of so many that a rule would like.
    pub(super) fn most_assignees(&self, wanted: usize) -> usize {
        self.can(Entity::Task).field(Field::Assignees).max_items.map_or(wanted, |most| most.min(wanted))
    }

    /// Requires a task to take so many assignees; where it takes fewer, more are refused before any request.
    pub(super) async fn requires_assignees(&self, count: usize) -> Outcome {
        if self.most_assignees(count) == count {
            return Ok(());
        }
        let least = self.least(Entity::Task).await?;
        let several: Vec<_> = (0..count).map(|index| format!("{NOWHERE}-{index}")).collect();
        let answer = self.create_json(Entity::Task, with(least, "assignees", json!(several))).await;
        refused(&format!("{count} assignees"), ErrorKind::InvalidInput, answer)?;
        Err(Stop::Unsupported(format!("{count} assignees")))
    }

    /// Goes on if the filter is honoured; else makes sure that it is refused.
    pub(super) async fn requires_filter(&self, entity: Entity, filter: Filter) -> Outcome {
        self.requires(entity, Operation::List).await?;
        if self.can(entity).filters.contains(&filter) {
            return Ok(());
        }
        if let Some(answer) = self.filtered(entity, filter).await {
            refused(&format!("a filter of {entity}s by `{filter}`"), ErrorKind::Unsupported, answer)?;
        }
        Err(Stop::Unsupported(format!("filter {entity} by `{filter}`")))
    }

    /// Lists with one filter set to anything; `None` where the kind of item has no such filter.
    pub(super) async fn filtered(&self, entity: Entity, filter: Filter) -> Option<Result<()>> {
        let query = filter_sample(filter);
        let text = query.to_string();
        Some(match entity {
            Entity::Project => {
                let query: ProjectQuery = serde_json::from_str(&text).ok()?;
                self.provider.projects_page(&query, None).await.map(drop)
            }
            Entity::Task => {
                let query: TaskQuery = serde_json::from_str(&text).ok()?;
                self.provider.tasks_page(&query, None).await.map(drop)
            }
            Entity::Sprint => {
                let query: SprintQuery = serde_json::from_str(&text).ok()?;
                self.provider.sprints_page(&query, None).await.map(drop)
            }
            Entity::User => {
                let query: UserQuery = serde_json::from_str(&text).ok()?;
                self.provider.users_page(&query, None).await.map(drop)
            }
            Entity::Comment => {
                let query: CommentQuery = serde_json::from_str(&text).ok()?;
                self.provider.comments()?.comments_page(&query, None).await.map(drop)
            }
            Entity::Relation => {
                let query: RelationQuery = serde_json::from_str(&text).ok()?;
                self.provider.relations()?.relations_page(&query, None).await.map(drop)
            }
            Entity::PullRequest => return self.filtered_pull_requests(filter).await,
            _ => return None,
        })
    }

    /// Goes on if versions are locked; else makes sure that `if_version` is refused.
    pub(super) async fn requires_lock(&self, entity: Entity) -> Outcome {
        self.requires(entity, Operation::Update).await?;
        if self.can(entity).optimistic_lock {
            return Ok(());
        }
        let (place, _) = self.least_item(entity).await?;
        let answer = self.update_json(&place, only("if_version", json!("1"))).await;
        refused(&format!("`if_version` of a {entity}"), ErrorKind::Unsupported, answer)?;
        Err(Stop::Unsupported(format!("lock {entity}")))
    }

    /// Goes on if idempotency keys are honoured; else makes sure that they are refused.
    pub(super) async fn requires_keys(&self, entity: Entity) -> Outcome {
        self.requires(entity, Operation::Create).await?;
        if self.can(entity).create_guarantee != CreateGuarantee::None {
            return Ok(());
        }
        let least = self.least(entity).await?;
        let answer = self.create_json(entity, with(least, "idempotency_key", json!("k"))).await;
        refused(&format!("an idempotency key of a {entity}"), ErrorKind::Unsupported, answer)?;
        Err(Stop::Unsupported(format!("idempotency keys of {entity}s")))
    }

    /// Goes on if contents can be deleted along; else makes sure that this is refused.
    pub(super) async fn requires_contents(&self, entity: Entity) -> Outcome {
        self.requires(entity, Operation::Delete).await?;
        if self.can(entity).delete_with_contents {
            return Ok(());
        }
        let (place, _) = self.least_item(entity).await?;
        let answer = self.delete_item(&place, DeleteOptions::with_contents()).await;
        refused(&format!("deleting the contents of a {entity}"), ErrorKind::Unsupported, answer)?;
        Err(Stop::Unsupported(format!("delete {entity} with contents")))
    }

    /// The comments, with all five operations as far as the capabilities go.
    pub(super) fn comments(&self) -> Outcome<Arc<dyn Comments>> {
        self.ability(Ability::Comments, PmProvider::comments)
    }

    /// The relations between tasks.
    pub(super) fn relations(&self) -> Outcome<Arc<dyn Relations>> {
        self.ability(Ability::Relations, PmProvider::relations)
    }

    /// The batch.
    pub(super) fn batch(&self) -> Outcome<Arc<dyn Batch>> {
        self.ability(Ability::Batch, PmProvider::batch)
    }

    /// The batch, if it can be atomic; else makes sure that this is refused.
    pub(super) async fn atomic_batch(&self) -> Outcome<Arc<dyn Batch>> {
        let batch = self.batch()?;
        if self.provider.capabilities().atomic_batch {
            return Ok(batch);
        }
        let answer = batch.apply_batch(Vec::new(), BatchOptions::new().atomic(true)).await;
        refused("an atomic batch", ErrorKind::Unsupported, answer)?;
        Err(Stop::Unsupported("an atomic batch".to_owned()))
    }

    /// The change feed, if it tells of a kind of item.
    pub(super) fn feed(&self, entity: Entity) -> Outcome<Arc<dyn Changes>> {
        let feed = self.ability(Ability::Changes, PmProvider::changes)?;
        if feed.facts().entities.contains(&entity) {
            return Ok(feed);
        }
        Err(Stop::Unsupported(format!("changes of {entity}s")))
    }

    /// What a sync engine needs.
    pub(super) fn sync_support(&self) -> Outcome<Arc<dyn SyncSupport>> {
        self.ability(Ability::SyncSupport, PmProvider::sync_support)
    }

    /// The writing of users.
    pub(super) fn user_admin(&self) -> Outcome<Arc<dyn UserAdmin>> {
        self.ability(Ability::UserAdmin, PmProvider::user_admin)
    }

    pub(super) fn ability<A: ?Sized>(
        &self,
        ability: Ability,
        get: impl Fn(&dyn PmProvider) -> Option<Arc<A>>,
    ) -> Outcome<Arc<A>> {
        if let Some(found) = get(self.provider.as_ref()) {
            return Ok(found);
        }
        let named = self.provider.capabilities().abilities.contains(&ability);
        ensure(!named, format!("the ability `{ability}` that the capabilities name"), "none")?;
        Err(Stop::Unsupported(format!("ability `{ability}`")))
    }
}

/// The JSON of an item of a kind that belongs nowhere.
fn nowhere(entity: Entity) -> Value {
    match entity {
        Entity::Task => json!({ "project_id": NOWHERE, "title": "never made" }),
        Entity::Sprint => json!({ "project_id": NOWHERE, "name": "never made" }),
        Entity::Comment => json!({ "task_id": NOWHERE, "body": "never made" }),
        _ => json!({ "name": "never made" }),
    }
}

/// The JSON of a query with one filter.
fn filter_sample(filter: Filter) -> Value {
    match filter {
        Filter::NoSprint => json!({ "sprint": null }),
        Filter::Unassigned => json!({ "assignee": null }),
        Filter::TopLevel => json!({ "parent": null }),
        Filter::Status => json!({ "statuses": ["planned"] }),
        Filter::Labels => json!({ "labels": ["any"] }),
        Filter::UpdatedSince => json!({ "updated_since": "2020-01-01T00:00:00Z" }),
        other => only(other.word(), json!("any")),
    }
}

/// What a rule is about that this provider has not got.
pub(super) fn unsupported<T>(what: impl Into<String>) -> Outcome<T> {
    Err(Stop::Unsupported(what.into()))
}

/// The item that must be there.
pub(super) fn must<T>(what: &str, value: Option<T>) -> Outcome<T> {
    value.ok_or_else(|| broken(what, "none"))
}
