//! Creating issues, never twice.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_http::{Create, CreateTurn, Marker};
use pm_provider::{Effect, Entity, Error, ErrorKind, Field, NewTask, PMTask, Result, Retry};
use serde_json::{Value, json};

use super::Kind;
use super::look_ups::LookUps;
use super::transition::partial;
use super::update::{IN_PARENTS_SPRINT, Plan};
use super::write::{Body, Current, Place, as_patch, named_type, unfit};
use crate::api::{Api, found};
use crate::dto::{IssueType, Made, Screen};
use crate::ids::{self, leads_nowhere, referred};
use crate::marks::{marker, open_property, property, random_marker};
use crate::schema::{default_type, subtask_type};
use crate::{endpoints, jql::Jql};

/// A new issue, put together and validated.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) kind: Kind,
    /// What the create itself sets.
    pub(crate) body: Body,
    /// What has to be set afterwards, because the create screen does not have it.
    pub(crate) later: Body,
    pub(crate) sprint: Option<u64>,
    pub(crate) marker: Marker,
    pub(crate) is_keyed: bool,
    /// Whether the key was never sent before.
    pub(crate) is_new_key: bool,
    /// Whether something is to follow that the create itself cannot do.
    pub(crate) has_more: bool,
}

impl Draft {
    /// What creates wait for each other by.
    pub(crate) fn identity(&self) -> String {
        format!("task marked {}", self.marker.as_str())
    }

    /// The body of the request.
    pub(crate) fn json(&self) -> Value {
        let mut body = self.body.json();
        body["properties"] = json!([if self.is_open() { open_property(&self.marker) } else { property(&self.marker) }]);
        body
    }

    /// Whether the mark says that the create is not all. Only who uses the key again would ask for it.
    pub(crate) fn is_open(&self) -> bool {
        self.is_keyed && self.has_more
    }

    /// Whether the mark is looked for before anything is sent.
    pub(crate) fn looks_first(&self) -> bool {
        self.is_keyed && !self.is_new_key
    }
}

struct CreateTask<'a> {
    api: &'a Api,
    draft: &'a Draft,
    sent: AtomicBool,
}

impl Api {
    /// Creates a task.
    pub(crate) async fn create_task(&self, new: &NewTask) -> Result<PMTask> {
        let draft = self.draft(new, &LookUps::default()).await?;
        // The turn lasts until all is done: whoever uses the key meanwhile finds it done.
        let identities: Vec<String> = draft.is_open().then(|| draft.identity()).into_iter().collect();
        let turns = self.http.claim_creates(&identities).await?;
        let (id, is_new) = self.create_drafted(&draft, turns.first()).await?;
        if is_new {
            self.finish(id, new, &draft, draft.sprint).await?;
            self.close(&draft, id).await;
        }
        self.read_back(id).await
    }

    /// Creates an issue by a request of its own, in a turn that may be claimed already; says whether it is new.
    pub(crate) async fn create_drafted(&self, draft: &Draft, turn: Option<&CreateTurn>) -> Result<(u64, bool)> {
        let create = CreateTask { api: self, draft, sent: AtomicBool::new(false) };
        let made = match turn {
            Some(turn) => self.http.create_claimed(&create, turn).await,
            None => self.http.create(&create).await,
        };
        let made = made.inspect_err(|error| self.note_lost(draft, error))?;
        let id = made.id.parse().unwrap_or_default();
        self.remember(draft, id, made.is_new && draft.is_open()).await?;
        Ok((id, made.is_new))
    }

    /// Remembers that a create may have been done all the same, for as long as a search may not show it.
    pub(crate) fn note_lost(&self, draft: &Draft, error: &Error) {
        if draft.is_keyed && *error.effect() == Effect::Unknown && self.issues.lost_for(draft.marker.as_str()).is_none()
        {
            self.issues.lose(draft.marker.as_str(), self.index_lag);
        }
    }

    /// Makes sure that a create which is not found is not one that was lost and may still show.
    pub(crate) fn check_not_lost(&self, draft: &Draft) -> Result<()> {
        let Some(left) = self.issues.lost_for(draft.marker.as_str()) else { return Ok(()) };
        let message = "the answer to a create with this key was lost a moment ago, and searches do not show yet what became of it";
        let error = Error::new(ErrorKind::Unavailable, message).with_effect(Effect::Unknown);
        Err(error.hint("the same idempotency key may be used again").with_retry(Retry::After(left)))
    }

