//! Statuses and priorities: the usual names, and those that a project uses beside them.

use pm_provider::{Field, Native, Priority, PriorityLevel, ProjectStatus, SprintStatus, Status, Vocabulary, Wanted};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Order, Query};

use crate::error::Result;
use crate::refer::refuse;
use crate::store::Transaction;

const TABLE: &str = "pm_vocabulary";
/// The scope of statuses and priorities of projects themselves.
pub(crate) const PROJECTS: &str = "";

/// A status or priority that projects may name themselves.
pub(crate) trait Named: Native + From<Self::Category> {
    /// The word in the table.
    const KIND: &'static str;
    /// The field that holds it.
    const FIELD: Field = Field::Status;
}

impl Named for Status {
    const KIND: &'static str = "task_status";
}

impl Named for ProjectStatus {
    const KIND: &'static str = "project_status";
}

impl Named for SprintStatus {
    const KIND: &'static str = "sprint_status";
}

impl Named for Priority {
    const KIND: &'static str = "priority";
    const FIELD: Field = Field::Priority;
}

/// The usual names, one for each category.
pub(crate) fn usual<N: Named>() -> Vec<N> {
    N::Category::ALL.iter().copied().filter(|category| category.is_writable()).map(N::from).collect()
}

fn is_usual<N: Named>(value: &N) -> bool {
    N::from(value.category()).name() == value.name()
}

/// The usual names and those that are used in a scope beside them; priorities from the lowest up.
pub(crate) async fn choices<N: Named, C: ConnectionTrait>(db: &C, scope: &str) -> Result<Vec<N>> {
    let mut choices = usual::<N>();
    choices.extend(used(db, scope).await?);
    if N::FIELD == Field::Priority {
        choices.sort_by_key(|choice| N::Category::ALL.iter().position(|level| *level == choice.category()));
    }
    Ok(choices)
}

async fn used<N: Named, C: ConnectionTrait>(db: &C, scope: &str) -> Result<Vec<N>> {
    let names = Query::select()
        .columns(["category", "name"])
        .from(TABLE)
        .and_where(Expr::col("scope").eq(scope))
        .and_where(Expr::col("kind").eq(N::KIND))
        .order_by("name", Order::Asc)
        .order_by("category", Order::Asc)
        .take();
    let rows = db.query_all(&names).await?;
    rows.iter()
        .map(|row| {
            let mut row = crate::row::Row::new(TABLE, row);
            Ok(N::named(row.category()?, row.take()?))
        })
        .collect()
}

/// Finds the value that is meant.
///
/// A category and a usual name are found without a look into the table: no name that a project uses beside them
/// can win against those.
pub(crate) async fn resolve<N: Named, C: ConnectionTrait>(
    db: &C,
    scope: &str,
    wanted: &Wanted<N::Category>,
) -> Result<N> {
    let usual = usual::<N>();
    let by_usual_name = |name: &str| usual.iter().find(|choice| choice.name() == name).cloned();
    let found = match wanted {
        Wanted::Name(name) | Wanted::Word(name) => by_usual_name(name),
        Wanted::Category(_) | Wanted::Like { .. } | Wanted::Exactly { .. } => wanted.resolve_open(&usual).ok(),
        _ => None,
    };
    match found {
        Some(value) => Ok(value),
        None => Ok(wanted
            .resolve_open(&choices::<N, C>(db, scope).await?)
            .map_err(|error| refuse(N::FIELD, error.message()))?),
    }
}

/// Remembers a name that is not a usual one, so that its bare word is understood from now on.
pub(crate) async fn remember<N: Named>(transaction: &Transaction, scope: &str, value: &N) -> Result<()> {
    if is_usual(value) {
        return Ok(());
    }
    let row = Query::insert()
        .into_table(TABLE)
        .columns(["scope", "kind", "name", "category"])
        .values_panic([scope.into(), N::KIND.into(), value.name().into(), value.category().word().into()])
        .on_conflict(OnConflict::columns(["scope", "kind", "name", "category"]).do_nothing().to_owned())
        .take();
    transaction.execute(&row).await?;
    Ok(())
}

/// Resolves and remembers a status.
pub(crate) async fn settle<N: Named>(
    transaction: &Transaction,
    scope: &str,
    wanted: &Wanted<N::Category>,
) -> Result<N> {
    let value = resolve::<N, _>(transaction, scope, wanted).await?;
    remember(transaction, scope, &value).await?;
    Ok(value)
}

/// Puts a priority together from its two columns.
pub(crate) fn priority(level: Option<PriorityLevel>, name: Option<String>) -> Option<Priority> {
    level.map(|level| match name {
        Some(name) => Priority::new(level, name),
        None => Priority::from(level),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_names_are_the_documented_ones() {
        let names = |choices: Vec<Status>| choices.into_iter().map(|choice| choice.name).collect::<Vec<_>>();
        assert_eq!(names(usual()), ["Backlog", "To Do", "In Progress", "Done", "Cancelled"]);
        let projects: Vec<_> = usual::<ProjectStatus>().into_iter().map(|choice| choice.name).collect();
        assert_eq!(projects, ["Planned", "Active", "On Hold", "Completed", "Cancelled", "Archived"]);
        let sprints: Vec<_> = usual::<SprintStatus>().into_iter().map(|choice| choice.name).collect();
        assert_eq!(sprints, ["Planned", "Active", "Completed"]);
        let priorities: Vec<_> = usual::<Priority>().into_iter().map(|choice| choice.name).collect();
        assert_eq!(priorities, ["Lowest", "Low", "Normal", "High", "Urgent"]);
    }
}
