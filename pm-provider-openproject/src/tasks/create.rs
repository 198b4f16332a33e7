//! Creating work packages, never twice.

use chrono::{DateTime, Utc};
use pm_http::creating::identity;
use pm_http::{Creating, Marker, Raw};
use pm_provider::{Entity, Error, NewTask, PMTask, Result};

use super::json;
use super::write::project_of;
use crate::api::Api;
use crate::body::Body;
use crate::dto::WorkPackage;
use crate::endpoints;
use crate::filters::Filters;
use crate::markers::made;

impl Api {
    /// Creates a task.
    pub(crate) async fn create_task(&self, new: &NewTask) -> Result<PMTask> {
        self.capabilities.check_create(new)?;
        let project = project_of(new)?;
        if self.is_gone(Some(project)) {
            return Err(Error::not_found("project", project));
        }
        let marker = Marker::of_key(Entity::Task, new.idempotency_key.as_deref());
        let body = self.new_task_body(new, project, marker.as_ref()).await?;
        let creating = self.creating_task(&body, project, marker.as_ref()).new_key(new.new_key);
        let made = self.http.create(&creating).await?;
        match body.dropped_by_create(&creating, &made) {
            Some(error) => Err(error),
            None => self.to_task(made.row).await,
        }
    }

    fn creating_task<'a>(
        &'a self,
        body: &'a Body,
        project: u64,
        marker: Option<&'a Marker>,
    ) -> Creating<'a, WorkPackage> {
        let identity = identity(Entity::Task, marker, project, &body.texts(["subject", "description"]));
        let place = self.places.page("projects", format!("{project}/work_packages"));
        let send = move || async move {
            Ok(made(self.write_quietly(&endpoints::CREATE_WORK_PACKAGE, &[], &body.json()).await?))
        };
        let find = move |since: Option<DateTime<Utc>>| async move {
            if let Some(marker) = marker {
                // A task can be moved to another project in the browser: it is looked for in all.
                return Ok(self.marked_work_packages(marker, None).await?.into_iter().map(made).collect());
            }
            let me = self.me().await?;
            let filters = Filters::none().is("project", [project]).is("author", [&me.id]);
            let filters = since.into_iter().fold(filters, |filters, since| filters.since("createdAt", since));
            let rows = self.work_packages_with(filters).await?;
            Ok(rows.into_iter().filter(|row| makes(body, row)).map(made).collect())
        };
        Creating::new(identity, marker, place, send, find)
    }
}

/// Says whether a work package is what a create makes, by what every server keeps as it was given.
fn makes(body: &Body, row: &Raw<WorkPackage>) -> bool {
    let stored = json(row);
    let links: &[_] = if body.links.contains_key("type") { &["parent", "type"] } else { &["parent"] };
    body.has_texts_of(&stored, &["subject", "description"]) && body.has_links_of(&stored, links)
}
