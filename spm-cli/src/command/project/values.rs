//! What can be said of a project, on create and later.

use chrono::NaiveDate;
use clap::Args;
use pm_core::{NewProject, PriorityRef, ProjectPatch, ProjectStatusRef, UserId};

use crate::command::args::{Seen, date};
use crate::command::change::set;
use crate::failure::Result;
use crate::lookup::Finder;

/// The fields of a project.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "Fields")]
pub(crate) struct Values {
    /// The key, with which the keys of its tasks begin: `WEB`
    #[arg(long, short, value_name = "KEY")]
    pub(super) key: Option<String>,
    /// Where it stands: `planned`, `active`, `on_hold`, `completed`, `cancelled`, `archived`
    #[arg(long, value_name = "STATUS")]
    pub(super) status: Option<String>,
    /// How pressing it is: lowest, low, normal, high, urgent
    #[arg(long, value_name = "PRIORITY")]
    pub(super) priority: Option<String>,
    /// Who answers for it (`@me`, login, name or id)
    #[arg(long, short, value_name = "USER")]
    pub(super) owner: Option<String>,
    /// The first day: YYYY-MM-DD, `today`, `tomorrow`
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) start: Option<NaiveDate>,
    /// The last day
    #[arg(long, visible_alias = "due", value_name = "DATE", value_parser = date)]
    pub(super) end: Option<NaiveDate>,
    /// Who may see it
    #[arg(long, value_enum, value_name = "WHO")]
    pub(super) visibility: Option<Seen>,
}

impl Values {
    /// Says whether anything is given.
    pub(super) fn is_given(&self) -> bool {
        *self != Self::default()
    }

    /// The id of the owner, where one is named.
    pub(super) async fn owner(&self, finder: &Finder) -> Result<Option<UserId>> {
        match &self.owner {
            Some(word) => finder.user(word).await.map(|user| Some(user.id)),
            None => Ok(None),
        }
    }

    /// Says all of it of a new project.
    pub(super) fn create(&self, new: &mut NewProject, owner: Option<UserId>) {
        new.key.clone_from(&self.key);
        new.status = self.status.clone().map(ProjectStatusRef::Word);
        new.priority = self.priority.clone().map(PriorityRef::Word);
        new.owner_id = owner;
        new.start_date = self.start;
        new.end_date = self.end;
        new.visibility = self.visibility.map(Into::into);
    }

    /// Changes what is given, and nothing else.
    pub(super) fn change(&self, patch: &mut ProjectPatch, owner: Option<UserId>) {
        set(&mut patch.key, self.key.clone());
        set(&mut patch.status, self.status.clone().map(ProjectStatusRef::Word));
        set(&mut patch.priority, self.priority.clone().map(PriorityRef::Word));
        set(&mut patch.owner_id, owner);
        set(&mut patch.start_date, self.start);
        set(&mut patch.end_date, self.end);
        set(&mut patch.visibility, self.visibility.map(Into::into));
    }
}