    /// Remembers what a create made, and whether something is to follow.
    pub(crate) async fn remember(&self, draft: &Draft, id: u64, is_open: bool) -> Result<()> {
        if !draft.is_keyed {
            return self.pass_over(draft.kind.0, id).await;
        }
        self.put_mark(draft.kind.0, &draft.marker, id, is_open).await
    }

    /// Notes that nothing is to follow any more.
    pub(crate) async fn close(&self, draft: &Draft, id: u64) {
        if draft.is_open() {
            self.close_mark(draft.kind.0, &draft.marker, id).await;
        }
    }

    /// Puts together what a new issue takes; nothing is sent that writes.
    pub(crate) async fn draft(&self, new: &NewTask, look_ups: &LookUps) -> Result<Draft> {
        self.capabilities.check_create(new)?;
        let project = ids::existing("project", &new.project_id)?;
        if self.is_gone(project) {
            return Err(Error::not_found("project", project));
        }
        let types = self.types_of(project).await?;
        let own = self.new_type(new, &types, look_ups).await?;
        let kind = (project, own.id.0);
        let (screen, catalogue) = futures_util::try_join!(self.create_screen(kind), self.catalogue())?;
        let patch = as_patch(new);
        let place = Place { kind, types: &types, screen: &screen, catalogue: &catalogue, current: None, look_ups };
        let mut body = self.changed_fields(&patch, &place).await?;
        body.set(Field::ProjectId, "project", json!({ "id": project.to_string() }));
        body.set(Field::TaskType, "issuetype", json!({ "id": own.id.to_string() }));
        if own.level() < 0 && new.parent_task_id.is_none() {
            return Err(unfit(Field::ParentTaskId, &format!("a {} must have a parent", own.name)));
        }
        if let Some(wanted) = &new.status {
            self.wanted_status(kind, wanted).await?;
        }
        for custom in self.customs(&patch.custom_fields, &catalogue)? {
            self.custom(&mut body, &custom, screen.get(&custom.shape.id), &place, false).await?;
        }
        let is_epic = own.level() > 0;
        if let Some(id) = catalogue.epic_name.as_deref().filter(|id| is_epic && screen.has(id) && !body.has(id)) {
            body.set(Field::Title, id, new.title.as_str());
        }
        let later = self.set_later(&mut body, kind, &screen).await?;
        check_required(&body, &screen, &catalogue)?;
        let sprint = self.new_sprint(new.sprint_id.as_ref(), project, look_ups).await?;
        if sprint.is_some() && own.level() < 0 {
            return Err(unfit(Field::SprintId, IN_PARENTS_SPRINT));
        }
        let key = new.idempotency_key.as_deref();
        let mark = key.map_or_else(random_marker, |key| marker(Entity::Task, key));
        let has_more = new.status.is_some() || !later.is_empty() || sprint.is_some();
        let (is_keyed, is_new_key) = (key.is_some(), new.new_key);
        Ok(Draft { kind, body, later, sprint, marker: mark, is_keyed, is_new_key, has_more })
    }

