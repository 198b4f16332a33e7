//! Listings that lose, double or hide things, and filters that do something else.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use pm_provider::{
    Cursor, Error, ErrorKind, Match, PMTask, Page, PmProvider, PmProviderExt, Result, Sort, StatusCategory, TaskQuery,
};

use super::{Bug, bend};

/// Changes every query of a listing.
macro_rules! asked {
    ($rule:literal, $name:literal, $method:ident, |$query:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.provider.$method, |inner, query, cursor| {
                let mut $query = query;
                $body
                inner.$method(&$query, cursor).await
            });
        })
    };
}

/// Changes every page of a listing.
macro_rules! paged {
    ($rule:literal, $name:literal, $method:ident, |$query:ident, $cursor:ident, $page:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.provider.$method, |inner, query, cursor| {
                let ($query, $cursor) = (&query, &cursor);
                let mut $page = inner.$method($query, $cursor.clone()).await?;
                let _ = $cursor;
                $body
                Ok($page)
            });
        })
    };
}

/// Changes every page of comments.
macro_rules! commented {
    ($rule:literal, $name:literal, |$page:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.comments.comments_page, |inner, query, cursor| {
                let mut $page = inner.comments_page(&query, cursor).await?;
                $body
                Ok($page)
            });
        })
    };
}

/// A pager that counts what it has shown: wrong as soon as something comes or goes.
async fn by_offset(inner: Arc<dyn PmProvider>, query: TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>> {
    let Some(size) = query.page_size.filter(|size| *size > 0) else { return inner.tasks_page(&query, cursor).await };
    let place = cursor.map(|cursor| cursor.open("memory", "offset", &query).map(str::to_owned)).transpose()?;
    let offset: usize = place.map_or(Ok(0), |place| place.parse()).map_err(|_| Cursor::malformed())?;
    let mut all = query.clone();
    all.page_size = None;
    let tasks = inner.list_tasks(all).await?;
    let (size, count) = (size as usize, tasks.len());
    let items: Vec<_> = tasks.into_iter().skip(offset).take(size).collect();
    let end = offset + items.len();
    let next = (end < count).then(|| Cursor::seal("memory", "offset", &query, &end.to_string()));
    Ok(Page::new(items).next(next))
}

/// Shows the first page to whoever comes with a cursor that is refused.
macro_rules! starts_again {
    ($rule:literal, $name:literal, $method:ident) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.provider.$method, |inner, query, cursor| {
                match inner.$method(&query, cursor).await {
                    Err(error) if error.message().contains("cursor") => inner.$method(&query, None).await,
                    other => other,
                }
            });
        })
    };
}

