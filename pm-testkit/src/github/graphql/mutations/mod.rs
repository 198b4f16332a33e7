//! What can be changed.

mod fields;
mod issues;
mod items;
mod projects;
mod values;

use super::super::access::Rights;
use super::super::projects_v2::{Item, Project};
use super::super::store::Store;
use super::coerce::Arguments;
use super::errors::GraphError;
use super::object::{Object, Out, Resolved};
use super::scope::{Call, Scope, project_rights};
use async_graphql_parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// One change: who asks, when, and what for.
pub(super) struct Change<'a> {
    call: &'a Call<'a>,
    /// The name of the mutation, as the messages have it: `AddProjectV2ItemById`.
    name: String,
    now: DateTime<Utc>,
    viewer: u64,
    input: Arguments,
}

/// Runs a mutation by its name.
pub(super) fn run(call: &Call<'_>, store: &mut Store, name: &str, arguments: &Arguments) -> Resolved {
    let input = arguments.get("input").and_then(Value::as_object).cloned().unwrap_or_default();
    let viewer =
        call.caller.account.ok_or_else(|| GraphError::forbidden("This endpoint requires you to be authenticated."))?;
    let mut title = name.to_owned();
    title[..1].make_ascii_uppercase();
    let change = Change { call, name: title, now: call.app.now(), viewer, input: Arguments(input) };
    let (kind, mut fields) = match name {
        "createProjectV2" => change.create_project(store)?,
        "updateProjectV2" => change.update_project(store)?,
        "deleteProjectV2" => change.delete_project(store)?,
        "createProjectV2Field" => change.create_field(store)?,
        "updateProjectV2Field" => change.update_field(store)?,
        "deleteProjectV2Field" => change.delete_field(store)?,
        "addProjectV2ItemById" => change.add_item(store)?,
        "addProjectV2DraftIssue" => change.add_draft(store)?,
        "updateProjectV2DraftIssue" => change.update_draft(store)?,
        "convertProjectV2DraftIssueItemToIssue" => change.convert_draft(store)?,
        "archiveProjectV2Item" => change.archive(store, true)?,
        "unarchiveProjectV2Item" => change.archive(store, false)?,
        "deleteProjectV2Item" => change.delete_item(store)?,
        "updateProjectV2ItemFieldValue" => change.set_value(store)?,
        "clearProjectV2ItemFieldValue" => change.clear_value(store)?,
        "createIssue" => change.create_issue(store)?,
        "updateIssue" => change.update_issue(store)?,
        "closeIssue" => change.close_issue(store)?,
        "reopenIssue" => change.reopen_issue(store)?,
        "deleteIssue" => change.delete_issue(store)?,
        _ => return Err(GraphError::plain(format!("the fake does not know the mutation `{name}`"))),
    };
    let id = change.input.text("clientMutationId").map_or(Out::Null, Out::leaf);
    fields.push(("clientMutationId", id));
    Ok(Out::One(Object::ready(kind, fields)))
}

/// How many contents an operation makes, as the limits count them: the vendor lists none; these are those that make
/// something that others see.
pub(super) fn contents(document: &ExecutableDocument, operation: &OperationDefinition) -> usize {
    const MAKING: [&str; 4] = ["createIssue", "createProjectV2", "addProjectV2DraftIssue", "addProjectV2ItemById"];

    let fields = |set: &SelectionSet| {
        let names = set.items.iter().filter_map(|selection| match &selection.node {
            Selection::Field(field) => Some(field.node.name.node.to_string()),
            _ => None,
        });
        names.filter(|name| MAKING.contains(&name.as_str())).count()
    };
    let fragments = document.fragments.values().map(|fragment| fields(&fragment.node.selection_set.node));
    match operation.ty {
        OperationType::Mutation => fields(&operation.selection_set.node) + fragments.sum::<usize>(),
        _ => 0,
    }
}

/// The type of an answer and its fields.
type Payload = Result<(&'static str, Vec<(&'static str, Out)>), GraphError>;

impl Change<'_> {
    /// An object by the id in a member of the input.
    fn object(&self, store: &Store, member: &str) -> Result<Object, GraphError> {
        let node = self.input.text(member).unwrap_or_default();
        let found = Object::of_node(&Scope::new(self.call, store), node);
        found.ok_or_else(|| no_node(node))
    }

    /// The project of the input, if the viewer may do this in it.
    fn project<'s>(&self, store: &'s Store, rights: Rights) -> Result<&'s Project, GraphError> {
        let node = self.input.text("projectId").unwrap_or_default();
        let Object::Project(id) = self.object(store, "projectId")? else { return Err(no_node(node)) };
        let project = store.boards.projects.get(&id).ok_or_else(|| no_node(node))?;
        self.allowed(store, project_rights(self.call, store, project), rights)?;
        Ok(project)
    }

    /// The item of the input, in the project of the input.
    fn item<'s>(&self, store: &'s Store) -> Result<&'s Item, GraphError> {
        let project = self.project(store, Rights::Write)?.id;
        let node = self.input.text("itemId").unwrap_or_default();
        let found = match self.object(store, "itemId")? {
            Object::Item(id) => store.boards.items.get(&id),
            _ => None,
        };
        found.filter(|item| item.project == project).ok_or_else(|| no_node(node))
    }

    fn allowed(&self, store: &Store, has: Option<Rights>, needs: Rights) -> Result<(), GraphError> {
        if has >= Some(needs) {
            return Ok(());
        }
        let login = store.login(self.viewer);
        Err(GraphError::forbidden(format!("{login} does not have the correct permissions to execute `{}`", self.name)))
    }

    /// The accounts of a member of the input.
    fn accounts(&self, store: &Store, member: &str) -> Result<Vec<u64>, GraphError> {
        let scope = Scope::new(self.call, store);
        let ids = self.input.texts(member).into_iter();
        ids.map(|node| match Object::of_node(&scope, node) {
            Some(Object::Account(id)) => Ok(id),
            _ => Err(no_node(node)),
        })
        .collect()
    }

    fn title(&self, member: &str) -> Result<String, GraphError> {
        let title = self.input.text(member).unwrap_or_default().trim();
        if title.is_empty() { Err(GraphError::unprocessable("Title can't be blank")) } else { Ok(title.to_owned()) }
    }
}

fn no_node(node: &str) -> GraphError {
    GraphError::not_found(format!("Could not resolve to a node with the global id of '{node}'"))
}
