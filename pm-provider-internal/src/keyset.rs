//! Paging by key: each page begins after the last row of the one before, so that no row is met twice or skipped
//! while others write, and the thousandth page costs what the first did.

use pm_provider::query::{Direction, SortField};
use pm_provider::{Cursor, Page, Sort};
use sea_orm::sea_query::{Expr, ExprTrait, Order, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::Serialize;

use crate::error::{Failure, Result};

/// The largest page, and the one that callers get who do not say.
pub(crate) const MAX_PAGE_SIZE: u32 = 500;

/// One page of one listing.
pub(crate) struct Keyset<'q, Q> {
    listing: &'static str,
    query: &'q Q,
    sort: Sort,
    size: usize,
    after: Option<(i64, String)>,
    counts: bool,
}

impl<'q, Q: Serialize> Keyset<'q, Q> {
    /// Reads the cursor, which must be of this very listing and query.
    pub(crate) fn new(
        listing: &'static str,
        query: &'q Q,
        sort: Sort,
        page_size: Option<u32>,
        cursor: Option<&Cursor>,
    ) -> Result<Self> {
        let after = match cursor {
            Some(cursor) => Some(place(cursor.open(crate::NAME, listing, query)?)?),
            None => None,
        };
        Ok(Self { listing, query, sort, size: size(page_size), after, counts: false })
    }

    /// Tells the total of the listing, if that is wanted: it costs a walk over all that the query finds.
    pub(crate) fn counting(self, wanted: bool) -> Self {
        Self { counts: wanted, ..self }
    }

    /// Reads the page; `statement` selects from the alias `t`, `read` makes an item of a row.
    ///
    /// The columns of the order are added behind those of the statement.
    pub(crate) async fn page<C, T>(
        &self,
        db: &C,
        mut statement: SelectStatement,
        columns: usize,
        read: impl Fn(&QueryResult) -> Result<T>,
    ) -> Result<Page<T>>
    where
        C: ConnectionTrait,
    {
        let total = if self.counts { Some(count(db, &statement).await?) } else { None };
        self.narrow(&mut statement);
        let mut rows = db.query_all(&statement).await?;
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        let next = match rows.last() {
            Some(last) if more => Some(self.cursor(last, columns)?),
            _ => None,
        };
        let items = rows.iter().map(read).collect::<Result<_>>()?;
        Ok(Page::new(items).next(next).total(total))
    }

    /// Adds order, place and size to what a query selects.
    pub(crate) fn narrow(&self, statement: &mut SelectStatement) {
        let column = match self.sort.by {
            SortField::UpdatedAt => "updated_at",
            _ => "created_at",
        };
        let order = match self.sort.direction {
            Direction::Descending => Order::Desc,
            _ => Order::Asc,
        };
        let key = || Expr::tuple([Expr::col(("t", column)), Expr::col(("t", "id"))]);
        if let Some((at, id)) = &self.after {
            let place = Expr::tuple([Expr::val(*at), Expr::val(id.as_str())]);
            statement.and_where(if order == Order::Desc { key().lt(place) } else { key().gt(place) });
        }
        // One row more than asked for tells whether there is a next page.
        let limit = u64::try_from(self.size).unwrap_or(u64::MAX).saturating_add(1);
        statement
            .column(("t", column))
            .column(("t", "id"))
            .order_by(("t", column), order.clone())
            .order_by(("t", "id"), order)
            .limit(limit);
    }

    fn cursor(&self, last: &QueryResult, columns: usize) -> Result<Cursor> {
        let at: i64 = last.try_get_by_index(columns)?;
        let id: String = last.try_get_by_index(columns + 1)?;
        Ok(Cursor::seal(crate::NAME, self.listing, self.query, &format!("{at}_{id}")))
    }
}

/// Counts what a query selects, without the columns, which cost a look-up each.
async fn count<C: ConnectionTrait>(db: &C, statement: &SelectStatement) -> Result<u64> {
    let count = statement.clone().clear_selects().expr(Expr::cust("count(*)")).take();
    let count: i64 = match db.query_one(&count).await? {
        Some(row) => row.try_get_by_index(0)?,
        None => 0,
    };
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The size of a page: what was asked for, up to the largest.
pub(crate) fn size(wanted: Option<u32>) -> usize {
    std::cmp::min(wanted.unwrap_or(MAX_PAGE_SIZE), MAX_PAGE_SIZE) as usize
}

fn place(text: &str) -> Result<(i64, String)> {
    let parts = text.split_once('_').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    parts.ok_or_else(|| Failure::from(Cursor::malformed()))
}
