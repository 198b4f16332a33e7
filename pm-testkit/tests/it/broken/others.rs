//! Capabilities, comments, relations, batches, the change feed, sync support, errors.

use std::sync::{Arc, Mutex};

use pm_provider::{
    Ability, ChangeFacts, ChangeKind, ChangeQuery, CommentId, Entity, EntityCapabilities, Error, ErrorKind, Existence,
    Field, Filter, Health, Item, ItemRef, NewRelation, Operation, Page, ProjectPatch, Relation, RelationKind,
    RelationQuery, Retry, TaskPatch,
};

use super::bent::Hooks;
use super::{Bug, bend, capabilities};

/// Says something else about a kind of item.
fn claim(hooks: &mut Hooks, entity: Entity, change: impl Fn(&mut EntityCapabilities)) {
    let mut claimed = capabilities();
    change(claimed.entities.entry(entity).or_default());
    hooks.capabilities = vec![claimed];
}

/// Changes each page of the change feed.
macro_rules! told {
    ($rule:literal, $name:literal, |$query:ident, $page:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.changes.changes_page, |inner, query, cursor| {
                let $query = &query;
                let mut $page = inner.changes_page($query, cursor).await?;
                let _ = $query;
                $body
                Ok($page)
            });
        })
    };
}

/// Changes each query of the change feed.
macro_rules! feed_asked {
    ($rule:literal, $name:literal, |$query:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            fn change($query: &mut ChangeQuery) $body
            bend!(hooks.changes.changes_page, mut |inner, query, cursor| {
                change(&mut query);
                inner.changes_page(&query, cursor).await
            });
            bend!(hooks.changes.latest, mut |inner, query| {
                change(&mut query);
                inner.latest(&query).await
            });
        })
    };
}

/// Changes what a batch is given.
macro_rules! batched {
    ($rule:literal, $name:literal, |$operations:ident, $options:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.batch.apply_batch, mut |inner, $operations, $options| {
                $body
                inner.apply_batch($operations, $options).await
            });
        })
    };
}

fn is_gone(change: &pm_provider::Change) -> bool {
    matches!(change.kind, ChangeKind::Deleted(_))
}

