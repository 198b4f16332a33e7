//! Text as it is compared without regard to case, in every alphabet and the same on both databases.

use sea_orm::DbBackend;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr};

/// Stands between the texts of one row that are searched together, so that no match spans two of them.
const SEPARATOR: char = '\u{1f}';

/// Lowers a text; the two lower sigmas become one, because which of them a word gets depends on where it ends.
pub(crate) fn fold(text: &str) -> String {
    let lower = text.to_lowercase();
    if lower.contains('ς') { lower.replace('ς', "σ") } else { lower }
}

/// What the `text` filter looks into.
pub(crate) fn search_text(first: &str, second: Option<&str>) -> String {
    let mut text = fold(first);
    if let Some(second) = second {
        text.push(SEPARATOR);
        text.push_str(&fold(second));
    }
    text
}

/// The condition that a column made by [`search_text`] contains a text. `%` and `_` mean themselves.
pub(crate) fn contains(backend: DbBackend, column: Expr, text: &str) -> SimpleExpr {
    let position = match backend {
        DbBackend::Postgres => "strpos",
        _ => "instr",
    };
    Expr::expr(Func::cust(position).arg(column).arg(fold(text))).gt(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alphabet_is_lowered() {
        assert_eq!(fold("ÄÖÜ ΟΔΥΣΣΕΥΣ Привет"), "äöü οδυσσευσ привет");
        assert!(search_text("ΟΔΥΣΣΕΥΣ", None).contains(&fold("ΟΔΥΣ")));
    }

    #[test]
    fn no_match_spans_title_and_description() {
        assert!(!search_text("ab", Some("cd")).contains("bc"));
    }
}
