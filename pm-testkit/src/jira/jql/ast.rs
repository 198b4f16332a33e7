//! What a query says.

use std::fmt;

/// A whole query: which issues, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::jira) struct Query {
    /// `None`: all issues.
    pub(in crate::jira) clause: Option<Clause>,
    pub(in crate::jira) order: Vec<Sort>,
}

impl Query {
    /// The most fields that the search of Cloud sorts by.
    ///
    /// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/>
    pub(in crate::jira) const MOST_SORTS: usize = 7;

    /// Whether the query restricts what it finds: Cloud refuses `ORDER BY created` alone.
    ///
    /// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/>
    pub(in crate::jira) fn is_bounded(&self) -> bool {
        self.clause.is_some()
    }
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::jira) enum Clause {
    And(Vec<Clause>),
    Or(Vec<Clause>),
    Not(Box<Clause>),
    Terminal(Terminal),
}

/// A field compared with something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::jira) struct Terminal {
    pub(in crate::jira) field: FieldRef,
    pub(in crate::jira) operator: Operator,
    pub(in crate::jira) operand: Operand,
}

/// A field as a query names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::jira) enum FieldRef {
    Name(String),
    /// `cf[10020]`: a custom field by the number of its id.
    Custom(i64),
    /// `issue.property[key].path`: a property that an app has had indexed.
    Property {
        field: String,
        key: String,
        path: String,
    },
}

impl fmt::Display for FieldRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Custom(id) => write!(f, "cf[{id}]"),
            Self::Property { field, key, path } => write!(f, "{field}[{key}]{path}"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::jira) enum Operator {
    Equals,
    NotEquals,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    NotLike,
    In,
    NotIn,
    Is,
    IsNot,
}

impl Operator {
    /// As the vendor's messages write it (the words in lower case: unverified).
    pub(in crate::jira) fn text(self) -> &'static str {
        match self {
            Self::Equals => "=",
            Self::NotEquals => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Like => "~",
            Self::NotLike => "!~",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Is => "is",
            Self::IsNot => "is not",
        }
    }
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::jira) enum Operand {
    Text(String),
    /// A number without quotation marks: an id, or milliseconds of the epoch where a date belongs.
    Number(i64),
    List(Vec<Operand>),
    Function(Function),
    /// `EMPTY` or `NULL`.
    Empty,
}

/// A function's call, as in `startOfDay("-1d")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::jira) struct Function {
    pub(in crate::jira) name: String,
    pub(in crate::jira) arguments: Vec<String>,
}

/// One field of `ORDER BY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::jira) struct Sort {
    pub(in crate::jira) field: FieldRef,
    /// `None` where the query leaves it to the field: the vendor sorts most ascending and dates descending.
    pub(in crate::jira) direction: Option<Direction>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::jira) enum Direction {
    Ascending,
    Descending,
}