pub(super) const BUGS: &[Bug] = &[
    Bug::new("name_is_that_of_the_capabilities", "two names", |hooks| {
        hooks.name = Some("other".to_owned());
    }),
    Bug::new("accessors_agree_with_capabilities", "an ability that is not given out", |hooks| {
        hooks.hidden.insert(Ability::Relations);
    }),
    Bug::new("health_check_says_who_we_are", "a backend without a name", |hooks| {
        bend!(hooks.provider.health_check, |_inner| { Ok(Health::new("")) });
    }),
    Bug::new("capabilities_are_data", "capabilities come and go", |hooks| {
        hooks.capabilities = vec![capabilities(), capabilities().atomic_batch(false)];
    }),
    Bug::new("missing_operations_are_unsupported", "sprints can be deleted in secret", |hooks| {
        claim(hooks, Entity::Sprint, |sprint| {
            sprint.operations.remove(&Operation::Delete);
        });
    }),
    Bug::new("missing_filters_are_unsupported", "a filter in secret", |hooks| {
        claim(hooks, Entity::Task, |task| {
            task.filters.remove(&Filter::Labels);
        });
    }),
    Bug::new("missing_fields_are_unsupported", "a field in secret", |hooks| {
        claim(hooks, Entity::Task, |task| {
            task.fields.remove(&Field::DueDate);
        });
    }),
    Bug::new("comments_are_not_found_in_another_task", "comments are found by their id alone", |hooks| {
        let tasks: Arc<Mutex<Vec<(CommentId, pm_provider::TaskId)>>> = Arc::default();
        let known = Arc::clone(&tasks);
        hooks.comments.create_comment = Some(Box::new(move |inner, new| {
            let known = Arc::clone(&known);
            Box::pin(async move {
                let comment = inner.create_comment(new).await?;
                known.lock().unwrap().push((comment.id.clone(), comment.task_id.clone()));
                Ok(comment)
            })
        }));
        hooks.comments.get_comment = Some(Box::new(move |inner, task, id| {
            let real = tasks.lock().unwrap().iter().find(|(known, _)| *known == id).map(|(_, task)| task.clone());
            Box::pin(async move { inner.get_comment(&real.unwrap_or(task), &id).await })
        }));
    }),
    Bug::new("comments_need_their_task", "an unknown task has no comments", |hooks| {
        bend!(hooks.comments.comments_page, |inner, query, cursor| {
            inner.comments_page(&query, cursor).await.or_else(|_| Ok(Page::default()))
        });
    }),
    Bug::new("comments_of_authors_without_account", "authors without account are nobody", |hooks| {
        bend!(hooks.comments.create_comment, mut |inner, new| {
            new.author_name = None;
            inner.create_comment(new).await
        });
    }),
    Bug::new("comments_go_with_their_task", "a deleted task has no comments", |hooks| {
        bend!(hooks.comments.comments_page, |inner, query, cursor| {
            inner.comments_page(&query, cursor).await.or_else(|_| Ok(Page::default()))
        });
    }),
    Bug::new("relations_are_listed_at_both_tasks", "relations are listed where they begin", |hooks| {
        bend!(hooks.relations.relations_page, |inner, query, cursor| {
            let mut page = inner.relations_page(&query, cursor).await?;
            page.items.retain(|relation| query.task.as_ref().is_none_or(|task| relation.from == *task));
            Ok(page)
        });
    }),
    Bug::new("relations_are_made_once", "relating again is a conflict", |hooks| {
        bend!(hooks.relations.create_relation, |inner, new| {
            let there = inner.relations_page(&RelationQuery::of_task(&new.from), None).await?.items;
            match there.iter().any(|there| (there.kind, &there.from, &there.to) == (new.kind, &new.from, &new.to)) {
                true => Err(Error::new(ErrorKind::Conflict, "it is there")),
                false => inner.create_relation(new).await,
            }
        });
    }),
    Bug::new("relations_need_two_tasks", "a task relates to itself", |hooks| {
        bend!(hooks.relations.create_relation, |inner, new| {
            let NewRelation { from, to, .. } = &new;
            if from == to {
                return Ok(Relation::new("self", RelationKind::Relates, from, to));
            }
            inner.create_relation(new).await
        });
    }),
    Bug::new("relations_are_deleted", "all relations of the kind go", |hooks| {
        bend!(hooks.relations.delete_relation, |inner, task, id| {
            let query = RelationQuery::of_task(&task);
            for relation in inner.relations_page(&query, None).await?.items {
                inner.delete_relation(&task, &relation.id).await?;
            }
            inner.relations_page(&query, None).await.map(drop).map_err(|error| error.subject(id.as_str()))
        });
    }),
    Bug::new("relations_go_with_their_task", "an unknown task has no relations", |hooks| {
        bend!(hooks.relations.relations_page, |inner, query, cursor| {
            inner.relations_page(&query, cursor).await.or_else(|_| Ok(Page::default()))
        });
    }),
    Bug::new("batch_results_come_in_order", "the last result comes first", |hooks| {
        bend!(hooks.batch.apply_batch, |inner, operations, options| {
            let mut results = inner.apply_batch(operations, options).await?;
            results.reverse();
            Ok(results)
        });
    }),
    batched!("batch_items_fail_alone", "batches are always atomic", |operations, options| {
        options = options.atomic(!operations.is_empty());
    }),
    batched!("batch_goes_in_sequence", "the last operation comes first", |operations, options| {
        operations.reverse();
    }),
    batched!("batch_writes_other_kinds", "batches are for tasks", |operations, options| {
        if operations.iter().any(|operation| operation.entity() != Entity::Task) {
            return Err(Error::unsupported("batches are for tasks"));
        }
    }),
    batched!("atomic_batch_is_all_or_nothing", "atomic is ignored", |operations, options| {
        options = options.atomic(false);
    }),
    batched!("atomic_batch_succeeds", "an atomic batch forgets its last operation", |operations, options| {
        if options.atomic {
            operations.pop();
        }
    }),
    batched!("empty_batch_does_nothing", "an empty batch is an error", |operations, options| {
        if operations.is_empty() {
            return Err(Error::invalid_input("there is nothing to do"));
        }
    }),
    batched!("too_large_batch_is_unsupported", "what is too much is left out", |operations, options| {
        operations.truncate(1_000);
    }),
    batched!("idempotency_keys_hold_in_batches", "batches know no keys", |operations, options| {
        for operation in &mut operations {
            if let pm_provider::BatchOperation::CreateTask(new) = operation {
                new.idempotency_key = None;
            }
        }
    }),
    told!("feed_is_in_order", "the newest changes come first", |_query, page| {
        page.items.reverse();
    }),
    told!("feed_shows_items_as_they_are", "the feed remembers", |_query, page| {
        for change in &mut page.items {
            if let ChangeKind::Written(Item::Task(task)) = &mut change.kind {
                task.title = "before".to_owned();
            }
        }
    }),
    told!("feed_tells_deletions", "deletions are not told", |_query, page| {
        page.items.retain(|change| !is_gone(change));
    }),
    told!("feed_tells_deletions_of_contents", "one deletion is enough", |_query, page| {
        let first = page.items.iter().position(is_gone);
        let mut index = 0;
        page.items.retain(|change| {
            index += 1;
            !is_gone(change) || Some(index - 1) == first
        });
    }),
    told!("feed_tells_tasks_of_a_deleted_sprint", "tasks in no sprint are not told", |_query, page| {
        page.items.retain(|change| match &change.kind {
            ChangeKind::Written(Item::Task(task)) => task.sprint_id.is_some(),
            _ => true,
        });
    }),
    Bug::new("feed_tells_no_news_of_no_change", "every update is news", |hooks| {
        bend!(hooks.provider.update_task, |inner, id, patch| {
            let task = inner.get_task(&id).await?;
            inner.update_task(&id, TaskPatch::new().title("in between")).await?;
            inner.update_task(&id, TaskPatch::new().title(task.title)).await?;
            inner.update_task(&id, patch).await
        });
    }),
    Bug::new("feed_cursors_resume", "the end leads to the beginning", |hooks| {
        bend!(hooks.changes.changes_page, |inner, query, cursor| {
            let start = cursor.clone();
            let mut page = inner.changes_page(&query, cursor).await?;
            if let (false, Some(start)) = (page.more, start) {
                page.next = start;
            }
            Ok(page)
        });
    }),
    Bug::new("feed_latest_shows_only_what_is_new", "the latest is the first", |hooks| {
        bend!(hooks.changes.latest, |inner, query| {
            let mut query = query;
            query.page_size = Some(1);
            Ok(inner.changes_page(&query, None).await?.next)
        });
    }),
    feed_asked!("feed_by_project", "the project is ignored", |query| {
        query.project = None;
    }),
    feed_asked!("feed_by_kind", "the kinds are ignored", |query| {
        query.entities.clear();
    }),
    told!("feed_page_sizes_tell_the_same", "a full page loses its last change", |query, page| {
        if query.page_size == Some(2) {
            page.items.truncate(1);
        }
    }),
    Bug::new("feed_cursors_belong_to_their_query", "a strange cursor starts again", |hooks| {
        bend!(hooks.changes.changes_page, |inner, query, cursor| {
            match inner.changes_page(&query, cursor).await {
                Err(error) if error.kind() == ErrorKind::InvalidInput => inner.changes_page(&query, None).await,
                other => other,
            }
        });
    }),
    told!("feed_tells_comments", "comments are told as deleted", |_query, page| {
        for change in &mut page.items {
            if let ItemRef::Comment(..) = change.reference() {
                change.kind = ChangeKind::Deleted(change.reference());
            }
        }
    }),
    Bug::new("feed_facts_are_kept", "a feed of what nobody lists", |hooks| {
        claim(hooks, Entity::Relation, |relation| relation.operations.clear());
        hooks.facts = Some(ChangeFacts::exact([Entity::Task, Entity::Relation]));
    }),
    told!("feed_loses_nothing_under_writers", "one change of a page is lost", |query, page| {
        if query.page_size == Some(3) && page.items.len() == 3 {
            page.items.remove(1);
        }
    }),
    Bug::new("get_many_leaves_out_what_is_missing", "one that is missing spoils all", |hooks| {
        bend!(hooks.sync.get_many, |inner, items| {
            let found = inner.get_many(&items).await?;
            if found.len() < items.len() { Err(Error::not_found("item", "one of them")) } else { Ok(found) }
        });
    }),
    Bug::new("exists_tells_present_from_absent", "everything is present", |hooks| {
        bend!(hooks.sync.exists, |_inner, items| { Ok(vec![Existence::Present; items.len()]) });
    }),
    Bug::new("marker_finds_what_was_created", "markers are for tasks", |hooks| {
        bend!(hooks.sync.find_by_marker, |inner, query| {
            if query.entity == Entity::Task { inner.find_by_marker(&query).await } else { Ok(Vec::new()) }
        });
    }),
    Bug::new("markers_are_answered_in_order", "markers come as they were made", |hooks| {
        bend!(hooks.sync.find_by_marker, |inner, query| {
            let mut found = inner.find_by_marker(&query).await?;
            found.sort_by(|one, other| one.id.cmp(&other.id));
            Ok(found)
        });
    }),
    Bug::new("markers_of_deleted_items_lead_to_none", "markers remember the item", |hooks| {
        let seen: Arc<Mutex<Vec<pm_provider::PMTask>>> = Arc::default();
        let known = Arc::clone(&seen);
        hooks.provider.create_task = Some(Box::new(move |inner, new| {
            let known = Arc::clone(&known);
            Box::pin(async move {
                let task = inner.create_task(new).await?;
                known.lock().unwrap().push(task.clone());
                Ok(task)
            })
        }));
        hooks.sync.find_by_marker = Some(Box::new(move |inner, query| {
            let seen = seen.lock().unwrap().clone();
            Box::pin(async move {
                let mut found = inner.find_by_marker(&query).await?;
                for marked in found.iter_mut().filter(|marked| marked.item.is_none()) {
                    marked.item = seen.iter().find(|task| task.id.as_str() == marked.id).cloned().map(Item::from);
                }
                Ok(found)
            })
        }));
    }),
    Bug::new("preview_of_a_task_comes_true", "the preview repeats the patch", |hooks| {
        bend!(hooks.sync.preview_task, |_inner, _project, patch| { Ok(patch) });
    }),
    Bug::new("completion_is_foretold", "the preview repeats the time", |hooks| {
        bend!(hooks.sync.preview_task, |inner, project, patch| {
            let given = patch.completed_at.clone();
            let mut preview = inner.preview_task(&project, patch).await?;
            preview.completed_at = given;
            Ok(preview)
        });
    }),
    Bug::new("preview_of_projects_and_sprints_comes_true", "the preview guesses the status", |hooks| {
        bend!(hooks.sync.preview_project, |_inner, _project, patch| {
            let patch: ProjectPatch = patch;
            Ok(patch.status(pm_provider::ProjectStatusCategory::Planned))
        });
    }),
    Bug::new("preview_refuses_what_a_write_refuses", "the preview takes anything", |hooks| {
        bend!(hooks.sync.preview_task, |inner, project, patch| {
            inner.preview_task(&project, patch.clone()).await.or(Ok(patch))
        });
    }),
    Bug::new("errors_name_provider_and_operation", "errors come from nowhere", |hooks| {
        bend!(hooks.provider.get_sprint, |inner, id| {
            inner.get_sprint(&id).await.map_err(|error| Error::new(error.kind(), error.message()))
        });
    }),
    Bug::new("errors_of_comments_name_both_too", "errors of comments come from nowhere", |hooks| {
        bend!(hooks.comments.get_comment, |inner, task, id| {
            inner.get_comment(&task, &id).await.map_err(|error| Error::new(error.kind(), error.message()))
        });
    }),
    Bug::new("hopeless_calls_are_not_to_be_retried", "everything may be tried again", |hooks| {
        bend!(hooks.provider.get_task, |inner, id| {
            inner.get_task(&id).await.map_err(|error| error.with_retry(Retry::Now))
        });
    }),
];
