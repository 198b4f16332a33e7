//! Listings of each kind of item, page by page.

use std::sync::Arc;

use pm_core::capability::Filter;
use pm_core::query::{Sort, SortField};
use pm_core::{
    Entity, PMProject, PMSprint, PMTask, PMUser, Page, PmProvider, ProjectQuery, SprintQuery, TaskQuery, UserQuery,
};

use super::args::{Order, SortBy};
use crate::output::Pages;

/// Leaves items out that the backend could not leave out itself.
pub(crate) type Keep<T> = Box<dyn Fn(&T) -> bool + Send>;

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident: $query:ty, $page:ident, $item:ty;)*) => { $(
        $(#[$doc])*
        pub(crate) fn $name(provider: &Arc<dyn PmProvider>, query: $query, keep: Keep<$item>) -> Pages<$item> {
            let provider = Arc::clone(provider);
            let fetch = move |cursor| {
                let (provider, query) = (Arc::clone(&provider), query.clone());
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

/// The order that flags ask for.
pub(crate) fn sort(by: SortBy, order: Order) -> Sort {
    let by = match by {
        SortBy::Created => SortField::CreatedAt,
        SortBy::Updated => SortField::UpdatedAt,
    };
    match order {
        Order::Asc => Sort::ascending(by),
        Order::Desc => Sort::descending(by),
    }
}

/// What a query asks for by status: the categories, and how many to a page.
pub(crate) struct Asked<'a, C> {
    pub(crate) statuses: &'a mut Vec<C>,
    pub(crate) page_size: &'a mut Option<u32>,
}

/// Asks the backend for some categories; one that cannot tell is asked for all, and what does not fit is left out here.
pub(crate) fn narrow<T, C>(
    provider: &Arc<dyn PmProvider>,
    entity: Entity,
    wanted: Vec<C>,
    asked: Asked<'_, C>,
    category: impl Fn(&T) -> C + Send + 'static,
) -> Keep<T>
where
    C: PartialEq + Send + 'static,
{
    if wanted.is_empty() {
        return Box::new(|_| true);
    }
    if provider.capabilities().entity(entity).filters.contains(&Filter::Status) {
        *asked.statuses = wanted;
        return Box::new(|_| true);
    }
    *asked.page_size = None;
    Box::new(move |item| wanted.contains(&category(item)))
}