    /// The type of a new issue: what is named, else what fits below its parent.
    async fn new_type<'t>(&self, new: &NewTask, types: &'t [IssueType], look_ups: &LookUps) -> Result<&'t IssueType> {
        if let Some(name) = &new.task_type {
            return named_type(types, name);
        }
        let usual = default_type(types, self.config.task_type.as_deref());
        let none = || unfit(Field::TaskType, "the project has no type of issue that we may create");
        let usual = usual.ok_or_else(none)?;
        let Some(parent) = &new.parent_task_id else { return Ok(usual) };
        let id = referred(Field::ParentTaskId, parent)?;
        let row = self.parent_row(id, look_ups).await?;
        let row = row.ok_or_else(|| leads_nowhere(Field::ParentTaskId, parent.as_str()))?;
        let level = row.fields.issue_type.as_ref().map_or(0, IssueType::level);
        if level > usual.level() {
            return Ok(usual);
        }
        Ok(subtask_type(types, self.config.subtask_type.as_deref()).unwrap_or(usual))
    }

    /// Takes out of a create what its screen does not have. It is set afterwards, where issues of the type have it on their
    /// edit screen; otherwise nothing is created.
    async fn set_later(&self, body: &mut Body, kind: Kind, screen: &Screen) -> Result<Body> {
        let mut later = body.split_off(screen);
        if later.is_empty() {
            return Ok(later);
        }
        let jql = Jql::new().id("project", kind.0).id("issuetype", kind.1);
        let other = self.any_issue(jql, &["status", "project", "issuetype"]).await?;
        let edit = match other.as_ref().map(|row| (row.item.id.0, super::update::standing(&row.item))) {
            Some((id, Ok((kind, status)))) => self.edit_screen(id, kind, status).await?,
            _ => Default::default(),
        };
        let off = later.split_off(&edit);
        if off.is_empty() { Ok(later) } else { Err(off.off_screen("the create screen")) }
    }

    /// What a create cannot do itself.
    pub(crate) async fn finish(&self, id: u64, new: &NewTask, draft: &Draft, sprint: Option<u64>) -> Result<()> {
        let needs_status = new.status.is_some();
        if !needs_status && draft.later.is_empty() && sprint.is_none() {
            return Ok(());
        }
        let applied = vec!["the issue".to_owned()];
        let mut plan = Plan { body: draft.later.clone(), sprint: sprint.map(Some), ..Plan::default() };
        if needs_status {
            let hops = self.hops_of_new(id, new).await;
            let failed = || vec![format!("`{}`", Field::Status)];
            plan.hops = hops.map_err(|error| partial(error, id, &applied, failed()))?;
        }
        self.carry_out(id, &plan, applied).await
    }

    async fn hops_of_new(&self, id: u64, new: &NewTask) -> Result<Vec<super::transition::Hop>> {
        let row = self.issue_by_id(id).await?;
        let current = Current { issue: row.item.clone(), task: self.to_task(row).await? };
        let mut patch = pm_provider::TaskPatch::new();
        patch.status = as_patch(new).status;
        Ok(self.plan(&patch, &current).await?.hops)
    }
}

/// Makes sure that everything is given that Jira would miss.
fn check_required(body: &Body, screen: &Screen, catalogue: &crate::schema::Catalogue) -> Result<()> {
    // Who reports an issue is filled in.
    let missing = screen.required().filter(|(id, _)| !body.has(id) && *id != "reporter");
    let missing: Vec<_> = missing.collect();
    if missing.is_empty() {
        return Ok(());
    }
    let error = Error::invalid_input("a task lacks fields that the project requires");
    Err(missing.iter().fold(error, |error, (id, meta)| {
        let name = catalogue.shape(id).map_or(meta.name.as_str(), |shape| shape.name.as_str());
        let field = crate::error::field(id).unwrap_or(Field::CustomFields);
        error.on_field(field, format!("`{name}` must be given"))
    }))
}

/// An issue that a create made, or found.
#[derive(Debug)]
struct Created {
    id: String,
    is_new: bool,
}

#[async_trait]
impl Create for CreateTask<'_> {
    type Item = Created;

    fn identity(&self) -> String {
        self.draft.identity()
    }

    fn id<'a>(&self, item: &'a Self::Item) -> &'a str {
        &item.id
    }

    fn is_keyed(&self) -> bool {
        self.draft.is_keyed
    }

    fn looks_first(&self) -> bool {
        self.draft.looks_first()
    }

    async fn send(&self) -> Result<Self::Item> {
        self.sent.store(true, Ordering::Relaxed);
        let made = self.api.write::<Made>(&endpoints::CREATE_ISSUE, &[], &self.draft.json()).await?;
        self.api.issues.wrote(made.item.id.0);
        Ok(Created { id: made.item.id.to_string(), is_new: true })
    }

    /// By its mark, wherever the answer went. An issue that is gone since does not answer to its key any more.
    async fn find(&self, since: Option<DateTime<Utc>>) -> Result<Vec<Self::Item>> {
        let (project, marker) = (self.draft.kind.0, &self.draft.marker);
        let since = since.filter(|_| !self.draft.looks_first());
        let found_ids = self.api.marked_issues(Some(project), &[marker], since).await?;
        let is_sent = self.sent.load(Ordering::Relaxed);
        let Some(id) = found_ids.get(marker.as_str()) else {
            if !is_sent {
                self.api.check_not_lost(self.draft)?;
            }
            return Ok(Vec::new());
        };
        if found(self.api.issue_by_id(*id).await)?.is_none() {
            self.api.drop_mark(project, marker).await?;
            return Ok(Vec::new());
        }
        let is_new = is_sent || self.draft.is_open() && self.api.is_open(project, marker, *id).await?;
        Ok(vec![Created { id: id.to_string(), is_new }])
    }

    fn place(&self) -> String {
        format!("the issues of the project `{}`, newest first", self.draft.kind.0)
    }
}
