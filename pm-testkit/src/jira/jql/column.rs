//! The fields that queries can name, and what an issue has in them.
//!
//! <https://support.atlassian.com/jira-software-cloud/docs/jql-fields/>

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use serde_json::Value;

use super::super::Flavor;
use super::super::model::{Field, FieldKind, Issue, Project};
use super::super::store::Store;
use super::ast::{FieldRef, Operator};
use super::text;

/// A field that a query names, by what can be done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Project,
    Key,
    IssueType,
    Status,
    StatusCategory,
    Priority,
    Resolution,
    Parent,
    Sprint,
    /// The rank on boards, which queries only sort by.
    Rank,
    Creator,
    /// Components, versions or options: a field's id.
    Choice(String, Vec<(u64, String)>),
    User(String),
    Labels(String),
    Created,
    Updated,
    Resolved,
    StatusChanged,
    /// A custom date with a time.
    Moment(String),
    Day(String),
    Number(String),
    /// Text fields: searched for words.
    Text(Vec<String>),
    /// A custom field of text; as the vendor's, but of one field.
    Comment,
    AllText(Vec<String>),
}

/// One value of a field, to compare with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Atom {
    Id(u64),
    Text(String),
    Moment(DateTime<Utc>),
    Day(NaiveDate),
    Number(f64),
    /// An issue by its project and its number there.
    Key(u64, u64),
}

impl Atom {
    /// The order of two values; none between keys of different projects.
    pub(super) fn compare(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Id(a), Self::Id(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Moment(a), Self::Moment(b)) => Some(a.cmp(b)),
            (Self::Day(a), Self::Day(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Key(project, a), Self::Key(other, b)) if project == other => Some(a.cmp(b)),
            _ => None,
        }
    }
}

impl Column {
    /// The fields of a name: several where custom fields share it, none where nothing has it.
    pub(super) fn named(store: &Store, flavor: Flavor, field: &FieldRef) -> Vec<Self> {
        match field {
            FieldRef::Name(name) => match Self::system(store, flavor, &name.to_ascii_lowercase()) {
                Some(column) => vec![column],
                None => Self::custom(store, name),
            },
            FieldRef::Custom(number) => {
                let number = u64::try_from(*number).ok();
                let fits = |field: &&Field| field.custom.as_ref().map(|(id, _)| *id) == number;
                store.fields.iter().filter(fits).filter_map(Self::of_field).collect()
            }
            // Properties are searchable once an app has declared them, which none has here.
            FieldRef::Property { .. } => Vec::new(),
        }
    }

    fn system(store: &Store, flavor: Flavor, name: &str) -> Option<Self> {
        let text = |field: &str| Self::Text(vec![field.to_owned()]);
        Some(match name {
            "project" => Self::Project,
            "key" | "issuekey" | "issue" | "id" => Self::Key,
            "issuetype" | "type" => Self::IssueType,
            "status" => Self::Status,
            "statuscategory" => Self::StatusCategory,
            "statuscategorychangeddate" if flavor == Flavor::Cloud => Self::StatusChanged,
            "priority" => Self::Priority,
            "resolution" => Self::Resolution,
            "parent" => Self::Parent,
            "rank" => Self::Rank,
            "creator" => Self::Creator,
            "assignee" | "reporter" => Self::User(name.to_owned()),
            "labels" => Self::Labels(name.to_owned()),
            "created" | "createddate" => Self::Created,
            "updated" | "updateddate" => Self::Updated,
            "resolved" | "resolutiondate" => Self::Resolved,
            "due" | "duedate" => Self::Day("duedate".to_owned()),
            "summary" | "description" | "environment" => text(name),
            "comment" => Self::Comment,
            "text" => Self::AllText(text_fields(store)),
            "component" => Self::components(store),
            "fixversion" => Self::versions(store, "fixVersions"),
            "affectedversion" => Self::versions(store, "versions"),
            _ => return None,
        })
    }

