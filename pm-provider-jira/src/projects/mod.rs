//! Projects.

mod create;
mod delete;
mod update;

use pm_http::page::{Listing, slice};
use pm_http::{Marker, Raw, named};
use pm_provider::{
    Cursor, Entity, ErrorKind, Operation, PMProject, Page, ProjectId, ProjectQuery, ProjectStatusCategory, Result,
};

use crate::api::{Api, found};
use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::Project;
use crate::error::is_jiras_own;
use crate::page::has_words;
use crate::{NAME, endpoints, ids, map};

const LISTING: &str = "projects";
/// What a list of projects leaves out if nothing is said.
const EXPAND: (&str, &str) = ("expand", "description,lead");

impl Api {
    /// Lists one page of projects, archived ones too, by id: Jira does not tell when one was made, but numbers them.
    ///
    /// It cannot sort by that, so that all of them are read; the pages after the first one are cut from what was read for
    /// it.
    pub(crate) async fn projects_page(&self, query: &ProjectQuery, cursor: Option<&Cursor>) -> Result<Page<PMProject>> {
        self.capabilities.check_query(query)?;
        let size = self.page_size(query.page_size, MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, LISTING, query, size);
        let is_narrow = query.key.is_some() || !query.statuses.is_empty();
        let projects = if is_narrow && self.flavor().await?.is_cloud() {
            self.shown_projects(&self.search_projects(query).await?).await?
        } else {
            if cursor.is_none() {
                self.projects.forget().await;
            }
            self.shown_projects(&self.projects.get(self.all_projects()).await?).await?
        };
        let projects: Vec<_> = projects.into_iter().filter(|project| accepts(query, project)).collect();
        let total = projects.len() as u64;
        Ok(slice(&listing, cursor, projects, |project| ids::number(project.id.as_str()))?.total(Some(total)))
    }

    /// What Cloud finds; a list without a word about statuses has only live projects
    /// (<https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-search-get>).
    async fn search_projects(&self, query: &ProjectQuery) -> Result<Vec<Raw<Project>>> {
        let is_wanted = |category| query.statuses.is_empty() || query.statuses.contains(&category);
        let words = [(ProjectStatusCategory::Active, "live"), (ProjectStatusCategory::Archived, "archived")];
        let words: Vec<_> = words.iter().filter(|(category, _)| is_wanted(*category)).map(|(_, word)| *word).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut asked = vec![(EXPAND.0, EXPAND.1.to_owned()), ("orderBy", "key".to_owned())];
        asked.extend(words.into_iter().map(|word| ("status", word.to_owned())));
        asked.extend(query.key.iter().map(|key| ("keys", key.trim().to_uppercase())));
        match self.all(&endpoints::SEARCH_PROJECTS, &[], &asked).await {
            // "No projects matching the search criteria", says the reference; most sites answer an empty list. Whoever else
            // answers 404 in the place of Jira does not say who we are.
            Err(error) if error.kind() == ErrorKind::NotFound && is_jiras_own(&error) => {
                self.believe_emptiness().await?;
                Ok(Vec::new())
            }
            rows => rows,
        }
    }

    /// Gets one project.
    pub(crate) async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        self.capabilities.check_operation(Entity::Project, Operation::Get)?;
        let row = self.project_row(ids::existing("project", id)?).await?;
        Ok(map::project(row, self.places().await?))
    }

    /// One project. What is in the recycle bin is gone for everybody but administrators.
    pub(crate) async fn project_row(&self, id: u64) -> Result<Raw<Project>> {
        let lost = || pm_provider::Error::not_found("project", id);
        if self.is_gone(id) {
            return Err(lost());
        }
        let row: Result<Raw<Project>> = self.get(&endpoints::GET_PROJECT, &[&id.to_string()]).await;
        let row = row.map_err(|error| named(error, "project", id))?;
        if row.item.deleted == Some(true) { Err(lost()) } else { Ok(row) }
    }

    /// Says whether a project is there.
    pub(crate) async fn has_project(&self, id: u64) -> Result<bool> {
        Ok(found(self.project_row(id).await)?.is_some())
    }

    /// The project with a key, which may be an old one of a project that has another key now.
    async fn project_with_key(&self, key: &str) -> Result<Option<Raw<Project>>> {
        found(self.get(&endpoints::GET_PROJECT, &[key]).await)
    }

    /// All projects that we can see, archived ones too.
    pub(crate) async fn all_projects(&self) -> Result<Vec<Raw<Project>>> {
        if !self.flavor().await?.is_cloud() {
            let query = [EXPAND, ("includeArchived", "true")];
            let projects: Vec<Raw<Project>> = self.get_with(&endpoints::LIST_PROJECTS, &[], &query).await?;
            if projects.is_empty() {
                self.believe_emptiness().await?;
            }
            return Ok(projects);
        }
        self.search_projects(&ProjectQuery::new()).await
    }

    async fn shown_projects(&self, rows: &[Raw<Project>]) -> Result<Vec<PMProject>> {
        let places = self.places().await?;
        let alive = rows.iter().filter(|row| !self.is_gone(row.item.id.0) && row.item.deleted != Some(true));
        Ok(alive.map(|row| map::project(row.clone(), places)).collect())
    }

    /// The oldest project with the mark of a key in its description, for which there is no filter.
    pub(crate) async fn marked_projects(&self, marker: &Marker) -> Result<Vec<Raw<Project>>> {
        let rows = self.all_projects().await?.into_iter().filter(|row| !self.is_gone(row.item.id.0));
        let marked = rows.filter(|row| row.item.description.as_deref().is_some_and(|text| marker.matches(text)));
        Ok(pm_http::creating::oldest(marked, |row: &Project| row.id).into_iter().collect())
    }
}

fn accepts(query: &ProjectQuery, project: &PMProject) -> bool {
    let called = |key: &String| project.key.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(key.trim()));
    let holds = |text: &String| has_words([Some(project.name.as_str()), project.description.as_deref()], text);
    query.key.as_ref().is_none_or(called)
        && (query.statuses.is_empty() || query.statuses.contains(&project.status.category))
        && query.text.as_ref().is_none_or(holds)
}
