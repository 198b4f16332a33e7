//! Several issues changed together: one list says what stands there, the writes go side by side, and one list says what
//! became of all of them.

use std::collections::HashMap;

use chrono::Utc;
use futures_util::{StreamExt, stream};
use pm_http::batch::side_by_side;
use pm_http::{Raw, copied};
use pm_provider::{BatchOptions, ErrorKind, PMTask, Result, TaskId, TaskPatch};

use super::update::{Projects, Sent, Update};
use crate::batch::SIDE_BY_SIDE;
use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::IssueDto;
use crate::server::Server;

/// Issues by their numbers, as far as a list shows them.
struct Listed(Result<HashMap<u64, Raw<IssueDto>>>);

impl Listed {
    /// What the list says of an issue; of one that it does not show, it says nothing.
    fn take(&mut self, number: u64) -> Option<Result<Raw<IssueDto>>> {
        match &mut self.0 {
            Ok(issues) => issues.remove(&number).map(Ok),
            Err(error) => Some(Err(copied(error))),
        }
    }
}

impl Server {
    /// Changes issues of which no two are the same; one result for each, in their order. As many go together as a list
    /// holds, so that what was read is not old when it is built upon.
    pub(crate) async fn update_tasks(
        &self,
        updates: Vec<(TaskId, TaskPatch)>,
        options: &BatchOptions,
    ) -> Vec<Result<PMTask>> {
        let (projects, mut outcomes) = (Projects::default(), Vec::with_capacity(updates.len()));
        let mut chunks = stream::iter(updates).chunks(MAX_PAGE_SIZE as usize);
        while let Some(chunk) = chunks.next().await {
            let updates = chunk.into_iter().map(|(id, patch)| self.update_of(&id, patch)).collect();
            let sent = Box::pin(self.send_updates(updates, &projects, options)).await;
            outcomes.extend(Box::pin(self.read_all_back(sent)).await);
        }
        outcomes
    }

    async fn send_updates(
        &self,
        updates: Vec<Result<Update>>,
        projects: &Projects,
        options: &BatchOptions,
    ) -> Vec<Result<Sent>> {
        let mut before = self.listed(updates.iter().flatten().map(|update| update.number)).await;
        let known = |update: Result<Update>| {
            let known = update.as_ref().ok().and_then(|update| before.take(update.number));
            (update, known)
        };
        let work: Vec<(Result<Update>, Option<_>)> = updates.into_iter().map(known).collect();
        let is_move = |(update, _): &(Result<Update>, Option<_>)| update.as_ref().is_ok_and(Update::hangs_elsewhere);
        let send = |(update, known): (Result<Update>, Option<_>)| async move {
            match update.and_then(|update| options.check_time(Utc::now()).map(|()| update)) {
                Ok(update) => (Box::pin(self.send_listed(&update, known, projects)).await, Some(update)),
                Err(error) => (Err(error), None),
            }
        };
        let sent = side_by_side(work, SIDE_BY_SIDE, is_move, send).await;
        self.send_refused(sent, projects, options).await
    }

    /// What may become of an issue can depend on others that were changed beside it: open sub-tasks keep it open. What was
    /// refused is tried again in its turn, when those before it have another status.
    async fn send_refused(
        &self,
        sent: Vec<(Result<Sent>, Option<Update>)>,
        projects: &Projects,
        options: &BatchOptions,
    ) -> Vec<Result<Sent>> {
        let (mut is_moved, mut all) = (false, Vec::with_capacity(sent.len()));
        for (mut sent, update) in sent {
            let is_refused = sent.as_ref().is_err_and(|error| error.kind() == ErrorKind::Conflict);
            if let Some(update) = update.filter(|_| is_moved && is_refused && options.check_time(Utc::now()).is_ok()) {
                sent = self.send_update(&update, None, projects).await;
            }
            is_moved |= sent.as_ref().is_ok_and(Sent::is_move);
            all.push(sent);
        }
        all
    }

    /// What a list does not show may be there all the same, and it does not show what the workflow allows: then the issue
    /// itself is read.
    async fn send_listed(
        &self,
        update: &Update,
        known: Option<Result<Raw<IssueDto>>>,
        projects: &Projects,
    ) -> Result<Sent> {
        let vocabulary = self.vocabulary().await?;
        let known = known.transpose()?.filter(|issue| !update.moves(&issue.item, &vocabulary));
        self.send_update(update, known, projects).await
    }

    async fn read_all_back(&self, sent: Vec<Result<Sent>>) -> Vec<Result<PMTask>> {
        let unread = sent.iter().flatten().filter(|sent| sent.is_unread());
        let mut after = self.listed(unread.map(|sent| sent.number)).await;
        let read = |sent: Result<Sent>| {
            let listed = sent.as_ref().ok().filter(|sent| sent.is_unread()).and_then(|sent| after.take(sent.number));
            async move { Box::pin(self.read_back(sent?, listed)).await }
        };
        stream::iter(sent).map(read).buffered(SIDE_BY_SIDE).collect().await
    }

    async fn listed(&self, numbers: impl Iterator<Item = u64>) -> Listed {
        let ids: Vec<String> = numbers.map(|number| number.to_string()).collect();
        let issues = self.issues_by_id(&ids).await;
        Listed(issues.map(|issues| issues.into_iter().map(|issue| (issue.item.id, issue)).collect()))
    }
}
