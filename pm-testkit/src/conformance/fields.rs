//! Each field by itself: given on create, changed, kept, emptied.

use pm_provider::{
    CommentPatch, CustomField, CustomFieldKind, Entity, ErrorKind, Field, FieldSupport, Operation, ProjectId,
    ProjectPatch, ProjectSchema, SprintPatch, StatusCategory, Support, TaskPatch, UserPatch,
};
use serde_json::{Value, json};

use super::Subject;
use super::expect::{broken, done, refused};
use super::fixture::project_key;
use super::items::{Place, only, shows, text_field, token, unchanged, unique, with};
use super::verdict::{Outcome, Stop};

/// Members that a backend changes by itself with every write.
const BY_ITSELF: [Field; 3] = [Field::UpdatedAt, Field::Version, Field::RawData];

/// What a field is tried with: the item that it is tried on, and two values.
struct Trial {
    entity: Entity,
    field: Field,
    least: Value,
    values: [Value; 2],
    support: FieldSupport,
}

/// A field keeps what it is given, changes alone, stays when others change, and can be emptied or says why not.
pub(super) async fn field(subject: &Subject, entity: Entity, field: Field) -> Outcome {
    let trial = prepare(subject, entity, field).await?;
    if trial.support.readable == Support::No {
        return Err(Stop::Unsupported(format!("`{field}` of a {entity}")));
    }
    let place = given_on_create(subject, &trial).await?;
    if !is_patchable(entity, field) {
        return Ok(());
    }
    changed(subject, &trial, &place).await?;
    emptied(subject, &trial, &place).await
}

async fn prepare(subject: &Subject, entity: Entity, field: Field) -> Outcome<Trial> {
    let mut least = subject.least(entity).await?;
    let project = least["project_id"].as_str().map(ProjectId::from);
    if let (Field::ParentTaskId, Some(project)) = (field, &project) {
        let part = subject.ranks(project, 2).await?.task(1, project, "part");
        least = serde_json::to_value(part).map_err(|error| broken("JSON of a task", error.to_string()))?;
    }
    if field == Field::CompletedAt {
        least = with(least, "status", json!({ "category": "done" }));
    }
    if field == Field::Status {
        least = subject.ready(entity, least);
    }
    let support = subject.field(entity, field, project.as_ref()).await?;
    let values = samples(subject, entity, field, project.as_ref()).await?;
    Ok(Trial { entity, field, least, values, support })
}

async fn given_on_create(subject: &Subject, trial: &Trial) -> Outcome<Place> {
    let (entity, field) = (trial.entity, trial.field);
    let new = with(trial.least.clone(), field.word(), trial.values[0].clone());
    let answer = subject.create_json(entity, new).await;
    if trial.support.on_create == Support::No {
        refused(&format!("`{field}` on creating a {entity}"), ErrorKind::Unsupported, answer)?;
        let item = subject.create_json(entity, trial.least.clone()).await?;
        return Ok(Place::of(entity, &item));
    }
    let created = done(&format!("creating a {entity} with `{field}`"), answer)?;
    let place = Place::of(entity, &created);
    let read = subject.get_json(&place).await?;
    trial.shows("in the answer to the create", &created, &trial.values[0])?;
    trial.shows("when read after the create", &read, &trial.values[0])?;
    Ok(place)
}

async fn changed(subject: &Subject, trial: &Trial, place: &Place) -> Outcome {
    let (entity, field) = (trial.entity, trial.field);
    subject.requires(entity, Operation::Update).await?;
    let before = subject.get_json(place).await?;
    let answer = subject.update_json(place, only(field.word(), trial.values[1].clone())).await;
    if trial.support.on_update == Support::No {
        refused(&format!("a change of `{field}` of a {entity}"), ErrorKind::Unsupported, answer)?;
        return Ok(());
    }
    let answered = done(&format!("changing `{field}` of a {entity}"), answer)?;
    let read = subject.get_json(place).await?;
    trial.shows("in the answer to the change", &answered, &trial.values[1])?;
    trial.shows("when read after the change", &read, &trial.values[1])?;
    let mut may_change = trial.may_change();
    may_change.extend(subject.made_of_name(entity, field));
    unchanged(&format!("when `{field}` changes"), &before, &read, &may_change)?;
    kept(subject, trial, place).await
}