pub(super) const BUGS: &[Bug] = &[
    paged!("task_is_listed_as_it_is_got", "listings have no descriptions", tasks_page, |_query, _cursor, page| {
        for task in &mut page.items {
            task.description = None;
        }
    }),
    paged!("pages_show_each_once", "the last item of a full page is lost", tasks_page, |query, _cursor, page| {
        if query.page_size == Some(2) && page.next.is_some() {
            page.items.pop();
        }
    }),
    asked!("pages_are_not_too_large", "pages hold one more to see whether there is more", sprints_page, |query| {
        query.page_size = query.page_size.map(|size| if size == 0 { 0 } else { size.saturating_add(1) });
    }),
    asked!("page_size_0_is_refused", "a page size of 0 is the default", projects_page, |query| {
        if query.page_size == Some(0) {
            query.page_size = None;
        }
    }),
    paged!("totals_are_right", "the total is that of the page", tasks_page, |_query, _cursor, page| {
        page.total = Some(page.items.len() as u64);
    }),
    commented!("empty_listings_end", "no comments are an error", |page| {
        if page.items.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, "there are no comments"));
        }
    }),
    Bug::new("pages_while_items_are_made", "pages are counted from the beginning", |hooks| {
        bend!(hooks.provider.tasks_page, |inner, query, cursor| { by_offset(inner, query, cursor).await });
    }),
    Bug::new("pages_while_items_are_deleted", "pages are counted from the beginning", |hooks| {
        bend!(hooks.provider.tasks_page, |inner, query, cursor| { by_offset(inner, query, cursor).await });
    }),
    paged!(
        "pages_ahead_are_those_that_follow",
        "the page ahead is the next one",
        tasks_page,
        |_query, _cursor, page| {
            page.ahead.extend(page.next.clone());
        }
    ),
    Bug::new("cursors_survive_json", "a cursor can be used once", |hooks| {
        let used: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        hooks.provider.sprints_page = Some(Box::new(move |inner, query, cursor| {
            let fresh = cursor.as_ref().is_none_or(|cursor| used.lock().unwrap().insert(cursor.as_str().to_owned()));
            Box::pin(
                async move { if fresh { inner.sprints_page(&query, cursor).await } else { Err(Cursor::malformed()) } },
            )
        }));
    }),
    Bug::new("cursors_survive_another_page_size", "the page size is a part of the cursor", |hooks| {
        bend!(hooks.provider.tasks_page, |inner, query, cursor| {
            let sized = format!("{:?}", query.page_size);
            let place = cursor.map(|cursor| cursor.open("sized", &sized, &query).map(Cursor::from_text)).transpose()?;
            let page = inner.tasks_page(&query, place).await?;
            let next = page.next.clone().map(|next| Cursor::seal("sized", &sized, &query, next.as_str()));
            Ok(page.next(next))
        });
    }),
    starts_again!("cursors_of_another_query_are_refused", "a strange cursor starts again", tasks_page),
    starts_again!("cursors_of_another_order_are_refused", "a strange cursor starts again", tasks_page),
    starts_again!("cursors_of_another_listing_are_refused", "a strange cursor starts again", sprints_page),
    starts_again!("garbage_is_no_cursor", "garbage starts again", tasks_page),
    asked!("created_then_id_by_default", "the newest come first", tasks_page, |query| {
        if query.sort == Sort::default() {
            query.sort = Sort::descending(pm_provider::SortField::CreatedAt);
        }
    }),
    asked!("created_descending", "the direction is ignored", tasks_page, |query| {
        query.sort = Sort::ascending(query.sort.by);
    }),
    asked!("updated_in_both_directions", "the order is ignored", tasks_page, |query| {
        query.sort = Sort::default();
    }),
    asked!("tasks_by_project", "the project is ignored", tasks_page, |query| {
        query.project = None;
    }),
    asked!("tasks_by_sprint", "no sprint is any sprint", tasks_page, |query| {
        if query.sprint == Match::Unset {
            query.sprint = Match::Any;
        }
    }),
    paged!("tasks_by_assignee", "only main assignees are found", tasks_page, |query, _cursor, page| {
        if let Match::Is(user) = &query.assignee {
            page.items.retain(|task| task.assignee_id() == Some(user));
        }
    }),
    asked!("tasks_by_parent", "no parent is any parent", tasks_page, |query| {
        if query.parent == Match::Unset {
            query.parent = Match::Any;
        }
    }),
    asked!("tasks_by_status", "only the first status counts", tasks_page, |query| {
        query.statuses.truncate(1);
    }),
    asked!("tasks_by_labels", "any of the labels will do", tasks_page, |query| {
        query.labels.truncate(1);
    }),
    paged!("tasks_by_text", "descriptions are not searched", tasks_page, |query, _cursor, page| {
        let text = query.text.clone().unwrap_or_default().to_lowercase();
        page.items.retain(|task| task.title.to_lowercase().contains(&text));
    }),
    paged!("tasks_by_text_in_any_case", "only ASCII has cases", tasks_page, |query, _cursor, page| {
        let text = query.text.clone().unwrap_or_default().to_ascii_lowercase();
        page.items.retain(|task| task.title.to_ascii_lowercase().contains(&text));
    }),
    asked!("tasks_by_text_without_wildcards", "% stands for anything", tasks_page, |query| {
        query.text = query.text.clone().map(|text| text.replace('%', ""));
    }),
    asked!("tasks_by_time_of_change", "since means after", tasks_page, |query| {
        query.updated_since = query.updated_since.map(|time| time + TimeDelta::microseconds(1));
    }),
    asked!("task_filters_combine", "labels win over status", tasks_page, |query| {
        if !query.labels.is_empty() {
            query.statuses.clear();
        }
    }),
    asked!("nothing_is_hidden_without_filters", "closed tasks are hidden", tasks_page, |query| {
        if query.statuses.is_empty() {
            query.statuses = StatusCategory::OPEN.to_vec();
        }
    }),
    paged!("closed_projects_are_listed", "archived projects are hidden", projects_page, |query, _cursor, page| {
        if query.statuses.is_empty() {
            page.items.retain(|project| project.status.name != "Archived");
        }
    }),
    asked!("projects_by_each_filter", "the text is ignored", projects_page, |query| {
        query.text = None;
    }),
    asked!("sprints_by_each_filter", "the time of change is ignored", sprints_page, |query| {
        query.updated_since = None;
    }),
    asked!("nul_is_refused_in_filters", "NUL is left out", tasks_page, |query| {
        query.text = query.text.clone().map(|text| text.replace('\0', ""));
    }),
    paged!("project_by_key", "keys have a case", projects_page, |query, _cursor, page| {
        page.items.retain(|project| query.key.is_none() || project.key == query.key);
    }),
    asked!("task_by_key", "keys are ignored", tasks_page, |query| {
        query.key = None;
    }),
    paged!("sprint_by_key", "keys have a case", sprints_page, |query, _cursor, page| {
        page.items.retain(|sprint| query.key.is_none() || sprint.key == query.key);
    }),
    paged!("users_are_listed_as_they_are_got", "listings have no addresses", users_page, |_query, _cursor, page| {
        for user in &mut page.items {
            user.email = None;
        }
    }),
    paged!("users_by_login", "logins have a case", users_page, |query, _cursor, page| {
        page.items.retain(|user| query.login.is_none() || user.login == query.login);
    }),
    asked!("users_by_email", "the address is ignored", users_page, |query| {
        query.email = None;
    }),
    paged!("users_by_text", "logins are not searched", users_page, |query, _cursor, page| {
        let text = query.text.clone().unwrap_or_default().to_lowercase();
        page.items.retain(|user| user.name.to_lowercase().contains(&text));
    }),
    paged!("inactive_users_are_listed", "inactive users are hidden", users_page, |_query, _cursor, page| {
        page.items.retain(|user| user.active);
    }),
    commented!("comments_come_in_order", "the newest come first", |page| {
        page.items.reverse();
    }),
    Bug::new("comments_are_of_one_task", "comments of other tasks too", |hooks| {
        let stray: Arc<Mutex<Vec<pm_provider::Comment>>> = Arc::default();
        let seen = Arc::clone(&stray);
        hooks.comments.create_comment = Some(Box::new(move |inner, new| {
            let seen = Arc::clone(&seen);
            Box::pin(async move {
                let comment = inner.create_comment(new).await?;
                seen.lock().unwrap().push(comment.clone());
                Ok(comment)
            })
        }));
        hooks.comments.comments_page = Some(Box::new(move |_, _, _| {
            let all = stray.lock().unwrap().clone();
            Box::pin(async move { Ok(Page::new(all)) })
        }));
    }),
];
