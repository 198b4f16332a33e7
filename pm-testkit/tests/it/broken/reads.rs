//! Totals, and the comments and relations of whole projects.

use pm_provider::{Cursor, ErrorKind, Page};

use super::{Bug, bend};

/// Changes each page of the comments, or of the relations, of a project.
macro_rules! of_project {
    ($rule:literal, $name:literal, $group:ident.$method:ident, |$page:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.$group.$method, |inner, query, cursor| {
                let mut $page = inner.$method(&query, cursor).await?;
                if query.project.is_some() {
                    $body
                }
                Ok($page)
            });
        })
    };
}

/// Answers what is refused in one way with an empty page.
macro_rules! takes_for_nothing {
    ($rule:literal, $name:literal, $group:ident.$method:ident, $kind:ident) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.$group.$method, |inner, query, cursor| {
                match inner.$method(&query, cursor).await {
                    Err(error) if error.kind() == ErrorKind::$kind => Ok(Page::default()),
                    other => other,
                }
            });
        })
    };
}

pub(super) const BUGS: &[Bug] = &[
    Bug::new("asking_for_a_total_changes_nothing_else", "the total is that of the page", |hooks| {
        bend!(hooks.provider.sprints_page, |inner, query, cursor| {
            let page = inner.sprints_page(&query, cursor).await?;
            let total = query.with_total.then_some(page.items.len() as u64);
            Ok(page.total(total))
        });
    }),
    Bug::new("asking_for_a_total_changes_nothing_else", "the total is that of the project", |hooks| {
        bend!(hooks.provider.tasks_page, |inner, query, cursor| {
            let page = inner.tasks_page(&query, cursor).await?;
            let keyless = query.key.is_none();
            Ok(if keyless { page } else { page.total(Some(5)) })
        });
    }),
    Bug::new("cursors_survive_asking_for_a_total", "asking is a part of the cursor", |hooks| {
        bend!(hooks.provider.tasks_page, |inner, query, cursor| {
            let asked = format!("{:?}", query.with_total);
            let place = cursor.map(|cursor| cursor.open("asked", &asked, &query).map(Cursor::from_text)).transpose()?;
            let page = inner.tasks_page(&query, place).await?;
            let next = page.next.clone().map(|next| Cursor::seal("asked", &asked, &query, next.as_str()));
            Ok(page.next(next))
        });
    }),
    of_project!("comments_of_a_project", "a full page loses its last comment", comments.comments_page, |page| {
        if page.next.is_some() {
            page.items.pop();
        }
    }),
    of_project!("comments_of_a_project", "comments come task by task", comments.comments_page, |page| {
        page.items.sort_by(|one, other| one.task_id.cmp(&other.task_id));
    }),
    takes_for_nothing!(
        "comments_of_an_unknown_project_are_not_found",
        "an unknown project has no comments",
        comments.comments_page,
        NotFound
    ),
    takes_for_nothing!(
        "comments_are_of_a_task_or_project",
        "there are no comments without a task",
        comments.comments_page,
        InvalidInput
    ),
    of_project!("relations_of_a_project", "each end lists its relations", relations.relations_page, |page| {
        page.items.extend(page.items.clone());
    }),
    takes_for_nothing!(
        "relations_of_an_unknown_project_are_not_found",
        "an unknown project has no relations",
        relations.relations_page,
        NotFound
    ),
    takes_for_nothing!(
        "relations_are_of_a_task_or_project",
        "there are no relations without a task",
        relations.relations_page,
        InvalidInput
    ),
    Bug::new("relations_come_by_pages", "all relations come at once", |hooks| {
        bend!(hooks.relations.relations_page, |inner, query, cursor| {
            let mut query = query;
            query.page_size = query.page_size.map(|size| if size == 0 { 0 } else { 100 });
            inner.relations_page(&query, cursor).await
        });
    }),
    Bug::new("cursors_of_other_relations_are_refused", "a strange cursor starts again", |hooks| {
        bend!(hooks.relations.relations_page, |inner, query, cursor| {
            match inner.relations_page(&query, cursor).await {
                Err(error) if error.message().contains("cursor") => inner.relations_page(&query, None).await,
                other => other,
            }
        });
    }),
];
