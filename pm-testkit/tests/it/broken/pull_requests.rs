//! Pull requests.

use std::sync::{Arc, Mutex};

use pm_provider::{
    Cursor, Direction, Error, ErrorKind, Freshness, LinkReason, LinkedPullRequest, LinkedPullRequests, Page,
    PullRequest, PullRequestDetails, PullRequestQuery, PullRequestState,
};

use super::{Bug, bend};

/// Changes each page.
macro_rules! listed {
    ($rule:literal, $name:literal, |$query:ident, $page:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.pull_requests.pull_requests_page, |inner, query, cursor| {
                let $query = &query;
                let mut $page = inner.pull_requests_page($query, cursor).await?;
                let _ = $query;
                $body
                Ok($page)
            });
        })
    };
}

/// Changes each query.
macro_rules! asked {
    ($rule:literal, $name:literal, |$query:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.pull_requests.pull_requests_page, mut |inner, query, cursor| {
                let $query: &mut PullRequestQuery = &mut query;
                $body
                inner.pull_requests_page(&query, cursor).await
            });
        })
    };
}

/// Changes what a get shows.
macro_rules! got {
    ($rule:literal, $name:literal, |$details:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.pull_requests.get_pull_request, |inner, project, number, freshness| {
                let mut $details: PullRequestDetails = inner.get_pull_request(&project, number, freshness).await?;
                $body
                Ok($details)
            });
        })
    };
}

/// Changes what is found of a task.
macro_rules! linked {
    ($rule:literal, $name:literal, |$items:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.pull_requests.pull_requests_of_task, |inner, task, freshness| {
                let mut linked: LinkedPullRequests = inner.pull_requests_of_task(&task, freshness).await?;
                let $items: &mut Vec<LinkedPullRequest> = &mut linked.items;
                $body
                Ok(linked)
            });
        })
    };
}

fn nothing() -> PullRequest {
    PullRequest::new("pull_request-000000", 987_654, "nowhere", "made up", PullRequestState::Open)
}

