//! New tasks, never twice.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use pm_http::creating::{comparable, identity};
use pm_http::{Creating, Made, Marker, Raw, named};
use pm_provider::{Direction, Entity, Error, Field, NewTask, PMTask, Result, SortField};
use serde_json::{Value, json};

use super::draft::{Body, as_patch, tags};
use super::list::Scope;
use super::update::{check_home, dropped, partial};
use super::walk::{Place, Source, Walk};
use super::{filter, home};
use crate::api::Api;
use crate::dto::{self, Task};
use crate::ids;
use crate::map::{self, LIST};
use crate::markers::marked;
use crate::tree::List;
use crate::{ProjectLevel, SprintMembership, endpoints, places};

/// Where a new task goes.
struct Home {
    list: Arc<List>,
    /// The sprint that is to show it besides.
    sprint: Option<String>,
    parent: Option<String>,
}

impl Api {
    /// Creates a task.
    pub(crate) async fn create_task(&self, new: &NewTask) -> Result<PMTask> {
        self.capabilities.check_create(new)?;
        let project = ids::Place::read(&new.project_id, &self.config)?;
        let home = self.new_home(new, &project).await.map_err(|error| named(error, "project", &new.project_id))?;
        let marker = Marker::of_key(Entity::Task, new.idempotency_key.as_deref());
        let body = self.new_body(new, &home, marker.as_ref()).await?;
        let creating = self.creating_task(&body, &project, &home, marker.as_ref()).await?.new_key(new.new_key);
        let made = self.http.create(&creating).await?;
        if !creating.is_new() {
            let row = self.add_to_wanted_sprint(made.row, &home, &body, Vec::new()).await?;
            return self.to_task(row).await;
        }
        if let Some(marker) = &marker {
            self.put_mark(&project, marker, &made.row.item.id).await?;
        }
        let row = self.settle(made.row, &body).await?;
        let row = self.add_to_wanted_sprint(row, &home, &body, vec!["create".to_owned()]).await?;
        self.to_task(row).await
    }

    /// What is missing of the answer to a create is read; what ClickUp left out is told.
    async fn settle(&self, row: Raw<Task>, body: &Body) -> Result<Raw<Task>> {
        let id = row.item.id.clone();
        let zone = self.zone().await?;
        let whole = self.whole(row, &Task::default(), body).await;
        let row = whole.map_err(|error| partial(error, &id, vec!["create".to_owned()], vec!["read".to_owned()]))?;
        match dropped(body, &row.item, vec!["create".to_owned()], zone) {
            Some(error) => Err(error),
            None => Ok(row),
        }
    }

    /// Has the sprint show a task besides its home, if that is wanted and not so yet.
    async fn add_to_wanted_sprint(
        &self,
        row: Raw<Task>,
        home: &Home,
        body: &Body,
        applied: Vec<String>,
    ) -> Result<Raw<Task>> {
        let Some(sprint) = home.sprint.as_ref().filter(|sprint| !filter::is_in(&row.item, sprint)) else {
            return Ok(row);
        };
        let added = self.touch(&endpoints::ADD_TO_LIST, &[sprint, &row.item.id]).await;
        let members = body.len();
        added.map_err(|error| {
            let failed = vec![Field::SprintId.word().to_owned()];
            let error = if members == 0 { error } else { error.hint("the task is there; only its sprint is not") };
            partial(error, &row.item.id, applied, failed)
        })?;
        self.task_row(&row.item.id).await
    }

    /// The List of a new task: that of its sprint, of its parent, the one that is named, or the project's own.
    async fn new_home(&self, new: &NewTask, project: &ids::Place) -> Result<Home> {
        let sprint = match &new.sprint_id {
            Some(sprint) => Some(self.sprint_in(sprint, project).await?),
            None => None,
        };
        let parent = match &new.parent_task_id {
            Some(parent) => Some(self.parent(parent, project, None).await?),
            None => None,
        };
        let moves = self.config.sprint_membership == SprintMembership::Move;
        let (sprint_home, beside) = if moves { (sprint, None) } else { (None, sprint) };
        let wanted = new.custom_fields.get(LIST).filter(|_| project.level != ProjectLevel::List);
        let list = match (sprint_home, &parent, wanted) {
            (Some(sprint), _, None) => sprint,
            (Some(_), _, Some(_)) => {
                let error = Error::invalid_input("a task does not fit");
                let message = format!("`{LIST}`: the List of the sprint is the home of the task");
                return Err(error.on_field(Field::CustomFields, message));
            }
            (None, Some(parent), None) => self.list(home(parent)).await?,
            (None, _, Some(wanted)) => self.list_called(project, wanted).await?,
            (None, None, None) if project.level == ProjectLevel::List => self.list(&project.id).await?,
            (None, None, None) => self.default_list(project).await?,
        };
        if let Some(parent) = &parent {
            check_home(parent, &list)?;
        }
        let sprint = beside.map(|sprint| sprint.id.clone()).filter(|sprint| *sprint != list.id);
        Ok(Home { list, sprint, parent: parent.map(|parent| parent.id) })
    }

