//! Listing issues: what a query asks of the server, and what is left for our side to check.

use std::collections::BTreeMap;

use pm_http::page::Listing;
use pm_http::{Raw, named};
use pm_provider::{Cursor, Direction, Match, PMTask, Page, Result, SortField, StatusCategory, TaskQuery};

use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::IssueDto;
use crate::seconds::{self, Rows};
use crate::server::{Parameter, Server};
use crate::vocabulary::Vocabulary;
use crate::{NAME, id};

/// How many words of a text the server is asked for: it looks at five, and more narrow little.
const WORDS: usize = 3;

/// What a query means to the server.
#[derive(Debug, PartialEq)]
enum Plan {
    /// Nothing can be found.
    Nothing,
    /// These parameters; with several lists what is in any of them.
    Ask(Vec<Vec<Parameter>>),
}

impl Plan {
    fn of(query: &TaskQuery, vocabulary: &Vocabulary) -> Result<Self> {
        let mut parameters: Vec<Parameter> = Vec::new();
        if let Some(project) = &query.project {
            parameters.push(("project_id", id::existing("project", project.as_str())?.to_string()));
            // Issues of projects below it are listed too, where that is not ruled out.
            parameters.push(("subproject_id", "!*".to_owned()));
        }
        let references = [
            ("fixed_version_id", text_of(&query.sprint)),
            ("assigned_to_id", text_of(&query.assignee)),
            ("parent_id", text_of(&query.parent)),
        ];
        for (name, wanted) in references {
            match wanted {
                Match::Is(text) if id::number(text).is_none() => return Ok(Self::Nothing),
                Match::Is(text) => parameters.push((name, text.to_owned())),
                Match::Unset => parameters.push((name, "!*".to_owned())),
                _ => {}
            }
        }
        if !query.statuses.is_empty() {
            let ids = vocabulary.status_ids(&query.statuses);
            if ids.is_empty() {
                return Ok(Self::Nothing);
            }
            parameters.push(("status_id", ids.join("|")));
        }
        if let Some(since) = query.updated_since {
            parameters.push(("updated_on", format!(">={}", seconds::text(since.timestamp()))));
        }
        if let Some(key) = &query.key {
            let Some(number) = id::of_key(key) else { return Ok(Self::Nothing) };
            parameters.push(("issue_id", number.to_string()));
        }
        Ok(Self::Ask(with_text(parameters, query.text.as_deref())))
    }
}

fn text_of<T: AsRef<str>>(wanted: &Match<T>) -> Match<&str> {
    match wanted {
        Match::Is(value) => Match::Is(value.as_ref()),
        Match::Unset => Match::Unset,
        _ => Match::Any,
    }
}

/// The server has no filter for title or description before 5.1, so that both are asked for.
///
/// It finds words without regard to case in ASCII only on some databases: it is asked for the ASCII runs of the text,
/// which finds at least what is wanted, and our side looks closely.
fn with_text(parameters: Vec<Parameter>, text: Option<&str>) -> Vec<Vec<Parameter>> {
    let words = ascii_words(text.unwrap_or_default());
    if words.is_empty() {
        return vec![parameters];
    }
    let about = |field: &'static str| {
        let mut parameters = parameters.clone();
        parameters.push((field, format!("~{words}")));
        parameters
    };
    vec![about("subject"), about("description")]
}

/// The longest ASCII runs of letters and digits; the server ignores those of one character.
fn ascii_words(text: &str) -> String {
    let mut words: Vec<_> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 1).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.truncate(WORDS);
    words.join(" ")
}

/// Whether a task is one that the query asks for: a filter that the server does not know it ignores.
fn accepts(query: &TaskQuery, task: &PMTask) -> bool {
    let text = query.text.as_ref().map(|text| crate::text::line_ends(text).to_lowercase());
    let holds = |field: &str| text.as_ref().is_none_or(|text| field.to_lowercase().contains(text));
    let assigned = match &query.assignee {
        Match::Is(user) => task.assignees.contains(user),
        Match::Unset => task.assignees.is_empty(),
        _ => true,
    };
    assigned
        && query.project.as_ref().is_none_or(|project| *project == task.project_id)
        && query.sprint.accepts(task.sprint_id.as_ref())
        && query.parent.accepts(task.parent_task_id.as_ref())
        && (query.statuses.is_empty() || query.statuses.contains(&task.status.category))
        && query.updated_since.is_none_or(|since| task.updated_at.is_none_or(|updated| updated >= since))
        && (holds(&task.title) || task.description.as_deref().is_some_and(holds))
}

