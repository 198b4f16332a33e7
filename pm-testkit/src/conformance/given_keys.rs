//! Keys that are given on create, so that a copy is called what its original is called.

use std::collections::BTreeSet;
use std::sync::Arc;

use pm_provider::{DeleteOptions, Entity, ErrorKind, Field, Filter, NewTask, Operation, ProjectId, Result};
use serde_json::{Value, json};

use super::Subject;
use super::capable::{must, unsupported};
use super::expect::{done, ensure, refused, same};
use super::fixture::project_key;
use super::items::{Place, only, text_field, unchanged, unique, with};
use super::parallel::at_once;
use super::verdict::Outcome;

/// How the items of one kind are called in a project of the rule's own: a stem, and the number of its first item.
struct Series<'s> {
    subject: &'s Subject,
    entity: Entity,
    project: ProjectId,
    first: Value,
    stem: String,
    number: u64,
}

impl<'s> Series<'s> {
    /// Begins a project with an item whose key the backend makes: what it looks like, given keys must look like.
    async fn begin(subject: &'s Subject, entity: Entity) -> Outcome<Self> {
        subject.requires_on_create(entity, Field::Key, json!("CONFORMANCE-1")).await?;
        let project = subject.other_project().await?;
        let first = subject.create_json(entity, least(entity, &project)).await?;
        let (stem, number) = split(&first)?;
        let Some(number) = number else { return unsupported(format!("keys of {entity}s that end with a number")) };
        Ok(Self { subject, entity, project, first, stem, number })
    }

    /// A key so far ahead of the first one.
    fn key(&self, ahead: u64) -> String {
        format!("{}{}", self.stem, self.number + ahead)
    }

    async fn create(&self, key: impl Into<Value>) -> Result<Value> {
        self.subject.create_json(self.entity, with(least(self.entity, &self.project), "key", key.into())).await
    }

    async fn created(&self, key: &str) -> Outcome<Value> {
        done(&format!("creating a {} with the key `{key}`", self.entity), self.create(key).await)
    }

    /// Creates an item and leaves the key to the backend.
    async fn own(&self) -> Outcome<Value> {
        done(&format!("creating a {} without a key", self.entity), self.create(Value::Null).await)
    }

    /// The keys in the project, where they can be listed.
    async fn keys(&self) -> Outcome<Option<Vec<String>>> {
        let listed = self.subject.can(self.entity).filters.contains(&Filter::Project);
        if !listed || !self.subject.provider.capabilities().can(self.entity, Operation::List) {
            return Ok(None);
        }
        self.subject.settled().await;
        let query = json!({ "project": self.project });
        let page = done("listing a page", self.subject.page_json(self.entity, &query, None).await)?;
        Ok(Some(page.items.iter().filter_map(|item| item["key"].as_str()).map(str::to_owned).collect()))
    }
}

fn least(entity: Entity, project: &ProjectId) -> Value {
    with(json!({ "project_id": project }), text_field(entity).word(), json!(unique(entity.word())))
}

/// A key before the digits at its end, and these as a number.
fn split(item: &Value) -> Outcome<(String, Option<u64>)> {
    let key = must("the key of a new item", item["key"].as_str())?;
    let stem = key.trim_end_matches(|c: char| c.is_ascii_digit());
    Ok((stem.to_owned(), key[stem.len()..].parse().ok()))
}

/// A key is kept as it is given, in any case in the backend's spelling, and stays when other fields change.
pub(super) async fn are_kept(subject: &Subject, entity: Entity) -> Outcome {
    let series = Series::begin(subject, entity).await?;
    let item = series.created(&series.key(10)).await?;
    same("the key in the answer", &json!(series.key(10)), &item["key"])?;
    let read = subject.get_json(&Place::of(entity, &item)).await?;
    unchanged("between the create and a get", &item, &read, &[])?;
    let small = series.created(&series.key(20).to_lowercase()).await?;
    same("the key that was given in small letters", &json!(series.key(20)), &small["key"])?;
    subject.requires(entity, Operation::Update).await?;
    let patch = only(text_field(entity).word(), json!(unique("renamed")));
    let changed = subject.update_json(&Place::of(entity, &item), patch).await?;
    same("the key after another field changed", &item["key"], &changed["key"])
}

/// Keys that the backend makes go on behind the largest that was given, and meet none of them.
pub(super) async fn own_ones_go_on(subject: &Subject, entity: Entity) -> Outcome {
    let series = Series::begin(subject, entity).await?;
    let mut keys = BTreeSet::from([series.first["key"].to_string()]);
    for ahead in [3, 2, 9] {
        keys.insert(series.created(&series.key(ahead)).await?["key"].to_string());
    }
    for _ in 0..3 {
        let own = series.own().await?;
        let (stem, number) = split(&own)?;
        let behind = stem == series.stem && number.is_some_and(|number| number > series.number + 9);
        ensure(behind, format!("a key behind `{}`", series.key(9)), &own["key"])?;
        keys.insert(own["key"].to_string());
    }
    same("the number of different keys", &7, &keys.len())
}

