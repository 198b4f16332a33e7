//! Projects: listed, read, created, changed, deleted.

use chrono::{DateTime, Utc};
use pm_http::creating::{identity, is_since};
use pm_http::page::Listing;
use pm_http::{Creating, Endpoint, Made, Marker, Raw, marked, named, unless_forbidden, unless_missing};
use pm_provider::{
    Contents, Cursor, DeleteOptions, Effect, Entity, Error, ErrorKind, Field, FieldPatch, NewProject, Operation,
    PMProject, Page, ProjectId, ProjectPatch, ProjectQuery, ProjectStatus, ProjectStatusCategory, Result, Visibility,
};
use serde_json::{Map, Value, json};

use crate::capabilities::MAX_PAGE_SIZE;
use crate::creates::or_found;
use crate::draft::not_permitted;
use crate::dto::{OneProject, ProjectDto, Projects, TimeEntries};
use crate::seconds::{self, Rows, Walk};
use crate::server::{Parameter, Server};
use crate::text::line_ends;
use crate::{NAME, endpoints, id, resolve};

/// Active and closed ones; the API shows archived ones to nobody, but versions that do would need to be asked.
const ANY_STATUS: &str = "1|5|9";
/// How often a project is closed or opened until it is.
const SWITCHES: u32 = 3;
/// The longest identifier (`Project::IDENTIFIER_MAX_LENGTH`).
const MAX_IDENTIFIER: usize = 100;

impl Server {
    pub(crate) async fn projects_page(&self, query: &ProjectQuery, cursor: Option<&Cursor>) -> Result<Page<PMProject>> {
        self.capabilities.check_query(query)?;
        let size = query.page_size.unwrap_or(MAX_PAGE_SIZE).min(MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, "projects", query, size);
        if let Some(key) = &query.key {
            listing.open::<Value>(cursor)?;
            let found = self.project_by_key(key).await?;
            let found: Vec<_> = found.iter().map(|project| self.mapper.project(project)).collect();
            let found: Vec<_> = found.into_iter().filter(|project| accepts(query, project)).collect();
            let total = found.len() as u64;
            return Ok(Page::new(found).total(Some(total)));
        }
        let key = |project: &Raw<ProjectDto>| seconds::key(project.item.created_on, project.item.id);
        let page = seconds::page(&listing, cursor, key, |from, skip| self.some_projects(from, skip)).await?;
        let is_counted = query.text.is_none() && query.updated_since.is_none() && query.statuses.is_empty();
        let total = page.total.filter(|_| is_counted);
        let mut page = page.map(|project| self.mapper.project(&project)).total(total);
        page.items.retain(|project| accepts(query, project));
        Ok(page)
    }

    /// Projects in the order of their creation, from a second on.
    async fn some_projects(&self, from: Option<i64>, skip: usize) -> Result<Rows<Raw<ProjectDto>>> {
        let mut query: Vec<Parameter> = vec![
            ("status", ANY_STATUS.to_owned()),
            ("sort", "created_on:asc".to_owned()),
            ("limit", MAX_PAGE_SIZE.to_string()),
            ("offset", skip.to_string()),
        ];
        query.extend(from.map(|second| ("created_on", format!(">={}", seconds::text(second)))));
        let answer: Projects = self.get(&endpoints::LIST_PROJECTS, &[], &query).await?;
        let (count, seen) = (answer.projects.len(), (skip + answer.projects.len()) as u64);
        let more = answer.total_count.map_or(count >= MAX_PAGE_SIZE as usize, |total| total > seen);
        Ok(Rows { rows: answer.projects, more, total: answer.total_count })
    }

    /// All projects that are visible, oldest first.
    pub(crate) async fn all_projects(&self) -> Result<Vec<Raw<ProjectDto>>> {
        let mut walk = Walk::new(None, false);
        loop {
            let rows = self.some_projects(walk.from(), walk.skip()).await?;
            if !walk.take(rows, |project| seconds::key(project.item.created_on, project.item.id)) {
                return Ok(walk.rows);
            }
        }
    }

