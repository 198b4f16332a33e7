//! New projects.

use std::collections::HashSet;

use pm_http::creating::{comparable, identity};
use pm_http::{Creating, Made, Marker, Raw, marked};
use pm_provider::{Effect, Entity, Error, ErrorKind, Field, NewProject, PMProject, Result, UserId};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use crate::api::Api;
use crate::dto::{self, Project};
use crate::{Flavor, NAME, endpoints, map};

/// How many keys are tried for a project that names none: the plain one, and with each letter behind, and with two.
const TRIES: usize = 60;
/// The longest key, by the API's reference; administrators of Data Center may allow longer ones.
const LONGEST_KEY: usize = 10;

impl Api {
    /// Creates a project.
    pub(crate) async fn create_project(&self, new: &NewProject) -> Result<PMProject> {
        self.capabilities.check_create(new)?;
        let flavor = self.flavor().await?;
        let marker = Marker::of_key(Entity::Project, new.idempotency_key.as_deref());
        let keys = match &new.key {
            Some(key) => vec![checked_key(key, flavor)?],
            None => candidates(&new.name),
        };
        let body = self.new_project_body(new, marker.as_ref(), flavor).await?;
        let before = OnceCell::new();
        let creating = self.creating_project(&body, &keys, marker.as_ref(), &before).await?.new_key(new.new_key);
        let made = match self.http.create(&creating).await {
            Ok(made) => made,
            Err(error) => {
                return Err(self.taken(error, new.key.is_some().then(|| keys[0].as_str()), Some(&new.name)).await);
            }
        };
        // The answer of the create has no field but the id: what is stored has to be read.
        let row = self.project_row(made.row.item.id.0).await;
        let row =
            row.map_err(|error| if creating.is_new() { half_made(error, &made.id, "read it back") } else { error })?;
        Ok(map::project(row, self.places().await?))
    }

    async fn new_project_body(
        &self,
        new: &NewProject,
        marker: Option<&Marker>,
        flavor: Flavor,
    ) -> Result<Map<String, Value>> {
        let template = self.config.project_template.as_deref().unwrap_or_else(|| default_template(flavor));
        let mut body = Map::new();
        body.insert("name".to_owned(), json!(new.name));
        body.insert("projectTypeKey".to_owned(), json!(type_of(template)));
        body.insert("projectTemplateKey".to_owned(), json!(template));
        let text = marked(new.description.as_deref().unwrap_or_default(), marker);
        if !text.is_empty() {
            body.insert("description".to_owned(), json!(text));
        }
        let (name, lead) = self.lead(new.owner_id.as_ref(), flavor).await?;
        body.insert(name.to_owned(), lead);
        Ok(body)
    }

    /// The lead of a project, which it always has: we ourselves if nobody is named.
    pub(super) async fn lead(&self, owner: Option<&UserId>, flavor: Flavor) -> Result<(&'static str, Value)> {
        let me = || async { Ok::<_, Error>((*self.me().await?).clone()) };
        let unknown = |error: Error| match (error.kind(), owner) {
            (ErrorKind::NotFound, Some(owner)) => crate::ids::leads_nowhere(Field::OwnerId, owner.as_str()),
            _ => error,
        };
        if flavor.is_cloud() {
            let id = match owner {
                Some(owner) => Some(owner.to_string()),
                None => me().await?.account_id,
            };
            return Ok(("leadAccountId", json!(id)));
        }
        let person = match owner {
            Some(owner) => (*self.person(owner).await.map_err(unknown)?).clone(),
            None => me().await?,
        };
        Ok(("lead", json!(person.name)))
    }

