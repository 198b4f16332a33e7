//! Cursors: they can be stored, and belong to their query.

use pm_provider::{Cursor, Entity, ErrorKind, Filter};
use serde_json::json;

use super::Subject;
use super::capable::must;
use super::expect::{refused, same};
use super::items::with;
use super::shelf::Shelf;
use super::verdict::Outcome;

/// A cursor that went through JSON goes on where it left off, as often as it is used.
pub(super) async fn survive_json(subject: &Subject, entity: Entity) -> Outcome {
    let shelf = Shelf::with(subject, entity, 5).await?;
    let first = shelf.page(2, None).await?;
    let cursor = must("a next page", first.next.clone())?;
    let stored = serde_json::to_string(&cursor)?;
    for _ in 0..2 {
        let cursor: Cursor = serde_json::from_str(&stored)?;
        let mut pages = vec![first.clone()];
        pages.extend(shelf.pages(2, Some(cursor)).await?);
        shelf.shows_each_once("items before and after the cursor was stored", &pages)?;
    }
    Ok(())
}

/// A listing can go on with another page size.
pub(super) async fn survive_another_page_size(subject: &Subject, entity: Entity) -> Outcome {
    let shelf = Shelf::with(subject, entity, 7).await?;
    let first = shelf.page(2, None).await?;
    let second = shelf.page(1, first.next.clone()).await?;
    let cursor = must("a next page", second.next.clone())?;
    let mut pages = vec![first, second];
    pages.extend(shelf.pages(3, Some(cursor)).await?);
    shelf.shows_each_once("items by pages of 2, 1, 3", &pages)
}

/// The cursor of another query is refused.
pub(super) async fn of_another_query_are_refused(subject: &Subject) -> Outcome {
    let shelf = Shelf::with(subject, Entity::Task, 3).await?;
    let cursor = must("a next page", shelf.page(1, None).await?.next)?;
    let others = [
        (Filter::TopLevel, "parent", json!(null)),
        (Filter::Labels, "labels", json!(["any"])),
        (Filter::Text, "text", json!("number")),
        (Filter::Project, "project", json!("another")),
    ];
    for (filter, member, value) in others {
        if !subject.can(Entity::Task).filters.contains(&filter) {
            continue;
        }
        let query = with(shelf.query.clone(), member, value);
        let answer = subject.page_json(Entity::Task, &query, Some(cursor.clone())).await;
        refused(&format!("the cursor of another `{filter}`"), ErrorKind::InvalidInput, answer)?;
    }
    let answer = subject.page_json(Entity::Task, &json!({}), Some(cursor)).await;
    refused("the cursor of a query with filters in one without", ErrorKind::InvalidInput, answer).map(drop)
}

/// The cursor of another order is refused.
pub(super) async fn of_another_order_are_refused(subject: &Subject) -> Outcome {
    let shelf = Shelf::with(subject, Entity::Task, 3).await?;
    super::sorting::requires_sort(subject, Entity::Task, pm_provider::SortField::UpdatedAt).await?;
    let cursor = must("a next page", shelf.page(1, None).await?.next)?;
    let sort = json!({ "by": "updated_at", "direction": "descending" });
    let answer = subject.page_json(Entity::Task, &with(shelf.query.clone(), "sort", sort), Some(cursor)).await;
    refused("the cursor of another order", ErrorKind::InvalidInput, answer).map(drop)
}

/// The cursor of a listing of tasks is none of a listing of sprints.
pub(super) async fn of_another_listing_are_refused(subject: &Subject) -> Outcome {
    let tasks = Shelf::with(subject, Entity::Task, 3).await?;
    subject.requires_filter(Entity::Sprint, Filter::Project).await?;
    let cursor = must("a next page", tasks.page(1, None).await?.next)?;
    let answer = subject.page_json(Entity::Sprint, &tasks.query, Some(cursor)).await;
    refused("the cursor of a listing of tasks in one of sprints", ErrorKind::InvalidInput, answer).map(drop)
}

/// What is no cursor is refused.
pub(super) async fn garbage_is_refused(subject: &Subject, entity: Entity) -> Outcome {
    let shelf = Shelf::with(subject, entity, 1).await?;
    for text in ["", "x", "garbage", "1.0000000000000000.7", "2.a.b", "🧡.🧡.🧡"] {
        let answer = shelf.page(2, Some(Cursor::from_text(text))).await;
        refused(&format!("the cursor {text:?}"), ErrorKind::InvalidInput, answer)?;
    }
    same("the listing after garbage", &shelf.ids, &shelf.own(&shelf.pages(2, None).await?))
}