    fn components(store: &Store) -> Self {
        let rows = store.components.values().map(|row| (row.id, row.name.clone()));
        Self::Choice("components".to_owned(), rows.collect())
    }

    fn versions(store: &Store, field: &str) -> Self {
        Self::Choice(field.to_owned(), store.versions.values().map(|row| (row.id, row.name.clone())).collect())
    }

    /// Custom fields by name, with or without the kind that Cloud writes behind it: `"Start date[Date]"`.
    fn custom(store: &Store, name: &str) -> Vec<Self> {
        let bare = name.split_once('[').map_or(name, |(bare, _)| bare);
        let fits = |field: &&Field| field.custom.is_some() && field.name.eq_ignore_ascii_case(bare);
        store.fields.iter().filter(fits).filter_map(Self::of_field).collect()
    }

    fn of_field(field: &Field) -> Option<Self> {
        let id = field.id.clone();
        let options = || field.options.iter().map(|option| (option.id, option.value.clone())).collect();
        Some(match field.kind {
            FieldKind::Text | FieldKind::Rich => Self::Text(vec![id]),
            FieldKind::Number => Self::Number(id),
            FieldKind::Date => Self::Day(id),
            FieldKind::DateTime => Self::Moment(id),
            FieldKind::User => Self::User(id),
            FieldKind::Labels => Self::Labels(id),
            FieldKind::Select | FieldKind::MultiSelect => Self::Choice(id, options()),
            FieldKind::Sprint => Self::Sprint,
            FieldKind::EpicLink => Self::Parent,
            _ => return None,
        })
    }

    /// Whether the field knows an operator: the tables of
    /// <https://support.atlassian.com/jira-software-cloud/docs/jql-fields/>.
    pub(super) fn supports(&self, operator: Operator) -> bool {
        use Operator::{
            Equals, Greater, GreaterOrEqual, In, Is, IsNot, Less, LessOrEqual, Like, NotEquals, NotIn, NotLike,
        };

        let ordered = matches!(operator, Less | LessOrEqual | Greater | GreaterOrEqual);
        match self {
            Self::Rank => false,
            Self::Text(_) => matches!(operator, Like | NotLike | Is | IsNot),
            Self::Comment | Self::AllText(_) => matches!(operator, Like | NotLike),
            _ if matches!(operator, Equals | NotEquals | In | NotIn | Is | IsNot) => true,
            Self::Key | Self::Priority | Self::Day(_) | Self::Number(_) => ordered,
            _ => ordered && self.is_moment(),
        }
    }

    pub(super) fn is_moment(&self) -> bool {
        matches!(self, Self::Created | Self::Updated | Self::Resolved | Self::StatusChanged | Self::Moment(_))
    }

    /// What an issue has in the field.
    ///
    /// Data Center compares moments by the second, as its index has them (unverified).
    pub(super) fn atoms(&self, store: &Store, flavor: Flavor, issue: &Issue) -> Vec<Atom> {
        let id = |id: u64| vec![Atom::Id(id)];
        match self {
            Self::Project => id(issue.project),
            Self::Key | Self::Rank => key(store, issue).into_iter().collect(),
            Self::IssueType => id(issue.kind),
            Self::Status => id(issue.status),
            Self::StatusCategory => store
                .statuses
                .get(&issue.status)
                .map(|status| Atom::Id(status.category.words().0))
                .into_iter()
                .collect(),
            Self::Priority => issue.number("priority").map(|id| priority(store, id)).into_iter().collect(),
            Self::Resolution => issue.resolution.map(Atom::Id).into_iter().collect(),
            Self::Parent => parent(store, issue).map(Atom::Id).into_iter().collect(),
            Self::Sprint => issue.sprints.iter().copied().map(Atom::Id).collect(),
            Self::Creator => issue.creator.clone().map(Atom::Text).into_iter().collect(),
            Self::Choice(field, _) => numbers(issue.values.get(field)).map(Atom::Id).collect(),
            Self::User(field) | Self::Labels(field) => strings(issue.values.get(field)).map(Atom::Text).collect(),
            Self::Day(field) => {
                strings(issue.values.get(field)).filter_map(|text| text.parse().ok()).map(Atom::Day).collect()
            }
            Self::Number(field) => {
                issue.values.get(field).and_then(Value::as_f64).map(Atom::Number).into_iter().collect()
            }
            Self::Text(_) | Self::Comment | Self::AllText(_) => Vec::new(),
            _ => self.moment(issue).map(|at| Atom::Moment(indexed(at, flavor))).into_iter().collect(),
        }
    }