pub(super) const BUGS: &[Bug] = &[
    got!("pull_request_is_opened_as_get_shows_it", "a get loses the description", |details| {
        details.pull_request.description = None;
    }),
    Bug::new("pull_request_is_opened_as_get_shows_it", "drafts are opened as ready", |hooks| {
        bend!(hooks.pull_requests.create_pull_request, mut |inner, new| {
            new.draft = false;
            inner.create_pull_request(new).await
        });
    }),
    listed!("pull_request_is_listed_as_it_is_got", "a listing leaves out who opened them", |query, page| {
        page.items.iter_mut().for_each(|one| one.author_id = None);
    }),
    Bug::new("numbers_of_pull_requests_are_given_once", "each is number 1", |hooks| {
        bend!(hooks.pull_requests.create_pull_request, |inner, new| {
            let mut opened = inner.create_pull_request(new).await?;
            opened.number = 1;
            Ok(opened)
        });
    }),
    asked!("pull_requests_come_in_order", "the newest always come first", |query| {
        query.sort.direction = Direction::Descending;
    }),
    listed!("pull_requests_come_in_order", "pages are sorted by title", |query, page| {
        page.items.sort_by(|one, other| one.title.cmp(&other.title).reverse());
    }),
    asked!("pull_requests_are_filtered", "states are not looked at", |query| {
        query.states.clear();
    }),
    asked!("pull_requests_are_filtered", "drafts are not told apart", |query| {
        query.draft = None;
    }),
    asked!("pull_requests_are_filtered", "the source branch is not looked at", |query| {
        query.source_branch = None;
    }),
    listed!("pull_requests_come_by_pages", "a full page loses its last", |query, page| {
        if page.next.is_some() {
            page.items.pop();
        }
    }),
    Bug::new(
        "cursors_of_other_pull_requests_are_refused",
        "how recent they must be is a part of the cursor",
        |hooks| {
            bend!(hooks.pull_requests.pull_requests_page, |inner, query, cursor| {
                let recent = format!("{:?}", query.freshness);
                let place =
                    cursor.map(|cursor| cursor.open("recent", &recent, &query).map(Cursor::from_text)).transpose()?;
                let page = inner.pull_requests_page(&query, place).await?;
                let next = page.next.clone().map(|next| Cursor::seal("recent", &recent, &query, next.as_str()));
                Ok(page.next(next))
            });
        },
    ),
    Bug::new("unknown_pull_request_is_not_found", "what is remembered is never missing", |hooks| {
        bend!(hooks.pull_requests.get_pull_request, |inner, project, number, freshness| {
            match inner.get_pull_request(&project, number, freshness).await {
                Err(_) if freshness == Freshness::Remembered => Ok(PullRequestDetails::new(nothing())),
                other => other,
            }
        });
    }),
    Bug::new("pull_requests_of_an_unknown_project_are_not_found", "an unknown project has none", |hooks| {
        bend!(hooks.pull_requests.pull_requests_page, |inner, query, cursor| {
            match inner.pull_requests_page(&query, cursor).await {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(Page::default()),
                other => other,
            }
        });
    }),
    Bug::new("pull_requests_of_an_unknown_task_are_not_found", "an unknown task has none", |hooks| {
        bend!(hooks.pull_requests.pull_requests_of_task, |inner, task, freshness| {
            match inner.pull_requests_of_task(&task, freshness).await {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(LinkedPullRequests::default()),
                other => other,
            }
        });
    }),
    Bug::new("pull_request_needs_its_branches", "what goes into no branch goes into the main one", |hooks| {
        bend!(hooks.pull_requests.create_pull_request, mut |inner, new| {
            new.target_branch = None;
            inner.create_pull_request(new).await
        });
    }),
    Bug::new("second_pull_request_of_two_branches_is_conflict", "the first comes again", |hooks| {
        bend!(hooks.pull_requests.create_pull_request, |inner, new| {
            let query = PullRequestQuery::in_project(&new.project_id).source_branch(&new.source_branch);
            match inner.create_pull_request(new).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    let first = inner.pull_requests_page(&query, None).await?.items.pop();
                    first.ok_or(error)
                }
                other => other,
            }
        });
    }),
    linked!("pull_requests_of_a_task_say_why", "branches are not looked at", |items| {
        items.retain(|one| one.reasons != [LinkReason::BranchName]);
    }),
    linked!("pull_request_of_a_task_comes_once", "it comes once for each reason", |items| {
        let each = items.iter().flat_map(|one| {
            one.reasons.iter().map(|reason| LinkedPullRequest::new(one.pull_request.clone(), [*reason]))
        });
        *items = each.collect();
    }),
    linked!("pull_request_of_a_task_comes_once", "the first reason is enough", |items| {
        items.iter_mut().for_each(|one| one.reasons.truncate(1));
    }),
    Bug::new("pull_requests_of_other_tasks_are_left_out", "whatever begins with the key is the task's", |hooks| {
        let opened: Arc<Mutex<Vec<PullRequest>>> = Arc::default();
        let seen = Arc::clone(&opened);
        hooks.pull_requests.create_pull_request = Some(Box::new(move |inner, new| {
            let opened = Arc::clone(&opened);
            Box::pin(async move {
                let one = inner.create_pull_request(new).await?;
                opened.lock().unwrap().push(one.clone());
                Ok(one)
            })
        }));
        hooks.pull_requests.pull_requests_of_task = Some(Box::new(move |inner, task, freshness| {
            let alike = seen.lock().unwrap().clone().into_iter().filter(|one| one.title.contains("99"));
            let alike: Vec<_> = alike.map(|one| LinkedPullRequest::new(one, [LinkReason::Title])).collect();
            Box::pin(async move {
                let mut linked = inner.pull_requests_of_task(&task, freshness).await?;
                linked.items.extend(alike);
                Ok(linked)
            })
        }));
    }),
    Bug::new("opening_is_refused_read_only", "it is opened before anybody awaits it", |hooks| {
        hooks.eager_pull_requests = true;
    }),
    Bug::new("opened_pull_requests_are_seen_at_once", "what is remembered stays as it is", |hooks| {
        let remembered: Arc<Mutex<Option<Page<PullRequest>>>> = Arc::default();
        hooks.pull_requests.pull_requests_page = Some(Box::new(move |inner, query, cursor| {
            let remembered = Arc::clone(&remembered);
            Box::pin(async move {
                let kept = remembered.lock().unwrap().clone().filter(|_| !query.freshness.is_fresh());
                if let Some(page) = kept {
                    return Ok(page);
                }
                let page = inner.pull_requests_page(&query, cursor).await?;
                *remembered.lock().unwrap() = Some(page.clone());
                Ok(page)
            })
        }));
    }),
    Bug::new("errors_of_pull_requests_name_both_too", "an error of a task's says nothing of where", |hooks| {
        bend!(hooks.pull_requests.pull_requests_of_task, |inner, task, freshness| {
            let answer = inner.pull_requests_of_task(&task, freshness).await;
            answer.map_err(|error| Error::new(error.kind(), error.message()))
        });
    }),
];
