//! Opening pull requests, never twice.

use chrono::{DateTime, Utc};
use pm_http::creating::{identity, is_since};
use pm_http::{Creating, Made, Raw, named};
use pm_provider::{Entity, Error, ErrorKind, Freshness, NewPullRequest, PullRequest, Result};
use serde_json::{Value, json};

use super::dto::Pull;
use super::map;
use super::memory::Question;
use crate::api::Api;
use crate::endpoints;
use crate::ids::RepositoryId;
use crate::repositories::Repository;

/// How GitHub refuses a second open pull request of the same two branches: a text, without a code of its own
/// (google/go-github#1441).
const TWIN: &str = "A pull request already exists for";

/// What is opened: its branches with the owner of the first, and the body of the request.
struct Draft<'a> {
    repository: &'a Repository,
    /// `octo-org:fix`.
    head: String,
    base: String,
    title: &'a str,
    body: Value,
}

impl Api {
    /// Opens a pull request.
    pub(crate) async fn create_pull_request(&self, new: &NewPullRequest) -> Result<PullRequest> {
        self.capabilities.check_create(new)?;
        let repository = self.repository_with_pulls(&new.project_id).await?;
        let draft = self.drafted(new, &repository).await?;
        let (repository, head, base) = (&*repository, draft.head.as_str(), draft.base.as_str());
        let creating = Creating::new(
            identity(Entity::PullRequest, None, repository.id, &[head, base, draft.title]),
            None,
            format!("the pull requests of {}", repository.full_name()),
            || async {
                let row: Raw<Pull> = self.write_in(repository, &endpoints::CREATE_PULL, &[], &draft.body).await?;
                Ok(Made::new(row.item.id, row))
            },
            |since| self.opened_since(&draft, since),
        );
        let made = self.http.create(&creating).await;
        // Whatever came of it, what is remembered may be wrong now.
        self.pulls.forget(repository.id);
        match made {
            Ok(made) => Ok(map::pull_request(made.row, repository.id)),
            Err(error) => Err(self.explained(error, &draft).await),
        }
    }

    async fn drafted<'a>(&self, new: &'a NewPullRequest, repository: &'a Repository) -> Result<Draft<'a>> {
        let base = match &new.target_branch {
            Some(base) => base.clone(),
            None => self.default_branch(repository).await?,
        };
        let mut body = json!({ "title": new.title, "head": new.source_branch, "base": base, "draft": new.draft });
        if let Some(text) = &new.description {
            body["body"] = json!(text);
        }
        let is_owned = new.source_branch.contains(':');
        let head =
            if is_owned { new.source_branch.clone() } else { format!("{}:{}", repository.owner, new.source_branch) };
        Ok(Draft { repository, head, base, title: &new.title, body })
    }

    async fn default_branch(&self, repository: &Repository) -> Result<String> {
        let row = self.repository_row(&RepositoryId::Number(repository.id)).await?;
        let silent =
            || Error::new(ErrorKind::InvalidResponse, "the backend does not name the repository's main branch");
        row.item.default_branch.ok_or_else(silent)
    }

    /// What our own create made whose answer was lost: there is one open pull request at most between two branches.
    async fn opened_since(&self, draft: &Draft<'_>, since: Option<DateTime<Utc>>) -> Result<Vec<Made<Pull>>> {
        let rows = self.between(draft, "all").await?.into_iter();
        let ours =
            rows.filter(|row| is_since(row.item.created_at, since) && row.item.title.trim() == draft.title.trim());
        let mut ours: Vec<_> = ours.map(|row| Made::new(row.item.id, row)).collect();
        ours.sort_by_key(|made| made.row.item.number);
        Ok(ours)
    }

    /// The pull requests between both branches, newest first.
    async fn between(&self, draft: &Draft<'_>, state: &str) -> Result<Vec<Raw<Pull>>> {
        let query = [
            ("state", state),
            ("head", &draft.head),
            ("base", &draft.base),
            ("sort", "created"),
            ("direction", "desc"),
            ("per_page", "30"),
        ];
        let question = Question::In(&endpoints::LIST_PULLS, &[], &query);
        self.remembered(draft.repository, question, Freshness::Fresh).await?.json()
    }

    /// Says of a second one that it is a conflict, and with which.
    async fn explained(&self, error: Error, draft: &Draft<'_>) -> Error {
        let error = named(error, "project", draft.repository.full_name());
        if error.kind() != ErrorKind::InvalidInput || !error.to_string().contains(TWIN) {
            return error;
        }
        let first = self.between(draft, "open").await.ok().and_then(|rows| rows.into_iter().next());
        let number = first.map(|row| format!("pull request #{}", row.item.number));
        let which = number.unwrap_or_else(|| "a pull request".to_owned());
        let message = format!("{which} of `{}` into `{}` is open already", draft.head, draft.base);
        let told = Error::new(ErrorKind::Conflict, message).with_effect(error.effect().clone());
        error.http_status().into_iter().fold(told, Error::with_http_status)
    }
}
