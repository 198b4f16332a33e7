//! Whether both sides are what they were: who we are, and that what we know is still shown.

use pm_provider::{Error, ErrorKind};

use super::error::{SyncError, SyncResult};
use super::planted::{Bug, planted};
use super::session::{Session, seconds};
use crate::item::{ItemKey, Kind, Side};
use crate::store::{Link, LinkState};

/// Of how many links one has to be shown.
const LINKS: usize = 3;

impl Session<'_> {
    /// Looks at both sides before anything is done.
    pub(super) async fn look(&self) -> SyncResult<()> {
        let links = self.some_links().await?;
        for side in Side::BOTH {
            let state = self.store().side_state(self.mapping(), side).await?;
            *self.notes().states.get_mut(side) = state.clone().unwrap_or_default();
            *self.notes().stored.get_mut(side) = state;
            self.check_account(side).await?;
            if !planted(Bug::NoCanary) {
                self.check_known(side, &links).await?;
            }
        }
        Ok(())
    }

    /// Asks who we are, once in a while. As somebody else we may see less: everything is read again then, and nothing
    /// is deleted.
    async fn check_account(&self, side: Side) -> SyncResult<()> {
        let (asked, known) = {
            let notes = self.notes();
            let state = notes.states.get(side);
            (state.account_at, state.account.clone())
        };
        let now = self.now();
        if asked.is_some_and(|at| now < at + seconds(self.config().timing.account)) {
            return Ok(());
        }
        let account = self.side(side).account().await.map_err(|error| self.unreachable(side, error))?;
        self.needed(side, 1);
        let mut notes = self.notes();
        let state = notes.states.get_mut(side);
        if asked.is_some() && known != account {
            state.full_scan_at = None;
            state.cursor = None;
        }
        state.account = account;
        state.account_at = Some(now);
        Ok(())
    }

    /// Reads a task that we know to be there; without any, the project.
    async fn check_known(&self, side: Side, links: &[Link]) -> SyncResult<()> {
        let alive = self.shows_one_of(side, links).await?;
        self.needed(side, 1);
        let known = links.iter().any(|link| link.state == LinkState::Linked && link.item(side).is_some());
        *self.notes().dark.get_mut(side) = !alive && known;
        Ok(())
    }

    /// Whether a side shows a task that we know. Without one it has to show the project at least.
    pub(super) async fn shows_what_it_did(&self, side: Side) -> SyncResult<bool> {
        if planted(Bug::NoCanary) {
            return Ok(true);
        }
        let links = self.some_links().await?;
        self.shows_one_of(side, &links).await
    }

    async fn some_links(&self) -> SyncResult<Vec<Link>> {
        Ok(self.store().links_after(self.mapping(), Some(Kind::Task), None, 4 * LINKS).await?)
    }

    async fn shows_one_of(&self, side: Side, links: &[Link]) -> SyncResult<bool> {
        let live = links.iter().filter(|link| link.state == LinkState::Linked && link.absence.is_none());
        let known: Vec<ItemKey> = live.filter_map(|link| link.item(side)).take(LINKS).collect();
        for item in &known {
            let found = self.side(side).get_many(std::slice::from_ref(item)).await;
            if !found.map_err(|error| self.unreachable(side, error))?.is_empty() {
                return Ok(true);
            }
        }
        self.side(side).project_is_there().await.map_err(|error| self.unreachable(side, error))?;
        Ok(false)
    }

    /// The error of a side that cannot be trusted, with what people can do.
    pub(super) fn unreachable(&self, side: Side, error: Error) -> SyncError {
        let name = self.side(side).name();
        let project = self.side(side).project();
        let hint = match error.kind() {
            ErrorKind::Unauthenticated => {
                format!("renew the credential of `{name}`; the next run goes on from here")
            }
            ErrorKind::PermissionDenied | ErrorKind::NotFound => format!(
                "`{name}` does not show the project `{project}` any more: check the permissions of the account; the next run \
                 goes on from here"
            ),
            _ => return SyncError::Stopped { side, error },
        };
        SyncError::Stopped { side, error: error.hint(hint) }
    }
}
