//! Totals: asking for one is a hint, and changes nothing else.

use pm_provider::{Entity, Filter};
use serde_json::json;

use super::Subject;
use super::expect::{ensure, same};
use super::items::with;
use super::shelf::Shelf;
use super::verdict::Outcome;

/// The same shelf, asked for its total or not.
fn ask(shelf: &mut Shelf<'_>, with_total: bool) {
    shelf.query = with(shelf.query.clone(), "with_total", json!(with_total));
}

/// The items are the same whether a total is asked for or not, and every total that is told is that of all pages.
pub(super) async fn asking_changes_nothing_else(subject: &Subject, entity: Entity) -> Outcome {
    let mut shelf = Shelf::with(subject, entity, 5).await?;
    let elsewhere = Shelf::with(subject, entity, 1).await?;
    let plain = shelf.pages(2, None).await?;
    ask(&mut shelf, true);
    let asked = shelf.pages(2, None).await?;
    same("the items, asked for a total or not", &shelf.own(&plain), &shelf.own(&asked))?;
    let wrong = asked.iter().filter_map(|page| page.total).find(|total| !shelf.shared && *total != 5);
    ensure(wrong.is_none(), format!("a total of 5 {entity}s, not of those elsewhere"), wrong)?;
    counts_what_filters_leave(subject, &elsewhere).await
}

/// A total is that of the query, not of all that is there.
async fn counts_what_filters_leave(subject: &Subject, shelf: &Shelf<'_>) -> Outcome {
    let id = shelf.ids.first().map(String::as_str).unwrap_or_default();
    let item = subject.get_json(&shelf.place(id)).await?;
    if !subject.can(shelf.entity).filters.contains(&Filter::Key) || item["key"].is_null() {
        return Ok(());
    }
    let query = json!({ "key": item["key"], "with_total": true });
    let total = subject.page_json(shelf.entity, &query, None).await?.total;
    ensure(total.is_none_or(|total| total == 1), "a total of 1 by key", total)
}

/// A cursor goes on whether a total is asked for or not.
pub(super) async fn cursors_survive_asking(subject: &Subject, entity: Entity) -> Outcome {
    let mut shelf = Shelf::with(subject, entity, 5).await?;
    let mut pages = vec![shelf.page(2, None).await?];
    for with_total in [true, false] {
        let Some(next) = pages.last().and_then(|page| page.next.clone()) else { break };
        ask(&mut shelf, with_total);
        pages.push(shelf.page(2, Some(next)).await?);
    }
    if let Some(next) = pages.last().and_then(|page| page.next.clone()) {
        ask(&mut shelf, true);
        pages.extend(shelf.pages(2, Some(next)).await?);
    }
    shelf.shows_each_once("items, a total asked for now and then", &pages)
}
