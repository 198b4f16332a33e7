//! The projects themselves.

use pm_http::creating::{identity, is_since};
use pm_http::page::{Listing, TokenPlace, token};
use pm_http::{Creating, Made, Raw, deleted, named, unless_missing};
use pm_provider::{
    Contents, Cursor, DeleteOptions, Effect, Entity, Error, ErrorKind, FieldPatch, NewProject, Operation, PMProject,
    Page, ProjectId, ProjectPatch, ProjectQuery, ProjectStatus, ProjectStatusCategory, ProjectStatusRef, Result,
    Visibility,
};
use serde_json::{Map, Value, json};

use super::dto::{self, Connection};
use super::map::{CLOSED, OPEN};
use super::{existing_project, map};
use crate::api::Api;
use crate::graphql::{
    self, CREATE_PROJECT, DELETE_PROJECT, ME, OWNER, UPDATE_PROJECT, V2_MY_PROJECTS, V2_PROJECT, V2_PROJECTS,
};
use crate::page::holds;
use crate::{NAME, ids};

const LISTING: &str = "projects v2";
/// The token of the first page, where repositories come before.
const BEGIN: &str = "-";

impl Api {
    /// Lists one page of Projects v2, those of the owner in the settings, else our own; where the settings want both kinds,
    /// after the repositories.
    pub(crate) async fn v2_projects_page(
        &self,
        query: &ProjectQuery,
        cursor: Option<&Cursor>,
    ) -> Result<Page<PMProject>> {
        self.v2_capabilities().check_query(query)?;
        let listing = Listing::new(NAME, LISTING, query, self.page_size(query.page_size) as usize);
        if self.config.projects.has_repositories() {
            let is_here = cursor.is_some_and(|cursor| listing.open::<TokenPlace>(Some(cursor)).is_ok());
            if !is_here {
                let page = self.projects_page(query, cursor).await?;
                let is_last = page.next.is_none();
                let begin = || token::<PMProject, _>(&listing, None, Vec::new(), Some(BEGIN.to_owned()));
                let next = if is_last { begin()?.next } else { page.next };
                // How many there are in all is only known of one kind.
                return Ok(Page::new(page.items).next(next));
            }
        }
        let place: Option<TokenPlace> = listing.open(cursor)?;
        let after = place.as_ref().map(TokenPlace::token).filter(|token| *token != BEGIN);
        let page = self.projects_after(after, listing.size).await?;
        let next = page.next();
        let projects: Vec<PMProject> = page.into_nodes().filter_map(map::project).collect();
        let projects = projects.into_iter().filter(|project| accepts(query, project)).collect();
        token(&listing, place.as_ref(), projects, next)
    }

    /// One page of projects, in the order in which they were made.
    async fn projects_after(&self, after: Option<&str>, size: usize) -> Result<Connection<Raw<dto::Project>>> {
        let owner: dto::Owned<dto::OwnerProjects> = match self.config.repo_owner.as_deref() {
            Some(login) => {
                let variables = json!({ "login": login, "first": size, "after": after });
                self.ask_whole(&V2_PROJECTS, variables).await?
            }
            None => self.ask_whole(&V2_MY_PROJECTS, json!({ "first": size, "after": after })).await?,
        };
        owner.owner.and_then(|owner| owner.projects_v2).ok_or_else(|| self.no_owner())
    }

    /// All projects, for what is asked of all of them.
    pub(super) async fn v2_every_project(&self) -> Result<Vec<PMProject>> {
        let (mut projects, mut after): (Vec<PMProject>, Option<String>) = (Vec::new(), None);
        loop {
            let page = self.projects_after(after.as_deref(), 100).await?;
            after = graphql::further(after.as_deref(), page.next())?;
            projects.extend(page.into_nodes().filter_map(map::project));
            if after.is_none() {
                return Ok(projects);
            }
        }
    }

    fn no_owner(&self) -> Error {
        let login = self.config.repo_owner.as_deref().unwrap_or_default();
        Error::configuration(format!("there is no user or organisation `{login}` with projects"))
            .hint("correct GITHUB_REPO_OWNER")
    }