    /// The server finds a project by its identifier where an id is expected; a private one of others is hidden.
    async fn project_by_key(&self, key: &str) -> Result<Option<Raw<ProjectDto>>> {
        let identifier = key.to_lowercase();
        if !is_identifier(&identifier) {
            return Ok(None);
        }
        let found = self.get::<OneProject>(&endpoints::GET_PROJECT, &[&identifier], &[]).await;
        Ok(unless_forbidden(unless_missing(found))?.flatten().map(|body| body.project))
    }

    pub(crate) async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        self.capabilities.check_operation(Entity::Project, Operation::Get)?;
        let project = self.project(id::existing("project", id.as_str())?, "").await?;
        Ok(self.mapper.project(&project))
    }

    pub(crate) async fn create_project(&self, new: NewProject) -> Result<PMProject> {
        self.capabilities.check_create(&new)?;
        let status = new.status.as_ref().map(resolve::project_status).transpose()?;
        let marker = Marker::of_key(Entity::Project, new.idempotency_key.as_deref());
        let identifier = new.key.as_ref().map_or_else(|| readable(&new.name), |key| key.to_lowercase());
        let mut made = self.make_project(&new, &identifier, marker.as_ref(), new.new_key).await;
        if let Err(error) = &made
            && new.key.is_none()
            && self.was_taken(error, &identifier).await?
        {
            // Nobody asked for this identifier, and the server has not made anything.
            made = self.make_project(&new, &made_up(&identifier, marker.as_ref()), marker.as_ref(), false).await;
        }
        let (project, is_new) = made?;
        // What was refused after an earlier create with the key, or never asked for, is asked for again.
        let is_untouched = project.item.updated_on == project.item.created_on && project.item.name == new.name;
        if !is_new && !is_untouched {
            return Ok(self.mapper.project(&project));
        }
        check_visibility(&project, new.visibility, true)?;
        let project = self.with_status(project, status.as_ref(), true).await?;
        Ok(self.mapper.project(&project))
    }

    /// Whether a create failed because of its identifier: where its answer was lost and somebody else's project has it, the
    /// server can only have refused.
    async fn was_taken(&self, error: &Error, identifier: &str) -> Result<bool> {
        match error.effect() {
            Effect::Unknown => Ok(self.project_by_key(identifier).await?.is_some()),
            _ => Ok(error.kind() == ErrorKind::Conflict),
        }
    }

    /// Creates a project with an identifier; says whether it was made just now.
    async fn make_project(
        &self,
        new: &NewProject,
        identifier: &str,
        marker: Option<&Marker>,
        is_new_key: bool,
    ) -> Result<(Raw<ProjectDto>, bool)> {
        let creating = self.creating_project(new, identifier, marker).new_key(is_new_key);
        let made = self.http.create(&creating).await;
        let made = self.unless_taken(made, identifier).await?;
        Ok((made.row, creating.is_new()))
    }

    fn creating_project<'a>(
        &'a self,
        new: &'a NewProject,
        identifier: &'a str,
        marker: Option<&'a Marker>,
    ) -> Creating<'a, ProjectDto> {
        let text = new.description.as_deref().map(|text| self.mapper.text.to_server(text)).unwrap_or_default();
        let mut attributes = Map::new();
        attributes.insert("name".to_owned(), new.name.clone().into());
        attributes.insert("identifier".to_owned(), identifier.into());
        let text = marked(&text, marker);
        attributes.insert("description".to_owned(), text.clone().into());
        if let Some(visibility) = new.visibility {
            attributes.insert("is_public".to_owned(), (visibility == Visibility::Public).into());
        }
        let body = json!({ "project": attributes });
        let is_keyed = marker.is_some();
        let is_ours = move |project: &ProjectDto| {
            let stored = line_ends(project.description.as_deref().unwrap_or_default());
            project.name.trim() == new.name.trim() && stored.trim() == line_ends(&text).trim()
        };
        let like = is_ours.clone();
        let send = move || {
            let (body, like) = (body.clone(), like.clone());
            async move {
                if is_keyed || self.tells_time() {
                    return self.post_project(&body).await;
                }
                // One that is there already is none that we make.
                if self.project_by_key(identifier).await?.is_some() {
                    return Err(taken(identifier));
                }
                or_found(self.post_project(&body).await, || self.project_like(identifier, &like)).await
            }
        };
        let find = move |since| {
            let is_ours = is_ours.clone();
            async move {
                let found: Vec<_> = match marker {
                    Some(mark) => self.marked_projects(mark).await?,
                    None => {
                        let there = self.project_by_key(identifier).await?;
                        there.into_iter().filter(|project| is_ours(&project.item)).collect()
                    }
                };
                let ours = found.into_iter().filter(|project| is_since(project.item.created_on, since));
                Ok(ours.map(|project| Made::new(project.item.id, project)).collect())
            }
        };
        // The server checks identifiers and then stores them, with nothing to keep two apart that come at once.
        let identity = identity(Entity::Project, marker, identifier, &[]);
        let place = format!("{}projects", self.mapper.root);
        Creating::new(identity, marker, place, send, find)
    }

    async fn post_project(&self, body: &Value) -> Result<Made<ProjectDto>> {
        let project = self.write(&endpoints::CREATE_PROJECT, &[], body).await?.json::<OneProject>()?.project;
        Ok(Made::new(project.item.id, project))
    }

    /// There is never more than one project with an identifier.
    async fn project_like(
        &self,
        identifier: &str,
        is_ours: &(impl Fn(&ProjectDto) -> bool + Sync),
    ) -> Result<Vec<Made<ProjectDto>>> {
        let found = self.project_by_key(identifier).await?.filter(|project| is_ours(&project.item));
        Ok(found.into_iter().map(|project| Made::new(project.item.id, project)).collect())
    }

    /// The projects with a mark, oldest first. Where the server does not know the filter, all of them are looked at.
    pub(crate) async fn marked_projects(&self, mark: &Marker) -> Result<Vec<Raw<ProjectDto>>> {
        let query: [Parameter; 3] = [
            ("status", ANY_STATUS.to_owned()),
            ("description", format!("~{}", mark.as_str())),
            ("limit", MAX_PAGE_SIZE.to_string()),
        ];
        let mut found = self.get::<Projects>(&endpoints::LIST_PROJECTS, &[], &query).await?.projects;
        if found.iter().any(|project| !project.item.description.as_deref().unwrap_or_default().contains(mark.as_str()))
        {
            found = self.all_projects().await?;
        }
        found.retain(|project| project.item.description.as_deref().is_some_and(|text| mark.matches(text)));
        found.sort_by_key(|project| project.item.id);
        Ok(found)
    }

    /// A refused identifier is a conflict where there is such a project, in whatever language the server says so.
    async fn unless_taken<T>(&self, made: Result<T>, identifier: &str) -> Result<T> {
        let error = match made {
            Err(error) if error.kind() == ErrorKind::InvalidInput => error,
            other => return other,
        };
        if !is_identifier(identifier) {
            let message = format!(
                "`{identifier}` is no key of a project; allowed are a to z, digits, `-` and `_`, not digits alone"
            );
            return Err(Error::invalid_input(message.clone()).on_field(Field::Key, message));
        }
        let there = self.get::<OneProject>(&endpoints::GET_PROJECT, &[identifier], &[]).await;
        match unless_missing(unless_forbidden(there))? {
            // One that is there, or that is hidden from us.
            Some(_) => Err(taken(identifier)),
            None => Err(error),
        }
    }

    /// Closes or opens a project, where that is asked for; both go with all projects below it.
    async fn with_status(
        &self,
        project: Raw<ProjectDto>,
        wanted: Option<&ProjectStatus>,
        is_new: bool,
    ) -> Result<Raw<ProjectDto>> {
        let number = project.item.id;
        let Some(wanted) = wanted.filter(|wanted| wanted.id != project.item.status.map(|status| status.to_string()))
        else {
            return Ok(project);
        };
        let endpoint = match wanted.category {
            ProjectStatusCategory::Completed => {
                self.refuse_with_active_below(number, is_new).await?;
                endpoints::CLOSE_PROJECT
            }
            _ => endpoints::REOPEN_PROJECT,
        };
        let written = self.switched(&endpoint, number, wanted).await.map_err(|error| match is_new {
            true => {
                let (applied, failed) = (vec!["create".to_owned()], vec!["status".to_owned()]);
                error.with_effect(Effect::Partial { id: number.to_string(), applied, failed })
            }
            false => error,
        })?;
        if written.item.status.map(|status| status.to_string()) == wanted.id {
            return Ok(written);
        }
        let applied = if is_new { vec!["create".to_owned()] } else { Vec::new() };
        Err(not_permitted(&number.to_string(), "project", applied, vec!["status".to_owned()], vec![Field::Status]))
    }

    /// Closes or opens a project until it is.
    ///
    /// The server looks a project up and then closes what stands in its place of the tree
    /// (`Project#close`, `NestedSet`): a project that is created in between moves the places.
    async fn switched(&self, endpoint: &Endpoint, number: u64, wanted: &ProjectStatus) -> Result<Raw<ProjectDto>> {
        let mut attempt = 1;
        loop {
            self.http.request(endpoint, &[&number.to_string()]).send().await?;
            let project = self.project(number, "").await?;
            if attempt == SWITCHES || project.item.status.map(|status| status.to_string()) == wanted.id {
                return Ok(project);
            }
            attempt += 1;
        }
    }

    /// The server closes whatever is below along with a project, and opens nothing of it again with it.
    async fn refuse_with_active_below(&self, number: u64, is_new: bool) -> Result<()> {
        if is_new {
            return Ok(());
        }
        let below = self.projects_below(number).await?;
        match below.iter().find(|project| project.item.status.unwrap_or(1) == 1) {
            Some(active) => {
                let id = active.item.id;
                let message =
                    format!("project `{number}` has active projects below it, `{id}` for one, which it would close");
                Err(Error::new(ErrorKind::Conflict, message)
                    .hint("close those first")
                    .on_field(Field::Status, "not while others are active"))
            }
            None => Ok(()),
        }
    }

    /// The projects directly below one. Older servers ignore the filter: all projects are looked at there.
    async fn projects_below(&self, number: u64) -> Result<Vec<Raw<ProjectDto>>> {
        let query: [Parameter; 3] = [
            ("parent_id", number.to_string()),
            ("status", ANY_STATUS.to_owned()),
            ("limit", MAX_PAGE_SIZE.to_string()),
        ];
        let answer: Projects = self.get(&endpoints::LIST_PROJECTS, &[], &query).await?;
        let is_below =
            |project: &Raw<ProjectDto>| project.item.parent.as_ref().is_some_and(|parent| parent.id == number);
        let is_whole = answer.total_count.is_some_and(|total| total <= answer.projects.len() as u64);
        let mut below = answer.projects;
        if !is_whole || !below.iter().all(is_below) {
            below = self.all_projects().await?;
        }
        below.retain(is_below);
        Ok(below)
    }

    pub(crate) async fn update_project(&self, id: &ProjectId, patch: ProjectPatch) -> Result<PMProject> {
        self.capabilities.check_update(&patch)?;
        let number = id::existing("project", id.as_str())?;
        let status = patch.status.value().map(resolve::project_status).transpose()?;
        let mut project = self.project(number, "").await?;
        // What is closed lets nothing else be changed.
        if status.as_ref().is_some_and(|status| status.category == ProjectStatusCategory::Active) {
            project = self.with_status(project, status.as_ref(), false).await?;
        }
        let attributes = self.changes_of(&patch, &project.item);
        if !attributes.is_empty() {
            let (body, path) = (json!({ "project": attributes }), number.to_string());
            let written = self.write(&endpoints::UPDATE_PROJECT, &[&path], &body).await;
            written.map_err(|error| closed(named(error, "project", number), &project.item))?;
            project = self.project(number, "").await?;
            check_attributes(&project, &attributes)?;
        }
        let project = self.with_status(project, status.as_ref(), false).await?;
        Ok(self.mapper.project(&project))
    }

    /// The attributes that would change.
    fn changes_of(&self, patch: &ProjectPatch, before: &ProjectDto) -> Map<String, Value> {
        let mut attributes = Map::new();
        if let Some(name) = patch.name.value() {
            attributes.insert("name".to_owned(), name.clone().into());
        }
        if !patch.description.is_keep() {
            let text = patch.description.value().map(|text| self.mapper.text.to_server(text)).unwrap_or_default();
            let (_, marker) = Marker::take_out(before.description.as_deref().unwrap_or_default());
            attributes.insert("description".to_owned(), marked(&text, marker.as_ref()).into());
        }
        if let FieldPatch::Set(visibility) = patch.visibility {
            attributes.insert("is_public".to_owned(), (visibility == Visibility::Public).into());
        }
        attributes.retain(|name, value| !holds(before, name, value));
        attributes
    }

    pub(crate) async fn delete_project(&self, id: &ProjectId, options: DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Project, &options)?;
        let number = id::existing("project", id.as_str())?;
        self.project(number, "").await?;
        if options.contents == Contents::Refuse
            && let Some(what) = self.contents_of(number).await?
        {
            let message = format!("project `{number}` is not empty: it has {what}");
            let hint = "delete them first, or tell that they are to go along";
            return Err(Error::new(ErrorKind::Conflict, message).hint(hint));
        }
        self.delete(&endpoints::DELETE_PROJECT, number).await.map_err(|error| named(error, "project", number))
    }

    /// What goes with a project: its issues, its versions, and everything below it.
    async fn contents_of(&self, number: u64) -> Result<Option<&'static str>> {
        if !self.projects_below(number).await?.is_empty() {
            return Ok(Some("projects below it"));
        }
        let query = [("project_id", number.to_string())];
        let looks = futures_util::join!(self.issues(&query, 1), self.versions_of(number), self.has_hours(number));
        Ok(match (looks.0?.issues.is_empty(), looks.1?.is_empty(), looks.2?) {
            (false, ..) => Some("tasks"),
            (_, false, _) => Some("sprints"),
            (.., true) => Some("logged hours"),
            _ => None,
        })
    }

    /// Whether anybody logged hours on a project; not every role may see that.
    async fn has_hours(&self, number: u64) -> Result<bool> {
        let query: [Parameter; 2] = [("project_id", number.to_string()), ("limit", "1".to_owned())];
        let logged = self.get::<TimeEntries>(&endpoints::LIST_TIME_ENTRIES, &[], &query).await;
        Ok(unless_missing(unless_forbidden(logged))?.flatten().is_some_and(|list| !list.time_entries.is_empty()))
    }
}

