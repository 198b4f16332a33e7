//! What the commands of `spm sync` work with: the internal database, its mappings, and what they lead to.

use std::fmt;
use std::sync::Arc;

use pm_core::connections::Connections;
use pm_core::internal::{InternalProvider, NAME};
use pm_core::sync::engine::{Engine, SyncError};
use pm_core::sync::item::Side;
use pm_core::sync::store::{StoreError, SyncStore};
use pm_core::sync::{self, Mapping, Mappings};
use pm_core::{ErrorKind, PMProject, PmProvider};

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;
use crate::settings::{builder_for, printable};

/// The internal database, open.
pub(super) struct Desk<'s> {
    pub(super) session: &'s Session,
    connections: Connections,
    pub(super) mappings: Mappings,
    /// What the engine remembers.
    pub(super) memory: Arc<dyn SyncStore>,
    /// The internal side. Nobody acts there: authors are those of the other side, or unknown.
    pub(super) internal: Arc<dyn PmProvider>,
}

/// A mapping, with our project where that is still there.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) mapping: Mapping,
    pub(super) project: Option<PMProject>,
}

impl<'s> Desk<'s> {
    pub(super) async fn open(session: &'s Session) -> Result<Self> {
        if let Some(other) = session.sources.provider_flag().filter(|name| !name.eq_ignore_ascii_case(NAME)) {
            let message =
                format!("`spm sync` goes between the internal database and connections; `{other}` is neither");
            return Err(Failure::usage(message).hint("`spm sync status` shows what is mapped; name one of these"));
        }
        let connections = session.sources.connections(&session.registry, &session.host)?;
        let store = connections.database().await?;
        let internal = Arc::new(InternalProvider::from_store(store.clone(), None).await?);
        let mappings = Mappings::new(store);
        let memory = mappings.memory();
        Ok(Self { session, connections, mappings, memory, internal })
    }

    /// The provider of a connection.
    pub(super) async fn external(&self, connection: &str) -> Result<Arc<dyn PmProvider>> {
        let named = |failure: Failure| failure.during(format!("connection `{}`", printable(connection)));
        let found = self.connections.get(connection).await?;
        let builder = builder_for(found, &self.session.registry, &self.session.host).create_missing(false);
        builder.build().await.map_err(Failure::from).map_err(named)
    }

    /// The engine of a mapping.
    pub(super) async fn engine(&self, known: &Known) -> Result<Engine> {
        let name = &known.mapping.connection;
        let named = |failure: Failure| failure.during(format!("connection `{}`", printable(name)));
        let connection = self.connections.get(name).await?;
        let instance = sync::instance(&connection);
        let builder = builder_for(connection, &self.session.registry, &self.session.host).create_missing(false);
        let external = builder.build().await.map_err(Failure::from).map_err(named)?;
        Ok(self.mappings.engine(&known.mapping, external, instance).await?)
    }

    /// What a run is asked for: what some words name, else everything that is not paused.
    pub(super) async fn runnable(&self, words: &[String]) -> Result<Vec<Known>> {
        let mut found = self.named(words).await?;
        if words.is_empty() && self.session.sources.connection_flag().is_none() {
            found.retain(|known| known.mapping.enabled);
        }
        if found.is_empty() {
            let failure = Failure::new(Code::NotFound, "nothing is mapped that is not paused");
            return Err(failure.hint("`spm sync status` shows what is mapped"));
        }
        Ok(found)
    }

    /// Everything that is mapped.
    pub(super) async fn all(&self) -> Result<Vec<Known>> {
        let mut all = Vec::new();
        for mapping in self.mappings.list().await? {
            let project = match self.internal.get_project(&mapping.project).await {
                Ok(project) => Some(project),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(error.into()),
            };
            all.push(Known { mapping, project });
        }
        Ok(all)
    }

    /// What some words name, each once; everything for no word.
    pub(super) async fn named(&self, words: &[String]) -> Result<Vec<Known>> {
        let all = self.all().await?;
        let words: Vec<&str> = words.iter().map(String::as_str).chain(self.session.sources.connection_flag()).collect();
        if let Some(word) = words.iter().find(|word| !all.iter().any(|known| known.answers_to(word))) {
            return Err(unknown(word, &all));
        }
        let is_named = |known: &Known| words.is_empty() || words.iter().any(|word| known.answers_to(word));
        Ok(all.into_iter().filter(is_named).collect())
    }