/// Changes another field, which must leave this one alone.
async fn kept(subject: &Subject, trial: &Trial, place: &Place) -> Outcome {
    let other = text_field(trial.entity);
    if other == trial.field {
        return Ok(());
    }
    subject.update_json(place, only(other.word(), json!(unique("changed")))).await?;
    let read = subject.get_json(place).await?;
    trial.shows(&format!("after `{other}` changed"), &read, &trial.values[1])
}

async fn emptied(subject: &Subject, trial: &Trial, place: &Place) -> Outcome {
    let (entity, field) = (trial.entity, trial.field);
    if trial.support.on_update == Support::No {
        return Ok(());
    }
    let before = subject.get_json(place).await?;
    let answer = subject.update_json(place, only(field.word(), trial.emptiness())).await;
    if trial.support.clearable == Support::No && field != Field::CustomFields {
        refused(&format!("emptying `{field}` of a {entity}"), ErrorKind::InvalidInput, answer)?;
        let read = subject.get_json(place).await?;
        return unchanged(&format!("when `{field}` cannot be emptied"), &before, &read, &[]);
    }
    done(&format!("emptying `{field}` of a {entity}"), answer)?;
    let read = subject.get_json(place).await?;
    shows("after it was emptied", &read, field, &trial.default())?;
    unchanged(&format!("when `{field}` is emptied"), &before, &read, &trial.may_change())
}

impl Trial {
    fn shows(&self, when: &str, item: &Value, written: &Value) -> Outcome {
        let coarse = self.support.lossy.is_some() && !item[self.field.word()].is_null();
        if coarse { Ok(()) } else { shows(when, item, self.field, written) }
    }

    fn may_change(&self) -> Vec<Field> {
        let mut fields = BY_ITSELF.to_vec();
        fields.push(self.field);
        match (self.entity, self.field) {
            (Entity::Task, Field::Status) => fields.push(Field::CompletedAt),
            (_, Field::Key) => fields.push(Field::Url),
            _ => {}
        }
        fields
    }

    /// What empties the field in a patch.
    fn emptiness(&self) -> Value {
        match self.values[1].as_object() {
            Some(members) if self.field == Field::CustomFields => {
                members.keys().map(|name| (name.clone(), Value::Null)).collect::<serde_json::Map<_, _>>().into()
            }
            _ => Value::Null,
        }
    }

    /// What an emptied field shows.
    fn default(&self) -> Value {
        if self.field == Field::Active { json!(true) } else { Value::Null }
    }
}

/// Says whether the patch of a kind of item has a field.
fn is_patchable(entity: Entity, field: Field) -> bool {
    let patch = if field == Field::CustomFields { json!({}) } else { Value::Null };
    let text = only(field.word(), patch).to_string();
    match entity {
        Entity::Project => serde_json::from_str::<ProjectPatch>(&text).is_ok(),
        Entity::Task => serde_json::from_str::<TaskPatch>(&text).is_ok(),
        Entity::Sprint => serde_json::from_str::<SprintPatch>(&text).is_ok(),
        Entity::Comment => serde_json::from_str::<CommentPatch>(&text).is_ok(),
        Entity::User => serde_json::from_str::<UserPatch>(&text).is_ok(),
        _ => false,
    }
}