/// Whether a project is one that the query asks for.
fn accepts(query: &ProjectQuery, project: &PMProject) -> bool {
    let text = query.text.as_ref().map(|text| line_ends(text).to_lowercase());
    let holds = |field: &str| text.as_ref().is_none_or(|text| field.to_lowercase().contains(text));
    (query.statuses.is_empty() || query.statuses.contains(&project.status.category))
        && query.updated_since.is_none_or(|since| project.updated_at.is_none_or(|updated| updated >= since))
        && (holds(&project.name) || project.description.as_deref().is_some_and(holds))
}

fn holds(project: &ProjectDto, attribute: &str, value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    match attribute {
        "name" => project.name == text,
        "description" => line_ends(project.description.as_deref().unwrap_or_default()) == line_ends(text),
        "is_public" => value.as_bool() == Some(project.is_public != Some(false)),
        _ => false,
    }
}

fn taken(identifier: &str) -> Error {
    let message = format!("there is a project `{identifier}` already");
    Error::new(ErrorKind::Conflict, message.clone()).on_field(Field::Key, message)
}

/// Says what is wrong where the server says only that it is forbidden.
fn closed(error: Error, project: &ProjectDto) -> Error {
    if error.kind() == ErrorKind::PermissionDenied && project.status == Some(5) {
        let message = "a closed project cannot be changed";
        return Error::new(ErrorKind::Conflict, message).hint("make it active first, or in the same patch");
    }
    error
}