    async fn new_body(&self, new: &NewTask, home: &Home, marker: Option<&Marker>) -> Result<Body> {
        let patch = as_patch(new);
        let mut body = self.common_members(&patch, Some(&home.list)).await?;
        let text = marked(new.description.as_deref(), marker).filter(|text| !text.is_empty());
        body.extend(text.map(|text| ("markdown_content".to_owned(), Value::from(text))));
        if !new.assignees.is_empty() {
            let people = pm_provider::SetPatch::Replace(new.assignees.clone()).apply(&[]);
            body.insert("assignees".into(), self.people(&people).await?.into());
        }
        if !new.labels.is_empty() {
            body.insert("tags".into(), tags(&new.labels).into());
        }
        body.extend(home.parent.clone().map(|parent| ("parent".to_owned(), Value::from(parent))));
        let settings = self.settings(&patch.custom_fields, &home.list, None).await?;
        if !settings.is_empty() {
            let fields = settings.into_iter().map(|setting| json!({ "id": setting.id, "value": setting.value }));
            body.insert("custom_fields".into(), fields.collect());
        }
        Ok(body)
    }

    async fn creating_task<'a>(
        &'a self,
        body: &'a Body,
        project: &'a ids::Place,
        home: &'a Home,
        marker: Option<&'a Marker>,
    ) -> Result<Creating<'a, Task>> {
        let list = home.list.id.as_str();
        let title = body.get("name").and_then(Value::as_str).unwrap_or_default();
        let identity = identity(Entity::Task, marker, list, &[title]);
        let place = places::list(&self.team().await?, list);
        let send = move || async move {
            let json = Value::Object(body.clone());
            Ok(made(self.write(&endpoints::CREATE_TASK, &[list], &json).await?))
        };
        let find = move |since: Option<DateTime<Utc>>| async move {
            let rows = match marker {
                Some(marker) => self.marked_task(project, marker).await?.into_iter().collect(),
                None => self.my_tasks_like(list, body, since).await?,
            };
            Ok(rows.into_iter().map(made).collect())
        };
        Ok(Creating::new(identity, marker, place, send, find))
    }

    /// What we ourselves made in a List with the same content since a time.
    async fn my_tasks_like(&self, list: &str, body: &Body, since: Option<DateTime<Utc>>) -> Result<Vec<Raw<Task>>> {
        let Some(since) = since else { return Ok(Vec::new()) };
        let (me, scope) = (self.me().await?, Scope::of_list(list));
        let (by, direction) = (SortField::CreatedAt, Direction::Ascending);
        let walk = Walk { by, direction, size: None, page: dto::PAGE, is_complete: false, sources: vec![Source::Main] };
        let mut place = Some(Place { at: Some(since.timestamp_millis()), ..Place::default() });
        let mut found = Vec::new();
        while let Some(at) = place {
            let page = walk.read(&at, |ask| self.fetch_tasks(&scope, ask), |_| true).await?;
            let ours = |row: &Raw<Task>| row.item.creator.as_ref().is_some_and(|creator| creator.id == me.id);
            found.extend(page.rows.into_iter().filter(|row| ours(row) && makes(body, &row.item)));
            place = page.next;
        }
        Ok(found)
    }
}

fn made(row: Raw<Task>) -> Made<Task> {
    Made::new(row.item.id.clone(), row)
}

/// Says whether a task is what a create makes, by what is kept as it was given: of a description its words are.
fn makes(body: &Body, task: &Task) -> bool {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let words = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>();
    comparable(text("name")) == comparable(&task.name)
        && words(text("markdown_content")) == words(map::stored_text(task))
        && body.get("parent").and_then(Value::as_str) == task.parent.as_deref()
}