/// Two values of a field that differ.
async fn samples(subject: &Subject, entity: Entity, field: Field, project: Option<&ProjectId>) -> Outcome<[Value; 2]> {
    if let Some(values) = plain_samples(entity, field) {
        return Ok(values);
    }
    match (field, project) {
        (Field::Assignees, _) => {
            let count = subject.most_assignees(2);
            let people = subject.people(1 + count).await?;
            Ok([json!(people[..count]), json!(people[1..].iter().rev().collect::<Vec<_>>())])
        }
        (Field::OwnerId | Field::AuthorId, _) => {
            let people = subject.people(2).await?;
            Ok([json!(people[0]), json!(people[1])])
        }
        (Field::ParentTaskId, Some(project)) => {
            let whole = subject.ranks(project, 2).await?.task(0, project, "whole");
            let (one, two) = (subject.create_task(whole.clone()).await?, subject.create_task(whole).await?);
            Ok([json!(one.id), json!(two.id)])
        }
        (Field::SprintId, Some(project)) => {
            Ok([json!(subject.sprint(project, "one").await?.id), json!(subject.sprint(project, "two").await?.id)])
        }
        (Field::CustomFields, Some(project)) => Ok(custom_fields(subject.schema(project).await?.as_ref())),
        (Field::TaskType, Some(project)) => Ok(task_types(subject.schema(project).await?.as_ref())),
        (Field::Priority, _) => Ok([json!({ "level": "high" }), json!({ "level": "low" })]),
        (Field::Status, Some(project)) if entity == Entity::Task => {
            let categories = subject.categories(project).await?;
            let under_way = categories.iter().find(|category| **category != StatusCategory::Todo);
            Ok([json!({ "category": under_way }), json!({ "category": StatusCategory::Todo })])
        }
        (Field::Status, Some(project)) => {
            // Sprints of some backends go one way only: from planned to active to completed.
            let way =
                if subject.plans_sprints(project).await? { ["active", "completed"] } else { ["completed", "active"] };
            Ok(way.map(|category| json!({ "category": category })))
        }
        // Last to be worked on: some backends let nothing else be changed in what is over.
        (Field::Status, _) => Ok([json!({ "category": "completed" }), json!({ "category": "active" })]),
        _ => Err(Stop::Unsupported(format!("a sample of `{field}`"))),
    }
}

/// Two types that a task can have one after the other: of one rank, and with no parent needed.
fn task_types(schema: &ProjectSchema) -> [Value; 2] {
    let parents = |name: &String| schema.hierarchy.get(name);
    let alone: Vec<_> =
        schema.task_types.iter().filter(|name| parents(name).is_none_or(|parents| !parents.required)).collect();
    let pair = alone.iter().enumerate().find_map(|(at, first)| {
        let second = alone[at + 1..].iter().find(|second| parents(first) == parents(second))?;
        Some([json!(first), json!(second)])
    });
    let only = || alone.first().map(|only| [json!(only), json!(only)]);
    pair.or_else(only).unwrap_or_else(|| [json!("Bug"), json!("Feature")])
}

/// Two values of a custom field: of any name where the project defines none, else of one that it defines.
fn custom_fields(schema: &ProjectSchema) -> [Value; 2] {
    let values = |field: &CustomField| match (field.kind, field.options.as_slice()) {
        (CustomFieldKind::Choice, [first, second, ..]) => Some([json!(first), json!(second)]),
        (CustomFieldKind::Text, _) => Some([json!("red"), json!("blue")]),
        (CustomFieldKind::Number, _) => Some([json!(8), json!(2.5)]),
        (CustomFieldKind::Date, _) => Some([json!("2024-02-29"), json!("2023-12-31")]),
        _ => None,
    };
    let found = schema.custom_fields.iter().find_map(|field| Some((field.name.as_str(), values(field)?)));
    let (name, [first, second]) = found.unwrap_or(("Colour", [json!("red"), json!("blue")]));
    [json!({ name: first }), json!({ name: second })]
}

