//! The schema of a project, as the contract has it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_provider::{CustomField, Error, Field, FieldSupport, ParentTypes, ProjectId, ProjectSchema, Result, Status};

use super::{Catalogue, default_type, parents_of, union};
use crate::api::{Api, found};
use crate::dto::{IssueType, Screen};
use crate::error::field;
use crate::{ids, map, tasks};

/// How many screens are asked for at once.
const AT_ONCE: usize = 4;

impl Api {
    /// What a project accepts.
    pub(crate) async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        let id = ids::existing("project", project)?;
        if self.is_gone(id) {
            return Err(Error::not_found("project", project));
        }
        self.project_schemas.of(id).get(self.read_schema(id)).await
    }

    async fn read_schema(&self, project: u64) -> Result<ProjectSchema> {
        let (types, catalogue) = futures_util::try_join!(self.types_of(project), self.catalogue())?;
        let (statuses, screens) = futures_util::try_join!(self.statuses_in(project), self.screens_of(project, &types))?;
        let usual = default_type(&types, self.config.task_type.as_deref());
        let screen = usual.and_then(|kind| screens.get(&kind.id.0)).cloned().unwrap_or_default();
        let priorities = self.priorities_on(&screen).await?;
        let has_sprints = found(self.boards_of(Some(project)).await)?.is_some_and(|boards| !boards.is_empty());
        let is_cloud = self.flavor().await?.is_cloud();
        let settled = Settled { screen: &screen, catalogue: &catalogue, has_sprints, is_cloud };
        Ok(ProjectSchema::new(project.to_string())
            .statuses(statuses)
            .priorities(priorities)
            .project_statuses(map::project_choices())
            .sprint_statuses(map::sprint_choices())
            .task_types(types.iter().map(|kind| kind.name.clone()))
            .custom_fields(custom_fields(screens.values().map(Arc::as_ref), &catalogue))
            .required(required(&screen))
            .fields(settled.fields(usual, &types))
            .hierarchy(types.iter().map(|kind| (kind.name.clone(), ranks(&types, kind)))))
    }

    /// The statuses of all types of a project, each once, in Jira's order.
    pub(crate) async fn statuses_in(&self, project: u64) -> Result<Vec<Status>> {
        let types = self.statuses_by_type(project).await?;
        let mut seen = BTreeSet::new();
        let all = types.iter().flat_map(|kind| &kind.statuses);
        let each = all.filter(|status| seen.insert(status.id));
        Ok(each.map(|status| map::status(status, &self.config.statuses)).collect())
    }

    /// The create screens of all types, a few at a time; none where we may not create anything.
    async fn screens_of(&self, project: u64, types: &[IssueType]) -> Result<BTreeMap<u64, Arc<Screen>>> {
        let kinds: Vec<u64> = types.iter().map(|kind| kind.id.0).collect();
        let screens = stream::iter(kinds).map(|kind| async move {
            let screen = found(self.create_screen((project, kind)).await)?;
            Ok::<_, Error>((kind, screen.unwrap_or_default()))
        });
        screens.buffered(AT_ONCE).try_collect().await
    }
}

/// What decides which fields tasks have in a project.
struct Settled<'a> {
    screen: &'a Screen,
    catalogue: &'a Catalogue,
    has_sprints: bool,
    is_cloud: bool,
}

impl Settled<'_> {
    /// What can be done here with each field that depends on the project.
    fn fields(&self, usual: Option<&IssueType>, types: &[IssueType]) -> BTreeMap<Field, FieldSupport> {
        let on_screen = |id: &str| self.screen.has(id);
        let start = self.catalogue.start_date.as_deref().is_some_and(on_screen);
        let custom = self.screen.iter().any(|(id, _)| self.catalogue.shape(id).is_some());
        let all = [
            (Field::Priority, on_screen("priority"), FieldSupport::required()),
            (Field::SprintId, self.has_sprints, FieldSupport::full()),
            (Field::StartDate, start, FieldSupport::full()),
            (Field::DueDate, on_screen("duedate"), FieldSupport::full()),
            (Field::Labels, on_screen("labels"), FieldSupport::full()),
            (Field::Assignees, on_screen("assignee"), FieldSupport::full().max_items(1)),
            (Field::EstimatedHours, on_screen("timetracking"), tasks::estimates()),
            (Field::CustomFields, custom, FieldSupport::full()),
        ];
        let here =
            all.into_iter().map(|(field, there, full)| (field, if there { full } else { FieldSupport::read_only() }));
        here.chain([(Field::ParentTaskId, self.parents(usual, types))]).collect()
    }

    /// Sub-tasks keep their parent for ever on Data Center; elsewhere a parent is a field like any other.
    fn parents(&self, usual: Option<&IssueType>, types: &[IssueType]) -> FieldSupport {
        let can_move = self.is_cloud || self.catalogue.epic_link.is_some();
        let has_above = usual.is_some_and(|kind| !parents_of(types, kind).0.is_empty());
        let has_below = types.iter().any(|kind| kind.level() < 0);
        match (has_above && can_move, has_below) {
            (true, _) => FieldSupport::full(),
            (false, true) => FieldSupport::on_create(),
            (false, false) => FieldSupport::read_only(),
        }
    }
}

/// What issues of a type can be parts of.
fn ranks(types: &[IssueType], kind: &IssueType) -> ParentTypes {
    let (above, must) = parents_of(types, kind);
    ParentTypes::of(above.iter().map(|kind| kind.name.as_str())).required(must)
}

fn custom_fields<'s>(screens: impl IntoIterator<Item = &'s Screen>, catalogue: &Catalogue) -> Vec<CustomField> {
    let fields = union(screens);
    let described = fields.into_iter().filter_map(|(id, field)| Some(catalogue.shape(id)?.described(Some(field))));
    described.collect()
}

/// What must be given; who reports an issue is filled in.
fn required(screen: &Screen) -> BTreeSet<Field> {
    let given = screen.required().map(|(id, _)| id).filter(|id| !matches!(*id, "project" | "issuetype" | "reporter"));
    given.filter_map(field).collect()
}
