//! Following `next` visits everything that was there all along exactly once, at any page size.

use std::collections::BTreeSet;

use pm_provider::{Entity, ErrorKind, Field, Operation, Page};
use serde_json::{Value, json};

use super::Subject;
use super::expect::{ensure, refused, same};
use super::shelf::Shelf;
use super::verdict::Outcome;

/// Pages of 1, 2 and 100 all show each item once, in the same order.
pub(super) async fn each_item_once_at_any_size(subject: &Subject, entity: Entity) -> Outcome {
    let shelf = Shelf::with(subject, entity, 5).await?;
    for size in [1, 2, 100] {
        if shelf.shared && size == 1 {
            continue;
        }
        let pages = shelf.pages(size, None).await?;
        shelf.shows_each_once(&format!("{entity}s by pages of {size}"), &pages)?;
    }
    Ok(())
}

/// A page is never larger than was asked for, nor than the capabilities say.
pub(super) async fn no_page_is_too_large(subject: &Subject, entity: Entity) -> Outcome {
    let shelf = Shelf::with(subject, entity, 5).await?;
    for size in [1, 2, 3] {
        let page = shelf.page(size, None).await?;
        ensure(page.items.len() <= size as usize, format!("at most {size} items"), page.items.len())?;
    }
    let page = shelf.page(u32::MAX, None).await?;
    let most = subject.can(entity).max_page_size.unwrap_or(u32::MAX);
    ensure(page.items.len() as u64 <= u64::from(most), format!("at most {most} items"), page.items.len())
}

/// A page size of 0 is refused.
pub(super) async fn page_size_0_is_refused(subject: &Subject, entity: Entity) -> Outcome {
    let shelf = Shelf::with(subject, entity, 1).await?;
    let answer = shelf.page(0, None).await;
    refused(&format!("a page of 0 {entity}s"), ErrorKind::InvalidInput, answer).map(drop)
}

/// Where a page tells a total, it is that of all pages.
pub(super) async fn totals_are_right(subject: &Subject, entity: Entity) -> Outcome {
    let shelf = Shelf::with(subject, entity, 5).await?;
    let pages = shelf.pages(2, None).await?;
    let count: usize = pages.iter().map(|page| page.items.len()).sum();
    let wrong = pages.iter().filter_map(|page| page.total).find(|total| !shelf.shared && *total != count as u64);
    ensure(wrong.is_none(), format!("a total of {count}"), wrong)
}

/// A listing of nothing is empty, and ends.
pub(super) async fn nothing_is_an_empty_listing(subject: &Subject, entity: Entity) -> Outcome {
    let shelf = Shelf::with(subject, entity, 0).await?;
    if shelf.shared {
        return super::capable::unsupported("an empty project");
    }
    let pages = shelf.pages(2, None).await?;
    same("the items of an empty listing", &0, &pages.iter().map(|page| page.items.len()).sum::<usize>())
}

/// Walks page by page and does something in between.
struct Walk<'a, 'b> {
    shelf: &'b Shelf<'a>,
    pages: Vec<Page<Value>>,
}

impl Walk<'_, '_> {
    /// Reads the next page; says whether there are more.
    async fn step(&mut self) -> Outcome<bool> {
        let cursor = self.pages.last().and_then(|page| page.next.clone());
        let page = self.shelf.page(2, cursor).await?;
        let more = page.next.is_some();
        self.pages.push(page);
        let endless = self.pages.len() > 200;
        ensure(!endless, "a walk that ends", "more than 200 pages")?;
        Ok(more)
    }
}

/// Items that are made during a walk, in front of it or behind, neither hide nor double those that were there.
pub(super) async fn exact_while_items_are_made(subject: &Subject, entity: Entity) -> Outcome {
    let shelf = Shelf::with(subject, entity, 7).await?;
    let old = subject.can(entity).field(Field::CreatedAt).on_create.is_possible();
    let mut walk = Walk { shelf: &shelf, pages: Vec::new() };
    let mut rounds = 0;
    while walk.step().await? {
        rounds += 1;
        if rounds > 4 {
            continue;
        }
        if old {
            shelf.add_with("created_at", json!("2001-01-01T00:00:00Z")).await?;
        }
        shelf.add().await?;
    }
    let seen = shelf.own(&walk.pages);
    let seen: Vec<_> = seen.into_iter().filter(|id| shelf.ids.contains(id)).collect();
    same("those that were there all along", &shelf.ids, &seen)
}

/// Items that are deleted during a walk hide none of those that stay.
pub(super) async fn exact_while_items_are_deleted(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires(entity, Operation::Delete).await?;
    let shelf = Shelf::with(subject, entity, 8).await?;
    let mut walk = Walk { shelf: &shelf, pages: Vec::new() };
    let mut gone = BTreeSet::new();
    while walk.step().await? {
        // The first item of the page that was just read, and of the next page the one that nobody has seen yet.
        let seen = shelf.own(&walk.pages);
        for victim in [seen.get(seen.len().saturating_sub(2)), shelf.ids.get(6)].into_iter().flatten() {
            if gone.insert(victim.clone()) {
                subject.delete_item(&shelf.place(victim), pm_provider::DeleteOptions::new()).await?;
            }
        }
    }
    let stayed: Vec<_> = shelf.ids.iter().filter(|id| !gone.contains(*id)).cloned().collect();
    let seen: Vec<_> = shelf.own(&walk.pages).into_iter().filter(|id| stayed.contains(id)).collect();
    same("those that stayed", &stayed, &seen)
}

/// Where a page knows the pages ahead, they are those that follow.
pub(super) async fn pages_ahead_are_those_that_follow(subject: &Subject) -> Outcome {
    let shelf = Shelf::with(subject, Entity::Task, 7).await?;
    let pages = shelf.pages(2, None).await?;
    for (index, cursor) in pages[0].ahead.iter().enumerate() {
        let page = shelf.page(2, Some(cursor.clone())).await?;
        let expected = pages.get(index + 2).map(|page| &page.items);
        same("the items of a page ahead", &expected, &Some(&page.items))?;
    }
    Ok(())
}
