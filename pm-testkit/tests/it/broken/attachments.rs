//! Attachments.

use std::sync::{Arc, Mutex};

use pm_provider::{Attachment, AttachmentContent, Cursor, Error, ErrorKind, Page};

use super::{Bug, bend};

/// Changes each page.
macro_rules! listed {
    ($rule:literal, $name:literal, |$page:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.attachments.attachments_page, |inner, query, cursor| {
                let mut $page: Page<Attachment> = inner.attachments_page(&query, cursor).await?;
                $body
                Ok($page)
            });
        })
    };
}

/// Changes what comes of a file.
macro_rules! read {
    ($rule:literal, $name:literal, |$bytes:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.attachments.download_attachment, |inner, task, id| {
                let content = inner.download_attachment(&task, &id).await?;
                let name = content.name.clone();
                let mut $bytes: Vec<u8> = content.into_bytes(u64::MAX).await?;
                $body
                let chunks: Vec<_> = $bytes.chunks(1000).map(|chunk| Ok(chunk.to_vec())).collect();
                Ok(AttachmentContent::new(name, futures_util::stream::iter(chunks)))
            });
        })
    };
}

pub(super) const BUGS: &[Bug] = &[
    listed!("attachments_are_listed_as_they_were_put", "the size is that of the name", |page| {
        page.items.iter_mut().for_each(|one| one.size = Some(one.name.len() as u64 + 1));
    }),
    listed!("attachments_are_listed_as_they_were_put", "everything is a stream of octets", |page| {
        page.items.iter_mut().for_each(|one| one.content_type = Some("application/octet-stream".to_owned()));
    }),
    listed!("attachments_are_listed_as_they_were_put", "nobody attached it", |page| {
        for one in &mut page.items {
            (one.author_id, one.author_name) = (None, None);
        }
    }),
    listed!("attachments_come_by_pages", "they come by name", |page| {
        page.items.sort_by(|one, other| one.name.cmp(&other.name));
    }),
    listed!("attachments_come_by_pages", "a full page loses its last", |page| {
        if page.next.is_some() {
            page.items.pop();
        }
    }),
    Bug::new("attachments_come_by_pages", "the page size is not looked at", |hooks| {
        bend!(hooks.attachments.attachments_page, mut |inner, query, cursor| {
            query.page_size = None;
            inner.attachments_page(&query, cursor).await
        });
    }),
    Bug::new("no_attachments_are_an_empty_list", "a task without any has no list", |hooks| {
        bend!(hooks.attachments.attachments_page, |inner, query, cursor| {
            let page = inner.attachments_page(&query, cursor).await?;
            if page.items.is_empty() {
                return Err(Error::not_found("attachment of task", &query.task));
            }
            Ok(page)
        });
    }),
    listed!("attachments_of_one_name_are_two", "the last of a name stands for all", |page| {
        page.items.reverse();
        page.items.dedup_by(|one, other| one.name == other.name);
    }),
    Bug::new("attachments_of_one_name_are_two", "a file is found by its name", |hooks| {
        bend!(hooks.attachments.download_attachment, |inner, task, id| {
            let query = pm_provider::AttachmentQuery::of_task(&task);
            let listed = inner.attachments_page(&query, None).await?.items;
            let name = listed.iter().find(|one| one.id == id).map(|one| one.name.clone());
            let first = listed.iter().find(|one| Some(&one.name) == name.as_ref()).map(|one| one.id.clone());
            inner.download_attachment(&task, &first.unwrap_or(id)).await
        });
    }),
    Bug::new("attachments_of_other_tasks_are_left_out", "what was listed before comes again", |hooks| {
        let seen: Arc<Mutex<Vec<Attachment>>> = Arc::default();
        hooks.attachments.attachments_page = Some(Box::new(move |inner, query, cursor| {
            let seen = Arc::clone(&seen);
            Box::pin(async move {
                let mut page = inner.attachments_page(&query, cursor).await?;
                let mut seen = seen.lock().unwrap();
                let new: Vec<_> = page.items.into_iter().filter(|one| !seen.contains(one)).collect();
                seen.extend(new);
                page.items = seen.clone();
                Ok(page)
            })
        }));
    }),
    read!("attachments_are_downloaded_byte_for_byte", "it is read as a text", |bytes| {
        bytes = String::from_utf8_lossy(&bytes).into_owned().into_bytes();
    }),
    read!("attachments_are_downloaded_byte_for_byte", "the last chunk is lost", |bytes| {
        bytes.truncate(bytes.len() / 1000 * 1000 - 1000);
    }),
    Bug::new("attachments_are_downloaded_byte_for_byte", "it is held as a whole", |hooks| {
        bend!(hooks.attachments.download_attachment, |inner, task, id| {
            let content = inner.download_attachment(&task, &id).await?;
            let name = content.name.clone();
            Ok(AttachmentContent::of_bytes(name, content.into_bytes(u64::MAX).await?))
        });
    }),
    Bug::new("attachments_are_downloaded_byte_for_byte", "it is named by its id", |hooks| {
        bend!(hooks.attachments.download_attachment, |inner, task, id| {
            let mut content = inner.download_attachment(&task, &id).await?;
            content.name = id.to_string();
            Ok(content)
        });
    }),
    Bug::new("empty_attachments_are_downloaded", "nothing is no file", |hooks| {
        bend!(hooks.attachments.download_attachment, |inner, task, id| {
            let content = inner.download_attachment(&task, &id).await?;
            if content.size == Some(0) {
                return Err(Error::new(ErrorKind::InvalidResponse, "the answer is empty"));
            }
            Ok(content)
        });
    }),
    Bug::new("attachments_of_an_unknown_task_are_not_found", "an unknown task has none", |hooks| {
        bend!(hooks.attachments.attachments_page, |inner, query, cursor| {
            match inner.attachments_page(&query, cursor).await {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(Page::default()),
                other => other,
            }
        });
    }),
    Bug::new("unknown_attachment_is_not_found", "what is not there is empty", |hooks| {
        bend!(hooks.attachments.download_attachment, |inner, task, id| {
            match inner.download_attachment(&task, &id).await {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(AttachmentContent::of_bytes("none", *b"")),
                other => other,
            }
        });
    }),
    Bug::new("attachment_of_another_task_is_not_found", "the task is not looked at", |hooks| {
        let home: Arc<Mutex<Vec<Attachment>>> = Arc::default();
        let seen = Arc::clone(&home);
        hooks.attachments.attachments_page = Some(Box::new(move |inner, query, cursor| {
            let home = Arc::clone(&home);
            Box::pin(async move {
                let page = inner.attachments_page(&query, cursor).await?;
                home.lock().unwrap().extend(page.items.clone());
                Ok(page)
            })
        }));
        hooks.attachments.download_attachment = Some(Box::new(move |inner, task, id| {
            let found = seen.lock().unwrap().iter().find(|one| one.id == id).map(|one| one.task_id.clone());
            Box::pin(async move { inner.download_attachment(&found.unwrap_or(task), &id).await })
        }));
    }),
    Bug::new("cursors_of_other_attachments_are_refused", "a cursor is a number that fits everywhere", |hooks| {
        bend!(hooks.attachments.attachments_page, |inner, query, cursor| {
            let place = cursor.map(|cursor| cursor.open("any", "attachments", &()).map(str::to_owned)).transpose()?;
            let skipped: usize = place.and_then(|place| place.parse().ok()).unwrap_or(0);
            let mut page = inner.attachments_page(&query.clone().page_size(100_u32), None).await?;
            let rest: Vec<_> = page.items.into_iter().skip(skipped).collect();
            let size = query.page_size.unwrap_or(100) as usize;
            let next =
                (rest.len() > size).then(|| Cursor::seal("any", "attachments", &(), &(skipped + size).to_string()));
            page = Page::new(rest.into_iter().take(size).collect());
            Ok(page.next(next))
        });
    }),
    Bug::new("attachments_are_read_behind_a_read_only_layer", "a file is given out once", |hooks| {
        let given: Arc<Mutex<Vec<String>>> = Arc::default();
        hooks.attachments.download_attachment = Some(Box::new(move |inner, task, id| {
            let given = Arc::clone(&given);
            Box::pin(async move {
                if given.lock().unwrap().contains(&id.to_string()) {
                    return Err(Error::not_found("attachment", id));
                }
                given.lock().unwrap().push(id.to_string());
                inner.download_attachment(&task, &id).await
            })
        }));
    }),
    Bug::new("errors_of_attachments_name_both_too", "an error of a download says nothing of where", |hooks| {
        bend!(hooks.attachments.download_attachment, |inner, task, id| {
            let answer = inner.download_attachment(&task, &id).await;
            answer.map_err(|error| Error::new(error.kind(), error.message()))
        });
    }),
];
