//! A query made ready for the issues of a store.

use chrono::{DateTime, FixedOffset, Offset, Utc};
use serde_json::Value;
use std::cmp::Ordering;

use super::super::Flavor;
use super::super::access::Caller;
use super::super::model::{Comment, Issue};
use super::super::store::Store;
use super::ast::{Clause, Operand, Operator, Query, Sort, Terminal};
use super::column::{Atom, Column};
use super::dates::Calendar;
use super::error::JqlError;
use super::order;
use super::text::TextQuery;
use super::values::{Reader, Wanted};

/// Who asks what of which server, and when.
#[derive(Clone, Copy)]
pub(in crate::jira) struct Scope<'a> {
    pub(in crate::jira) store: &'a Store,
    pub(in crate::jira) caller: &'a Caller,
    pub(in crate::jira) flavor: Flavor,
    pub(in crate::jira) now: DateTime<Utc>,
}

/// A query whose fields and values are known.
///
/// It does not look at permissions: which issues the caller sees is left to the search.
pub(in crate::jira) struct Plan<'a> {
    scope: Scope<'a>,
    condition: Option<Condition>,
    order: Vec<order::Key>,
}

enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Test(Column, Test),
    /// What a query that is not validated makes of a wrong condition.
    Never,
}

enum Test {
    Empty(bool),
    /// One of these; or, with `false`, something and none of these.
    Among(Wanted, bool),
    Compared(Operator, Vec<Atom>),
    Like(TextQuery, bool),
}

impl<'a> Scope<'a> {
    /// Makes a query ready; else all that is wrong with it, each a message of a 400.
    pub(in crate::jira) fn plan(&self, query: &Query) -> Result<Plan<'a>, Vec<String>> {
        let (plan, wrong) = self.plan_leniently(query);
        if wrong.is_empty() { Ok(plan) } else { Err(wrong) }
    }

    /// Makes a query ready though some of it is wrong: what is wrong finds nothing (`validateQuery=false`).
    pub(in crate::jira) fn plan_leniently(&self, query: &Query) -> (Plan<'a>, Vec<String>) {
        let mut wrong = Vec::new();
        let condition = query.clause.as_ref().map(|clause| self.condition(clause, false, &mut wrong));
        let order = query.order.iter().filter_map(|sort| self.sort(sort, &mut wrong)).collect();
        (Plan { scope: *self, condition, order }, wrong)
    }

    /// A condition or its opposite.
    ///
    /// `NOT` goes down to the operators (`NOT a = b` is `a != b`), so that it does not find what is empty either:
    /// <https://support.atlassian.com/jira-software-cloud/docs/jql-keywords/>.
    fn condition(&self, clause: &Clause, negated: bool, wrong: &mut Vec<String>) -> Condition {
        let mut many = |clauses: &[Clause]| clauses.iter().map(|one| self.condition(one, negated, wrong)).collect();
        match clause {
            Clause::Not(inner) => self.condition(inner, !negated, wrong),
            Clause::And(clauses) if negated => Condition::Any(many(clauses)),
            Clause::And(clauses) => Condition::All(many(clauses)),
            Clause::Or(clauses) if negated => Condition::All(many(clauses)),
            Clause::Or(clauses) => Condition::Any(many(clauses)),
            Clause::Terminal(terminal) => {
                let operator = if negated { opposite(terminal.operator) } else { terminal.operator };
                self.terminal(terminal, operator).unwrap_or_else(|error| {
                    wrong.push(error.message);
                    Condition::Never
                })
            }
        }
    }

    fn terminal(&self, terminal: &Terminal, operator: Operator) -> Result<Condition, JqlError> {
        let field = terminal.field.to_string();
        let columns = Column::named(self.store, self.flavor, &terminal.field);
        if columns.is_empty() {
            return Err(self.no_field(&field));
        }
        let tests = columns.into_iter().map(|column| {
            let test = self.test(&column, operator, &terminal.operand, &field)?;
            Ok(Condition::Test(column, test))
        });
        Ok(Condition::Any(tests.collect::<Result<_, JqlError>>()?))
    }

    /// `tenable/integration-jira-cloud#25`; for those who are not logged in `mulesoft-catalyst/metrics-toolkit#212`.
    fn no_field(&self, field: &str) -> JqlError {
        JqlError::new(match self.caller.user {
            Some(_) => format!("Field '{field}' does not exist or you do not have permission to view it."),
            None => format!("Field '{field}' does not exist or this field cannot be viewed by anonymous users."),
        })
    }

    fn test(&self, column: &Column, operator: Operator, operand: &Operand, field: &str) -> Result<Test, JqlError> {
        if !column.supports(operator) {
            // tenable/integration-jira-cloud#281
            return Err(JqlError::new(format!(
                "The operator '{}' is not supported by the '{field}' field.",
                operator.text()
            )));
        }
        match (operator, operand) {
            (Operator::Is | Operator::IsNot, Operand::Empty) => return Ok(Test::Empty(operator == Operator::Is)),
            (Operator::Is | Operator::IsNot, _) => return Err(only_empty(operator, field)),
            (Operator::Like | Operator::NotLike, operand) => return like(operator, operand, field),
            (Operator::In | Operator::NotIn, Operand::List(_) | Operand::Function(_)) => {}
            (Operator::In | Operator::NotIn, _) => return Err(needs_list(operator, field)),
            (_, Operand::List(_)) => return Err(no_list(operator, field)),
            _ => {}
        }
        let reader = Reader { store: self.store, caller: self.caller, flavor: self.flavor, calendar: self.calendar() };
        let wanted = reader.wanted(column, operand, field)?;
        Ok(match operator {
            Operator::Equals | Operator::In => Test::Among(wanted, true),
            Operator::NotEquals | Operator::NotIn => Test::Among(wanted, false),
            _ => Test::Compared(operator, wanted.atoms),
        })
    }

    /// The caller's clock: dates are read in the time zone of their profile.
    ///
    /// <https://support.atlassian.com/jira-software-cloud/docs/jql-fields/>; `airbytehq/airbyte#48492`.
    fn calendar(&self) -> Calendar {
        let zone: FixedOffset = self.caller.account(self.store).map_or_else(|| Utc.fix(), |user| user.time_zone.1);
        Calendar { now: self.now, zone }
    }

    fn sort(&self, sort: &Sort, wrong: &mut Vec<String>) -> Option<order::Key> {
        let column = Column::named(self.store, self.flavor, &sort.field).into_iter().next();
        let key = column.and_then(|column| order::Key::new(column, sort.direction));
        if key.is_none() {
            // solidify/jira-azuredevops-migrator#61
            wrong.push(format!("Not able to sort using field '{}'.", sort.field));
        }
        key
    }
}