    async fn creating_project<'a>(
        &'a self,
        body: &'a Map<String, Value>,
        keys: &'a [String],
        marker: Option<&'a Marker>,
        before: &'a OnceCell<HashSet<u64>>,
    ) -> Result<Creating<'a, dto::Made>> {
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let identity = identity(Entity::Project, marker, NAME, &[text("name"), text("description")]);
        let place = self.places().await?.projects();
        let send = move || async move {
            if marker.is_none() {
                before.get_or_try_init(|| self.projects_before(text("name"))).await?;
            }
            self.send_project(body, keys).await
        };
        let find = move |_| async move {
            let rows = match marker {
                Some(marker) => self.marked_projects(marker).await?,
                None => self.like_projects(body, keys, before.get()).await?,
            };
            rows.into_iter().map(made).collect()
        };
        Ok(Creating::new(identity, marker, place, send, find))
    }

    /// Sends it; where the key was ours to choose, with the next one as long as keys are taken.
    async fn send_project(&self, body: &Map<String, Value>, keys: &[String]) -> Result<Made<dto::Made>> {
        self.projects.forget().await;
        let mut body = body.clone();
        for (index, key) in keys.iter().enumerate() {
            body.insert("key".to_owned(), json!(key));
            let answer = self.write::<dto::Made>(&endpoints::CREATE_PROJECT, &[], &Value::Object(body.clone())).await;
            match answer {
                Err(error) if index + 1 < keys.len() && is_about(&error, Field::Key) => {}
                answer => return answer.map(|row| Made::new(row.item.id, row)),
            }
        }
        Err(Error::new(ErrorKind::Conflict, "no key is left for a project of that name").hint("name a key"))
    }

    /// The projects that are there already: none of them is what a create that begins now makes.
    async fn projects_before(&self, name: &str) -> Result<HashSet<u64>> {
        let projects = self.all_projects().await?;
        let mut there = projects.iter().filter(|row| !self.is_gone(row.item.id.0));
        match there.find(|row| is_called(row, name)) {
            Some(other) => Err(name_taken(name, other)),
            None => Ok(projects.iter().map(|row| row.item.id.0).collect()),
        }
    }

    /// Projects have no time of creation: one that was not there before, with the same name, text and key, is ours.
    async fn like_projects(
        &self,
        body: &Map<String, Value>,
        keys: &[String],
        before: Option<&HashSet<u64>>,
    ) -> Result<Vec<Raw<Project>>> {
        let Some(before) = before else { return Ok(Vec::new()) };
        let is = |name: &str, own: Option<&str>| {
            let wanted = body.get(name).and_then(Value::as_str).unwrap_or_default();
            comparable(wanted) == comparable(own.unwrap_or_default())
        };
        let like = |row: &Raw<Project>| {
            let item = &row.item;
            !before.contains(&item.id.0)
                && keys.contains(&item.key)
                && is("name", Some(&item.name))
                && is("description", item.description.as_deref())
        };
        Ok(self.all_projects().await?.into_iter().filter(like).collect())
    }

    /// Messages are in the language of the site: whether a key or a name is taken is found out by looking.
    pub(super) async fn taken(&self, error: Error, key: Option<&str>, name: Option<&str>) -> Error {
        if error.kind() != ErrorKind::InvalidInput {
            return error;
        }
        if let Some(key) = key.filter(|_| is_about(&error, Field::Key))
            && let Some(other) = self.holder_of_key(key).await
        {
            let said = format!("the project `{other}` has it, or had it once");
            return Error::new(ErrorKind::Conflict, format!("the key `{key}` is taken")).on_field(Field::Key, said);
        }
        if let Some(name) = name.filter(|_| is_about(&error, Field::Name))
            && let Ok(projects) = self.projects_and_bin().await
            && let Some(other) = projects.iter().find(|row| is_called(row, name))
        {
            return name_taken(name, other);
        }
        error
    }

    /// The project that has a key or once had it, in the recycle bin as well.
    async fn holder_of_key(&self, key: &str) -> Option<u64> {
        if let Ok(Some(row)) = self.project_with_key(key).await {
            return Some(row.item.id.0);
        }
        let projects = self.projects_and_bin().await.ok()?;
        projects.iter().find(|row| row.item.key == key).map(|row| row.item.id.0)
    }

    /// What is in the recycle bin of Cloud keeps its name and key.
    async fn projects_and_bin(&self) -> Result<Vec<Raw<Project>>> {
        let mut projects = self.all_projects().await?;
        if self.flavor().await?.is_cloud() {
            let query = [("status", "deleted".to_owned()), ("orderBy", "key".to_owned())];
            projects.extend(self.all::<Raw<Project>>(&endpoints::SEARCH_PROJECTS, &[], &query).await?);
        }
        Ok(projects)
    }
}

fn made(row: Raw<Project>) -> Result<Made<dto::Made>> {
    let item = dto::Made { id: row.item.id };
    Ok(Made::new(item.id, Raw { item, raw: row.raw }))
}

fn is_called(row: &Raw<Project>, name: &str) -> bool {
    row.item.name.eq_ignore_ascii_case(name.trim())
}

fn name_taken(name: &str, other: &Raw<Project>) -> Error {
    let place = if other.item.deleted == Some(true) { " in the recycle bin" } else { "" };
    let message = format!("the name `{name}` is taken: those of projects are unique");
    let said = format!("the project `{}`{place} has it", other.item.id);
    Error::new(ErrorKind::Conflict, message).on_field(Field::Name, said)
}