/// Whether the server's count is that of the query: it is not where our side looks closer.
fn is_counted(query: &TaskQuery) -> bool {
    let unknown = query.statuses.contains(&StatusCategory::Unknown);
    query.text.is_none() && query.updated_since.is_none_or(|since| since.timestamp_subsec_nanos() == 0) && !unknown
}

impl Server {
    pub(crate) async fn tasks_page(&self, query: &TaskQuery, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        self.capabilities.check_query(query)?;
        let size = query.page_size.unwrap_or(MAX_PAGE_SIZE).min(MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, "tasks", query, size).direction(query.sort.direction);
        listing.open::<serde_json::Value>(cursor)?;
        let vocabulary = self.vocabulary().await?;
        let plan = match Plan::of(query, &vocabulary)? {
            Plan::Nothing => return self.nothing(query).await,
            Plan::Ask(plan) => plan,
        };
        let page = match query.sort.by {
            SortField::UpdatedAt => self.by_change(&plan, &listing, cursor).await,
            _ if query.key.is_some() => self.by_key(&plan, &listing, cursor).await,
            _ => self.by_id(&plan, &listing, cursor).await,
        };
        let page = page.map_err(|error| in_project(error, query))?;
        let total = page.total.filter(|_| is_counted(query));
        let mut page = page.map(|issue| self.mapper.task(&issue, &vocabulary)).total(total);
        page.items.retain(|task| accepts(query, task));
        Ok(page)
    }

    /// Nothing is found; all the same the project must be there.
    async fn nothing(&self, query: &TaskQuery) -> Result<Page<PMTask>> {
        if let Some(project) = &query.project {
            self.project(id::existing("project", project.as_str())?, "").await?;
        }
        Ok(Page::default())
    }

    async fn by_key(
        &self,
        plan: &[Vec<Parameter>],
        listing: &Listing<'_, TaskQuery>,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Raw<IssueDto>>> {
        listing.open::<u64>(cursor)?;
        let mut found = BTreeMap::new();
        for parameters in plan {
            let issues = self.issues(parameters, 1).await?.issues;
            found.extend(issues.into_iter().map(|issue| (issue.item.id, issue)));
        }
        let total = found.len() as u64;
        Ok(Page::new(found.into_values().collect()).total(Some(total)))
    }

    /// In the order of creation, which is that of the ids: what comes after an id can be asked for.
    async fn by_id(
        &self,
        plan: &[Vec<Parameter>],
        listing: &Listing<'_, TaskQuery>,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Raw<IssueDto>>> {
        let falling = listing.direction == Direction::Descending;
        let after: Option<u64> = listing.open(cursor)?;
        let (mut found, mut more, mut total) = (BTreeMap::new(), false, None);
        for parameters in plan {
            let mut parameters = parameters.clone();
            parameters.push(("sort", if falling { "id:desc" } else { "id:asc" }.to_owned()));
            match after {
                Some(0 | 1) if falling => continue,
                Some(id) if falling => parameters.push(("issue_id", format!("<={}", id - 1))),
                Some(id) => parameters.push(("issue_id", format!(">={}", id + 1))),
                None => {}
            }
            let answer = self.issues(&parameters, listing.size as u32).await?;
            let count = answer.issues.len() as u64;
            more |= answer.total_count.map_or(count as usize >= listing.size, |total| total > count);
            total = answer.total_count.filter(|_| after.is_none());
            found.extend(answer.issues.into_iter().map(|issue| (issue.item.id, issue)));
        }
        let mut issues: Vec<_> = found.into_values().collect();
        if falling {
            issues.reverse();
        }
        let more = more || issues.len() > listing.size;
        issues.truncate(listing.size);
        let next = issues.last().filter(|_| more).map(|issue| listing.seal(&issue.item.id)).transpose()?;
        Ok(Page::new(issues).next(next).total(total))
    }

