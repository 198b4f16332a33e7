//! Bugs that show only when things happen at the same time, or stop half-way, or happen when nobody wants them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pm_provider::{Error, ErrorKind, FieldPatch, PMTask, PmProviderExt, ProjectQuery, SetPatch, TaskId, TaskPatch};

use super::{Bug, bend};

/// Long enough for others to come in between.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

pub(super) const BUGS: &[Bug] = &[
    Bug::new("writes_are_refused_read_only", "reading leaves a mark", |hooks| {
        bend!(hooks.provider.get_task, |inner, id| {
            inner.update_task(&id, TaskPatch::new().add_labels(["read"])).await
        });
    }),
    Bug::new("batches_are_refused_read_only", "batches are applied before they are awaited", |hooks| {
        hooks.eager_batch = true;
    }),
    Bug::new("relations_are_refused_read_only", "looking at relations tidies them up", |hooks| {
        bend!(hooks.relations.relations_page, |inner, query, cursor| {
            for relation in inner.relations_page(&query, None).await?.items {
                inner.delete_relation(&relation.from, &relation.id).await?;
            }
            inner.relations_page(&query, cursor).await
        });
    }),
    Bug::new("dropped_creates_are_whole_or_nothing", "labels come a moment later", |hooks| {
        bend!(hooks.provider.create_task, mut |inner, new| {
            let labels = std::mem::take(&mut new.labels);
            let task = inner.create_task(new).await?;
            pause().await;
            inner.update_task(&task.id, TaskPatch::new().labels(labels)).await
        });
    }),
    Bug::new("dropped_updates_are_whole_or_nothing", "the title comes a moment later", |hooks| {
        bend!(hooks.provider.update_task, mut |inner, id, patch| {
            let title = std::mem::take(&mut patch.title);
            inner.update_task(&id, patch).await?;
            pause().await;
            let mut later = TaskPatch::new();
            later.title = title;
            inner.update_task(&id, later).await
        });
    }),
    Bug::new("parallel_updates_of_fields_are_kept", "updates write all that they have read", |hooks| {
        bend!(hooks.provider.update_task, mut |inner, id, patch| {
            let read = inner.get_task(&id).await?;
            pause().await;
            if patch.title.is_keep() { patch.title = FieldPatch::Set(read.title); }
            if patch.description.is_keep() { patch.description = read.description.into(); }
            inner.update_task(&id, patch).await
        });
    }),
    Bug::new("one_update_of_a_version_wins", "versions are compared before the write", |hooks| {
        bend!(hooks.provider.update_task, mut |inner, id, patch| {
            let wanted = patch.if_version.take();
            let read = inner.get_task(&id).await?;
            if wanted.is_some() && wanted != read.version {
                return Err(Error::new(ErrorKind::VersionConflict, "somebody was faster"));
            }
            pause().await;
            inner.update_task(&id, patch).await
        });
    }),
    Bug::new("parallel_labels_are_all_added", "labels are read, added to and written", |hooks| {
        bend!(hooks.provider.update_task, mut |inner, id, patch| {
            let read = inner.get_task(&id).await?;
            pause().await;
            patch.labels = SetPatch::Replace(patch.labels.apply(&read.labels));
            inner.update_task(&id, patch).await
        });
    }),
    Bug::new("parallel_creates_are_all_kept", "two at a time are too many", |hooks| {
        let running: Arc<Mutex<usize>> = Arc::default();
        hooks.provider.create_task = Some(Box::new(move |inner, new| {
            let running = Arc::clone(&running);
            Box::pin(async move {
                let others = {
                    let mut running = running.lock().unwrap();
                    *running += 1;
                    *running - 1
                };
                pause().await;
                let answer = if others > 0 {
                    Err(Error::new(ErrorKind::Unavailable, "busy"))
                } else {
                    inner.create_task(new).await
                };
                *running.lock().unwrap() -= 1;
                answer
            })
        }));
    }),
    Bug::new("parallel_creates_with_one_key_make_one", "keys are looked up before the write", |hooks| {
        let keys: Arc<Mutex<BTreeMap<String, TaskId>>> = Arc::default();
        hooks.provider.create_task = Some(Box::new(move |inner, new| {
            let keys = Arc::clone(&keys);
            Box::pin(async move {
                let mut new = new;
                let Some(key) = new.idempotency_key.take() else { return inner.create_task(new).await };
                let known = keys.lock().unwrap().get(&key).cloned();
                if let Some(id) = known {
                    return inner.get_task(&id).await;
                }
                pause().await;
                let task: PMTask = inner.create_task(new).await?;
                keys.lock().unwrap().insert(key, task.id.clone());
                Ok(task)
            })
        }));
    }),
    Bug::new("one_parallel_create_gets_the_key", "keys are looked up before the write", |hooks| {
        bend!(hooks.provider.create_task, mut |inner, new| {
            let taken = match &new.key {
                Some(key) => inner.task_by_key(key).await.is_ok(),
                None => false,
            };
            if taken { return Err(Error::new(ErrorKind::Conflict, "the key is taken")); }
            pause().await;
            if let Ok(task) = inner.create_task(new.clone()).await { return Ok(task); }
            new.key = None;
            inner.create_task(new).await
        });
    }),
    Bug::new("parallel_creates_with_both_keys_make_one", "the own repeat is in the way", |hooks| {
        let keys: Arc<Mutex<BTreeMap<String, TaskId>>> = Arc::default();
        hooks.provider.create_task = Some(Box::new(move |inner, new| {
            let keys = Arc::clone(&keys);
            Box::pin(async move {
                let mut new = new;
                let Some(key) = new.idempotency_key.clone().filter(|_| new.key.is_some()) else {
                    return inner.create_task(new).await;
                };
                let known = keys.lock().unwrap().get(&key).cloned();
                if let Some(id) = known {
                    return inner.get_task(&id).await;
                }
                pause().await;
                new.idempotency_key = None;
                let task: PMTask = inner.create_task(new).await?;
                keys.lock().unwrap().insert(key, task.id.clone());
                Ok(task)
            })
        }));
    }),
    Bug::new("one_parallel_project_gets_the_key", "keys are looked up before the write", |hooks| {
        bend!(hooks.provider.create_project, mut |inner, new| {
            let taken = match &new.key {
                Some(key) => !inner.list_projects(ProjectQuery::new().key(key.clone())).await?.is_empty(),
                None => false,
            };
            if taken { return Err(Error::new(ErrorKind::Conflict, "the key is taken")); }
            pause().await;
            if inner.create_project(new.clone()).await.is_err() { new.key = None; }
            inner.create_project(new).await
        });
    }),
];