    fn moment(&self, issue: &Issue) -> Option<DateTime<Utc>> {
        match self {
            Self::Created => Some(issue.created),
            Self::Updated => Some(issue.updated),
            Self::Resolved => issue.resolved,
            Self::StatusChanged => Some(issue.status_changed),
            Self::Moment(field) => issue.text(field).and_then(moment_of),
            _ => None,
        }
    }

    /// The texts that are searched for words, one by one.
    pub(super) fn texts(&self, store: &Store, issue: &Issue, comments: &[&Value]) -> Vec<Vec<String>> {
        let (fields, comments) = match self {
            Self::Text(fields) => (fields.as_slice(), [].as_slice()),
            Self::AllText(fields) => (fields.as_slice(), comments),
            Self::Comment => ([].as_slice(), comments),
            _ => return Vec::new(),
        };
        let known = fields.iter().filter(|field| store.field(field).is_some());
        let values = known.filter_map(|field| issue.values.get(field)).chain(comments.iter().copied());
        values.map(|value| text::words(&text::plain(value))).filter(|words| !words.is_empty()).collect()
    }
}

/// A moment as the index of a flavor has it.
pub(super) fn indexed(at: DateTime<Utc>, flavor: Flavor) -> DateTime<Utc> {
    match flavor {
        Flavor::Cloud => at,
        Flavor::DataCenter => at.trunc_subsecs(0),
    }
}

/// Priorities by their place, so that higher ones are greater.
pub(super) fn priority(store: &Store, id: u64) -> Atom {
    let place = store.priorities.keys().take_while(|other| **other != id).count();
    Atom::Number(-(u32::try_from(place).map(f64::from).unwrap_or_default()))
}

/// The key of an issue, as something to compare with.
pub(super) fn key(store: &Store, issue: &Issue) -> Option<Atom> {
    let project: &Project = store.projects.get(&issue.project)?;
    let (_, number) = issue.key.rsplit_once('-')?;
    Some(Atom::Key(project.id, number.parse().ok()?))
}

/// The parent, or the epic that an epic link names.
fn parent(store: &Store, issue: &Issue) -> Option<u64> {
    let link = store.fields.iter().find(|field| field.kind == FieldKind::EpicLink);
    let epic = link.and_then(|field| issue.text(&field.id)).and_then(|key| store.find_issue(key));
    issue.parent.or(epic.map(|epic| epic.id))
}

fn text_fields(store: &Store) -> Vec<String> {
    let fields = store.fields.iter().filter(|field| matches!(field.kind, FieldKind::Text | FieldKind::Rich));
    fields.map(|field| field.id.clone()).collect()
}

fn moment_of(text: &str) -> Option<DateTime<Utc>> {
    let vendors = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z");
    vendors.or_else(|_| DateTime::parse_from_rfc3339(text)).ok().map(|at| at.with_timezone(&Utc))
}

fn numbers(value: Option<&Value>) -> impl Iterator<Item = u64> {
    let many = value.and_then(Value::as_array).into_iter().flatten();
    value.filter(|value| !value.is_array()).into_iter().chain(many).filter_map(Value::as_u64)
}

fn strings(value: Option<&Value>) -> impl Iterator<Item = String> {
    let many = value.and_then(Value::as_array).into_iter().flatten();
    let one = value.filter(|value| !value.is_array()).into_iter();
    one.chain(many).filter_map(Value::as_str).map(str::to_owned)
}
