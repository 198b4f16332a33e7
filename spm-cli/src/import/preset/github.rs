//! The issues of a GitHub repository, as the REST API lists them.

use chrono::{DateTime, Utc};
use pm_core::value::micros;
use pm_core::{RawData, SprintStatusCategory, StatusCategory, StatusRef};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Mapped, Preset};
use crate::import::row::{PersonRow, Reason, SprintRow, TaskRow};

/// `GET /repos/{owner}/{repo}/issues?state=all`: issues, and pull requests, which are left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GitHub;

impl Preset for GitHub {
    fn name(&self) -> &str {
        "github"
    }

    fn map(&self, json: &str) -> Result<Mapped, Reason> {
        let issue: Issue<'_> = serde_json::from_str(json).map_err(|error| no_issue(json, &error))?;
        if issue.pull_request.is_some() || issue.is_at("/pulls/") || issue.is_at("/pull/") {
            let (key, title) = (issue.key().unwrap_or_default(), issue.title.unwrap_or_default());
            return Ok(Mapped::LeftOut("pull request", Box::new(TaskRow { key, title, ..TaskRow::default() })));
        }
        let has_address = issue.url.is_some() || issue.html_url.is_some();
        if has_address && (!issue.is_at("/issues/") || issue.is_at("/comments/")) {
            let message = "is no GitHub issue: neither `url` nor `html_url` is that of one";
            return Err(Reason::new("no GitHub issue", message));
        }
        issue.into_row().map(|row| Mapped::Task(Box::new(row)))
    }

    fn sprint(&self, json: &str) -> Option<SprintRow> {
        serde_json::from_str(json).ok().and_then(|raw| sprint(raw).ok())
    }
}

fn no_issue(json: &str, error: &serde_json::Error) -> Reason {
    let words = error.to_string();
    let what = words.split(" at line ").next().unwrap_or(&words);
    let object = json.starts_with('{');
    let message = if object { format!("is no GitHub issue: {what}") } else { "must be an object".to_owned() };
    Reason::new(if object { "no GitHub issue" } else { "no object" }, message)
}

#[derive(Deserialize)]
struct Issue<'a> {
    #[serde(borrow)]
    pull_request: Option<&'a RawValue>,
    url: Option<String>,
    html_url: Option<String>,
    node_id: Option<String>,
    id: Option<u64>,
    number: Option<u64>,
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
    state_reason: Option<String>,
    #[serde(default)]
    labels: Vec<Label>,
    assignees: Option<Vec<&'a RawValue>>,
    assignee: Option<&'a RawValue>,
    user: Option<&'a RawValue>,
    milestone: Option<&'a RawValue>,
    created_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Name(String),
    Full { name: String },
}

impl Label {
    fn into_name(self) -> String {
        match self {
            Self::Name(name) | Self::Full { name } => name,
        }
    }
}

impl Issue<'_> {
    /// Whether an address of it has this part.
    fn is_at(&self, part: &str) -> bool {
        [&self.url, &self.html_url].into_iter().flatten().any(|address| address.contains(part))
    }

    /// The id, which stays when a repository is renamed or moves, with the host that gave it. A number alone is the same
    /// in every repository: it tells nothing apart.
    fn key(&self) -> Option<String> {
        let address = [&self.url, &self.html_url].into_iter().flatten().find(|address| !address.is_empty());
        let host = address.and_then(|address| address.split("://").nth(1)?.split('/').next());
        match (self.id, &self.node_id) {
            (Some(id), _) => Some(format!("{}:{id}", host.map_or("", |host| host.trim_start_matches("api.")))),
            (None, Some(node)) if !node.is_empty() => Some(node.clone()),
            _ => address.cloned(),
        }
    }

    fn into_row(self) -> Result<TaskRow, Reason> {
        let key =
            self.key().ok_or_else(|| Reason::new("no key", "has none of `url`, `html_url`, `node_id` and `id`"))?;
        let title = self.title.ok_or_else(|| Reason::new("no title", "has no `title`"))?;
        let category = category(self.state.as_deref(), self.state_reason.as_deref())?;
        let assignees = match self.assignees {
            Some(several) if !several.is_empty() => several,
            _ => self.assignee.into_iter().collect(),
        };
        Ok(TaskRow {
            key,
            number: self.number,
            title,
            description: self.body,
            status: Some(StatusRef::Category(category)),
            labels: self.labels.into_iter().map(Label::into_name).collect(),
            assignees: assignees.into_iter().map(person).collect::<Result<_, _>>()?,
            author: self.user.map(person).transpose()?,
            sprint: self.milestone.map(sprint).transpose()?,
            created_at: self.created_at.map(micros),
            completed_at: self.closed_at.filter(|_| category.is_closed()).map(micros),
            url: self.html_url,
            ..TaskRow::default()
        })
    }
}

fn category(state: Option<&str>, reason: Option<&str>) -> Result<StatusCategory, Reason> {
    match (state, reason) {
        (Some("open"), _) => Ok(StatusCategory::Todo),
        (Some("closed"), Some("not_planned" | "duplicate")) => Ok(StatusCategory::Cancelled),
        (Some("closed"), _) => Ok(StatusCategory::Done),
        (Some(other), _) => {
            Err(Reason::new("unknown state", format!("has the state `{other}`; known are `open` and `closed`")))
        }
        (None, _) => Err(Reason::new("unknown state", "has no `state`; known are `open` and `closed`")),
    }
}

#[derive(Deserialize)]
struct Account {
    login: String,
    id: Option<u64>,
    avatar_url: Option<String>,
    email: Option<String>,
}

fn person(raw: &RawValue) -> Result<PersonRow, Reason> {
    let account: Account = part("user", raw)?;
    Ok(PersonRow {
        key: account.id.map_or_else(|| account.login.clone(), |id| id.to_string()),
        login: account.login,
        email: account.email,
        avatar_url: account.avatar_url.filter(|url| !url.is_empty()),
        raw: kept(raw)?,
    })
}

#[derive(Deserialize)]
struct Milestone {
    url: Option<String>,
    html_url: Option<String>,
    node_id: Option<String>,
    id: Option<u64>,
    title: String,
    description: Option<String>,
    state: Option<String>,
    due_on: Option<DateTime<Utc>>,
    created_at: Option<DateTime<Utc>>,
}

fn sprint(raw: &RawValue) -> Result<SprintRow, Reason> {
    let found: Milestone = part("milestone", raw)?;
    let key = found.url.or_else(|| found.html_url.clone()).or(found.node_id).or(found.id.map(|id| id.to_string()));
    let closed = found.state.as_deref() == Some("closed");
    Ok(SprintRow {
        key: key.unwrap_or_else(|| found.title.clone()),
        name: found.title,
        only_named: false,
        status: Some(if closed { SprintStatusCategory::Completed } else { SprintStatusCategory::Active }),
        goal: found.description,
        end_date: found.due_on.map(|time| time.date_naive()),
        created_at: found.created_at.map(micros),
        url: found.html_url,
        raw: kept(raw)?,
    })
}

fn part<T: serde::de::DeserializeOwned>(what: &str, raw: &RawValue) -> Result<T, Reason> {
    serde_json::from_str(raw.get()).map_err(|error| {
        let words = error.to_string();
        let problem = words.split(" at line ").next().unwrap_or(&words);
        Reason::new("no GitHub issue", format!("has a {what} that cannot be read: {problem}"))
    })
}

fn kept(raw: &RawValue) -> Result<RawData, Reason> {
    RawData::from_json(raw.get()).map_err(|error| Reason::new("no GitHub issue", error.message()))
}

#[cfg(test)]
mod tests;
