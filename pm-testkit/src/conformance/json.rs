//! JSON: what is read survives the trip, raw data byte for byte.

use std::fmt::Debug;

use pm_provider::{Capabilities, Entity, Field, NewTask, PMProject, PMSprint, PMTask, RawData};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::Subject;
use super::expect::same;
use super::items::Place;
use super::verdict::Outcome;

/// Items that were read survive a trip through JSON.
pub(super) async fn items_survive(subject: &Subject, entity: Entity) -> Outcome {
    let (place, _) = subject.least_item(entity).await?;
    let (provider, id) = (&subject.provider, place.id.as_str());
    match entity {
        Entity::Project => survives::<PMProject>(&provider.get_project(&id.into()).await?),
        Entity::Sprint => survives::<PMSprint>(&provider.get_sprint(&id.into()).await?),
        _ => survives::<PMTask>(&provider.get_task(&id.into()).await?),
    }
}

fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(item: &T) -> Outcome {
    let text = serde_json::to_string(item)?;
    same("the item after a trip through JSON", item, &serde_json::from_str(&text)?)
}

/// Raw data that was read survives a trip through JSON byte for byte.
pub(super) async fn raw_data_survives(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::RawData, json!({ "a": 1 })).await?;
    let project = subject.own_project().await?;
    let raw = RawData::from_json(r#"{"z": 1.50,"a":{"b":"\u00e4"}}"#)?;
    let task = subject.create_task(NewTask::new(&project, "raw").raw_data(raw.clone())).await?;
    let read = subject.provider.get_task(&task.id).await?;
    let back: PMTask = serde_json::from_str(&serde_json::to_string(&read)?)?;
    same("raw data after a trip through JSON", &raw.as_str(), &back.raw_data.as_str())
}

/// A task shows its main assignee as `assignee_id` too.
pub(super) async fn tasks_show_the_main_assignee(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::Assignees, json!(["nobody"])).await?;
    let people = subject.people(subject.most_assignees(2)).await?;
    let people: Vec<_> = people.iter().rev().collect();
    let project = subject.own_project().await?;
    let task = subject.create_task(NewTask::new(&project, "work").assignees(people.iter().copied())).await?;
    let read = subject.get_json(&Place::new(Entity::Task, task.id.as_str())).await?;
    same("`assignee_id`", &json!(people[0]), &read["assignee_id"])?;
    same("`assignees`", &json!(people), &read["assignees"])
}

/// Capabilities are data: they survive JSON, and are the same each time.
pub(super) async fn capabilities_survive(subject: &Subject) -> Outcome {
    let capabilities = subject.provider.capabilities();
    let back: Capabilities = serde_json::from_str(&serde_json::to_string(capabilities)?)?;
    same("the capabilities", capabilities, &back)?;
    same("the capabilities", capabilities, subject.provider.capabilities())
}