/// Values that need nothing made first. Starts lie before ends, so that any two fit.
fn plain_samples(entity: Entity, field: Field) -> Option<[Value; 2]> {
    Some(match field {
        Field::Name | Field::Title | Field::Body | Field::AuthorName => {
            [json!(unique("first")), json!(unique("second"))]
        }
        Field::Description | Field::Goal => [json!("A *first* text.\n\n- one"), json!("Another\ntext.")],
        Field::Key if entity == Entity::Project => [json!(project_key()), json!(project_key())],
        Field::StartDate => [json!("2024-02-29"), json!("2023-12-31")],
        Field::EndDate | Field::DueDate => [json!("2026-12-31"), json!("2027-01-01")],
        // A third of an hour is no round number of hours, but of seconds.
        Field::EstimatedHours | Field::CapacityHours => [json!(1_200.0 / 3_600.0), json!(40.0)],
        Field::ActualHours | Field::PlannedHours => [json!(2.5), json!(1.0 / 3_600.0)],
        Field::Labels => [json!(["paint", "Äpfel"]), json!(["wood"])],
        Field::Visibility => [json!("restricted"), json!("public")],
        Field::Url | Field::AvatarUrl => [json!("https://example.org/1?a=b#c"), json!("https://example.org/2")],
        Field::CreatedAt => [json!("2021-03-28T00:59:59.999999Z"), json!("2021-03-28T01:00:00Z")],
        Field::CompletedAt => [json!("2022-12-31T23:59:59.999999Z"), json!("2023-01-01T00:00:00Z")],
        Field::Login => [json!(format!("login-{}", token())), json!(format!("login-{}", token()))],
        Field::Email => [json!(format!("{}@example.org", token())), json!(format!("{}@example.org", token()))],
        Field::Active => [json!(false), json!(true)],
        _ => return None,
    })
}

/// Raw data is kept byte for byte, and with it numbers, order and doubled members.
pub(super) async fn raw_data_byte_for_byte(subject: &Subject, entity: Entity) -> Outcome {
    use pm_provider::RawData;
    const TEXT: &str = r#"{ "b":1.0,"a": 12345678901234567890123,  "b":[ "ä\u00e4" ] }"#;
    subject.requires_on_create(entity, Field::RawData, json!({ "a": 1 })).await?;
    let raw = RawData::from_json(TEXT)?;
    let project = subject.own_project().await?;
    let provider = &subject.provider;
    let shown = match entity {
        Entity::Project => {
            let created = subject.create_project(subject.new_project().raw_data(raw)).await?;
            provider.get_project(&created.id).await?.raw_data
        }
        Entity::Task => {
            let new = pm_provider::NewTask::new(&project, "raw").raw_data(raw);
            provider.get_task(&subject.create_task(new).await?.id).await?.raw_data
        }
        Entity::Sprint => {
            let new = pm_provider::NewSprint::new(&project, "raw").raw_data(raw);
            provider.get_sprint(&provider.create_sprint(new).await?.id).await?.raw_data
        }
        _ => {
            let task = subject.task(&project, "talked about").await?.id;
            let comments = subject.comments()?;
            let created = comments.create_comment(pm_provider::NewComment::new(&task, "raw").raw_data(raw)).await?;
            comments.get_comment(&task, &created.id).await?.raw_data
        }
    };
    super::expect::same("raw data", &Some(TEXT), &shown.as_str())
}

/// Raw data can be replaced, and stays when other fields change.
pub(super) async fn raw_data_changes_alone(subject: &Subject) -> Outcome {
    use pm_provider::RawData;
    subject.requires_on_create(Entity::Task, Field::RawData, json!({ "a": 1 })).await?;
    subject.requires_on_update(Entity::Task, Field::RawData, json!({ "a": 1 })).await?;
    let project = subject.own_project().await?;
    let provider = &subject.provider;
    let new = pm_provider::NewTask::new(&project, "raw").raw_data(RawData::from_json("[1]")?);
    let task = subject.create_task(new).await?;
    provider.update_task(&task.id, TaskPatch::new().title("renamed")).await?;
    let kept = provider.get_task(&task.id).await?.raw_data;
    super::expect::same("raw data after another field changed", &Some("[1]"), &kept.as_str())?;
    provider.update_task(&task.id, TaskPatch::new().raw_data(RawData::from_json("[ 2 ]")?)).await?;
    let replaced = provider.get_task(&task.id).await?.raw_data;
    super::expect::same("raw data after it was replaced", &Some("[ 2 ]"), &replaced.as_str())
}
