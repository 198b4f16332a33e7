//! The wire types: what ClickUp sends, member by member.
//!
//! Written by hand: the published reference is wrong in places, and members are missing, `null` or of another type than
//! it says. Whatever can be left out is optional, and unknown members are skipped.

mod comment;
mod file;
mod hook;
mod place;
mod scalar;
mod task;
mod user;
mod vocabulary;
pub(crate) mod wire;

pub(crate) use comment::{Comment, Comments, MadeComment};
pub(crate) use file::{File, Files};
pub(crate) use hook::{Hook, MadeHook};
pub(crate) use place::{Folder, List, Made, Named, Space, Team};
pub(crate) use task::{Dependency, FieldValue, Link, PAGE, Person, Task, Tasks, Threads};
pub(crate) use user::{Me, Member, User};
pub(crate) use vocabulary::{CustomField, Status, TaskType};

use serde::Deserialize;

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident { $member:ident: $row:ty })*) => { $(
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        pub(crate) struct $name {
            #[serde(default = "Vec::new", deserialize_with = "wire::rows")]
            pub(crate) $member: Vec<$row>,
        }
    )* };
}
lists! {
    /// The Workspaces of a token.
    Teams { teams: Team }
    /// The Spaces of a Workspace.
    Spaces { spaces: pm_http::Raw<Space> }
    /// The Folders of a Space.
    Folders { folders: pm_http::Raw<Folder> }
    /// The Lists of a Space or a Folder.
    Lists { lists: pm_http::Raw<List> }
    /// The custom fields of a List.
    Fields { fields: CustomField }
    /// The webhooks that the token made.
    Hooks { webhooks: pm_http::Raw<Hook> }
    /// The types of tasks of a Workspace.
    TaskTypes { custom_items: TaskType }
}

/// Spaces, Folders or Lists as far as they are alike.
#[derive(Debug, Deserialize)]
pub(crate) struct Beside {
    #[serde(
        default = "Vec::new",
        rename = "spaces",
        alias = "folders",
        alias = "lists",
        deserialize_with = "wire::rows"
    )]
    pub(crate) rows: Vec<pm_http::Raw<Made>>,
}