    /// In the order of the last change.
    async fn by_change(
        &self,
        plan: &[Vec<Parameter>],
        listing: &Listing<'_, TaskQuery>,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Raw<IssueDto>>> {
        // Texts are looked for on our side alone: two lists in this order have no common offset.
        let narrows = |(name, _): &&Parameter| !matches!(*name, "subject" | "description" | "updated_on");
        let parameters: Vec<Parameter> = plan.first().into_iter().flatten().filter(narrows).cloned().collect();
        let since = listing.query.updated_since.map(|since| since.timestamp());
        let falling = listing.direction == Direction::Descending;
        let key = |issue: &Raw<IssueDto>| seconds::key(issue.item.updated_on, issue.item.id);
        let fetch = |from: Option<i64>, skip: usize| {
            let mut parameters = parameters.clone();
            parameters.extend(changed_between(since, from, falling).map(|range| ("updated_on", range)));
            parameters
                .push(("sort", if falling { "updated_on:desc,id:desc" } else { "updated_on:asc,id:asc" }.to_owned()));
            parameters.push(("offset", skip.to_string()));
            async move {
                let answer = self.issues(&parameters, MAX_PAGE_SIZE).await?;
                let seen = (skip + answer.issues.len()) as u64;
                let more =
                    answer.total_count.map_or(answer.issues.len() >= MAX_PAGE_SIZE as usize, |total| total > seen);
                Ok(Rows { rows: answer.issues, more, total: answer.total_count })
            }
        };
        seconds::page(listing, cursor, key, fetch).await
    }
}

/// The filter for what changed since a time and, where a listing goes on, from a second on in its direction.
fn changed_between(since: Option<i64>, from: Option<i64>, falling: bool) -> Option<String> {
    match (since, from) {
        // `<=` cuts off what the server stores behind the second.
        (None, Some(from)) if falling => Some(format!("<={}", seconds::text(from + 1))),
        (Some(since), Some(from)) if falling => Some(format!("><{}|{}", seconds::text(since), seconds::text(from + 1))),
        (since, from) => since.max(from).map(|second| format!(">={}", seconds::text(second))),
    }
}

/// The server answers 404 where the project of a filter is not there.
pub(crate) fn in_project(error: pm_provider::Error, query: &TaskQuery) -> pm_provider::Error {
    match &query.project {
        Some(project) => named(error, "project", project),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::dto::StatusDto;
    use crate::vocabulary::Names;

    fn vocabulary() -> Vocabulary {
        let status = |id, name: &str, is_closed| StatusDto { id, name: name.to_owned(), is_closed: Some(is_closed) };
        let statuses = [status(1, "New", false), status(5, "Closed", true), status(6, "Done", true)];
        Vocabulary::new(&Names::default(), &statuses, &[], &[], Vec::new())
    }

    fn asked(query: &TaskQuery) -> Vec<Vec<(&'static str, String)>> {
        match Plan::of(query, &vocabulary()).unwrap() {
            Plan::Ask(lists) => lists,
            Plan::Nothing => panic!("{query:?} finds nothing"),
        }
    }

    #[test]
    fn sub_projects_are_ruled_out() {
        let expected = vec![("project_id", "7".to_owned()), ("subproject_id", "!*".to_owned())];
        assert_eq!(asked(&TaskQuery::in_project("7")), [expected]);
        assert!(Plan::of(&TaskQuery::in_project("web"), &vocabulary()).is_err());
    }

    #[test]
    fn a_category_is_all_of_its_statuses() {
        assert_eq!(asked(&TaskQuery::new().statuses([StatusCategory::Done])), [[("status_id", "5|6".to_owned())]]);
        let none = TaskQuery::new().statuses([StatusCategory::Cancelled]);
        assert_eq!(Plan::of(&none, &vocabulary()).unwrap(), Plan::Nothing);
    }

    #[test]
    fn what_is_no_id_finds_nothing() {
        for query in [TaskQuery::new().sprint("x"), TaskQuery::new().assignee("me"), TaskQuery::new().key("WEB-1")] {
            assert_eq!(Plan::of(&query, &vocabulary()).unwrap(), Plan::Nothing, "{query:?}");
        }
    }

    #[test]
    fn a_text_is_asked_for_in_title_and_description() {
        let lists = asked(&TaskQuery::new().text("ÄPFEL, 100% the-paint"));
        assert_eq!(
            lists,
            [[("subject", "~paint PFEL 100".to_owned())], [("description", "~paint PFEL 100".to_owned())]]
        );
        assert_eq!(asked(&TaskQuery::new().text("%")), [Vec::new()]);
    }

    #[test]
    fn times_are_asked_for_in_whole_seconds() {
        let since = "2026-11-21T18:42:30.999999Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let expected = vec![("updated_on", ">=2026-11-21T18:42:30Z".to_owned())];
        assert_eq!(asked(&TaskQuery::new().updated_since(since)), [expected]);
    }
}
