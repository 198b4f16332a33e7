//! New repositories.

use pm_http::creating::{identity, is_since, oldest};
use pm_http::{Creating, Made, Marker, Raw, unless_missing};
use pm_provider::{Entity, Error, ErrorKind, Field, NewProject, PMProject, Result, Visibility};
use serde_json::{Value, json};

use crate::api::Api;
use crate::ids::RepositoryId;
use crate::{dto, endpoints, map};

/// A text as a repository's description can be: one line, for "description control characters are not allowed"
/// (github/VisualStudio#1777).
pub(crate) fn one_line(text: &str) -> String {
    let line: Vec<_> = text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect();
    line.join(" ")
}

/// The same with the mark of a key at its end, where there is a key, and with no other one in it.
pub(super) fn marked_line(text: &str, marker: Option<&Marker>) -> String {
    let text = one_line(&Marker::neutralise(text));
    match marker {
        Some(marker) if text.is_empty() => marker.line(),
        Some(marker) => format!("{text} {}", marker.line()),
        None => text,
    }
}

/// A name as GitHub makes it of what people write: each row of what it does not take becomes one hyphen
/// (dead-claudia/github-limits#3, cli/cli#4558).
pub(crate) fn plain_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut is_replaced = false;
    for c in name.trim().chars() {
        let is_taken = c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if is_taken || !is_replaced {
            plain.push(if is_taken { c } else { '-' });
        }
        is_replaced = !is_taken;
    }
    plain
}

impl Api {
    /// Creates a repository: of the organisation that the settings name, else of our own.
    pub(crate) async fn create_project(&self, new: &NewProject) -> Result<PMProject> {
        self.capabilities.check_create(new)?;
        let name = plain_name(&new.name);
        if matches!(&*name, "" | "." | "..") {
            let error = Error::invalid_input("a repository needs a name");
            return Err(error.on_field(Field::Name, "letters, digits, `-`, `_` and `.` are allowed"));
        }
        let owner = self.creating_owner().await?;
        let marker = Marker::of_key(Entity::Project, new.idempotency_key.as_deref());
        let text = marked_line(new.description.as_deref().unwrap_or_default(), marker.as_ref());
        let body =
            json!({ "name": name, "description": text, "private": new.visibility == Some(Visibility::Restricted) });
        let (body, marker, name, owner) = (&body, marker.as_ref(), name.as_str(), &owner);
        let send = move || async move {
            let row = self.send_repository(owner, body).await?;
            Ok(Made::new(row.item.id, row))
        };
        let find = move |since| async move {
            let rows = match marker {
                Some(marker) => self.marked_repositories(marker).await?,
                None => {
                    let id = RepositoryId::Name(owner.login.clone().unwrap_or_default(), name.to_owned());
                    let row = unless_missing(self.repository_row(&id).await)?;
                    row.into_iter().filter(|row| is_since(row.item.created_at, since)).collect()
                }
            };
            Ok(rows.into_iter().map(|row| Made::new(row.item.id, row)).collect())
        };
        let place = self.places.page(&format!("{}?tab=repositories", owner.login.as_deref().unwrap_or_default()));
        let identity = identity(Entity::Project, marker, owner.login.as_deref().unwrap_or_default(), &[name]);
        let creating = Creating::new(identity, marker, place, send, find).new_key(new.new_key);
        let made = self.http.create(&creating).await?;
        self.learn(&made.row.item);
        Ok(map::project(made.row))
    }

    /// Whose the new repository will be: nobody else's than our own or an organisation's.
    async fn creating_owner(&self) -> Result<dto::User> {
        let Some(owner) = &self.config.repo_owner else { return Ok((*self.me().await?).clone()) };
        let owner = self.owner(owner).await?;
        if owner.is_organisation() {
            return Ok(owner);
        }
        let me = self.me().await?;
        if me.id == owner.id {
            return Ok(owner);
        }
        let login = owner.login.unwrap_or_default();
        let error =
            Error::new(ErrorKind::PermissionDenied, format!("nobody but `{login}` makes repositories of theirs"));
        Err(error.hint("check GITHUB_REPO_OWNER and whose token GITHUB_TOKEN is"))
    }

    async fn send_repository(&self, owner: &dto::User, body: &Value) -> Result<Raw<dto::Repository>> {
        let request = if owner.is_organisation() {
            let login = owner.login.as_deref().unwrap_or_default();
            self.request(&endpoints::CREATE_ORG_REPOSITORY, &[login])
        } else {
            self.request(&endpoints::CREATE_REPOSITORY, &[])
        };
        request.json(body).send().await.map_err(taken)?.json()
    }

    /// The oldest repository with the mark of a key in its description.
    pub(crate) async fn marked_repositories(&self, marker: &Marker) -> Result<Vec<Raw<dto::Repository>>> {
        let rows = self.repository_rows().await?.into_iter();
        let marked = rows.filter(|row| row.item.description.as_deref().is_some_and(|text| marker.matches(text)));
        Ok(oldest(marked, |row: &dto::Repository| (row.created_at, row.id)).into_iter().collect())
    }
}

/// A name that is taken is told as `"name already exists on this account"`, with the code `custom`.
pub(super) fn taken(error: Error) -> Error {
    if error.kind() != ErrorKind::InvalidInput || !error.message().contains("already exists") {
        return error;
    }
    let told = Error::new(ErrorKind::Conflict, error.message()).on_field(Field::Name, "there is one like it already");
    match error.http_status() {
        Some(status) => told.with_http_status(status),
        None => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_github_makes_of_it() {
        for (name, plain) in [
            ("web", "web"),
            ("My new site", "My-new-site"),
            ("a & b", "a-b"),
            ("Ü", "-"),
            ("my C#-repo!", "my-C--repo-"),
            ("a-#", "a--"),
            (".x_1", ".x_1"),
        ] {
            assert_eq!(plain_name(name), plain, "{name}");
        }
    }

    #[test]
    fn a_description_is_one_line_with_its_mark() {
        let marker = Marker::of("project", "k");
        let line = marked_line("two\nlines ", Some(&marker));
        assert!(line.starts_with("two lines <!-- ") && !line.contains('\n'), "{line}");
        assert!(marker.matches(&line) && marker.matches(&marked_line("", Some(&marker))));
        assert_eq!(Marker::take_out(&line).0, "two lines");
    }
}
