//! Items of any kind as JSON, so that one rule serves every kind and every field.

use pm_provider::{
    Cursor, DeleteOptions, Entity, Error, ErrorKind, Field, Operation, PMUser, Page, Result, Support, TaskId,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Subject;
use super::expect::{broken, ensure};
use super::verdict::Outcome;

/// Where an item is: enough to get, change and delete it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) entity: Entity,
    pub(super) id: String,
    /// The task of a comment.
    pub(super) task: TaskId,
}

impl Place {
    pub(super) fn new(entity: Entity, id: impl Into<String>) -> Self {
        Self { entity, id: id.into(), task: TaskId::new("conformance-no-such-task") }
    }

    /// The place of an item that was read.
    pub(super) fn of(entity: Entity, item: &Value) -> Self {
        let text = |member: &str| item[member].as_str().unwrap_or_default().to_owned();
        Self { entity, id: text("id"), task: TaskId::new(text("task_id")) }
    }
}

fn read<T: DeserializeOwned>(json: &Value) -> Result<T> {
    // From text, not from the value: raw data can only be read from text.
    serde_json::from_str(&json.to_string())
        .map_err(|source| Error::new(ErrorKind::Internal, format!("{json} cannot be read: {source}")))
}

fn write<T: Serialize>(item: &T) -> Result<Value> {
    serde_json::to_value(item)
        .map_err(|source| Error::new(ErrorKind::Internal, format!("an item has no JSON: {source}")))
}

fn lacks(entity: Entity) -> Error {
    Error::unsupported(format!("there is no ability to do that with a {entity}"))
}

impl Subject {
    /// Creates an item from the JSON of its `New*`.
    pub(super) async fn create_json(&self, entity: Entity, new: Value) -> Result<Value> {
        match entity {
            Entity::Project => {
                let project = self.provider.create_project(read(&new)?).await?;
                self.note_project(&project.id);
                write(&project)
            }
            Entity::Task => write(&self.create_task(read(&new)?).await?),
            Entity::Sprint => {
                let sprint = self.provider.create_sprint(read(&new)?).await?;
                self.note_sprint(&sprint.id);
                write(&sprint)
            }
            Entity::Comment => {
                let comments = self.provider.comments().ok_or_else(|| lacks(entity))?;
                write(&comments.create_comment(read(&new)?).await?)
            }
            Entity::User => {
                let admin = self.provider.user_admin().ok_or_else(|| lacks(entity))?;
                let user: PMUser = admin.create_user(read(&new)?).await?;
                self.note_user(&user.id);
                write(&user)
            }
            _ => Err(lacks(entity)),
        }
    }

    /// Gets an item.
    pub(super) async fn get_json(&self, at: &Place) -> Result<Value> {
        let id = at.id.as_str();
        match at.entity {
            Entity::Project => write(&self.provider.get_project(&id.into()).await?),
            Entity::Task => write(&self.provider.get_task(&id.into()).await?),
            Entity::Sprint => write(&self.provider.get_sprint(&id.into()).await?),
            Entity::User => write(&self.provider.get_user(&id.into()).await?),
            Entity::Comment => {
                let comments = self.provider.comments().ok_or_else(|| lacks(at.entity))?;
                write(&comments.get_comment(&at.task, &id.into()).await?)
            }
            _ => Err(lacks(at.entity)),
        }
    }

    /// Changes an item by the JSON of its patch.
    pub(super) async fn update_json(&self, at: &Place, patch: Value) -> Result<Value> {
        let id = at.id.as_str();
        match at.entity {
            Entity::Project => write(&self.provider.update_project(&id.into(), read(&patch)?).await?),
            Entity::Task => write(&self.provider.update_task(&id.into(), read(&patch)?).await?),
            Entity::Sprint => write(&self.provider.update_sprint(&id.into(), read(&patch)?).await?),
            Entity::Comment => {
                let comments = self.provider.comments().ok_or_else(|| lacks(at.entity))?;
                write(&comments.update_comment(&at.task, &id.into(), read(&patch)?).await?)
            }
            Entity::User => {
                let admin = self.provider.user_admin().ok_or_else(|| lacks(at.entity))?;
                write(&admin.update_user(&id.into(), read(&patch)?).await?)
            }
            _ => Err(lacks(at.entity)),
        }
    }

    /// Deletes an item.
    pub(super) async fn delete_item(&self, at: &Place, options: DeleteOptions) -> Result<()> {
        let id = at.id.as_str();
        match at.entity {
            Entity::Project => self.provider.delete_project(&id.into(), options).await,
            Entity::Task => self.provider.delete_task(&id.into(), options).await,
            Entity::Sprint => self.provider.delete_sprint(&id.into(), options).await,
            Entity::Comment => {
                let comments = self.provider.comments().ok_or_else(|| lacks(at.entity))?;
                comments.delete_comment(&at.task, &id.into(), options).await
            }
            Entity::User => {
                let admin = self.provider.user_admin().ok_or_else(|| lacks(at.entity))?;
                admin.delete_user(&id.into()).await
            }
            _ => Err(lacks(at.entity)),
        }
    }

    /// The least JSON that makes an item of a kind; makes the project and the task that it needs.
    pub(super) async fn least(&self, entity: Entity) -> Outcome<Value> {
        self.requires(entity, Operation::Create).await?;
        let name = unique(entity.word());
        Ok(match entity {
            Entity::Task => json!({ "project_id": self.own_project().await?, "title": name }),
            Entity::Sprint => json!({ "project_id": self.own_project().await?, "name": name }),
            Entity::Comment => {
                let project = self.own_project().await?;
                json!({ "task_id": self.task(&project, "to be talked about").await?.id, "body": name })
            }
            _ => json!({ "name": name }),
        })
    }