impl Plan<'_> {
    /// Whether the query finds an issue.
    pub(in crate::jira) fn finds(&self, issue: &Issue) -> bool {
        self.condition.as_ref().is_none_or(|condition| self.holds(condition, issue))
    }

    /// Sorts issues as the query says; those that are equal, and all without `ORDER BY`, with the newest first
    /// (unverified).
    pub(in crate::jira) fn sort(&self, issues: &mut [&Issue]) {
        issues.sort_by(|a, b| {
            let by_keys = self.order.iter().map(|key| key.compare(self.scope.store, self.scope.flavor, a, b));
            by_keys.fold(Ordering::Equal, Ordering::then).then_with(|| b.id.cmp(&a.id))
        });
    }

    fn holds(&self, condition: &Condition, issue: &Issue) -> bool {
        match condition {
            Condition::All(all) => all.iter().all(|one| self.holds(one, issue)),
            Condition::Any(any) => any.iter().any(|one| self.holds(one, issue)),
            Condition::Never => false,
            Condition::Test(column, test) => self.passes(column, test, issue),
        }
    }

    fn passes(&self, column: &Column, test: &Test, issue: &Issue) -> bool {
        let Scope { store, flavor, .. } = self.scope;
        let atoms = || column.atoms(store, flavor, issue);
        match test {
            Test::Empty(wanted) if matches!(column, Column::Text(_)) => {
                column.texts(store, issue, &[]).is_empty() == *wanted
            }
            Test::Empty(wanted) => atoms().is_empty() == *wanted,
            Test::Among(values, true) => match atoms() {
                atoms if atoms.is_empty() => values.empty,
                atoms => atoms.iter().any(|atom| values.atoms.contains(atom)),
            },
            Test::Among(values, false) => {
                let atoms = atoms();
                !atoms.is_empty() && !atoms.iter().any(|atom| values.atoms.contains(atom))
            }
            Test::Compared(operator, values) => {
                let atoms = atoms();
                atoms.iter().any(|atom| values.iter().any(|value| compared(*operator, atom.compare(value))))
            }
            Test::Like(query, wanted) => {
                let texts = column.texts(store, issue, &self.comments(issue));
                // What is empty neither contains something nor does it not.
                !texts.is_empty() && texts.iter().any(|words| query.finds(words)) == *wanted
            }
        }
    }

    /// The comments that the caller sees.
    fn comments(&self, issue: &Issue) -> Vec<&Value> {
        let Scope { store, caller, .. } = self.scope;
        let all = caller.is_admin(store);
        let seen = |comment: &&Comment| comment.issue == issue.id && (all || comment.visibility.is_none());
        store.comments.values().filter(seen).map(|comment| &comment.body).collect()
    }
}

fn like(operator: Operator, operand: &Operand, field: &str) -> Result<Test, JqlError> {
    let text = match operand {
        Operand::Text(text) => text.clone(),
        Operand::Number(number) => number.to_string(),
        Operand::Empty => return Ok(Test::Empty(operator == Operator::Like)),
        Operand::List(_) => return Err(no_list(operator, field)),
        Operand::Function(function) => {
            let call = format!("{}({})", function.name, function.arguments.join(", "));
            return Err(JqlError::new(format!("Unable to find JQL function '{call}'.")));
        }
    };
    Ok(Test::Like(TextQuery::read(&text, field)?, operator == Operator::Like))
}

fn compared(operator: Operator, order: Option<Ordering>) -> bool {
    order.is_some_and(|order| match operator {
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}

fn opposite(operator: Operator) -> Operator {
    match operator {
        Operator::Equals => Operator::NotEquals,
        Operator::NotEquals => Operator::Equals,
        Operator::Less => Operator::GreaterOrEqual,
        Operator::LessOrEqual => Operator::Greater,
        Operator::Greater => Operator::LessOrEqual,
        Operator::GreaterOrEqual => Operator::Less,
        Operator::Like => Operator::NotLike,
        Operator::NotLike => Operator::Like,
        Operator::In => Operator::NotIn,
        Operator::NotIn => Operator::In,
        Operator::Is => Operator::IsNot,
        Operator::IsNot => Operator::Is,
    }
}

/// The words are unverified, as those of the next two.
fn only_empty(operator: Operator, field: &str) -> JqlError {
    JqlError::new(format!(
        "The operator '{}' of the '{field}' field can only be used with EMPTY or NULL.",
        operator.text()
    ))
}

fn needs_list(operator: Operator, field: &str) -> JqlError {
    JqlError::new(format!("Operator '{}' does not support the non-list value for field '{field}'.", operator.text()))
}

fn no_list(operator: Operator, field: &str) -> JqlError {
    JqlError::new(format!("Operator '{}' does not support lists for field '{field}'.", operator.text()))
}
