//! What selections are made on, and what its fields give.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::coerce::Arguments;
use super::errors::GraphError;
use super::fields;
use super::scope::Scope;

/// The result of a field.
pub(super) type Resolved = Result<Out, GraphError>;

/// What a field gives.
#[derive(Clone, Debug)]
pub(super) enum Out {
    Null,
    Leaf(Value),
    One(Object),
    Many(Vec<Object>),
    /// All that a connection goes through, in its order, each with a number that no other has.
    Pages(Vec<(u64, Object)>),
}

impl Out {
    /// A text, a number or a flag.
    pub(super) fn leaf(value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => Self::Null,
            value => Self::Leaf(value),
        }
    }

    /// An object that may be missing.
    pub(super) fn maybe(object: Option<Object>) -> Self {
        object.map_or(Self::Null, Self::One)
    }

    /// Objects that are numbered by their ids.
    pub(super) fn pages(ids: impl IntoIterator<Item = u64>, object: impl Fn(u64) -> Object) -> Self {
        Self::Pages(ids.into_iter().map(|id| (id, object(id))).collect())
    }

    /// Objects that are numbered as they come.
    pub(super) fn counted(objects: impl IntoIterator<Item = Object>) -> Self {
        Self::Pages((1..).zip(objects).collect())
    }
}

/// An object: most are only ids until their fields are asked for.
#[derive(Clone, Debug)]
pub(super) enum Object {
    Query,
    Account(u64),
    Repository(u64),
    /// An issue, or the pull request that it is.
    Issue(u64),
    Label(u64),
    Milestone(u64),
    Comment(u64),
    Project(u64),
    Field(u64),
    Item(u64),
    /// The draft that an item is.
    Draft(u64),
    /// The value of an item in a field.
    FieldValue {
        item: u64,
        field: u64,
    },
    Connection(Box<Page>),
    /// An element of a connection, with its number.
    Edge(Box<(String, u64, Object)>),
    /// One that was asked for by its id and is not there.
    Missing(GraphError),
    /// One whose few fields are known from the start.
    Ready {
        kind: &'static str,
        fields: Vec<(&'static str, Out)>,
    },
}

/// A part of a connection.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// The type's name: `IssueConnection`.
    pub(super) kind: String,
    pub(super) elements: Vec<(u64, Object)>,
    pub(super) total: usize,
    pub(super) before: bool,
    pub(super) after: bool,
}

impl Object {
    pub(super) fn ready(kind: &'static str, fields: Vec<(&'static str, Out)>) -> Self {
        Self::Ready { kind, fields }
    }

    /// The name of its type.
    pub(super) fn kind(&self, scope: &Scope<'_>) -> String {
        match self {
            Self::Query => "Query".into(),
            Self::Account(id) => fields::account_kind(scope, *id).into(),
            Self::Repository(_) => "Repository".into(),
            Self::Issue(id) => if scope.is_pull(*id) { "PullRequest" } else { "Issue" }.into(),
            Self::Label(_) => "Label".into(),
            Self::Milestone(_) => "Milestone".into(),
            Self::Comment(_) => "IssueComment".into(),
            Self::Project(_) => "ProjectV2".into(),
            Self::Field(id) => fields::field_kind(scope, *id).into(),
            Self::Item(_) => "ProjectV2Item".into(),
            Self::Draft(_) => "DraftIssue".into(),
            Self::FieldValue { field, .. } => fields::value_kind(scope, *field).into(),
            Self::Connection(page) => page.kind.clone(),
            Self::Edge(edge) => edge.0.clone(),
            Self::Missing(_) => String::new(),
            Self::Ready { kind, .. } => (*kind).into(),
        }
    }

    /// What a field of it gives.
    pub(super) fn resolve(&self, scope: &Scope<'_>, field: &str, arguments: &Arguments) -> Resolved {
        match self {
            Self::Query => fields::query(scope, field, arguments),
            Self::Account(id) => fields::account(scope, *id, field, arguments),
            Self::Repository(id) => fields::repository(scope, *id, field, arguments),
            Self::Issue(id) if scope.is_pull(*id) => fields::pull_request(scope, *id, field, arguments),
            Self::Issue(id) => fields::issue(scope, *id, field, arguments),
            Self::Label(id) => fields::label(scope, *id, field),
            Self::Milestone(id) => fields::milestone(scope, *id, field),
            Self::Comment(id) => fields::comment(scope, *id, field),
            Self::Project(id) => fields::project(scope, *id, field, arguments),
            Self::Field(id) => fields::project_field(scope, *id, field, arguments),
            Self::Item(id) => fields::item(scope, *id, field, arguments),
            Self::Draft(id) => fields::draft(scope, *id, field),
            Self::FieldValue { item, field: of } => fields::field_value(scope, (*item, *of), field),
            Self::Connection(page) => Ok(page.resolve(field)),
            Self::Edge(edge) if field == "cursor" => Ok(Out::leaf(cursor(edge.1))),
            Self::Edge(edge) => Ok(Out::One(edge.2.clone())),
            Self::Missing(error) => Err(error.clone()),
            Self::Ready { fields, .. } => {
                let found = fields.iter().find(|(name, _)| *name == field);
                Ok(found.map_or(Out::Null, |(_, out)| out.clone()))
            }
        }
    }
}

