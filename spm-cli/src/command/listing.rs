//! Listings of each kind of item, page by page.

use std::sync::Arc;

use pm_core::capability::Filter;
use pm_core::query::{Sort, SortField};
use pm_core::{
    Cursor, Entity, PMProject, PMSprint, PMTask, PMUser, Page, PmProvider, ProjectQuery, SprintQuery, TaskQuery,
    UserQuery,
};

use super::args::{Order, OrderArgs, SortBy};
use crate::output::Pages;

/// Leaves items out that the backend could not leave out itself.
pub(crate) type Keep<T> = Box<dyn Fn(&T) -> bool + Send>;

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident: $query:ty, $page:ident, $item:ty;)*) => { $(
        $(#[$doc])*
        pub(crate) fn $name(provider: &Arc<dyn PmProvider>, query: $query, keep: Keep<$item>) -> Pages<$item> {
            let provider = Arc::clone(provider);
            let fetch = move |cursor: Option<Cursor>| {
                let (provider, mut query) = (Arc::clone(&provider), query.clone());
                // `30 of 412` is counted once, and not at all where everything is shown.
                query.with_total = cursor.is_none() && query.page_size.is_some();
                let page: futures_util::future::BoxFuture<'static, _> =
                    Box::pin(async move { provider.$page(&query, cursor).await });
                page
            };
            Pages { fetch: Box::new(fetch), keep }
        }
    )* };
}

pages! {
    /// Lists projects.
    projects: ProjectQuery, projects_page, PMProject;
    /// Lists tasks.
    tasks: TaskQuery, tasks_page, PMTask;
    /// Lists sprints.
    sprints: SprintQuery, sprints_page, PMSprint;
    /// Lists users.
    users: UserQuery, users_page, PMUser;
}

/// Shows what is known already as a listing of one page.
pub(crate) fn all_at_once<T: Send + 'static>(items: Vec<T>) -> Pages<T> {
    let mut items = Some(items);
    let fetch = move |_| {
        let page = Page::new(items.take().unwrap_or_default());
        let page: futures_util::future::BoxFuture<'static, _> = Box::pin(std::future::ready(Ok(page)));
        page
    };
    Pages { fetch: Box::new(fetch), keep: Box::new(|_| true) }
}

/// The order that flags ask for; the newest first if they do not, where the backend has that order.
pub(crate) fn sort(provider: &Arc<dyn PmProvider>, entity: Entity, flags: &OrderArgs) -> Sort {
    let by = match flags.sort {
        Some(SortBy::Updated) => SortField::UpdatedAt,
        Some(SortBy::Created) | None => SortField::CreatedAt,
    };
    let is_asked = flags.sort.is_some() || flags.order.is_some();
    if !is_asked && !provider.capabilities().entity(entity).sorts.contains(&by) {
        return Sort::default();
    }
    match flags.order {
        Some(Order::Asc) => Sort::ascending(by),
        Some(Order::Desc) | None => Sort::descending(by),
    }
}

/// Asks the backend for some categories; one that cannot tell is asked for all, and what does not fit is left out here.
pub(crate) fn narrow<T, C>(
    provider: &Arc<dyn PmProvider>,
    entity: Entity,
    wanted: Vec<C>,
    (statuses, page_size): (&mut Vec<C>, &mut Option<u32>),
    category: impl Fn(&T) -> C + Send + 'static,
) -> Keep<T>
where
    C: PartialEq + Send + 'static,
{
    if wanted.is_empty() {
        return Box::new(|_| true);
    }
    if provider.capabilities().entity(entity).filters.contains(&Filter::Status) {
        *statuses = wanted;
        return Box::new(|_| true);
    }
    *page_size = None;
    Box::new(move |item| wanted.contains(&category(item)))
}

#[cfg(test)]
mod tests {
    use pm_core::StatusCategory;
    use pm_testkit::MemoryProvider;

    use super::*;
    use crate::output::Limit;

    fn asked(provider: MemoryProvider) -> (TaskQuery, [bool; 2]) {
        let provider: Arc<dyn PmProvider> = Arc::new(provider);
        let mut query = TaskQuery::new().page_size(30_u32);
        let wanted = StatusCategory::OPEN.to_vec();
        let asked = (&mut query.statuses, &mut query.page_size);
        let keep = narrow(&provider, Entity::Task, wanted, asked, |task: &PMTask| task.status.category);
        let kept =
            [StatusCategory::Todo, StatusCategory::Done].map(|category| keep(&PMTask::new("1", "2", "x", category)));
        (query, kept)
    }

    fn asked_order(provider: MemoryProvider, by: Option<SortBy>) -> Sort {
        let provider: Arc<dyn PmProvider> = Arc::new(provider);
        sort(&provider, Entity::Task, &OrderArgs { sort: by, order: None, limit: Limit::All })
    }

    #[test]
    fn the_newest_come_first_where_the_backend_has_that_order() {
        let newest = Sort::descending(SortField::CreatedAt);
        assert_eq!(asked_order(MemoryProvider::new(), None), newest);
        let without = || {
            MemoryProvider::new().restrict(|mut capabilities| {
                capabilities.entities.entry(Entity::Task).and_modify(|task| task.sorts.clear());
                capabilities
            })
        };
        assert_eq!(asked_order(without(), None), Sort::default());
        // Who asks for an order is told that there is none.
        assert_eq!(asked_order(without(), Some(SortBy::Created)), newest);
    }

    #[test]
    fn a_backend_that_can_tell_is_asked_for_the_state() {
        let (query, kept) = asked(MemoryProvider::new());
        assert_eq!((query.statuses, query.page_size), (StatusCategory::OPEN.to_vec(), Some(30)));
        assert_eq!(kept, [true, true]);
    }

    #[test]
    fn what_a_backend_cannot_tell_is_told_here() {
        let (query, kept) = asked(MemoryProvider::new().restrict(|mut capabilities| {
            capabilities.entities.entry(Entity::Task).and_modify(|task| {
                task.filters.remove(&Filter::Status);
            });
            capabilities
        }));
        assert_eq!((query.statuses, query.page_size), (Vec::new(), None));
        assert_eq!(kept, [true, false]);
    }
}
