//! Statuses, priorities, keys of idempotency, versions: words taken for others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use pm_provider::{
    DeleteOptions, Error, ErrorKind, FieldPatch, PMTask, PriorityLevel, PriorityRef, ProjectStatusRef, StatusCategory,
    StatusRef, Version,
};

use super::{Bug, bend};

/// Changes the status that a patch of a task wants.
macro_rules! wanted {
    ($rule:literal, $name:literal, $($pattern:pat => $becomes:expr),*) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.provider.update_task, mut |inner, id, patch| {
                patch.status = match patch.status {
                    $(FieldPatch::Set($pattern) => $becomes,)*
                    other => other,
                };
                inner.update_task(&id, patch).await
            });
        })
    };
}

/// Changes what is created before it is stored.
macro_rules! made {
    ($rule:literal, $name:literal, $group:ident.$method:ident, |$new:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.$group.$method, |inner, new| {
                let mut $new = new;
                $body
                inner.$method($new).await
            });
        })
    };
}

fn refusal() -> Error {
    Error::invalid_input("that is nothing")
}

pub(super) const BUGS: &[Bug] = &[
    Bug::new("schema_lists_choices", "a status is there twice", |hooks| {
        bend!(hooks.provider.project_schema, |inner, project| {
            let mut schema = inner.project_schema(&project).await?.as_ref().clone();
            schema.statuses.extend(schema.statuses.first().cloned());
            Ok(Arc::new(schema))
        });
    }),
    Bug::new("schema_of_unknown_project_is_not_found", "every project has a schema", |hooks| {
        bend!(hooks.provider.project_schema, |inner, project| {
            inner.project_schema(&project).await.or_else(|_| Ok(Arc::new(pm_provider::ProjectSchema::new(project))))
        });
    }),
    wanted!("status_by_category", "cancelled is done", StatusRef::Category(StatusCategory::Cancelled) => FieldPatch::Set(StatusCategory::Done.into())),
    wanted!("status_by_name", "names are categories", StatusRef::Name(name) => FieldPatch::Set(StatusRef::Name(name.replace("In Progress", "To Do")))),
    Bug::new("status_by_name_in_any_case", "names have a case", |hooks| {
        bend!(hooks.provider.update_task, |inner, id, patch| {
            if let FieldPatch::Set(StatusRef::Name(name)) = &patch.status
                && name.to_uppercase() == *name
            {
                return Err(refusal());
            }
            inner.update_task(&id, patch).await
        });
    }),
    wanted!("status_by_id", "an unknown id is ignored", StatusRef::Id(_) => FieldPatch::Keep),
    wanted!("status_by_bare_word", "a word is a name", StatusRef::Word(word) => FieldPatch::Set(StatusRef::Name(word))),
    wanted!("unknown_status_lists_the_choices", "an unknown word is todo",
        StatusRef::Word(word) => FieldPatch::Set(if word.contains("no-such") { "todo".into() } else { word.as_str().into() })),
    wanted!("status_unknown_is_only_read", "unknown is todo", StatusRef::Category(StatusCategory::Unknown) => FieldPatch::Keep),
    wanted!("status_read_is_written_back", "a status that was read is ignored", StatusRef::Like { .. } => FieldPatch::Keep),
    wanted!("copied_status_keeps_its_category", "foreign names are forgotten", StatusRef::Like { category, .. } => FieldPatch::Set(category.into())),
    made!("status_on_create", "tasks are born as todo", provider.create_task, |new| {
        new.status = None;
    }),
    Bug::new("default_status_is_a_choice", "the default status is not listed", |hooks| {
        bend!(hooks.provider.project_schema, |inner, project| {
            let mut schema = inner.project_schema(&project).await?.as_ref().clone();
            schema.statuses.retain(|status| status.category == StatusCategory::Done);
            Ok(Arc::new(schema))
        });
    }),
    Bug::new("priority_by_level_name_and_word", "lowest is low", |hooks| {
        bend!(hooks.provider.update_task, mut |inner, id, patch| {
            if patch.priority == FieldPatch::Set(PriorityLevel::Lowest.into()) {
                patch.priority = FieldPatch::Set(PriorityRef::from(PriorityLevel::Low));
            }
            inner.update_task(&id, patch).await
        });
    }),
    Bug::new("projects_and_sprints_take_a_status_by_word", "projects take names alone", |hooks| {
        bend!(hooks.provider.update_project, |inner, id, patch| {
            match &patch.status {
                FieldPatch::Set(ProjectStatusRef::Word(word)) if word.chars().all(char::is_lowercase) => Err(refusal()),
                _ => inner.update_project(&id, patch).await,
            }
        });
    }),
    Bug::new("completion_follows_the_status", "completion is never told", |hooks| {
        bend!(hooks.provider.get_task, |inner, id| {
            let mut task: PMTask = inner.get_task(&id).await?;
            task.completed_at = None;
            Ok(task)
        });
    }),
    Bug::new("completion_stays_put", "completion is the last change", |hooks| {
        bend!(hooks.provider.get_task, |inner, id| {
            let mut task: PMTask = inner.get_task(&id).await?;
            task.completed_at = task.completed_at.and(task.updated_at);
            Ok(task)
        });
    }),
    Bug::new("stale_update_is_a_conflict", "versions of updates are ignored", |hooks| {
        bend!(hooks.provider.update_task, mut |inner, id, patch| {
            patch.if_version = None;
            inner.update_task(&id, patch).await
        });
    }),
    Bug::new("stale_delete_is_a_conflict", "versions of deletes are ignored", |hooks| {
        bend!(hooks.provider.delete_sprint, |inner, id, _options| {
            inner.delete_sprint(&id, DeleteOptions::new()).await
        });
    }),
    Bug::new("fresh_version_is_accepted", "every version is stale", |hooks| {
        bend!(hooks.comments.update_comment, |inner, task, id, patch| {
            match patch.if_version {
                Some(_) => Err(Error::new(ErrorKind::VersionConflict, "somebody was faster")),
                None => inner.update_comment(&task, &id, patch).await,
            }
        });
    }),
    Bug::new("each_write_gives_a_version", "updates tell the version before", |hooks| {
        bend!(hooks.provider.update_project, |inner, id, patch| {
            let before = inner.get_project(&id).await?.version;
            let mut project = inner.update_project(&id, patch).await?;
            project.version = before;
            Ok(project)
        });
    }),
    made!("same_key_gives_the_same_item", "keys are ignored", provider.create_task, |new| {
        new.idempotency_key = None;
    }),
    Bug::new("same_key_gives_the_item_as_it_is_now", "answers are remembered", |hooks| {
        let answers: Arc<Mutex<BTreeMap<String, PMTask>>> = Arc::default();
        hooks.provider.create_task = Some(Box::new(move |inner, new| {
            let answers = Arc::clone(&answers);
            Box::pin(async move {
                let key = new.idempotency_key.clone().unwrap_or_default();
                if let Some(answer) = answers.lock().unwrap().get(&key) {
                    return Ok(answer.clone());
                }
                let task = inner.create_task(new).await?;
                answers.lock().unwrap().insert(key, task.clone());
                Ok(task)
            })
        }));
    }),
    made!("other_keys_make_other_items", "keys are cut", provider.create_sprint, |new| {
        new.idempotency_key = new.idempotency_key.map(|key| key.chars().take(3).collect());
    }),
    Bug::new("key_of_a_deleted_item_is_a_conflict", "deleted items come back", |hooks| {
        bend!(hooks.provider.create_task, |inner, new| {
            match inner.create_task(new.clone()).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    let mut again = new;
                    again.idempotency_key = None;
                    inner.create_task(again).await
                }
                other => other,
            }
        });
    }),
    made!("each_kind_has_its_own_keys", "a key of all kinds", provider.create_sprint, |new| {
        if new.idempotency_key.is_some() {
            return Err(Error::new(ErrorKind::Conflict, "the key is taken"));
        }
    }),
    made!("malformed_keys_are_refused", "keys are cut to fit", provider.create_task, |new| {
        new.idempotency_key = new.idempotency_key.map(|key| key.chars().take(255).collect());
    }),
    made!("copies_are_made_once", "keys with a colon are none", provider.create_task, |new| {
        new.idempotency_key = new.idempotency_key.filter(|key| !key.contains(':'));
    }),
    Bug::new("each_write_gives_a_version", "versions never change", |hooks| {
        bend!(hooks.provider.get_task, |inner, id| {
            let mut task = inner.get_task(&id).await?;
            task.version = Some(Version::new("1"));
            Ok(task)
        });
    }),
];