impl Page {
    /// Cuts a page out of all elements by `first` and `after`, or `last` and `before`.
    ///
    /// <https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api>
    pub(super) fn cut(
        name: &str,
        kind: &str,
        all: Vec<(u64, Object)>,
        arguments: &Arguments,
    ) -> Result<Self, GraphError> {
        let (first, last) = (size(name, "first", arguments)?, size(name, "last", arguments)?);
        if first.is_none() && last.is_none() {
            return Err(GraphError::no_boundaries(name));
        }
        let total = all.len();
        let position = |argument| place(argument, arguments, &all);
        let start = position("after")?.map_or(0, |at| at + 1);
        let end = position("before")?.unwrap_or(total).max(start);
        let (start, end) = match (first, last) {
            (Some(first), _) => (start, end.min(start + first)),
            (None, Some(last)) => (start.max(end.saturating_sub(last)), end),
            (None, None) => (start, end),
        };
        let elements = all.into_iter().skip(start).take(end - start).collect();
        Ok(Self { kind: kind.to_owned(), elements, total, before: start > 0, after: end < total })
    }

    fn resolve(&self, field: &str) -> Out {
        match field {
            "nodes" => Out::Many(self.elements.iter().map(|(_, object)| object.clone()).collect()),
            "edges" => Out::Many(self.elements.iter().map(|(key, object)| self.edge(*key, object)).collect()),
            "pageInfo" => Out::One(self.info()),
            "totalCount" => Out::leaf(self.total),
            _ => Out::Null,
        }
    }

    fn edge(&self, key: u64, object: &Object) -> Object {
        Object::Edge(Box::new((self.kind.replace("Connection", "Edge"), key, object.clone())))
    }

    fn info(&self) -> Object {
        let cursor = |element: Option<&(u64, Object)>| element.map_or(Out::Null, |(key, _)| Out::leaf(cursor(*key)));
        let fields = vec![
            ("startCursor", cursor(self.elements.first())),
            ("endCursor", cursor(self.elements.last())),
            ("hasPreviousPage", Out::leaf(self.before)),
            ("hasNextPage", Out::leaf(self.after)),
        ];
        Object::ready("PageInfo", fields)
    }
}

fn size(name: &str, argument: &str, arguments: &Arguments) -> Result<Option<usize>, GraphError> {
    match arguments.number(argument) {
        None => Ok(None),
        Some(asked @ 0..=100) => Ok(usize::try_from(asked).ok()),
        Some(asked @ ..0) => {
            let message = format!("`{argument}` on the `{name}` connection cannot be less than zero ({asked}).");
            Err(GraphError::unprocessable(message))
        }
        Some(asked) => Err(GraphError::excessive(name, argument, asked)),
    }
}

/// A cursor is opaque; this one names the element that it stands behind.
fn cursor(key: u64) -> String {
    STANDARD.encode(format!("cursor:v2:{key}"))
}

/// Where a cursor stands. One whose element is gone stands where the element was: before the next higher number.
fn place(argument: &'static str, arguments: &Arguments, all: &[(u64, Object)]) -> Result<Option<usize>, GraphError> {
    let Some(text) = arguments.text(argument) else { return Ok(None) };
    let refused = || GraphError::bad_cursor(argument, text);
    let bytes = STANDARD.decode(text).map_err(|_| refused())?;
    let key = String::from_utf8(bytes).map_err(|_| refused())?;
    let key: u64 = key.strip_prefix("cursor:v2:").and_then(|key| key.parse().ok()).ok_or_else(refused)?;
    if let Some(at) = all.iter().position(|(other, _)| *other == key) {
        return Ok(Some(at));
    }
    let rising = all.first().zip(all.last()).is_none_or(|((first, _), (last, _))| first <= last);
    let behind = all.iter().position(|(other, _)| if rising { *other > key } else { *other < key });
    let at = behind.unwrap_or(all.len());
    // `after` begins one further on than the place that it names.
    Ok(if argument == "after" { at.checked_sub(1) } else { Some(at) })
}
