//! Numbers of tasks and sprints within their project, which make their keys: `WEB-12`, `WEB-S3`.

use pm_provider::{Error, ErrorKind, Field, ProjectId};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::error::{Failure, Result};
use crate::filter::key_number;
use crate::refer::refuse;
use crate::store::Transaction;

/// The largest number that a caller may ask for: what the project counts on from there still fits into the column.
const LARGEST: i64 = 999_999_999_999_999_999;

/// How the items of a kind are numbered.
pub(crate) struct Series {
    what: &'static str,
    table: &'static str,
    /// The column of `pm_projects` that holds the next number.
    counter: &'static str,
    /// What stands between the project's key and the number.
    mark: &'static str,
}

pub(crate) const TASKS: Series = Series { what: "task", table: "pm_tasks", counter: "next_task_number", mark: "-" };

pub(crate) const SPRINTS: Series =
    Series { what: "sprint", table: "pm_sprints", counter: "next_sprint_number", mark: "-S" };

/// The number of a new item, with the key that it makes.
pub(crate) struct Numbered {
    pub(crate) number: i64,
    pub(crate) key: String,
}

/// Takes the number that a caller's key asks for, else the project's next one; proves on the way that the project is
/// there.
///
/// Either way the project's row stays locked until the write ends, so that nobody takes the same number meanwhile.
pub(crate) async fn take(
    transaction: &Transaction,
    series: &Series,
    project: &ProjectId,
    wanted: Option<&str>,
) -> Result<Numbered> {
    match wanted {
        Some(key) => take_wanted(transaction, series, project, key).await,
        None => take_next(transaction, series, project).await,
    }
}

async fn take_next(transaction: &Transaction, series: &Series, project: &ProjectId) -> Result<Numbered> {
    let next = Expr::col(series.counter).add(1);
    let row = count(transaction, series, project, next).await?;
    let number = row.try_get_by_index::<i64>(1)? - 1;
    Ok(Numbered { number, key: format!("{}{number}", stem(series, &row)?) })
}

async fn take_wanted(
    transaction: &Transaction,
    series: &Series,
    project: &ProjectId,
    wanted: &str,
) -> Result<Numbered> {
    let (wanted_stem, number) = parse(wanted);
    let beyond = Expr::value(number.map_or(1, |number| number + 1));
    let row = count(transaction, series, project, Func::greatest([Expr::col(series.counter), beyond]).into()).await?;
    let stem = stem(series, &row)?;
    let number =
        number.filter(|_| wanted_stem.eq_ignore_ascii_case(&stem)).ok_or_else(|| malformed(series, wanted, &stem))?;
    let key = format!("{stem}{number}");
    check_free(transaction, series, project, number, &key).await?;
    Ok(Numbered { number, key })
}

/// Splits a key before the digits at its end.
fn parse(key: &str) -> (&str, Option<i64>) {
    let (stem, digits) = key.split_at(key.trim_end_matches(|c: char| c.is_ascii_digit()).len());
    (stem, key_number(digits).filter(|number| *number <= LARGEST))
}

/// Sets the counter of a project; returns the project's key and what the counter is then.
async fn count(transaction: &Transaction, series: &Series, project: &ProjectId, next: Expr) -> Result<QueryResult> {
    let set = Query::update()
        .table("pm_projects")
        .value(series.counter, next)
        .and_where(Expr::col("id").eq(project.as_str()))
        .returning(Query::returning().columns(["key", series.counter]))
        .take();
    Ok(transaction.query_one(&set).await?.ok_or_else(|| Error::not_found("project", project))?)
}

fn stem(series: &Series, row: &QueryResult) -> Result<String> {
    Ok(format!("{}{}", row.try_get_by_index::<String>(0)?, series.mark))
}

fn malformed(series: &Series, wanted: &str, stem: &str) -> Failure {
    let what = series.what;
    let problem = format!(
        "`{wanted}` is no key of a {what} of this project; allowed are `{stem}` and a number from 1 to {LARGEST}, \
         without leading zeros"
    );
    refuse(Field::Key, problem)
}

/// Numbers below the counter are free where nothing has them: that is how a copy of a project keeps its gaps.
async fn check_free(
    transaction: &Transaction,
    series: &Series,
    project: &ProjectId,
    number: i64,
    key: &str,
) -> Result<()> {
    let holder = Query::select()
        .column("id")
        .from(series.table)
        .and_where(Expr::col("project_id").eq(project.as_str()))
        .and_where(Expr::col("number").eq(number))
        .take();
    let Some(row) = transaction.query_one(&holder).await? else { return Ok(()) };
    let (what, holder): (_, String) = (series.what, row.try_get_by_index(0)?);
    let error = Error::new(ErrorKind::Conflict, format!("there is a {what} with the key `{key}` already"));
    Err(error.subject(format!("{what} `{holder}`")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_split_before_its_number() {
        assert_eq!(parse("WEB-12"), ("WEB-", Some(12)));
        assert_eq!(parse("P2-S3"), ("P2-S", Some(3)));
        assert_eq!(parse("WEB-999999999999999999"), ("WEB-", Some(LARGEST)));
        for other in ["WEB-1000000000000000000", "WEB-99999999999999999999999", "WEB-0", "WEB-012", "WEB-", "WEB", ""] {
            assert_eq!(parse(other).1, None, "{other}");
        }
        assert_eq!(parse("WEB-+1").0, "WEB-+");
    }
}
