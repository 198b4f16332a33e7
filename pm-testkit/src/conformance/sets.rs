//! Labels, assignees, custom fields: replaced, edited, emptied; in order, nothing twice.

use std::collections::BTreeMap;

use pm_provider::{
    CustomFields, CustomValue, Entity, ErrorKind, Field, NewTask, PMTask, ProjectId, Support, TaskPatch, UserId,
};
use serde_json::json;

use super::Subject;
use super::capable::unsupported;
use super::expect::{done, refused, same};
use super::verdict::Outcome;

/// A task with labels, where labels can be written.
async fn labelled(subject: &Subject, labels: &[&str]) -> Outcome<PMTask> {
    subject.requires_on_create(Entity::Task, Field::Labels, json!(["one"])).await?;
    subject.requires_on_update(Entity::Task, Field::Labels, json!(["one"])).await?;
    let project = subject.own_project().await?;
    free_labels(subject, &project).await?;
    let new = NewTask::new(&project, "labelled").labels(labels.iter().copied());
    done("creating a task with labels", subject.create_task(new).await)
}

/// Goes on if a project takes labels of any name; where it has none at all, they are refused.
pub(super) async fn free_labels(subject: &Subject, project: &ProjectId) -> Outcome {
    let support = subject.field(Entity::Task, Field::Labels, Some(project)).await?;
    if support.on_create == Support::No {
        let new = NewTask::new(project, "labelled").labels(["one"]);
        refused("a label where there are none", ErrorKind::Unsupported, subject.create_task(new).await)?;
        return unsupported("`labels` of a task");
    }
    match support.lossy {
        Some(what) => unsupported(format!("labels of any name: {what}")),
        None => Ok(()),
    }
}

/// Applies a patch and makes sure that the labels are these afterwards.
async fn labels_become(subject: &Subject, task: &PMTask, patch: TaskPatch, expected: &[&str]) -> Outcome {
    let what = format!("labels after {:?}", patch.labels);
    let answered = done(&what, subject.provider.update_task(&task.id, patch).await)?;
    let read = subject.provider.get_task(&task.id).await?;
    same(&format!("{what}, as answered"), expected, &texts(&answered.labels))?;
    same(&what, expected, &texts(&read.labels))
}

fn texts(labels: &[String]) -> Vec<&str> {
    labels.iter().map(String::as_str).collect()
}

/// Labels are replaced as a whole, in the order given.
pub(super) async fn labels_are_replaced(subject: &Subject) -> Outcome {
    let task = labelled(subject, &["zinc", "amber", "mint"]).await?;
    same("labels in the order given", ["zinc", "amber", "mint"].as_slice(), &texts(&task.labels))?;
    labels_become(subject, &task, TaskPatch::new().labels(["mint", "zinc", "new"]), &["mint", "zinc", "new"]).await?;
    labels_become(subject, &task, TaskPatch::new().labels(Vec::<String>::new()), &[]).await
}

/// Adding and removing labels leaves the others alone; what is in both lists is removed.
pub(super) async fn labels_are_edited(subject: &Subject) -> Outcome {
    let task = labelled(subject, &["one", "two", "three"]).await?;
    labels_become(subject, &task, TaskPatch::new().add_labels(["four"]), &["one", "two", "three", "four"]).await?;
    labels_become(subject, &task, TaskPatch::new().remove_labels(["two", "absent"]), &["one", "three", "four"]).await?;
    let both = TaskPatch::new().add_labels(["five", "six"]).remove_labels(["five", "one"]);
    labels_become(subject, &task, both, &["three", "four", "six"]).await
}

/// A label that is given twice, or is there already, is there once.
pub(super) async fn labels_are_distinct(subject: &Subject) -> Outcome {
    let task = labelled(subject, &["one", "two", "one"]).await?;
    same("labels given twice", ["one", "two"].as_slice(), &texts(&task.labels))?;
    labels_become(subject, &task, TaskPatch::new().add_labels(["two", "three", "three"]), &["one", "two", "three"])
        .await?;
    labels_become(subject, &task, TaskPatch::new().labels(["b", "a", "b"]), &["b", "a"]).await
}

/// Labels are kept as they are written, whatever script, case or sign. One with a blank may be refused, but not changed.
pub(super) async fn labels_are_kept_as_written(subject: &Subject) -> Outcome {
    let labels = ["Größe", "a,b;c", "🏷️", "x/y\\z'%_\""];
    let task = labelled(subject, &labels).await?;
    let read = subject.provider.get_task(&task.id).await?;
    same("labels", labels.as_slice(), &texts(&read.labels))?;
    let blank = ["with space"];
    let new = NewTask::new(&task.project_id, "labelled").labels(blank);
    match subject.create_task(new).await {
        Err(error) if error.kind() == ErrorKind::InvalidInput => {
            let fields: Vec<_> = error.field_errors().iter().map(|problem| problem.field).collect();
            same("the fields that are refused", &vec![Field::Labels], &fields)?;
            unsupported("labels with blanks")
        }
        answer => {
            let task = done("creating a task with a label that has a blank", answer)?;
            let read = subject.provider.get_task(&task.id).await?;
            same("labels", blank.as_slice(), &texts(&read.labels))
        }
    }
}

