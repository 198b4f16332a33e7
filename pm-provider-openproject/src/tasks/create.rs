//! Creating work packages, never twice.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_http::{Create, Marker, Raw};
use pm_provider::{Entity, Error, NewTask, PMTask, Result};

use super::json;
use super::write::project_of;
use crate::api::Api;
use crate::body::Body;
use crate::dto::WorkPackage;
use crate::endpoints;
use crate::filters::Filters;
use crate::markers::{Made, identity, marker};

struct CreateTask<'a> {
    api: &'a Api,
    key: Option<&'a str>,
    marker: Option<Marker>,
    project: u64,
    body: Body,
    sent: AtomicBool,
}

impl CreateTask<'_> {
    /// Says whether a work package is what this create makes, by what every server keeps as it was given.
    fn makes(&self, row: &Raw<WorkPackage>) -> bool {
        let stored = json(row);
        let links: &[_] = if self.body.links.contains_key("type") { &["parent", "type"] } else { &["parent"] };
        self.body.has_texts_of(&stored, &["subject", "description"]) && self.body.has_links_of(&stored, links)
    }
}

impl Api {
    /// Creates a task.
    pub(crate) async fn create_task(&self, new: &NewTask) -> Result<PMTask> {
        self.capabilities.check_create(new)?;
        let project = project_of(new)?;
        if self.is_gone(Some(project)) {
            return Err(Error::not_found("project", project));
        }
        let key = new.idempotency_key.as_deref();
        let marker = key.map(|key| marker(Entity::Task, key));
        let body = self.new_task_body(new, project, marker.as_ref()).await?;
        let create = CreateTask { api: self, key, marker, project, body, sent: AtomicBool::new(false) };
        let made = self.http.create(&create).await?;
        // What was there before we sent anything may have been changed since, and that is right.
        let dropped = create.body.dropped_from_new(made.row.item.id, &json(&made.row));
        match dropped.filter(|_| create.sent.load(Ordering::Relaxed)) {
            Some(error) => Err(error),
            None => self.to_task(made.row).await,
        }
    }
}

#[async_trait]
impl Create for CreateTask<'_> {
    type Item = Made<WorkPackage>;

    fn identity(&self) -> String {
        identity(Entity::Task, self.key, &self.project.to_string(), self.body.texts(["subject", "description"]))
    }

    fn id<'a>(&self, item: &'a Self::Item) -> &'a str {
        &item.id
    }

    fn is_keyed(&self) -> bool {
        self.key.is_some()
    }

    async fn send(&self) -> Result<Self::Item> {
        self.sent.store(true, Ordering::Relaxed);
        let row = self.api.write_quietly(&endpoints::CREATE_WORK_PACKAGE, &[], &self.body.json()).await?;
        Ok(Made::from(row))
    }

    async fn find(&self, since: Option<DateTime<Utc>>) -> Result<Vec<Self::Item>> {
        if let Some(marker) = &self.marker {
            // A task can be moved to another project in the browser: it is looked for in all.
            let rows = self.api.marked_work_packages(marker, None).await?;
            return Ok(rows.into_iter().map(Made::from).collect());
        }
        let me = self.api.me().await?;
        let filters = Filters::none().is("project", [self.project]).is("author", [&me.id]);
        let filters = since.into_iter().fold(filters, |filters, since| filters.since("createdAt", since));
        let rows = self.api.work_packages_with(filters).await?;
        Ok(rows.into_iter().filter(|row| self.makes(row)).map(Made::from).collect())
    }

    fn place(&self) -> String {
        self.api.places.page("projects", format!("{}/work_packages", self.project))
    }
}