    /// The JSON of one more such item: backends keep the names of projects apart, and those of a project's sprints.
    pub(super) fn another(&self, entity: Entity, new: &Value) -> Value {
        match entity {
            Entity::Project | Entity::Sprint => with(new.clone(), "name", json!(unique(entity.word()))),
            _ => new.clone(),
        }
    }

    /// The same item, ready for any status: a sprint may have to know its days before it begins.
    pub(super) fn ready(&self, entity: Entity, new: Value) -> Value {
        let days = [(Field::StartDate, "2026-03-02"), (Field::EndDate, "2026-03-13")];
        let has = |field| self.can(entity).field(field).on_create == Support::Yes;
        let days = days.into_iter().filter(|(field, _)| entity == Entity::Sprint && has(*field));
        days.fold(new, |new, (field, day)| with(new, field.word(), json!(day)))
    }

    /// Creates the least item of a kind.
    pub(super) async fn least_item(&self, entity: Entity) -> Outcome<(Place, Value)> {
        let least = self.least(entity).await?;
        let item = self.create_json(entity, least).await?;
        Ok((Place::of(entity, &item), item))
    }
}

/// The member that an item of a kind cannot be without.
pub(super) fn text_field(entity: Entity) -> Field {
    match entity {
        Entity::Task => Field::Title,
        Entity::Comment => Field::Body,
        _ => Field::Name,
    }
}

/// A text that no other rule uses.
pub(super) fn unique(what: &str) -> String {
    format!("{what} {}", token())
}

/// Ten letters and digits that nobody else has.
pub(super) fn token() -> String {
    let id = uuid::Uuid::now_v7().simple().to_string();
    id[id.len() - 10..].to_owned()
}

/// Puts a member into a JSON object.
pub(super) fn with(mut object: Value, member: &str, value: Value) -> Value {
    object[member] = value;
    object
}

/// One member as an object of its own: a patch of one field.
pub(super) fn only(member: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(member.to_owned(), value)]))
}

/// Empty and default values count as none: `[]`, `{}`, `public`.
fn settled(value: &Value) -> Value {
    match value {
        Value::Array(values) if values.is_empty() => Value::Null,
        Value::Object(members) if members.is_empty() => Value::Null,
        Value::String(word) if word == "public" => Value::Null,
        other => other.clone(),
    }
}

/// Says whether a read value is what was written: of an object the members that were written, else all of it.
pub(super) fn agrees(written: &Value, shown: &Value) -> bool {
    match (settled(written), settled(shown)) {
        (Value::Object(written), Value::Object(shown)) => {
            written.iter().all(|(member, value)| shown.get(member).is_some_and(|shown| agrees(value, shown)))
        }
        (written, shown) => written == shown,
    }
}

/// Makes sure that an item shows a value that was written.
pub(super) fn shows(when: &str, item: &Value, field: Field, written: &Value) -> Outcome {
    let shown = &item[field.word()];
    if agrees(written, shown) {
        return Ok(());
    }
    Err(broken(format!("`{field}` to be {} {when}", brief(written)), brief(shown)))
}

/// Makes sure that two reads of an item are the same but for some members.
pub(super) fn unchanged(when: &str, before: &Value, after: &Value, except: &[Field]) -> Outcome {
    let Some(members) = before.as_object() else { return Err(broken("an item", before.to_string())) };
    for (member, value) in members {
        let follows = member == "assignee_id" && except.contains(&Field::Assignees);
        let excepted = follows || member == "raw_data" || except.iter().any(|field| field.word() == member);
        let equal = settled(value) == settled(&after[member]);
        ensure(excepted || equal, format!("`{member}` to stay {} {when}", brief(value)), brief(&after[member]))?;
    }
    Ok(())
}

impl Subject {
    /// What may change along with a name: a key that nobody can give is the backend's own, and may be made of the name.
    pub(super) fn made_of_name(&self, entity: Entity, field: Field) -> Vec<Field> {
        let key = self.can(entity).field(Field::Key);
        let is_made = key.readable.is_possible() && !key.on_create.is_possible() && !key.on_update.is_possible();
        if is_made && field == Field::Name { vec![Field::Key, Field::Url] } else { Vec::new() }
    }
}

fn brief(value: &Value) -> String {
    let text = value.to_string();
    text.chars().take(200).collect()
}

impl Subject {
    /// Lists a page by the JSON of a query, as JSON.
    pub(super) async fn page_json(&self, entity: Entity, query: &Value, cursor: Option<Cursor>) -> Result<Page<Value>> {
        fn page<T: Serialize>(page: Page<T>) -> Result<Page<Value>> {
            let items = page.items.iter().map(write).collect::<Result<Vec<_>>>()?;
            Ok(Page::new(items).next(page.next).ahead(page.ahead).total(page.total))
        }
        match entity {
            Entity::Project => page(self.provider.projects_page(&read(query)?, cursor).await?),
            Entity::Task => page(self.provider.tasks_page(&read(query)?, cursor).await?),
            Entity::Sprint => page(self.provider.sprints_page(&read(query)?, cursor).await?),
            Entity::User => page(self.provider.users_page(&read(query)?, cursor).await?),
            Entity::Comment => {
                let comments = self.provider.comments().ok_or_else(|| lacks(entity))?;
                page(comments.comments_page(&read(query)?, cursor).await?)
            }
            _ => Err(lacks(entity)),
        }
    }
}
