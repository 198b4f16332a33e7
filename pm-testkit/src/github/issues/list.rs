//! Lists of issues, with the pull requests among them.

use axum::extract::{Path, State};
use chrono::DateTime;

use crate::github::access::Caller;
use crate::github::errors::{Answer, Problem};
use crate::github::model::{Issue, Repository};
use crate::github::paging::{self, Key};
use crate::github::reply::Reply;
use crate::github::request::Parameters;
use crate::github::store::{App, Store};
use crate::github::view::View;

/// What a list asks for: <https://docs.github.com/en/rest/issues/issues#list-repository-issues>.
struct Query<'a> {
    state: &'a str,
    labels: Vec<String>,
    milestone: Option<Milestone>,
    assignee: Option<Who>,
    creator: Option<Option<u64>>,
    kind: Option<&'a str>,
    mentioned: Option<&'a str>,
    since: Option<DateTime<chrono::Utc>>,
}

enum Milestone {
    Any,
    None,
    Number(u64),
}

enum Who {
    Any,
    None,
    /// Somebody; `None` where nobody has the name: then nothing fits.
    One(Option<u64>),
}

impl<'a> Query<'a> {
    fn read(store: &Store, parameters: &'a Parameters) -> Answer<Self> {
        let labels = parameters.get("labels").unwrap_or_default().split(',').map(|name| name.trim().to_lowercase());
        let account = |login: &str| store.account_named(login).map(|account| account.id);
        let milestone = match parameters.get("milestone") {
            None => None,
            Some("*") => Some(Milestone::Any),
            Some("none") => Some(Milestone::None),
            Some(number) => {
                Some(Milestone::Number(number.parse().map_err(|_| Problem::invalid("Issue", "milestone", number))?))
            }
        };
        Ok(Self {
            state: parameters.one_of("state", &["open", "closed", "all"], "open")?,
            labels: labels.filter(|name| !name.is_empty()).collect(),
            milestone,
            assignee: parameters.get("assignee").map(|who| match who {
                "*" => Who::Any,
                "none" => Who::None,
                login => Who::One(account(login)),
            }),
            creator: parameters.get("creator").map(account),
            kind: parameters.get("type"),
            mentioned: parameters.get("mentioned"),
            since: parameters.time("since")?,
        })
    }

    fn fits(&self, store: &Store, issue: &Issue) -> bool {
        self.fits_state(issue)
            && self.labels.iter().all(|name| has_label(store, issue, name))
            && self.fits_people(issue)
            && self.fits_milestone(store, issue)
            && self.kind.is_none_or(|kind| has_kind(store, issue, kind))
    }

    fn fits_state(&self, issue: &Issue) -> bool {
        let state = match self.state {
            "open" => issue.open,
            "closed" => !issue.open,
            _ => true,
        };
        // A list since the beginning of time is empty (`airbytehq/airbyte#85376`).
        let since = self.since.is_none_or(|since| since.timestamp() != 0 && issue.updated > since);
        let text = || format!("{} {}", issue.title, issue.body.as_deref().unwrap_or_default());
        state && since && self.mentioned.is_none_or(|login| text().contains(&format!("@{login}")))
    }

    fn fits_people(&self, issue: &Issue) -> bool {
        let assignee = match &self.assignee {
            None => true,
            Some(Who::Any) => !issue.assignees.is_empty(),
            Some(Who::None) => issue.assignees.is_empty(),
            Some(Who::One(who)) => who.is_some_and(|who| issue.assignees.contains(&who)),
        };
        assignee && self.creator.is_none_or(|who| who == Some(issue.author))
    }

    fn fits_milestone(&self, store: &Store, issue: &Issue) -> bool {
        match &self.milestone {
            None => true,
            Some(Milestone::Any) => issue.milestone.is_some(),
            Some(Milestone::None) => issue.milestone.is_none(),
            Some(Milestone::Number(number)) => {
                let own = issue.milestone.and_then(|id| store.milestones.get(&id));
                own.is_some_and(|milestone| milestone.number == *number)
            }
        }
    }
}

