//! What issues refer to: labels, people, milestones, types. All of it is looked up before anything is written.

use std::sync::Arc;

use pm_http::{Raw, unless_hidden};
use pm_provider::{Error, ErrorKind, Field, Priority, PriorityRef, Result, SprintId, StatusRef, UserId};

use super::{MAX_LABEL, leads_nowhere, unfit};
use crate::api::Api;
use crate::dto::{IssueType, Label};
use crate::repositories::Repository;
use crate::{endpoints, ids, map};

/// The priorities that repositories have even where no label says them yet; GitHub makes labels as they are used.
const USUAL_PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];

impl Api {
    /// The id of the status that is wanted.
    pub(crate) fn wanted_status(&self, wanted: &StatusRef) -> Result<&'static str> {
        let choices = map::statuses(&self.config.statuses);
        let preferred = map::preferred_statuses(&self.config.statuses);
        let found = wanted.resolve(&choices, &preferred).map_err(|error| unfit(Field::Status, error.message()))?;
        Ok(map::known_status(found.id.as_deref().unwrap_or_default()))
    }

    /// The label of a priority.
    pub(crate) async fn priority_label(&self, repository: &Repository, wanted: &PriorityRef) -> Result<String> {
        let choices = self.priorities_in(repository).await?;
        let found = wanted.resolve(&choices, self.config.priorities.preferred());
        let found = found.map_err(|error| unfit(Field::Priority, error.message()))?;
        Ok(found.id.unwrap_or(found.name))
    }

    /// The priorities that labels of a repository say, lowest first.
    pub(crate) async fn priorities_in(&self, repository: &Repository) -> Result<Vec<Priority>> {
        let Some(prefix) = self.priority_prefix() else { return Ok(Vec::new()) };
        let labels = self.labels_in(repository).await?;
        let read = |label: &str| map::priority_of_label(label, Some(prefix), &self.config.priorities);
        let mut found: Vec<_> = labels.iter().filter_map(|label| read(label)).collect();
        for name in USUAL_PRIORITIES {
            let usual = read(&format!("{prefix}{name}"));
            let is_missing = |usual: &Priority| found.iter().all(|known| known.level != usual.level);
            let missing = usual.filter(is_missing);
            found.extend(missing);
        }
        found.sort_by_key(|priority| map::rank(priority.level));
        Ok(found)
    }

    /// The names of all labels of a repository.
    pub(crate) async fn labels_in(&self, repository: &Repository) -> Result<Arc<Vec<String>>> {
        let fetch = async {
            let request = self.in_repository(repository, &endpoints::LIST_LABELS, &[]);
            let rows: Vec<Raw<Label>> = self.all(&endpoints::LIST_LABELS, request).await?;
            Ok(rows.into_iter().map(|row| row.item.0).collect())
        };
        self.issues.labels.of(repository.id).get(fetch).await
    }

    /// Forgets the labels of a repository where a write may have made new ones.
    pub(crate) async fn forget_labels(&self, repository: &Repository) {
        self.issues.labels.of(repository.id).forget().await;
    }

    /// The logins of people who are to be assigned, each once.
    pub(crate) async fn assignees(&self, repository: &Repository, users: &[UserId]) -> Result<Vec<String>> {
        let mut logins: Vec<String> = Vec::new();
        for user in users {
            let login = unless_hidden(self.login_of(user).await)?;
            let login = login.ok_or_else(|| leads_nowhere(Field::Assignees, user.as_str()))?;
            self.check_assignable(repository, &login).await?;
            if !logins.iter().any(|known| known.eq_ignore_ascii_case(&login)) {
                logins.push(login);
            }
        }
        Ok(logins)
    }

    /// GitHub refuses some of those who cannot be assigned, and drops others in silence.
    async fn check_assignable(&self, repository: &Repository, login: &str) -> Result<()> {
        let ask = async {
            let request = self.in_repository(repository, &endpoints::CHECK_ASSIGNEE, &[login]);
            request.send().await.map(drop)
        };
        let known = self.issues.assignable.of((repository.id, login.to_ascii_lowercase()));
        match known.get(ask).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(unfit(Field::Assignees, &format!("`{login}` cannot be assigned in this repository")))
            }
            Err(error) => Err(error),
        }
    }

    /// The number of the milestone that a sprint is; it is one of the same repository.
    pub(crate) async fn milestone(&self, repository: &Repository, sprint: &SprintId) -> Result<u64> {
        let nowhere = || leads_nowhere(Field::SprintId, sprint.as_str());
        let milestone = ids::milestone(sprint.as_str()).ok_or_else(nowhere)?;
        let home = unless_hidden(self.repository(&milestone.repository).await)?.ok_or_else(nowhere)?;
        if home.id != repository.id {
            return Err(unfit(Field::SprintId, "it belongs to another project"));
        }
        let number = milestone.number.to_string();
        let ask =
            async { self.in_repository(repository, &endpoints::GET_MILESTONE, &[&number]).send().await.map(drop) };
        let known = self.issues.milestones.of((repository.id, milestone.number)).get(ask).await;
        unless_hidden(known)?.ok_or_else(nowhere)?;
        Ok(milestone.number)
    }

    /// The name of an issue type as the organisation writes it.
    pub(crate) async fn issue_type(&self, repository: &Repository, name: &str) -> Result<String> {
        if !repository.is_of_organisation {
            let error = Error::unsupported("only repositories of organisations have types of issues");
            return Err(error.on_field(Field::TaskType, "not supported here"));
        }
        // Where we may not read which there are, GitHub says whether this is one.
        let Some(types) = self.types_in(repository).await? else { return Ok(name.to_owned()) };
        let exact = types.iter().find(|known| *known == name);
        let found = exact.or_else(|| types.iter().find(|known| known.to_lowercase() == name.to_lowercase()));
        found.cloned().ok_or_else(|| {
            let names: Vec<_> = types.iter().map(|known| format!("`{known}`")).collect();
            unfit(Field::TaskType, &format!("`{name}` is no type of issue here; allowed are {}", names.join(", ")))
        })
    }

    /// The types that issues can have; none where we may not read them.
    pub(crate) async fn types_in(&self, repository: &Repository) -> Result<Option<Vec<String>>> {
        if !repository.is_of_organisation {
            return Ok(Some(Vec::new()));
        }
        let fetch = async {
            let types = self.get::<Vec<IssueType>>(&endpoints::LIST_ISSUE_TYPES, &[&repository.owner]).await;
            let types = unless_hidden(types)?;
            let enabled = |types: Vec<IssueType>| types.into_iter().filter(|kind| kind.is_enabled != Some(false));
            Ok(types.map(|types| enabled(types).map(|kind| kind.name).collect()))
        };
        Ok(self.issues.types.of(repository.owner.to_ascii_lowercase()).get(fetch).await?.as_ref().clone())
    }
}

