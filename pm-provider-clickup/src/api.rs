//! The requests, and what is remembered between them.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use pm_http::{Cached, CachedMap, Client, Endpoint, Raw, RetryPolicy, Turns, deleted};
use pm_provider::{Capabilities, Error, ErrorKind, ProjectSchema, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::capabilities::capabilities;
use crate::ids::Place;
use crate::tree::Tree;
use crate::{ClickUpConfig, NAME, dates, dto, endpoints, limits};

/// A Workspace and our place in it.
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) config: ClickUpConfig,
    pub(crate) capabilities: Capabilities,
    pub(crate) tree: Tree,
    pub(crate) schemas: CachedMap<Place, ProjectSchema>,
    pub(crate) fields: CachedMap<String, Vec<dto::CustomField>>,
    pub(crate) types: Cached<Vec<dto::TaskType>>,
    teams: Cached<Vec<dto::Team>>,
    team: Cached<String>,
    me: Cached<dto::User>,
    zone: Option<Tz>,
    /// One writer per item.
    pub(crate) turns: Turns,
    /// The secrets of webhooks.
    pub(crate) secrets: crate::webhooks::Secrets,
    /// What is remembered for the half about tasks.
    pub(crate) tasks: crate::tasks::Memory,
}

impl Api {
    /// Prepares everything; sends nothing.
    pub(crate) fn new(config: ClickUpConfig) -> Result<Self> {
        let zone = config.zone()?;
        let builder = Client::builder(NAME, config.address());
        // Who waits for no limit takes no notice of how near it is.
        let builder = if config.pace > 0.0 { builder.limit_headers(limits::quota) } else { builder };
        let http = builder
            .credential(config.credential())
            .transport(config.transport.clone())
            .limits(limits::limits(config.pace))
            .retry(RetryPolicy::new().deadline(limits::PATIENCE))
            .errors(crate::error::read)
            .clock_probe(endpoints::ME)
            .build()?;
        Ok(Self {
            capabilities: capabilities(&config),
            http,
            config,
            tree: Tree::default(),
            schemas: CachedMap::default(),
            fields: CachedMap::default(),
            types: Cached::default(),
            teams: Cached::default(),
            team: Cached::default(),
            me: Cached::default(),
            zone,
            turns: Turns::default(),
            secrets: crate::webhooks::Secrets::default(),
            tasks: crate::tasks::Memory::default(),
        })
    }

    /// Reads one thing.
    pub(crate) async fn get<T: DeserializeOwned>(&self, endpoint: &Endpoint, parameters: &[&str]) -> Result<T> {
        self.http.request(endpoint, parameters).send().await?.json()
    }

    /// Writes, and reads what the answer says.
    pub(crate) async fn write<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        body: &Value,
    ) -> Result<Raw<T>> {
        self.http.request(endpoint, parameters).json(body).send().await?.json()
    }

    /// Writes where the answer says nothing that is of use.
    pub(crate) async fn put(&self, endpoint: &Endpoint, parameters: &[&str], body: &Value) -> Result<()> {
        self.http.request(endpoint, parameters).json(body).send().await.map(drop)
    }

    /// Writes what the address says alone: the reference describes no body.
    pub(crate) async fn touch(&self, endpoint: &Endpoint, parameters: &[&str]) -> Result<()> {
        self.http.request(endpoint, parameters).send().await.map(drop)
    }

    /// Deletes. What is gone on our own repetition was deleted by us.
    pub(crate) async fn delete(&self, endpoint: &Endpoint, parameters: &[&str]) -> Result<()> {
        deleted(self.http.request(endpoint, parameters).send().await)
    }

    /// The id of the Workspace: the one of the settings, else the only one that the token sees.
    pub(crate) async fn team(&self) -> Result<Arc<String>> {
        self.team.get(self.find_team()).await
    }

    async fn find_team(&self) -> Result<String> {
        if let Some(id) = &self.config.team_id {
            return Ok(id.clone());
        }
        let teams = self.teams().await?;
        match teams.as_slice() {
            [only] => Ok(only.id.clone()),
            [] => Err(Error::new(ErrorKind::PermissionDenied, "the token sees no Workspace")),
            several => {
                let named: Vec<_> = several.iter().map(|team| format!("`{}` ({})", team.name, team.id)).collect();
                Err(ClickUpConfig::nameless_team(format!("the token sees several Workspaces: {}", named.join(", "))))
            }
        }
    }

    /// The Workspaces that the token sees, with their members.
    pub(crate) async fn teams(&self) -> Result<Arc<Vec<dto::Team>>> {
        let fetch = async { Ok(self.get::<dto::Teams>(&endpoints::LIST_TEAMS, &[]).await?.teams) };
        self.teams.get(fetch).await
    }

    /// Forgets the Workspaces and who is in them.
    pub(crate) async fn forget_teams(&self) {
        self.teams.forget().await;
    }

    /// Who we are, remembered for a short while.
    pub(crate) async fn me(&self) -> Result<Arc<dto::User>> {
        self.me.get(async { Ok(self.fetch_me().await?.item) }).await
    }

    /// The same, asked anew.
    pub(crate) async fn fetch_me(&self) -> Result<Raw<dto::User>> {
        Ok(self.get::<dto::Me>(&endpoints::ME, &[]).await?.user)
    }

    /// The zone that days are meant in: the one of the settings, else ours, else UTC.
    pub(crate) async fn zone(&self) -> Result<Tz> {
        match self.zone {
            Some(zone) => Ok(zone),
            None => Ok(self.me().await?.timezone.as_deref().and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC)),
        }
    }

    /// What time it is on ClickUp's side, as far as its answers told.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.http.server_time().unwrap_or_else(Utc::now)
    }

    /// The day that it is in the zone.
    pub(crate) async fn today(&self) -> Result<NaiveDate> {
        Ok(dates::today(self.zone().await?, self.now()))
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("http", &self.http).finish_non_exhaustive()
    }
}
