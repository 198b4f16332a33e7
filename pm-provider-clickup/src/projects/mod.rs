//! Projects: Spaces, Folders or Lists.

mod create;
mod delete;
mod update;

pub(crate) use create::Placing;
pub(crate) use update::Changes;

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::page::{Listing, slice};
use pm_http::{Raw, named, unless_hidden};
use pm_provider::{Cursor, Error, PMProject, Page, ProjectId, ProjectQuery, Result};

use crate::api::Api;
use crate::capabilities::PAGE;
use crate::ids::Place;
use crate::tree::Contents;
use crate::{NAME, ProjectLevel, dto, endpoints, map};

/// How many Spaces are read at once.
const AT_ONCE: usize = 4;

impl Api {
    /// Lists one page of projects: what is listed is read anew with the first page.
    pub(crate) async fn projects_page(&self, query: &ProjectQuery, cursor: Option<&Cursor>) -> Result<Page<PMProject>> {
        self.capabilities.check_query(query)?;
        if cursor.is_none() {
            self.forget_tree().await;
        }
        let mut projects = self.all_projects().await?;
        projects.retain(|project| accepts(query, project));
        let total = projects.len() as u64;
        let listing = Listing::new(NAME, "projects", query, self.page_size(query.page_size));
        let listing = listing.direction(query.sort.direction);
        Ok(slice(&listing, cursor, projects, |project| age(project.id.as_str()))?.total(Some(total)))
    }

    /// How many items a page of a list has that comes as a whole.
    pub(crate) fn page_size(&self, asked: Option<u32>) -> usize {
        usize::try_from(asked.unwrap_or(PAGE).clamp(1, PAGE)).unwrap_or(1)
    }

    pub(crate) async fn all_projects(&self) -> Result<Vec<PMProject>> {
        let team = self.team().await?;
        match self.config.projects {
            ProjectLevel::Space => {
                let spaces = self.listed_spaces().await?;
                Ok(spaces.iter().map(|space| map::space(&team, space.row.clone())).collect())
            }
            ProjectLevel::Folder => {
                let contents = self.listed_contents().await?;
                let folders = contents.iter().flat_map(|contents| &contents.folders);
                Ok(folders.map(|folder| map::folder(&team, folder.row.clone())).collect())
            }
            ProjectLevel::List => {
                let zone = self.zone().await?;
                let spaces = self.listed_space_ids().await?;
                let lists = stream::iter(spaces).map(|space| async move {
                    unless_hidden(self.lists_of(&Place::new(ProjectLevel::Space, space)).await)
                });
                let lists: Vec<_> = lists.buffered(AT_ONCE).try_collect().await?;
                let lists = lists.into_iter().flatten().flatten();
                let project = |row| map::list(&team, row, zone, &self.config.priorities);
                Ok(lists.map(|list| project(list.row.clone())).collect())
            }
        }
    }

    /// The Spaces that listings are bound to: all, or the one of the settings.
    async fn listed_spaces(&self) -> Result<Vec<Arc<crate::tree::Space>>> {
        let spaces = self.spaces().await?;
        let is_listed = |id: &String| self.config.space_id.as_ref().is_none_or(|only| only == id);
        Ok(spaces.iter().filter(|space| is_listed(&space.id)).cloned().collect())
    }

    /// The ids of the Spaces that listings are bound to.
    pub(crate) async fn listed_space_ids(&self) -> Result<Vec<String>> {
        match &self.config.space_id {
            Some(id) => Ok(vec![id.clone()]),
            None => Ok(self.spaces().await?.iter().map(|space| space.id.clone()).collect()),
        }
    }

    /// What is in the Spaces that listings are bound to.
    async fn listed_contents(&self) -> Result<Vec<Arc<Contents>>> {
        let spaces = self.listed_space_ids().await?;
        let contents = stream::iter(spaces).map(|space| async move { unless_hidden(self.contents(&space).await) });
        let contents: Vec<_> = contents.buffered(AT_ONCE).try_collect().await?;
        Ok(contents.into_iter().flatten().collect())
    }

    /// Every project: what a listing without a project goes through.
    pub(crate) async fn listed_places(&self) -> Result<Vec<Place>> {
        let level = self.config.projects;
        let place = |project: &PMProject| {
            let id = project.id.as_str();
            Place::new(level, id.split_once(':').map_or(id, |(_, id)| id))
        };
        Ok(self.all_projects().await?.iter().map(place).collect())
    }

    /// Gets one project.
    pub(crate) async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        self.project_at(&Place::read(id, &self.config)?).await
    }

    /// The project at a place, asked for anew.
    pub(crate) async fn project_at(&self, place: &Place) -> Result<PMProject> {
        let team = self.team().await?;
        let id = place.id.as_str();
        Ok(match place.level {
            ProjectLevel::Space => map::space(&team, about(place, self.get(&endpoints::GET_SPACE, &[id]).await)?),
            ProjectLevel::Folder => {
                let row: Raw<dto::Folder> = about(place, self.get(&endpoints::GET_FOLDER, &[id]).await)?;
                // The Folder of Lists that are in none is nothing that people know.
                if row.item.hidden {
                    return Err(Error::not_found("project", ProjectId::from(place)));
                }
                map::folder(&team, row)
            }
            ProjectLevel::List => {
                let row = about(place, self.get(&endpoints::GET_LIST, &[id]).await)?;
                map::list(&team, row, self.zone().await?, &self.config.priorities)
            }
        })
    }
}

/// Names the project in the error for one that is not there.
pub(crate) fn about<T>(place: &Place, answer: Result<T>) -> Result<T> {
    answer.map_err(|error| named(error, "project", ProjectId::from(place)))
}

/// Ids are numbers that grow: the only thing that tells which came first.
pub(crate) fn age(id: &str) -> (usize, String) {
    let bare = id.rsplit_once(':').map_or(id, |(_, id)| id);
    (bare.len(), bare.to_owned())
}

fn accepts(query: &ProjectQuery, project: &PMProject) -> bool {
    let holds = |text: &String| {
        let text = text.to_lowercase();
        let texts = [Some(project.name.as_str()), project.description.as_deref()];
        texts.into_iter().flatten().any(|own| own.to_lowercase().contains(&text))
    };
    (query.statuses.is_empty() || query.statuses.contains(&project.status.category))
        && query.text.as_ref().is_none_or(holds)
}