    /// The one mapping that a word names.
    pub(super) async fn one(&self, word: &str) -> Result<Known> {
        let mut found = self.named(&[word.to_owned()]).await?;
        match (found.pop(), found.as_slice()) {
            (Some(known), []) => Ok(known),
            (Some(last), others) => {
                let names: Vec<_> = others.iter().chain([&last]).map(|known| format!("`{}`", known.name())).collect();
                let failure = Failure::usage(format!("`{word}` names several: {}", names.join(", ")));
                Err(failure.hint("name one of them"))
            }
            (None, _) => Err(unknown(word, &[])),
        }
    }
}

impl Known {
    /// What people call our project.
    pub(super) fn project_name(&self) -> &str {
        let project = self.project.as_ref();
        project.map_or(self.mapping.project.as_str(), |project| project.key.as_deref().unwrap_or(project.id.as_str()))
    }

    /// The other side: `work-jira:10001`.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.mapping.connection, self.mapping.external)
    }

    /// What it is named by where one word has to do: `WEB:work-jira`.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.project_name(), self.mapping.connection)
    }

    /// Whether a word names it: project, connection, provider, project over there, or two of them with a colon between.
    pub(super) fn answers_to(&self, word: &str) -> bool {
        let mapping = &self.mapping;
        let project = self.project.as_ref();
        let key = project.and_then(|project| project.key.as_deref());
        let ours = [Some(mapping.project.as_str()), key, project.map(|project| project.name.as_str())];
        let is = |name: &str| name.eq_ignore_ascii_case(word);
        let is_pair = |(one, other): (&str, &str)| {
            let is_place = one.eq_ignore_ascii_case(&mapping.connection) && other == mapping.external.as_str();
            let is_ours = ours.iter().flatten().any(|name| name.eq_ignore_ascii_case(one));
            is_place || is_ours && other.eq_ignore_ascii_case(&mapping.connection)
        };
        let theirs = [mapping.id.as_str(), &mapping.connection, &mapping.provider, mapping.external.as_str()];
        ours.iter().flatten().any(|name| is(name))
            || theirs.into_iter().any(is)
            || word.split_once(':').is_some_and(is_pair)
    }
}

/// `WEB <-> work-jira:10001`.
impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <-> {}", printable(self.project_name()), printable(&self.place()))
    }
}

fn unknown(word: &str, all: &[Known]) -> Failure {
    let failure = Failure::new(Code::NotFound, format!("nothing is mapped that `{word}` names"));
    match all {
        [] => failure.hint("`spm sync map PROJECT CONNECTION PROJECT-OVER-THERE` maps two projects"),
        some => {
            let names: Vec<_> = some.iter().map(|known| format!("`{}`", printable(&known.name()))).collect();
            failure.hint(format!("mapped are {}", names.join(", ")))
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Failed(error) => error.into(),
            StoreError::LeaseLost => Self::new(Code::Conflict, error.to_string()).hint("it goes on with this mapping"),
            other => Self::new(Code::Failure, other.to_string()),
        }
    }
}

/// Why a run stopped, with the side that it was about.
pub(super) fn failure(known: &Known, error: SyncError) -> Failure {
    match error {
        SyncError::Stopped { side: Side::A, error } => Failure::from(error).during("the internal side"),
        SyncError::Stopped { error, .. } => {
            let side = format!("the external side (`{}`)", printable(&known.mapping.connection));
            Failure::from(error).during(side)
        }
        SyncError::Store(error) => error.into(),
        SyncError::Busy { .. } => Failure::new(Code::Conflict, "another program is at it")
            .hint("wait until it is done; what was interrupted is free again after a minute"),
        other => Failure::new(Code::Conflict, other.to_string()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]

    use pm_core::ProjectStatusCategory;

    use super::*;

    /// A mapping of the project `WEB`.
    pub(crate) fn known(connection: &str, external: &str) -> Known {
        let mapping = serde_json::json!({
            "id": "m1", "project": "p1", "connection": connection, "provider": "jira", "external": external,
            "enabled": true, "last_sync_at": null, "settings": null,
        });
        let project = PMProject::new("p1", "Website", ProjectStatusCategory::Active).key("WEB");
        Known { mapping: serde_json::from_value(mapping).unwrap(), project: Some(project) }
    }

    #[test]
    fn a_mapping_answers_to_either_side() {
        let known = known("work-jira", "10001");
        for word in ["web", "Website", "p1", "m1", "work-jira", "Jira", "10001", "web:work-jira", "work-jira:10001"] {
            assert!(known.answers_to(word), "{word}");
        }
        for word in ["", ":", "we", "web:other", "other:10001", "work-jira:1", "github"] {
            assert!(!known.answers_to(word), "{word}");
        }
        assert_eq!((known.to_string().as_str(), known.name().as_str()), ("WEB <-> work-jira:10001", "WEB:work-jira"));
    }
}
