//! Reading the tree.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream, try_join};
use pm_http::{Raw, named};
use pm_provider::{Error, ErrorKind, Result};

use super::{Contents, Folder, List, Space, add_unknown};
use crate::ProjectLevel;
use crate::api::Api;
use crate::dto;
use crate::endpoints;
use crate::ids::{Place, is_number};

/// How many requests for Folders run at once.
const AT_ONCE: usize = 8;

impl Api {
    pub(super) async fn read_spaces(&self) -> Result<Vec<Arc<Space>>> {
        let team = self.team().await?;
        let ask = async |archived: bool| -> Result<dto::Spaces> {
            let request = self.http.request(&endpoints::LIST_SPACES, &[&team]).query("archived", archived);
            request.send().await?.json()
        };
        let (live, archived) = try_join!(ask(false), ask(true))?;
        let live = live.spaces.into_iter().map(|row| Space::new(row, false));
        let mut spaces: Vec<_> = live.map(Arc::new).collect();
        for row in archived.spaces {
            if spaces.iter().all(|known| known.id != row.item.id) {
                spaces.push(Arc::new(Space::new(row, true)));
            }
        }
        Ok(spaces)
    }

    pub(super) async fn read_contents(&self, space: &str) -> Result<Contents> {
        let folders = async |archived: bool| -> Result<dto::Folders> {
            let request = self.http.request(&endpoints::LIST_FOLDERS, &[space]).query("archived", archived);
            request.send().await?.json()
        };
        let lists = async |archived: bool| -> Result<dto::Lists> {
            let request = self.http.request(&endpoints::LIST_FOLDERLESS, &[space]).query("archived", archived);
            request.send().await?.json()
        };
        let asked = try_join!(folders(false), folders(true), lists(false), lists(true));
        let (live, archived, lists, archived_lists) = asked.map_err(|error| named(error, "Space", space))?;
        let mut contents = Contents::default();
        for (rows, archived) in [(live.folders, false), (archived.folders, true)] {
            rows.into_iter().for_each(|row| self.add_folder(&mut contents, row, space, archived));
        }
        for (rows, archived) in [(lists.lists, false), (archived_lists.lists, true)] {
            let rows: Vec<_> =
                rows.into_iter().map(|row| Arc::new(self.list_node(row, space, None, archived))).collect();
            add_unknown(&mut contents.lists, &rows);
        }
        Ok(contents)
    }

    fn add_folder(&self, contents: &mut Contents, mut row: Raw<dto::Folder>, space: &str, archived: bool) {
        if row.item.hidden || contents.folder(&row.item.id).is_some() {
            return;
        }
        let lists = std::mem::take(&mut row.item.lists);
        let folder = Arc::new(self.folder_node(row, space, archived));
        let node = |row| Arc::new(self.list_node(row, space, Some(&folder), false));
        let lists: Vec<_> = lists.into_iter().map(node).collect();
        add_unknown(&mut contents.lists, &lists);
        contents.folders.push(folder);
    }

    pub(super) async fn read_archived_lists(&self, folder: &Folder) -> Result<Vec<Arc<List>>> {
        let mut lists = Vec::new();
        // A Folder that was put away may hold Lists that were not: it does not show them.
        let asked: &[bool] = if folder.archived { &[true, false] } else { &[true] };
        for archived in asked {
            let request = self.http.request(&endpoints::LIST_LISTS, &[&folder.id]).query("archived", archived);
            let rows: dto::Lists = request.send().await.map_err(|error| named(error, "Folder", &folder.id))?.json()?;
            let node = |row| Arc::new(self.list_node(row, &folder.space, Some(folder), *archived));
            lists.extend(rows.lists.into_iter().map(node));
        }
        Ok(lists)
    }

    /// The same, asked for anew.
    pub(crate) async fn read_list(&self, id: &str) -> Result<Arc<List>> {
        let row: Result<Raw<dto::List>> = self.get(&endpoints::GET_LIST, &[id]).await;
        let row = row.map_err(|error| named(error, "List", id))?;
        let place = row.item.space.as_ref().map(|space| space.id.clone()).unwrap_or_default();
        let node = self.list_node(row, &place, None, false);
        Ok(Arc::new(node))
    }

