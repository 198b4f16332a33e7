//! The nodes of the tree.

use std::sync::Arc;

use pm_http::Raw;

use crate::dto;

/// A Space.
#[derive(Debug)]
pub(crate) struct Space {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) archived: bool,
    pub(crate) row: Raw<dto::Space>,
}

/// A Folder.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The Space that it is in.
    pub(crate) space: String,
    pub(crate) archived: bool,
    /// Whether its Lists are sprints.
    pub(crate) is_sprints: bool,
    pub(crate) row: Raw<dto::Folder>,
}

/// A List.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The Space that it is in.
    pub(crate) space: String,
    /// The Folder that it is in, where it is in one.
    pub(crate) folder: Option<String>,
    /// Whether it, or the Folder that it is in, was put away.
    pub(crate) archived: bool,
    /// Whether it is a sprint.
    pub(crate) is_sprint: bool,
    pub(crate) row: Raw<dto::List>,
}

/// What is in a Space.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) folders: Vec<Arc<Folder>>,
    /// Lists in Folders and in none.
    pub(crate) lists: Vec<Arc<List>>,
}

impl Contents {
    /// The Folder with an id.
    pub(crate) fn folder(&self, id: &str) -> Option<&Arc<Folder>> {
        self.folders.iter().find(|folder| folder.id == id)
    }
}

impl Space {
    /// Takes a row.
    pub(crate) fn new(row: Raw<dto::Space>, archived: bool) -> Self {
        let item = &row.item;
        Self { id: item.id.clone(), name: item.name.clone(), archived: item.archived || archived, row }
    }
}