fn is_about(error: &Error, field: Field) -> bool {
    error.field_errors().iter().any(|problem| problem.field == field)
}

/// The error for a project that is there, but not as it was asked for.
pub(super) fn half_made(error: Error, id: &str, failed: &str) -> Error {
    let (applied, failed) = (vec!["create".to_owned()], vec![failed.to_owned()]);
    error.with_effect(Effect::Partial { id: id.to_owned(), applied, failed })
}

/// Scrum with the site's own schemes.
fn default_template(flavor: Flavor) -> &'static str {
    match flavor {
        Flavor::Cloud => "com.pyxis.greenhopper.jira:gh-simplified-scrum-classic",
        Flavor::DataCenter => "com.pyxis.greenhopper.jira:gh-scrum-template",
    }
}

/// The type of project that a template belongs to, which has to be named as well.
fn type_of(template: &str) -> &'static str {
    let types = [
        ("com.atlassian.servicedesk", "service_desk"),
        ("com.atlassian.jira-core", "business"),
        ("com.atlassian.jcs", "customer_service"),
    ];
    types.into_iter().find(|(start, _)| template.starts_with(start)).map_or("software", |(_, kind)| kind)
}

/// A key as Jira takes it: an upper-case letter, then upper-case letters and digits. What Data Center takes is up to its
/// administrator (`jira.projectkey.pattern`).
pub(super) fn checked_key(key: &str, flavor: Flavor) -> Result<String> {
    let key = key.trim().to_uppercase();
    let is_plain = |key: &str| key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let starts_well = key.starts_with(|letter: char| letter.is_ascii_uppercase());
    if !flavor.is_cloud() || (key.len() >= 2 && is_plain(&key) && starts_well) {
        return Ok(key);
    }
    let rule = format!("`{key}` is none: a letter, then letters and digits, 2 to {LONGEST_KEY} in all");
    Err(Error::invalid_input("a project's key does not fit").on_field(Field::Key, rule))
}

/// Keys to try for a name: the initials of several words, the beginning of one, then with letters behind. Data Center takes
/// no digits if nobody said otherwise
/// (<https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format-938847081.html>).
fn candidates(name: &str) -> Vec<String> {
    let words: Vec<String> = name
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .map(str::to_ascii_uppercase)
        .filter(|word| !word.is_empty())
        .collect();
    let base: String = match words.as_slice() {
        [] => "PM".to_owned(),
        [word] => word.chars().take(4).collect(),
        words => words.iter().filter_map(|word| word.chars().next()).take(4).collect(),
    };
    let base = if base.len() < 2 { format!("{base}P") } else { base };
    let ends = std::iter::once(String::new()).chain(('A'..='Z').map(String::from));
    let more = ('A'..='Z').flat_map(|first| ('A'..='Z').map(move |second| format!("{first}{second}")));
    ends.chain(more).take(TRIES).map(|end| format!("{base}{end}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_name_makes_a_key() {
        for (name, key) in [
            ("Web site", "WS"),
            ("Website", "WEBS"),
            ("ü", "PM"),
            ("x", "XP"),
            ("2 be or not 2 be", "BONB"),
            ("日本語", "PM"),
        ] {
            let keys = candidates(name);
            assert_eq!(keys[0], key, "{name}");
            assert!(
                keys.iter().all(|key| key.len() <= LONGEST_KEY && checked_key(key, Flavor::Cloud).is_ok()),
                "{keys:?}"
            );
            assert!(keys.iter().all(|key| key.bytes().all(|letter| letter.is_ascii_uppercase())), "{keys:?}");
        }
    }

    #[test]
    fn keys_have_a_form() {
        assert_eq!(checked_key(" web1 ", Flavor::Cloud).unwrap(), "WEB1");
        for key in ["", "W", "1W", "WE-B", "WÜ"] {
            let error = checked_key(key, Flavor::Cloud).unwrap_err();
            assert_eq!(error.field_errors()[0].field, Field::Key, "{key}");
        }
        assert_eq!(checked_key("we_b", Flavor::DataCenter).unwrap(), "WE_B");
    }

    #[test]
    fn a_template_belongs_to_a_type() {
        assert_eq!(type_of(default_template(Flavor::Cloud)), "software");
        assert_eq!(type_of("com.atlassian.jira-core-project-templates:jira-core-simplified-task-tracking"), "business");
    }
}