    pub(super) async fn lists_of_space(&self, space: &str) -> Result<Vec<Arc<List>>> {
        let contents = self.contents(space).await?;
        self.with_archived(&contents, |_| true).await
    }

    /// The Lists that sprints are looked for among: of Folders that hold none nothing more is asked.
    pub(super) async fn sprint_lists_of(&self, place: &Place) -> Result<Vec<Arc<List>>> {
        if place.level != ProjectLevel::Space {
            return self.lists_of(place).await;
        }
        let contents = self.contents(&place.id).await?;
        self.with_archived(&contents, |folder| folder.is_sprints).await
    }

    async fn with_archived(&self, contents: &Contents, is_asked: impl Fn(&Folder) -> bool) -> Result<Vec<Arc<List>>> {
        let folders: Vec<_> = contents.folders.iter().filter(|folder| is_asked(folder)).cloned().collect();
        let archived = stream::iter(folders).map(|folder| async move { self.archived_lists(&folder).await });
        let archived: Vec<_> = archived.buffered(AT_ONCE).try_collect().await?;
        let mut lists = contents.lists.clone();
        archived.iter().for_each(|more| add_unknown(&mut lists, more));
        Ok(lists)
    }

    /// One Space, archived or not.
    ///
    /// # Errors
    /// `NotFound` where there is none, or none for us.
    pub(crate) async fn space(&self, id: &str) -> Result<Arc<Space>> {
        if !is_number(id) {
            return Err(Error::not_found("Space", id));
        }
        if let Some(space) = self.spaces().await?.iter().find(|space| space.id == id) {
            return Ok(Arc::clone(space));
        }
        let row: Result<Raw<dto::Space>> = self.get(&endpoints::GET_SPACE, &[id]).await;
        let row = row.map_err(|error| named(error, "Space", id))?;
        Ok(Arc::new(Space::new(row, false)))
    }

    /// One Folder, asked for anew.
    ///
    /// # Errors
    /// `NotFound` where there is none, or none for us.
    pub(crate) async fn folder(&self, id: &str) -> Result<Arc<Folder>> {
        if !is_number(id) {
            return Err(Error::not_found("Folder", id));
        }
        let row: Result<Raw<dto::Folder>> = self.get(&endpoints::GET_FOLDER, &[id]).await;
        let row = row.map_err(|error| named(error, "Folder", id))?;
        if row.item.hidden {
            return Err(Error::not_found("Folder", id));
        }
        let space = row.item.space.as_ref().map(|space| space.id.clone()).unwrap_or_default();
        if space.is_empty() {
            return Err(Error::new(ErrorKind::InvalidResponse, format!("the Folder `{id}` is in no Space")));
        }
        Ok(Arc::new(self.folder_node(row, &space, false)))
    }

    fn folder_node(&self, row: Raw<dto::Folder>, space: &str, archived: bool) -> Folder {
        let item = &row.item;
        Folder {
            id: item.id.clone(),
            name: item.name.clone(),
            space: space.to_owned(),
            archived: item.archived || archived,
            is_sprints: self.is_sprint_folder(&item.id, &item.name),
            row,
        }
    }

    /// A List where it is; what the row says of it comes first.
    fn list_node(&self, row: Raw<dto::List>, space: &str, folder: Option<&Folder>, archived: bool) -> List {
        let item = &row.item;
        let own = item.folder.as_ref().filter(|own| !own.hidden && is_number(&own.id));
        let named = folder.map(|folder| (folder.id.as_str(), folder.name.as_str()));
        let place = named.or_else(|| own.map(|own| (own.id.as_str(), own.name.as_str())));
        List {
            id: item.id.clone(),
            name: item.name.clone(),
            space: space.to_owned(),
            folder: place.map(|(id, _)| id.to_owned()),
            archived: item.archived || archived || folder.is_some_and(|folder| folder.archived),
            is_sprint: place.is_some_and(|(id, name)| self.is_sprint_folder(id, name)),
            row,
        }
    }
}