async fn assigned(subject: &Subject) -> Outcome<(PMTask, Vec<UserId>)> {
    subject.requires_on_create(Entity::Task, Field::Assignees, json!(["nobody"])).await?;
    subject.requires_on_update(Entity::Task, Field::Assignees, json!(["nobody"])).await?;
    subject.requires_assignees(3).await?;
    let people = subject.people(3).await?;
    let project = subject.own_project().await?;
    let new = NewTask::new(&project, "assigned").assignees([&people[2], &people[0], &people[2]]);
    let task = done("creating a task with assignees", subject.create_task(new).await)?;
    Ok((task, people))
}

/// Assignees keep their order, the main one first, and nobody is there twice.
pub(super) async fn assignees_keep_their_order(subject: &Subject) -> Outcome {
    let (task, people) = assigned(subject).await?;
    let read = subject.provider.get_task(&task.id).await?;
    same("assignees", &vec![people[2].clone(), people[0].clone()], &read.assignees)?;
    same("the main assignee", &Some(&people[2]), &read.assignee_id())
}

/// Adding and removing assignees leaves the others alone.
pub(super) async fn assignees_are_edited(subject: &Subject) -> Outcome {
    let (task, people) = assigned(subject).await?;
    let steps = [
        (TaskPatch::new().add_assignees([&people[1]]), vec![&people[2], &people[0], &people[1]]),
        (TaskPatch::new().remove_assignees([&people[2]]), vec![&people[0], &people[1]]),
        (TaskPatch::new().assignees([&people[1], &people[2]]), vec![&people[1], &people[2]]),
        (TaskPatch::new().assignees(Vec::<UserId>::new()), vec![]),
    ];
    for (patch, expected) in steps {
        let what = format!("assignees after {:?}", patch.assignees);
        done(&what, subject.provider.update_task(&task.id, patch).await)?;
        let read = subject.provider.get_task(&task.id).await?;
        same(&what, &expected, &read.assignees.iter().collect())?;
    }
    Ok(())
}

/// The fields that a project may define itself, where any will do.
async fn free_custom_fields(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::CustomFields, json!({ "Colour": "red" })).await?;
    if subject.can(Entity::Task).field(Field::CustomFields).on_create == Support::Yes {
        return Ok(());
    }
    unsupported("custom fields of any name")
}

/// Custom fields hold any JSON value but null, and give it back with its type.
pub(super) async fn custom_fields_keep_their_types(subject: &Subject) -> Outcome {
    free_custom_fields(subject).await?;
    let project = subject.own_project().await?;
    let nested = BTreeMap::from([("deep".to_owned(), CustomValue::List(vec![true.into(), 7.into(), "x".into()]))]);
    let fields: CustomFields = [
        ("Yes or no", CustomValue::Bool(false)),
        ("Whole", CustomValue::Integer(9_007_199_254_740_993)),
        ("Broken", CustomValue::Number(-0.125)),
        ("Größe 📏", CustomValue::Text("XL".to_owned())),
        ("Some", CustomValue::List(vec!["a".into(), 1.into()])),
        ("Nested", CustomValue::Object(nested)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let new = NewTask::new(&project, "custom").custom_fields(fields.clone());
    let created = done("creating a task with custom fields", subject.create_task(new).await)?;
    same("custom fields", &fields, &subject.provider.get_task(&created.id).await?.custom_fields)
}

/// Custom fields that a patch does not name stay; one that it clears goes.
pub(super) async fn custom_fields_change_one_by_one(subject: &Subject) -> Outcome {
    free_custom_fields(subject).await?;
    let project = subject.own_project().await?;
    let fields = |values: &[(&str, i32)]| -> CustomFields {
        values.iter().map(|(name, value)| ((*name).to_owned(), CustomValue::from(*value))).collect()
    };
    let new = NewTask::new(&project, "custom").custom_fields(fields(&[("a", 1), ("b", 2)]));
    let task = subject.create_task(new).await?;
    let patch = TaskPatch::new().custom_field("b", 3).custom_field("c", 4);
    subject.provider.update_task(&task.id, patch).await?;
    let read = subject.provider.get_task(&task.id).await?;
    same("custom fields after a change", &fields(&[("a", 1), ("b", 3), ("c", 4)]), &read.custom_fields)?;
    subject.provider.update_task(&task.id, TaskPatch::new().clear_custom_field("a")).await?;
    let read = subject.provider.get_task(&task.id).await?;
    same("custom fields after one was emptied", &fields(&[("b", 3), ("c", 4)]), &read.custom_fields)
}