/// Labels that can be stored, each once.
pub(crate) fn distinct_labels(labels: &[String]) -> Result<Vec<String>> {
    let mut distinct: Vec<String> = Vec::new();
    for label in labels {
        check_label(label)?;
        if !distinct.iter().any(|known| is_same_label(known, label)) {
            distinct.push(label.clone());
        }
    }
    Ok(distinct)
}

/// Labels are the same in any case.
pub(crate) fn is_same_label(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

fn check_label(label: &str) -> Result<()> {
    if label.trim().is_empty() {
        return Err(unfit(Field::Labels, "a label needs a name"));
    }
    let length = label.chars().count();
    if length > MAX_LABEL {
        return Err(unfit(Field::Labels, &format!("`{label}` has {length} characters; allowed are {MAX_LABEL}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn labels_are_distinct_whatever_their_case() {
        let labels =
            |labels: &[&str]| distinct_labels(&labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>());
        assert_eq!(labels(&["bug", "Ui", "BUG", "ui"]).unwrap(), ["bug", "Ui"]);
        assert_eq!(labels(&[" "]).unwrap_err().field_errors()[0].field, Field::Labels);
        assert!(labels(&[&"x".repeat(51)]).is_err() && labels(&[&"ü".repeat(50)]).is_ok());
    }
}