    /// Gets a Project v2.
    pub(crate) async fn v2_get_project(&self, id: &ProjectId) -> Result<PMProject> {
        self.v2_capabilities().check_operation(Entity::Project, Operation::Get)?;
        let row = self.project_row(id).await?;
        map::project(row).ok_or_else(|| Error::not_found("project", id))
    }

    async fn project_row(&self, id: &ProjectId) -> Result<Raw<dto::Project>> {
        let answer = self.ask_whole(&V2_PROJECT, json!({ "id": existing_project(id)? })).await;
        let answer: dto::Node<Raw<dto::Project>> = answer.map_err(|error| named(error, "project", id))?;
        let row = answer.node.filter(|row| row.item.id.is_some());
        row.ok_or_else(|| Error::not_found("project", id))
    }

    /// Creates a Project v2: first the project, then what GitHub does not take along with it.
    ///
    /// There is no key that would tell a create of ours from another one: a lost one is known by title and time.
    pub(crate) async fn v2_create_project(&self, new: &NewProject) -> Result<PMProject> {
        self.v2_capabilities().check_create(new)?;
        let owner = self.owner_node().await?;
        let rest = project_input(Some(&new.name), new.description.as_deref(), None, new.visibility);
        let input = &json!({ "ownerId": owner, "title": new.name });
        let send = move || async move {
            let made: dto::MadeProject = self.change(&CREATE_PROJECT, input.clone()).await?;
            Ok(Made::new(made.project_v2.item.id.clone().unwrap_or_default(), made.project_v2))
        };
        let find = move |since| async move {
            let mut found = Vec::new();
            for project in self.v2_every_project().await? {
                if project.name == new.name && is_since(project.created_at, since) {
                    let row = self.project_row(&project.id).await?;
                    found.push(Made::new(row.item.id.clone().unwrap_or_default(), row));
                }
            }
            Ok(found)
        };
        let identity = identity(Entity::Project, None, "projects v2", &[&new.name]);
        let creating = Creating::new(identity, None, "the projects of the owner".to_owned(), send, find);
        let made = self.http.create(&creating).await?;
        self.v2_finish_project(&made.id, rest, made.row).await
    }

    async fn v2_finish_project(
        &self,
        node: &str,
        rest: Map<String, Value>,
        row: Raw<dto::Project>,
    ) -> Result<PMProject> {
        let id = ProjectId::new(ids::of_v2_project(node));
        let missing = || Error::new(ErrorKind::InvalidResponse, "a new project has no id").with_effect(Effect::Unknown);
        let names: Vec<String> = rest.keys().filter(|name| *name != "title").map(|name| format!("`{name}`")).collect();
        if names.is_empty() {
            return map::project(row).ok_or_else(missing);
        }
        let half = |error: Error| {
            let effect = Effect::Partial { id: id.to_string(), applied: vec!["the project".to_owned()], failed: names };
            error.with_effect(effect)
        };
        let input = with_id(rest, node);
        let answer = async {
            self.change::<Value>(&UPDATE_PROJECT, input).await?;
            self.v2_get_project(&id).await
        };
        answer.await.map_err(half)
    }

    /// The node id of the owner of new projects.
    async fn owner_node(&self) -> Result<String> {
        let owner: dto::Owned<dto::Reference> = match self.config.repo_owner.as_deref() {
            Some(login) => self.ask_whole(&OWNER, json!({ "login": login })).await?,
            None => self.ask_whole(&ME, json!({})).await?,
        };
        owner.owner.map(|owner| owner.id).ok_or_else(|| self.no_owner())
    }