/// A key that nothing has is free, though later ones were given: one that was left out, and one whose item is gone.
pub(super) async fn gaps_can_be_filled(subject: &Subject, entity: Entity) -> Outcome {
    let series = Series::begin(subject, entity).await?;
    series.created(&series.key(10)).await?;
    let filled = series.created(&series.key(4)).await?;
    same("the key", &json!(series.key(4)), &filled["key"])?;
    subject.requires(entity, Operation::Delete).await?;
    subject.delete_item(&Place::of(entity, &filled), DeleteOptions::new()).await?;
    let again = series.created(&series.key(4)).await?;
    same("the key of a deleted item that is given again", &json!(series.key(4)), &again["key"])?;
    ensure(again["id"] != filled["id"], "an id that was never given", &again["id"])
}

/// A key that another item has is a conflict in any case, whether it was given or made, and nothing is created.
pub(super) async fn are_unique(subject: &Subject, entity: Entity) -> Outcome {
    let series = Series::begin(subject, entity).await?;
    series.created(&series.key(7)).await?;
    let before = series.keys().await?;
    for taken in [series.key(7), series.key(7).to_lowercase(), series.key(0)] {
        refused(&format!("the taken key `{taken}`"), ErrorKind::Conflict, series.create(taken.as_str()).await)?;
    }
    same("the keys in the project", &before, &series.keys().await?)
}

/// A key of another project, and one that is spelt in another way, is refused with the form that is allowed.
pub(super) async fn have_one_form(subject: &Subject, entity: Entity) -> Outcome {
    let series = Series::begin(subject, entity).await?;
    let other = Series::begin(subject, entity).await?;
    let before = series.keys().await?;
    let stem = &series.stem;
    let odd = [
        other.key(5),
        String::new(),
        "5".to_owned(),
        stem.clone(),
        format!("X{stem}5"),
        format!("{stem}0"),
        format!("{stem}05"),
        format!("{stem}+5"),
        format!("{stem}-5"),
        format!("{stem} 5"),
        format!("{stem}5x"),
        format!("{stem}{}", "9".repeat(30)),
        format!("{stem}{}", u64::MAX),
    ];
    for key in odd {
        let what = format!("the key `{key}` of a {entity}");
        let error = refused(&what, ErrorKind::InvalidInput, series.create(key.as_str()).await)?;
        let named = error.field_errors().iter().find(|problem| problem.field == Field::Key);
        let form = must(&format!("an error of `key` for {what}"), named)?;
        ensure(form.message.contains(stem.as_str()), format!("an error that says `{stem}` for {what}"), form)?;
    }
    same("the keys in the project", &before, &series.keys().await?)
}

/// With an idempotency key that was used the first item comes, and the key that is given then stays free.
pub(super) async fn idempotency_wins(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires_keys(entity).await?;
    let series = Series::begin(subject, entity).await?;
    let new = with(least(entity, &series.project), "idempotency_key", json!(unique("key")));
    let new = with(new, "key", json!(series.key(10)));
    let first = done("creating with both keys", subject.create_json(entity, new.clone()).await)?;
    subject.visible(entity).await;
    for key in [series.key(10), series.key(11), series.key(0)] {
        let again = subject.create_json(entity, with(new.clone(), "key", json!(key))).await;
        let again = done(&format!("the same idempotency key with the key `{key}`"), again)?;
        unchanged("when it is created again", &first, &again, &[])?;
    }
    series.created(&series.key(11)).await.map(drop)
}

/// How often the race is run: one alone can be won by luck.
const RACES: u64 = 3;

/// Creates that repeat one another, human key included, all get the first item, however close they follow.
pub(super) async fn repeats_get_the_first(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires_keys(entity).await?;
    if entity == Entity::Project {
        subject.requires_on_create(entity, Field::Key, json!("KEY")).await?;
        for _ in 0..RACES {
            repeated(subject, entity, with(subject.least(entity).await?, "key", json!(project_key()))).await?;
        }
        return Ok(());
    }
    let series = Series::begin(subject, entity).await?;
    for ahead in 1..=RACES {
        let new = with(least(entity, &series.project), "key", json!(series.key(ahead)));
        repeated(subject, entity, new).await?;
    }
    Ok(())
}

async fn repeated(subject: &Subject, entity: Entity, new: Value) -> Outcome {
    let new = with(new, "idempotency_key", json!(unique("key")));
    let answers = at_once(|_| {
        let (subject, new) = (subject.clone(), new.clone());
        async move { subject.create_json(entity, new).await }
    })
    .await?;
    let mut ids = BTreeSet::new();
    for answer in answers {
        ids.insert(done(&format!("one of several creates of one {entity} with both keys"), answer)?["id"].to_string());
    }
    same("the number of items", &1, &ids.len())
}

/// Of several tasks that are given one key at the same time exactly one is created.
pub(super) async fn one_gets_the_key(subject: &Subject) -> Outcome {
    let series = Series::begin(subject, Entity::Task).await?;
    let new = NewTask::new(&series.project, "contested").key(series.key(1));
    let answers = at_once(|_| {
        let (provider, new) = (Arc::clone(&subject.provider), new.clone());
        async move { provider.create_task(new).await }
    })
    .await?;
    same("the number of tasks", &1, &answers.iter().filter(|answer| answer.is_ok()).count())?;
    let mut errors = answers.iter().filter_map(|answer| answer.as_ref().err());
    let odd = errors.find(|error| error.kind() != ErrorKind::Conflict);
    ensure(odd.is_none(), "a conflict for the others", odd)
}
