//! What a project accepts: types, statuses, priorities, custom fields, labels.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::{Raw, unless_hidden};
use pm_provider::{CustomField, Error, Field, FieldSupport, ProjectId, ProjectSchema, Result};
use serde_json::json;

use crate::SprintBackend;
use crate::api::Api;
use crate::capabilities;
use crate::dto::{self, Form, Schema};
use crate::endpoints;
use crate::error::field;
use crate::ids;
use crate::map::{self, Shapes};

/// How many schemas are asked for at once.
const AT_ONCE: usize = 4;

impl Api {
    /// The schema of a project, as the contract has it.
    pub(crate) async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        let id = ids::existing("project", project)?;
        if self.is_gone(Some(id)) {
            return Err(Error::not_found("project", project));
        }
        self.project_schemas.of(id).get(self.read_schema(id)).await
    }

    async fn read_schema(&self, project: u64) -> Result<ProjectSchema> {
        let types = self.types_of(project).await?;
        let (dictionary, labels, sprints) =
            futures_util::try_join!(self.dictionary(), self.labels(), self.sprint_backend())?;
        let schemas = self.forms_of(project, &types).await?;
        let custom = custom_fields(&schemas);
        let mut fields = BTreeMap::new();
        if !custom.is_empty() {
            fields.insert(Field::CustomFields, FieldSupport::full());
        }
        if labels.is_some() {
            fields.insert(Field::Labels, capabilities::labels());
        }
        let sprint_statuses = match sprints {
            SprintBackend::Sprints => map::sprint_choices(),
            _ => map::version_choices(),
        };
        let default = default_type(&types).and_then(|kind| schemas.get(&kind.id));
        Ok(ProjectSchema::new(project.to_string())
            .statuses(dictionary.statuses.clone())
            .priorities(dictionary.priorities.clone())
            .project_statuses(map::project_choices())
            .sprint_statuses(sprint_statuses)
            .task_types(types.iter().map(|kind| kind.name.clone()))
            .custom_fields(custom)
            .required(default.map(|schema| required(schema)).unwrap_or_default())
            .fields(fields))
    }

    /// The types of a project; a project that is not there is `NotFound`.
    pub(crate) async fn types_of(&self, project: u64) -> Result<Arc<Vec<dto::Type>>> {
        let fetch = async {
            let types = self.all(&endpoints::LIST_PROJECT_TYPES, &[&project.to_string()], &[]).await;
            types.map_err(|error| about_project(error, project))
        };
        self.types.of(project).get(fetch).await
    }

    /// What new work packages of a type take in a project, choices included: plain schemas do not show those.
    pub(crate) async fn form_of(&self, project: u64, kind: u64) -> Result<Arc<Schema>> {
        let fetch = async {
            match unless_hidden(self.fetch_form(project, kind).await)? {
                Some(form) => Ok(form.into_schema()),
                // Who may not add work packages is shown no form.
                None => self.fetch_schema(&format!("{project}-{kind}")).await,
            }
        };
        self.forms.of((project, kind)).get(fetch).await
    }

    async fn fetch_form(&self, project: u64, kind: u64) -> Result<Form> {
        let body = json!({ "_links": { "type": { "href": self.places.href("types", kind) } } });
        let path = project.to_string();
        self.http.request(&endpoints::CREATE_FORM, &[&path]).json(&body).send().await?.json()
    }

    /// The forms of all types of a project, a few at a time.
    async fn forms_of(&self, project: u64, types: &[dto::Type]) -> Result<BTreeMap<u64, Arc<Schema>>> {
        let kinds: Vec<u64> = types.iter().map(|kind| kind.id).collect();
        let forms = stream::iter(kinds).map(|kind| async move { Ok((kind, self.form_of(project, kind).await?)) });
        forms.buffered(AT_ONCE).try_collect().await
    }

    /// The custom fields of some work packages, by schema. Those that have no value in any ask for nothing.
    pub(crate) async fn shapes_for(&self, rows: &[Raw<dto::WorkPackage>]) -> Result<BTreeMap<String, Shapes>> {
        let custom = rows.iter().filter(|row| row.raw.as_str().is_some_and(|raw| raw.contains("\"customField")));
        let mut ids: Vec<_> = custom.filter_map(|row| schema_id(&row.item)).collect();
        ids.sort();
        ids.dedup();
        let shapes = stream::iter(ids).map(|id| async move {
            let shapes = Shapes::of(&*self.schema(&id).await?);
            Ok((id, shapes))
        });
        shapes.buffered(AT_ONCE).try_collect().await
    }

    /// One schema, remembered.
    async fn schema(&self, id: &str) -> Result<Arc<Schema>> {
        self.schemas.of(id.to_owned()).get(self.fetch_schema(id)).await
    }

    /// One schema; empty where it is hidden from us.
    async fn fetch_schema(&self, id: &str) -> Result<Schema> {
        Ok(unless_hidden(self.get(&endpoints::GET_SCHEMA, &[id]).await)?.unwrap_or_default())
    }
}

/// Where the fields of a work package are described.
pub(crate) fn schema_id(item: &dto::WorkPackage) -> Option<String> {
    let linked = item.links.schema.as_ref().and_then(|link| link.href.as_deref()).map(dto::last_segment);
    let own = || Some(format!("{}-{}", item.links.project.id()?, item.links.kind.id()?));
    linked.filter(|id| id.contains('-')).map(ToOwned::to_owned).or_else(own)
}

/// The type of a new work package that names none.
pub(crate) fn default_type(types: &[dto::Type]) -> Option<&dto::Type> {
    types
        .iter()
        .find(|kind| kind.is_default && !kind.is_milestone)
        .or_else(|| types.iter().find(|kind| !kind.is_milestone))
        .or(types.first())
}

fn custom_fields(schemas: &BTreeMap<u64, Arc<Schema>>) -> Vec<CustomField> {
    let mut fields: Vec<CustomField> = Vec::new();
    for field in schemas.values().flat_map(|schema| Shapes::of(schema).fields().collect::<Vec<_>>()) {
        if fields.iter().all(|known| known.id != field.id) {
            fields.push(field);
        }
    }
    fields
}

/// What must be given: the server fills in the rest.
fn required(schema: &Schema) -> Vec<Field> {
    let needed = schema
        .properties
        .iter()
        .filter(|(_, property)| property.required && !property.has_default && property.writable);
    let fields = needed.filter_map(|(name, _)| field(name));
    // Type, status and priority have a default where no schema says so, and lock versions are our business.
    let own = [Field::TaskType, Field::Status, Field::Priority, Field::Version];
    fields.filter(|field| !own.contains(field)).collect()
}

/// A 404 of something below a project means the project.
pub(crate) fn about_project(error: Error, project: u64) -> Error {
    if error.kind() == pm_provider::ErrorKind::NotFound { error.subject(format!("project `{project}`")) } else { error }
}