    /// Changes a Project v2: one request with what differs.
    pub(crate) async fn v2_update_project(&self, id: &ProjectId, patch: &ProjectPatch) -> Result<PMProject> {
        self.v2_capabilities().check_update(patch)?;
        let node = existing_project(id)?.to_owned();
        let row = self.project_row(id).await?;
        let current = map::project(row.clone()).ok_or_else(|| Error::not_found("project", id))?;
        let closed = patch.status.value().map(is_closed).transpose()?;
        let description = match &patch.description {
            FieldPatch::Clear => Some(""),
            other => other.value().map(String::as_str),
        };
        let name = patch.name.value().map(String::as_str).filter(|name| *name != current.name);
        let description = description.filter(|text| *text != current.description.as_deref().unwrap_or_default());
        let closed = closed.filter(|closed| *closed != row.item.closed);
        let visibility = patch.visibility.value().copied().filter(|wanted| *wanted != current.visibility);
        let input = project_input(name, description, closed, visibility);
        if input.is_empty() {
            return Ok(current);
        }
        let answer = self.change::<Value>(&UPDATE_PROJECT, with_id(input, &node)).await;
        answer.map_err(|error| named(error, "project", id))?;
        self.v2_get_project(id).await
    }

    /// Deletes a Project v2. Its drafts go with it; issues stay in their repositories.
    pub(crate) async fn v2_delete_project(&self, id: &ProjectId, options: &DeleteOptions) -> Result<()> {
        self.v2_capabilities().check_delete(Entity::Project, options)?;
        let node = existing_project(id)?.to_owned();
        let row = self.project_row(id).await?;
        let items = row.item.items.as_ref().and_then(|items| items.total_count).unwrap_or_default();
        if options.contents != Contents::Delete && items > 0 {
            let error = Error::new(ErrorKind::Conflict, format!("the project `{id}` has {items} items"));
            return Err(
                error.hint("delete it with its contents: drafts are gone then, issues stay in their repositories")
            );
        }
        let answer = self.change::<Value>(&DELETE_PROJECT, json!({ "projectId": node })).await;
        self.v2.layouts.of(node.clone()).forget().await;
        self.v2_forget_rows(&node).await;
        match answer {
            // Whoever does not know whether it was done looks.
            Err(error) if *error.effect() == Effect::Unknown => {
                let gone = unless_missing(self.project_row(id).await)?.is_none();
                if gone { Ok(()) } else { Err(error) }
            }
            answer => deleted(answer.map_err(|error| named(error, "project", id))),
        }
    }
}

fn accepts(query: &ProjectQuery, project: &PMProject) -> bool {
    let is_called = |key: &String| project.key.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(key));
    let texts = || [Some(project.name.as_str()), project.description.as_deref()];
    query.key.as_ref().is_none_or(is_called)
        && (query.statuses.is_empty() || query.statuses.contains(&project.status.category))
        && query.text.as_ref().is_none_or(|text| holds(texts(), text))
        && query.updated_since.is_none_or(|since| project.updated_at.is_some_and(|updated| updated >= since))
}

/// The states of a project.
pub(super) fn project_statuses() -> Vec<ProjectStatus> {
    let open = ProjectStatus::new(ProjectStatusCategory::Active, OPEN);
    vec![open, ProjectStatus::new(ProjectStatusCategory::Completed, CLOSED)]
}

fn is_closed(wanted: &ProjectStatusRef) -> Result<bool> {
    Ok(wanted.resolve(&project_statuses(), &[])?.name == CLOSED)
}

fn project_input(
    name: Option<&str>,
    description: Option<&str>,
    closed: Option<bool>,
    visibility: Option<Visibility>,
) -> Map<String, Value> {
    let members = [
        ("title", name.map(Value::from)),
        ("shortDescription", description.map(Value::from)),
        ("closed", closed.map(Value::from)),
        ("public", visibility.map(is_public).map(Value::from)),
    ];
    let given = members.into_iter().filter_map(|(member, value)| Some((member.to_owned(), value?)));
    given.collect()
}

/// Whoever may not see a project that is not public sees nothing of it.
fn is_public(visibility: Visibility) -> bool {
    visibility == Visibility::Public
}

fn with_id(mut input: Map<String, Value>, project: &str) -> Value {
    input.insert("projectId".to_owned(), project.into());
    Value::Object(input)
}
