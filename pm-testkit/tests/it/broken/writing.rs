//! Creates, updates and deletes that do too much, too little, or something else.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use pm_provider::{
    CommentPatch, DeleteOptions, Error, ErrorKind, FieldPatch, NewTask, SetPatch, SprintId, TaskPatch, TaskQuery,
};
use pm_provider::{PmProviderExt, ProjectPatch};

use super::{Bug, bend};

/// Takes a reference out of a new task that is refused, and tries again.
macro_rules! forgiving_create {
    ($rule:literal, $name:literal, $method:ident, |$new:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.provider.$method, |inner, new| {
                match inner.$method(new.clone()).await {
                    Err(error) if error.kind() == ErrorKind::InvalidInput => {
                        let mut $new = new;
                        $body
                        inner.$method($new).await
                    }
                    other => other,
                }
            });
        })
    };
}

/// Takes what is refused out of a patch of a task, and tries again.
macro_rules! forgiving_update {
    ($rule:literal, $name:literal, |$patch:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.provider.update_task, |inner, id, patch| {
                match inner.update_task(&id, patch.clone()).await {
                    Err(error) if error.kind() == ErrorKind::InvalidInput => {
                        let mut $patch = patch;
                        $body
                        inner.update_task(&id, $patch).await
                    }
                    other => other,
                }
            });
        })
    };
}

/// Turns one kind of error into another.
macro_rules! says {
    ($rule:literal, $name:literal, $group:ident.$method:ident($($argument:ident),*) as ($($passed:expr),*), $from:ident => $to:ident) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.$group.$method, |inner, $($argument),*| {
                match inner.$method($($passed),*).await {
                    Err(error) if error.kind() == ErrorKind::$from => Err(Error::new(ErrorKind::$to, "something else")),
                    other => other,
                }
            });
        })
    };
}

