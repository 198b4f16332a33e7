//! What a project accepts: statuses, priorities, types, custom fields.
//!
//! Statuses and custom fields belong to Lists: a project of several Lists has those of all of them, and a task takes those
//! of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::{named, unless_hidden};
use pm_provider::{CustomField, CustomFieldKind, Field, FieldSupport, ProjectId, ProjectSchema, Result, Status};

use crate::api::Api;
use crate::ids::Place;
use crate::tree::List;
use crate::{ProjectLevel, dto, endpoints, map};

/// How many Lists are asked for at once.
const AT_ONCE: usize = 8;

impl Api {
    /// The schema of a project, as the contract has it.
    pub(crate) async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        let place = Place::read(project, &self.config)?;
        self.schemas.of(place.clone()).get(self.read_schema(&place)).await
    }

    async fn read_schema(&self, place: &Place) -> Result<ProjectSchema> {
        let id = ProjectId::from(place);
        self.check_project(&id).await?;
        let mut lists = self.lists_of(place).await?;
        lists.retain(|list| !list.archived || place.level == ProjectLevel::List);
        let (statuses, fields, types) =
            futures_util::try_join!(self.all_statuses(&lists), self.all_fields(&lists), self.type_names())?;
        let sprints = if place.level == ProjectLevel::List { Vec::new() } else { map::sprint_choices() };
        let custom = self.custom_fields(place, &lists, &fields);
        let support = if custom.is_empty() { FieldSupport::default() } else { FieldSupport::full() };
        Ok(ProjectSchema::new(id)
            .statuses(statuses)
            .priorities(map::priorities(&self.config.priorities))
            .project_statuses(map::project_choices())
            .sprint_statuses(sprints)
            .task_types(types)
            .fields(BTreeMap::from([(Field::CustomFields, support), (Field::Key, FieldSupport::read_only())]))
            .custom_fields(custom))
    }

    /// The statuses of some Lists, each name once, in the order in which they come.
    async fn all_statuses(&self, lists: &[Arc<List>]) -> Result<Vec<Status>> {
        let rows = stream::iter(lists.to_vec()).map(|list| async move { unless_hidden(self.statuses_of(&list).await) });
        let rows: Vec<Option<Vec<Status>>> = rows.buffered(AT_ONCE).try_collect().await?;
        let mut all: Vec<Status> = Vec::new();
        for status in rows.into_iter().flatten().flatten() {
            if all.iter().all(|known| !known.name.eq_ignore_ascii_case(&status.name)) {
                all.push(status);
            }
        }
        Ok(all)
    }

    /// The statuses of a List, in its order: its own, else those of its Folder, else those of its Space. Who has none of
    /// his own says so, and is not asked for them.
    pub(crate) async fn statuses_of(&self, list: &List) -> Result<Vec<Status>> {
        let rows = match self.inherited_statuses(list).await? {
            Some(rows) => rows,
            None => self.list(&list.id).await?.row.item.statuses.clone(),
        };
        Ok(map::statuses(&rows, &self.config.statuses))
    }

    async fn inherited_statuses(&self, list: &List) -> Result<Option<Vec<dto::Status>>> {
        let item = &list.row.item;
        if !item.statuses.is_empty() {
            return Ok(Some(item.statuses.clone()));
        }
        if item.override_statuses {
            return Ok(None);
        }
        if let Some(folder) = &list.folder {
            let contents = self.contents(&list.space).await?;
            let Some(folder) = contents.folder(folder) else { return Ok(None) };
            if folder.row.item.override_statuses {
                return Ok(some(&folder.row.item.statuses));
            }
        }
        Ok(some(&self.space(&list.space).await?.row.item.statuses))
    }

    /// The custom fields of some Lists, each name once: fields of several Lists are one for whoever reads names.
    async fn all_fields(&self, lists: &[Arc<List>]) -> Result<Vec<dto::CustomField>> {
        let rows =
            stream::iter(lists.to_vec()).map(|list| async move { unless_hidden(self.fields_of(&list.id).await) });
        let rows: Vec<Option<Arc<Vec<dto::CustomField>>>> = rows.buffered(AT_ONCE).try_collect().await?;
        let mut all: Vec<dto::CustomField> = Vec::new();
        for field in rows.iter().flatten().flat_map(|rows| rows.iter()) {
            if all.iter().all(|known| known.name != field.name) {
                all.push(field.clone());
            }
        }
        Ok(all)
    }

    /// The custom fields of a project, and what tasks have beside them that no model knows.
    fn custom_fields(&self, place: &Place, lists: &[Arc<List>], fields: &[dto::CustomField]) -> Vec<CustomField> {
        let mut custom: Vec<_> = fields.iter().map(map::custom::definition).collect();
        let is_free = |name: &str, custom: &[CustomField]| custom.iter().all(|field| field.name != name);
        if place.level != ProjectLevel::List && is_free(map::LIST, &custom) {
            let names = lists.iter().filter(|list| !list.is_sprint).map(|list| list.name.clone());
            custom.push(CustomField::new(map::LIST, CustomFieldKind::Choice).options(names));
        }
        if is_free(map::POINTS, &custom) {
            custom.push(CustomField::new(map::POINTS, CustomFieldKind::Number));
        }
        custom
    }

    /// The custom fields of a List, those from above included.
    pub(crate) async fn fields_of(&self, list: &str) -> Result<Arc<Vec<dto::CustomField>>> {
        let fetch = async {
            let fields = self.get::<dto::Fields>(&endpoints::LIST_FIELDS, &[list]).await;
            Ok(fields.map_err(|error| named(error, "List", list))?.fields)
        };
        self.fields.of(list.to_owned()).get(fetch).await
    }

    /// The types of tasks of the Workspace, beside the plain ones.
    pub(crate) async fn task_types(&self) -> Result<Arc<Vec<dto::TaskType>>> {
        let fetch = async {
            let team = self.team().await?;
            let types = self.get::<dto::TaskTypes>(&endpoints::LIST_TASK_TYPES, &[&team]).await;
            Ok(unless_hidden(types)?.map(|types| types.custom_items).unwrap_or_default())
        };
        self.types.get(fetch).await
    }

    async fn type_names(&self) -> Result<Vec<String>> {
        let types = self.task_types().await?;
        let own = types.iter().map(|kind| kind.name.clone()).filter(|name| !name.is_empty());
        let plain = map::PLAIN_TYPES.iter().map(|(_, name)| (*name).to_owned());
        let mut names: Vec<String> = Vec::new();
        plain.chain(own).for_each(|name| {
            if !names.contains(&name) {
                names.push(name);
            }
        });
        Ok(names)
    }
}

fn some(statuses: &[dto::Status]) -> Option<Vec<dto::Status>> {
    (!statuses.is_empty()).then(|| statuses.to_vec())
}