fn check_attributes(project: &Raw<ProjectDto>, asked: &Map<String, Value>) -> Result<()> {
    let (applied, failed): (Vec<_>, Vec<_>) = asked.iter().partition(|(name, value)| holds(&project.item, name, value));
    if failed.is_empty() {
        return Ok(());
    }
    let names =
        |some: Vec<(&String, &Value)>| some.into_iter().map(|(name, _)| field_of(name).word().to_owned()).collect();
    let fields = failed.iter().map(|(name, _)| field_of(name)).collect();
    Err(not_permitted(&project.item.id.to_string(), "project", names(applied), names(failed), fields))
}

fn field_of(attribute: &str) -> Field {
    match attribute {
        "description" => Field::Description,
        "is_public" => Field::Visibility,
        _ => Field::Name,
    }
}

fn check_visibility(project: &Raw<ProjectDto>, wanted: Option<Visibility>, is_new: bool) -> Result<()> {
    let wanted = wanted.map(|visibility| visibility == Visibility::Public);
    if wanted.is_none_or(|wanted| wanted == (project.item.is_public != Some(false))) {
        return Ok(());
    }
    let applied = if is_new { vec!["create".to_owned()] } else { Vec::new() };
    let failed = vec![Field::Visibility.word().to_owned()];
    Err(not_permitted(&project.item.id.to_string(), "project", applied, failed, vec![Field::Visibility]))
}