pub(super) const BUGS: &[Bug] = &[
    Bug::new("create_returns_what_get_shows", "the answer repeats the question", |hooks| {
        bend!(hooks.provider.create_sprint, |inner, new| {
            let asked = new.name.clone();
            let mut sprint = inner.create_sprint(new).await?;
            sprint.name = asked.to_uppercase();
            Ok(sprint)
        });
    }),
    Bug::new("new_keys_create_and_are_kept", "a key that is said to be new is not kept", |hooks| {
        bend!(hooks.provider.create_task, mut |inner, new| {
            new.idempotency_key = new.idempotency_key.filter(|_| !new.new_key);
            inner.create_task(new).await
        });
    }),
    Bug::new("ids_are_given_once", "every sprint is the first", |hooks| {
        let first: Arc<Mutex<Option<SprintId>>> = Arc::default();
        hooks.provider.create_sprint = Some(Box::new(move |inner, new| {
            let first = Arc::clone(&first);
            Box::pin(async move {
                let mut sprint = inner.create_sprint(new).await?;
                sprint.id = first.lock().unwrap().get_or_insert(sprint.id).clone();
                Ok(sprint)
            })
        }));
    }),
    Bug::new("times_are_told", "nobody knows when sprints changed", |hooks| {
        bend!(hooks.provider.get_sprint, |inner, id| {
            let mut sprint = inner.get_sprint(&id).await?;
            sprint.updated_at = None;
            Ok(sprint)
        });
    }),
    Bug::new("required_text_is_never_empty", "what has no title is untitled", |hooks| {
        bend!(hooks.provider.create_task, mut |inner, new| {
            if new.title.trim().is_empty() { new.title = "untitled".to_owned(); }
            inner.create_task(new).await
        });
    }),
    Bug::new("refused_creates_leave_nothing", "what is refused is made all the same", |hooks| {
        bend!(hooks.provider.create_task, |inner, new| {
            let bare = NewTask::new(&new.project_id, "left behind");
            match inner.create_task(new).await {
                Err(error) => {
                    inner.create_task(bare).await?;
                    Err(error)
                }
                other => other,
            }
        });
    }),
    says!("project_must_be_there", "an unknown project is a bad value", provider.create_sprint(new) as (new), NotFound => InvalidInput),
    says!("get_unknown_is_not_found", "an unknown id is a bad value", provider.get_user(id) as (&id), NotFound => InvalidInput),
    says!("update_unknown_is_not_found", "what is not there is a conflict", provider.update_sprint(id, patch) as (&id, patch), NotFound => Conflict),
    Bug::new("delete_unknown_is_not_found", "deleting nothing succeeds", |hooks| {
        bend!(hooks.provider.delete_project, |inner, id, options| {
            match inner.delete_project(&id, options).await {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                other => other,
            }
        });
    }),
    Bug::new("update_returns_what_get_shows", "updates return what was there before", |hooks| {
        bend!(hooks.provider.update_project, |inner, id, patch| {
            let before = inner.get_project(&id).await?;
            inner.update_project(&id, patch).await?;
            Ok(before)
        });
    }),
    Bug::new("update_changes_named_fields_only", "updates leave a label", |hooks| {
        bend!(hooks.provider.update_task, |inner, id, patch| {
            inner.update_task(&id, patch.add_labels(["touched"])).await
        });
    }),
    Bug::new("update_without_change_writes_nothing", "every update writes", |hooks| {
        bend!(hooks.comments.update_comment, |inner, task, id, patch| {
            let before = inner.get_comment(&task, &id).await?;
            let after = inner.update_comment(&task, &id, patch).await?;
            if after != before {
                return Ok(after);
            }
            inner.update_comment(&task, &id, CommentPatch::new().body("in between")).await?;
            inner.update_comment(&task, &id, CommentPatch::new().body(after.body)).await
        });
    }),
    Bug::new("time_of_change_moves", "the clock runs backwards", |hooks| {
        let reads = Arc::new(AtomicI64::new(0));
        hooks.provider.get_sprint = Some(Box::new(move |inner, id| {
            let back = TimeDelta::seconds(reads.fetch_add(1, Ordering::Relaxed) + 10);
            Box::pin(async move {
                let mut sprint = inner.get_sprint(&id).await?;
                sprint.updated_at = sprint.updated_at.map(|time| time - back);
                Ok(sprint)
            })
        }));
    }),
    Bug::new("refused_patch_changes_nothing", "fields are written one by one", |hooks| {
        bend!(hooks.provider.update_task, mut |inner, id, patch| {
            if let FieldPatch::Set(title) = std::mem::take(&mut patch.title) {
                inner.update_task(&id, TaskPatch::new().title(title)).await?;
            }
            inner.update_task(&id, patch).await
        });
    }),
    forgiving_create!("task_parent_must_be_there", "unknown parents are left out", create_task, |new| {
        new.parent_task_id = None;
    }),
    forgiving_create!("task_sprint_must_be_there", "unknown sprints are left out", create_task, |new| {
        new.sprint_id = None;
    }),
    forgiving_update!("task_assignees_must_be_there", "unknown assignees are left out", |patch| {
        patch.assignees = SetPatch::Keep;
    }),
    forgiving_create!("task_author_must_be_there", "unknown authors are left out", create_task, |new| {
        new.author_id = None;
    }),
    forgiving_create!("project_owner_must_be_there", "unknown owners are left out", create_project, |new| {
        new.owner_id = None;
    }),
    forgiving_update!("no_task_is_its_own_parent", "strange parents are left out", |patch| {
        patch.parent_task_id = FieldPatch::Keep;
    }),
    forgiving_update!("no_circles_of_parents", "strange parents are left out", |patch| {
        patch.parent_task_id = FieldPatch::Keep;
    }),
    forgiving_create!("parents_are_of_the_same_project", "strange parents are left out", create_task, |new| {
        new.parent_task_id = None;
    }),
    forgiving_update!("sprints_are_of_the_same_project", "strange sprints are left out", |patch| {
        patch.sprint_id = FieldPatch::Keep;
    }),
    Bug::new("tasks_stay_in_a_changed_sprint", "a changed sprint loses its tasks", |hooks| {
        bend!(hooks.provider.update_sprint, |inner, id, patch| {
            for task in inner.list_tasks(TaskQuery::new().sprint(&id)).await? {
                inner.update_task(&task.id, TaskPatch::new().clear_sprint_id()).await?;
            }
            inner.update_sprint(&id, patch).await
        });
    }),
    Bug::new("project_keys_are_unique", "a key that is taken is replaced", |hooks| {
        bend!(hooks.provider.create_project, |inner, new| {
            match inner.create_project(new.clone()).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    let mut other = new;
                    other.key = None;
                    inner.create_project(other).await
                }
                other => other,
            }
        });
    }),
    Bug::new("project_keys_are_made_up", "a key is the beginning of the name", |hooks| {
        bend!(hooks.provider.create_project, mut |inner, new| {
            if new.key.is_none() { new.key = Some(new.name.chars().take(3).collect()); }
            inner.create_project(new).await
        });
    }),
    Bug::new("task_keys_are_unique", "keys count what is there", |hooks| {
        bend!(hooks.provider.create_task, |inner, new| {
            let count = inner.list_tasks(TaskQuery::in_project(&new.project_id)).await?.len();
            let mut task = inner.create_task(new).await?;
            task.key = Some(format!("KEY-{}", count + 1));
            Ok(task)
        });
    }),
    forgiving_create!("given_keys_have_the_form_of_their_project", "strange keys are left out", create_task, |new| {
        new.key = None;
    }),
    forgiving_update!("completion_needs_an_end", "the end of an open task is left out", |patch| {
        patch.completed_at = FieldPatch::Keep;
    }),
    forgiving_create!("new_completion_needs_an_end", "the end of a new task is left out", create_task, |new| {
        new.completed_at = None;
    }),
    Bug::new("given_keys_are_kept", "keys are given by nobody else", |hooks| {
        bend!(hooks.provider.create_sprint, mut |inner, new| {
            new.key = None;
            inner.create_sprint(new).await
        });
    }),
    Bug::new("own_keys_go_on_behind_given_ones", "keys that are made count what is there", |hooks| {
        bend!(hooks.provider.create_task, |inner, new| {
            let count = inner.list_tasks(TaskQuery::in_project(&new.project_id)).await?.len();
            let given = new.key.is_some();
            let mut task = inner.create_task(new).await?;
            let counted = task
                .key
                .as_deref()
                .and_then(|key| key.split_once('-'))
                .map(|(stem, _)| format!("{stem}-{}", count + 1));
            task.key = if given { task.key } else { counted };
            Ok(task)
        });
    }),
    Bug::new("gaps_between_keys_can_be_filled", "keys only go up", |hooks| {
        bend!(hooks.provider.create_task, |inner, new| {
            let there = inner.list_tasks(TaskQuery::in_project(&new.project_id)).await?;
            let number = |key: &Option<String>| key.as_ref()?.split_once('-')?.1.parse::<u64>().ok();
            if new.key.is_some() && there.iter().any(|task| number(&task.key) > number(&new.key)) {
                return Err(Error::new(ErrorKind::Conflict, "the number is gone"));
            }
            inner.create_task(new).await
        });
    }),
    Bug::new("given_keys_are_unique", "a key that is taken is replaced", |hooks| {
        bend!(hooks.provider.create_sprint, |inner, new| {
            match inner.create_sprint(new.clone()).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    let mut other = new;
                    other.key = None;
                    inner.create_sprint(other).await
                }
                other => other,
            }
        });
    }),
    Bug::new("idempotency_keys_win_over_given_keys", "a key that is taken is refused first", |hooks| {
        bend!(hooks.provider.create_task, |inner, new| {
            if let Some(key) = &new.key
                && inner.task_by_key(key).await.is_ok()
            {
                return Err(Error::new(ErrorKind::Conflict, "the key is taken"));
            }
            inner.create_task(new).await
        });
    }),
    Bug::new("gone_is_gone", "deleted comments stay", |hooks| {
        bend!(hooks.comments.delete_comment, |inner, task, id, _options| {
            inner.get_comment(&task, &id).await.map(drop)
        });
    }),
    Bug::new("other_tasks_stay", "the next one goes too", |hooks| {
        bend!(hooks.provider.delete_task, |inner, id, options| {
            let task = inner.get_task(&id).await?;
            let tasks = inner.list_tasks(TaskQuery::in_project(&task.project_id)).await?;
            inner.delete_task(&id, options).await?;
            match tasks.iter().find(|other| other.id > id) {
                Some(next) => inner.delete_task(&next.id, DeleteOptions::new()).await,
                None => Ok(()),
            }
        });
    }),
    Bug::new("task_with_children_is_refused", "children always go along", |hooks| {
        bend!(hooks.provider.delete_task, |inner, id, _options| {
            inner.delete_task(&id, DeleteOptions::with_contents()).await
        });
    }),
    Bug::new("task_takes_children_along", "children become orphans", |hooks| {
        bend!(hooks.provider.delete_task, |inner, id, options| {
            for child in inner.list_tasks(TaskQuery::new().parent(&id)).await? {
                inner.update_task(&child.id, TaskPatch::new().clear_parent_task_id()).await?;
            }
            inner.delete_task(&id, options).await
        });
    }),
    Bug::new("project_with_tasks_is_refused", "tasks always go along", |hooks| {
        bend!(hooks.provider.delete_project, |inner, id, _options| {
            inner.delete_project(&id, DeleteOptions::with_contents()).await
        });
    }),
    Bug::new("project_with_sprints_is_refused", "sprints are no contents", |hooks| {
        bend!(hooks.provider.delete_project, |inner, id, options| {
            for sprint in inner.list_sprints(pm_provider::SprintQuery::in_project(&id)).await? {
                inner.delete_sprint(&sprint.id, DeleteOptions::new()).await?;
            }
            inner.delete_project(&id, options).await
        });
    }),
    Bug::new("project_takes_contents_along", "deleted projects are archived", |hooks| {
        bend!(hooks.provider.delete_project, |inner, id, options| {
            if options == DeleteOptions::new() {
                return inner.delete_project(&id, options).await;
            }
            let archived = ProjectPatch::new().status(pm_provider::ProjectStatusCategory::Archived);
            inner.update_project(&id, archived).await.map(drop)
        });
    }),
    Bug::new("empty_project_is_deleted", "projects are deleted with contents only", |hooks| {
        bend!(hooks.provider.delete_project, |inner, id, options| {
            if options == DeleteOptions::new() {
                return Err(Error::new(ErrorKind::Conflict, "say so twice"));
            }
            inner.delete_project(&id, options).await
        });
    }),
    Bug::new("tasks_of_a_deleted_sprint_stay", "a sprint takes its tasks along", |hooks| {
        bend!(hooks.provider.delete_sprint, |inner, id, options| {
            for task in inner.list_tasks(TaskQuery::new().sprint(&id)).await? {
                inner.delete_task(&task.id, DeleteOptions::new()).await?;
            }
            inner.delete_sprint(&id, options).await
        });
    }),
    says!("logins_are_unique", "a login that is taken is a bad value", users.create_user(new) as (new), Conflict => InvalidInput),
    Bug::new("referenced_users_stay", "busy users are made inactive", |hooks| {
        bend!(hooks.users.delete_user, |inner, id| {
            match inner.delete_user(&id).await {
                Err(error) if error.kind() == ErrorKind::Conflict => Ok(()),
                other => other,
            }
        });
    }),
];