fn has_label(store: &Store, issue: &Issue, name: &str) -> bool {
    issue.labels.iter().filter_map(|id| store.labels.get(id)).any(|label| label.name.to_lowercase() == name)
}

fn has_kind(store: &Store, issue: &Issue, kind: &str) -> bool {
    let own = issue.kind.and_then(|id| store.issue_types.get(&id));
    match kind {
        "*" => own.is_some(),
        "none" => own.is_none(),
        name => own.is_some_and(|own| own.name.eq_ignore_ascii_case(name)),
    }
}

pub(super) async fn of_repository(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    caller.repository(&store, repository)?;
    check_milestone(&store, repository, &parameters)?;
    let issues = store.issues_of(repository);
    reply(&app, &store, (&caller, &parameters), issues, false)
}

/// 422 for a milestone that the repository does not have (unverified).
fn check_milestone(store: &Store, repository: u64, parameters: &Parameters) -> Answer<()> {
    let number = parameters.get("milestone").and_then(|number| number.parse().ok());
    match number.is_none_or(|number| store.milestone_at(repository, number).is_some()) {
        true => Ok(()),
        false => Err(Problem::invalid("Issue", "milestone", parameters.get("milestone").unwrap_or_default())),
    }
}

/// The issues of all repositories that the caller sees; by default those that are assigned to the caller.
pub(super) async fn mine(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    across(&app, &caller, &parameters, |_| true)
}

pub(super) async fn of_organization(
    State(app): State<App>,
    caller: Caller,
    Path(organization): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let owner = app.lock().account_named(&organization).map(|account| account.id).ok_or_else(Problem::not_found)?;
    across(&app, &caller, &parameters, |repository| repository.owner == owner)
}

fn across(app: &App, caller: &Caller, parameters: &Parameters, inside: impl Fn(&Repository) -> bool) -> Answer<Reply> {
    let me = caller.account()?;
    let filter =
        parameters.one_of("filter", &["assigned", "created", "mentioned", "subscribed", "repos", "all"], "assigned")?;
    let store = app.lock();
    let shown = |issue: &&Issue| {
        let repository = caller.repository(&store, issue.repository);
        let mine = match filter {
            "assigned" => issue.assignees.contains(&me),
            "created" => issue.author == me,
            "repos" | "all" => true,
            _ => false,
        };
        mine && repository.is_ok_and(&inside)
    };
    let issues = store.issues.values().filter(shown);
    reply(app, &store, (caller, parameters), issues, true)
}

/// A page of those that fit, in the order that is asked for: the newest first where nothing is said.
fn reply<'a>(
    app: &App,
    store: &'a Store,
    (caller, parameters): (&Caller, &Parameters),
    issues: impl Iterator<Item = &'a Issue>,
    with_repository: bool,
) -> Answer<Reply> {
    let query = Query::read(store, parameters)?;
    let sort = parameters.one_of("sort", &["created", "updated", "comments"], "created")?;
    let descending = parameters.one_of("direction", &["asc", "desc"], "desc")? == "desc";
    let key = |issue: &Issue| -> Key {
        let key = match sort {
            "updated" => issue.updated.timestamp(),
            "comments" => i64::try_from(issue.comments.len()).unwrap_or(i64::MAX),
            _ => issue.created.timestamp(),
        };
        (key, issue.id)
    };
    let mut rows: Vec<(Key, &Issue)> =
        issues.filter(|issue| query.fits(store, issue)).map(|issue| (key(issue), issue)).collect();
    rows.sort_by_key(|(key, _)| *key);
    if descending {
        rows.reverse();
    }
    let view = View::of(store, caller);
    paging::sorted(caller, parameters, (&rows, descending, app.options.last_links), |issue| {
        let mut shown = view.issue(issue);
        if let (true, Some(repository)) = (with_repository, store.repositories.get(&issue.repository)) {
            shown["repository"] = view.repository(repository);
        }
        shown
    })
}
