//! What an operand means for a field, or why it means nothing, in the vendor's words.
//!
//! Names: `tenable/integration-jira-cloud#25`; keys: `atlassian-api/atlassian-python-api#752`, `hygieia/hygieia#1376`; ids,
//! options and numbers: the vendor's own functional tests of its navigator.

use super::super::Flavor;
use super::super::access::Caller;
use super::super::model::{Category, SprintState, User};
use super::super::store::Store;
use super::ast::{Function, Operand};
use super::column::{self, Atom, Column};
use super::dates::Calendar;
use super::error::JqlError;

/// What an operand stands for: values, and perhaps "nothing".
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) atoms: Vec<Atom>,
    pub(super) empty: bool,
}

/// Who asks what of which server, and when.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) store: &'a Store,
    pub(super) caller: &'a Caller,
    pub(super) flavor: Flavor,
    pub(super) calendar: Calendar,
}

impl Reader<'_> {
    /// All that an operand stands for in a field, which the query calls `field`.
    pub(super) fn wanted(&self, column: &Column, operand: &Operand, field: &str) -> Result<Wanted, JqlError> {
        match operand {
            Operand::Empty => Ok(Wanted { atoms: Vec::new(), empty: true }),
            Operand::List(operands) => {
                let mut all = Wanted::default();
                for operand in operands {
                    let one = self.wanted(column, operand, field)?;
                    all.atoms.extend(one.atoms);
                    all.empty |= one.empty;
                }
                Ok(all)
            }
            Operand::Text(text) if *column == Column::Resolution && text.eq_ignore_ascii_case("unresolved") => {
                Ok(Wanted { atoms: Vec::new(), empty: true })
            }
            single => Ok(Wanted { atoms: self.atoms(column, single, field)?, empty: false }),
        }
    }

    fn atoms(&self, column: &Column, operand: &Operand, field: &str) -> Result<Vec<Atom>, JqlError> {
        if column.is_moment() {
            let at = self.calendar.moment(operand, field)?;
            return Ok(vec![Atom::Moment(column::indexed(at, self.flavor))]);
        }
        match (column, operand) {
            (Column::Day(_), operand) => Ok(vec![Atom::Day(self.calendar.day(operand, field)?)]),
            (_, Operand::Function(function)) => self.function(column, function, field),
            (Column::Number(_), Operand::Number(number)) => {
                number.to_string().parse().map(|number| vec![Atom::Number(number)]).map_err(|_| no_number("", field))
            }
            (Column::Number(_), Operand::Text(text)) => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(vec![Atom::Number(number)]),
                _ => Err(no_number(text, field)),
            },
            (column, Operand::Number(number)) => self.by_number(column, *number, field),
            (column, Operand::Text(text)) => self.by_text(column, text, field),
            (_, Operand::List(_) | Operand::Empty) => Ok(Vec::new()),
        }
    }

    fn function(&self, column: &Column, function: &Function, field: &str) -> Result<Vec<Atom>, JqlError> {
        let sprints = |state: SprintState| {
            let rows = self.store.sprints.values().filter(|sprint| sprint.state == state);
            rows.map(|sprint| Atom::Id(sprint.id)).collect::<Vec<_>>()
        };
        let types = |subtasks: bool| {
            let rows = self.store.issue_types.values().filter(|kind| kind.is_subtask() == subtasks);
            rows.map(|kind| Atom::Id(kind.id)).collect::<Vec<_>>()
        };
        let name = function.name.to_ascii_lowercase();
        let known = match (name.as_str(), column) {
            ("currentuser", Column::User(_) | Column::Creator) => {
                Some(self.caller.user.iter().cloned().map(Atom::Text).collect())
            }
            ("opensprints", Column::Sprint) => Some(sprints(SprintState::Active)),
            ("closedsprints", Column::Sprint) => Some(sprints(SprintState::Closed)),
            ("futuresprints", Column::Sprint) => Some(sprints(SprintState::Future)),
            ("standardissuetypes", Column::IssueType) => Some(types(false)),
            ("subtaskissuetypes", Column::IssueType) => Some(types(true)),
            _ => None,
        };
        let argued = function.arguments.len();
        match known {
            Some(atoms) if argued == 0 => Ok(atoms),
            Some(_) => Err(JqlError::new(format!(
                "Function '{}' expected '0' arguments but received '{argued}'.",
                function.name
            ))),
            None => Err(self.unknown_function(&name, function, field)),
        }
    }

    fn unknown_function(&self, name: &str, function: &Function, field: &str) -> JqlError {
        let others = ["now", "currentuser", "opensprints", "closedsprints", "futuresprints"];
        let elsewhere = others.contains(&name) || name.starts_with("startof") || name.starts_with("endof");
        match elsewhere {
            // The words for dates and persons differ; these are unverified.
            true => JqlError::new(format!(
                "A value provided by the function '{}' is invalid for the field '{field}'.",
                function.name
            )),
            false => JqlError::new(format!(
                "Unable to find JQL function '{}({})'.",
                function.name,
                function.arguments.join(", ")
            )),
        }
    }

    fn by_number(&self, column: &Column, number: i64, field: &str) -> Result<Vec<Atom>, JqlError> {
        let id = u64::try_from(number).ok();
        let found = match column {
            Column::Key => id.and_then(|id| self.visible_issue(&id.to_string())).and_then(|(_, key)| key),
            Column::Parent => id.and_then(|id| self.visible_issue(&id.to_string())).map(|(id, _)| Atom::Id(id)),
            _ => id.and_then(|id| self.row_of(column, id)),
        };
        let found = found.or_else(|| self.named(column, &number.to_string()));
        found.map(|atom| vec![atom]).ok_or_else(|| match column {
            Column::Sprint => no_sprint("id", &number.to_string()),
            Column::User(_) | Column::Creator | Column::Labels(_) => no_value(&number.to_string(), field),
            Column::Choice(id, _) if id.starts_with("customfield_") => no_option(&number.to_string(), field),
            _ => JqlError::new(format!("A value with ID '{number}' does not exist for the field '{field}'.")),
        })
    }

    fn by_text(&self, column: &Column, text: &str, field: &str) -> Result<Vec<Atom>, JqlError> {
        if let Column::Key | Column::Parent = column {
            return self.issue(column, text, field).map(|atom| vec![atom]);
        }
        let by_name = self.named(column, text);
        let found = by_name.or_else(|| text.parse().ok().and_then(|id| self.row_of(column, id)));
        found.map(|atom| vec![atom]).ok_or_else(|| match column {
            Column::Sprint => no_sprint("name", text),
            Column::Choice(id, _) if id.starts_with("customfield_") => no_option(text, field),
            _ => no_value(text, field),
        })
    }

    fn issue(&self, column: &Column, text: &str, field: &str) -> Result<Atom, JqlError> {
        let is_key = text.rsplit_once('-').is_some_and(|(project, number)| {
            project.starts_with(|first: char| first.is_ascii_alphabetic()) && number.parse::<u64>().is_ok()
        });
        let found = self.visible_issue(text).and_then(|(id, key)| match column {
            Column::Key => key,
            _ => Some(Atom::Id(id)),
        });
        found.ok_or_else(|| match (is_key, text.parse::<u64>()) {
            (true, _) => JqlError::new(format!("An issue with key '{text}' does not exist for field '{field}'.")),
            (false, Ok(_)) => {
                JqlError::new(format!("A value with ID '{text}' does not exist for the field '{field}'."))
            }
            (false, Err(_)) => JqlError::new(format!("The issue key '{text}' for field '{field}' is invalid.")),
        })
    }

    fn visible_issue(&self, id_or_key: &str) -> Option<(u64, Option<Atom>)> {
        let issue = self.caller.issue(self.store, id_or_key).ok()?;
        Some((issue.id, column::key(self.store, issue)))
    }

    /// A row by its id.
    fn row_of(&self, column: &Column, id: u64) -> Option<Atom> {
        let store = self.store;
        let there = match column {
            Column::Project => return self.project(&id.to_string()),
            Column::Priority => return store.priorities.get(&id).map(|_| column::priority(store, id)),
            Column::IssueType => store.issue_types.contains_key(&id),
            Column::Status => store.statuses.contains_key(&id),
            Column::StatusCategory => (1..=4).contains(&id),
            Column::Resolution => store.resolutions.contains_key(&id),
            Column::Sprint => store.sprints.contains_key(&id),
            Column::Choice(_, rows) => rows.iter().any(|(row, _)| *row == id),
            _ => false,
        };
        there.then_some(Atom::Id(id))
    }

    fn project(&self, id_or_key: &str) -> Option<Atom> {
        let visible = self.caller.project(self.store, id_or_key).ok();
        visible.map(|project| Atom::Id(project.id))
    }

    /// A row by its name, whatever its capitals.
    fn named(&self, column: &Column, name: &str) -> Option<Atom> {
        let (store, same) = (self.store, |other: &str| other.eq_ignore_ascii_case(name));
        let id = match column {
            Column::Project => {
                let named = store.projects.values().find(|row| same(&row.name)).map(|row| row.id.to_string());
                return self.project(&name.to_ascii_uppercase()).or_else(|| self.project(&named?));
            }
            Column::Priority => {
                let row = store.priorities.values().find(|row| same(&row.name))?;
                return Some(column::priority(store, row.id));
            }
            Column::Labels(_) => return Some(Atom::Text(name.to_owned())),
            Column::User(_) | Column::Creator => return self.user(name).map(|user| Atom::Text(user.id.clone())),
            Column::IssueType => store.issue_types.values().find(|row| same(&row.name)).map(|row| row.id),
            Column::Status => store.statuses.values().find(|row| same(&row.name)).map(|row| row.id),
            Column::StatusCategory => category(name),
            Column::Resolution => store.resolutions.values().find(|row| same(&row.name)).map(|row| row.id),
            Column::Sprint => store.sprints.values().find(|row| same(&row.name)).map(|row| row.id),
            Column::Choice(_, rows) => rows.iter().find(|(_, row)| same(row)).map(|(id, _)| *id),
            _ => None,
        };
        id.map(Atom::Id)
    }

    /// Somebody by account id (Cloud) or user name (Data Center, whose keys find nobody), full name or e-mail address.
    ///
    /// <https://support.atlassian.com/jira-software-cloud/docs/jql-fields/>
    fn user(&self, name: &str) -> Option<&User> {
        let users = || self.store.users.values();
        let own = users().find(|user| match self.flavor {
            Flavor::Cloud => user.id == name,
            Flavor::DataCenter => user.name.eq_ignore_ascii_case(name),
        });
        own.or_else(|| users().find(|user| user.display_name.eq_ignore_ascii_case(name)))
            .or_else(|| users().find(|user| !user.hides_email && user.email.eq_ignore_ascii_case(name)))
    }
}

fn category(name: &str) -> Option<u64> {
    let categories = [Category::Undefined, Category::New, Category::Indeterminate, Category::Done];
    let words = categories.into_iter().map(Category::words);
    let mut words =
        words.filter(|(_, key, _, title)| key.eq_ignore_ascii_case(name) || title.eq_ignore_ascii_case(name));
    words.next().map(|(id, ..)| id)
}

fn no_value(value: &str, field: &str) -> JqlError {
    JqlError::new(format!("The value '{value}' does not exist for the field '{field}'."))
}

fn no_option(value: &str, field: &str) -> JqlError {
    JqlError::new(format!("The option '{value}' for field '{field}' does not exist."))
}

fn no_number(value: &str, field: &str) -> JqlError {
    JqlError::new(format!("Value '{value}' for the '{field}' field is not a valid number."))
}

/// The words are unverified.
fn no_sprint(by: &str, value: &str) -> JqlError {
    let rule = "does not exist or you do not have permission to view it.";
    JqlError::new(format!("Sprint with {by} '{value}' {rule}"))
}