/// `\A(?!\d+$)[a-z0-9\-_]*\z`, and not `new` (`app/models/project.rb`).
fn is_identifier(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    !text.is_empty()
        && text.len() <= MAX_IDENTIFIER
        && text.chars().all(allowed)
        && !text.chars().all(|c| c.is_ascii_digit())
        && text != "new"
}

/// Makes an identifier of what can be read of a name.
fn readable(name: &str) -> String {
    let mut readable = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => readable.push(c),
            _ if readable.ends_with('-') || readable.is_empty() => {}
            _ => readable.push('-'),
        }
        if readable.len() >= 40 {
            break;
        }
    }
    let readable = readable.trim_matches('-');
    if is_identifier(readable) {
        readable.to_owned()
    } else {
        format!("project-{readable}").trim_end_matches('-').to_owned()
    }
}

/// Adds to an identifier that is taken what no other project has.
///
/// With a mark it is always the same, so that a create that meets itself is refused by the server.
fn made_up(readable: &str, marker: Option<&Marker>) -> String {
    let unique = marker.map_or_else(random, |marker| marker.as_str().chars().take(10).collect());
    format!("{readable}-{unique}")
}

/// Ten digits from the time and the hasher's own seed: enough to keep projects of one server apart.
fn random() -> String {
    use std::hash::{BuildHasher, Hasher};
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_i64(DateTime::<Utc>::from(std::time::SystemTime::now()).timestamp_micros());
    format!("{:010x}", hasher.finish() & 0xff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_made_of_what_can_be_read() {
        for (name, expected) in [
            ("Website Relaunch!", "website-relaunch"),
            ("漢字", "project"),
            ("Ünïcode 7", "n-code-7"),
            ("2026", "project-2026"),
            ("New", "project-new"),
        ] {
            let identifier = readable(name);
            assert_eq!(identifier, expected);
            let (one, other) = (made_up(&identifier, None), made_up(&identifier, None));
            assert!(one.starts_with(expected) && is_identifier(&one), "{one}");
            assert_ne!(one, other);
        }
        assert!(is_identifier(&made_up(&readable(&"x".repeat(500)), None)));
    }

    #[test]
    fn a_key_makes_the_same_identifier_again() {
        let marker = Marker::of("project", "k");
        assert_eq!(made_up("Web", Some(&marker)), made_up("Web", Some(&marker)));
    }

    #[test]
    fn identifiers_are_those_that_the_server_takes() {
        for good in ["web", "web-2_x", "7a"] {
            assert!(is_identifier(good), "{good}");
        }
        for bad in ["", "123", "Web", "a b", "ä", "new", &"x".repeat(101)] {
            assert!(!is_identifier(bad), "{bad}");
        }
    }
}
