//! Who asks, and what they may see and do.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::errors::{Answer, Problem};
use super::model::{Permission, PrincipalKind, Project, WorkPackage};
use super::store::{App, Store};

/// Who asks: a user, or nobody in particular.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Caller(pub(super) Option<u64>);

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    /// Reads `Basic apikey:TOKEN` or `Bearer TOKEN`: <https://www.openproject.org/docs/api/introduction/>.
    ///
    /// Without credentials the caller is anonymous where the server allows that: public data, status 200. Wrong
    /// credentials are refused either way.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Some(header) = parts.headers.get(header::AUTHORIZATION) else {
            return match app.options.login_required {
                true => Err(Problem::unauthenticated()),
                false => Ok(Self(None)),
            };
        };
        let token = header.to_str().ok().and_then(token).ok_or_else(Problem::unauthenticated)?;
        let store = app.lock();
        let user = store.principals.values().find(|user| user.api_key.as_deref() == Some(&token) && !user.locked);
        user.map(|user| Self(Some(user.id))).ok_or_else(Problem::unauthenticated)
    }
}

fn token(header: &str) -> Option<String> {
    if let Some(token) = header.strip_prefix("Bearer ") {
        return Some(token.to_owned());
    }
    let pair = String::from_utf8(STANDARD.decode(header.strip_prefix("Basic ")?).ok()?).ok()?;
    pair.strip_prefix("apikey:").map(str::to_owned)
}

impl Caller {
    /// The user; 401 for nobody in particular.
    pub(super) fn user(self) -> Answer<u64> {
        self.0.ok_or_else(Problem::unauthenticated)
    }

    pub(super) fn is_admin(self, store: &Store) -> bool {
        self.0.and_then(|id| store.principals.get(&id)).is_some_and(|user| user.admin)
    }

    /// Whether the caller may create projects, a global permission.
    pub(super) fn adds_projects(self, store: &Store) -> bool {
        self.0.and_then(|id| store.principals.get(&id)).is_some_and(|user| user.admin || user.adds_projects)
    }

    /// Whether the caller sees a project. Archived ones are left to admins (unverified).
    pub(super) fn sees(self, store: &Store, project: &Project) -> bool {
        self.is_admin(store) || project.active && (project.public || self.is_member(store, project.id))
    }

    /// Whether a permission is held in a project. Nothing is allowed in an archived one (unverified).
    pub(super) fn may(self, store: &Store, project: u64, permission: Permission) -> bool {
        let Some(project) = store.projects.get(&project).filter(|project| project.active) else { return false };
        self.is_admin(store)
            || self.roles(store, project.id).iter().any(|role| role.contains(&permission))
            || project.public && permission == Permission::ViewWorkPackages
    }

    /// The project if it is visible; else 404, so that nobody learns that it exists.
    ///
    /// <https://www.openproject.org/docs/api/endpoints/projects/>
    pub(super) fn project<'a>(self, store: &'a Store, id: &str) -> Answer<&'a Project> {
        store.find_project(id).filter(|project| self.sees(store, project)).ok_or_else(Problem::not_found)
    }

    /// The work package if it is visible; else 404.
    ///
    /// <https://www.openproject.org/docs/api/endpoints/work-packages/>
    pub(super) fn work_package<'a>(self, store: &'a Store, id: &str) -> Answer<&'a WorkPackage> {
        let found = id.parse().ok().and_then(|id: u64| store.work_packages.get(&id));
        found.filter(|item| self.sees_work_package(store, item)).ok_or_else(Problem::not_found)
    }

    pub(super) fn sees_work_package(self, store: &Store, item: &WorkPackage) -> bool {
        self.may(store, item.project, Permission::ViewWorkPackages)
    }

    /// 403 unless the permission is held: for what the caller is known to see.
    pub(super) fn needs(self, store: &Store, project: u64, permission: Permission) -> Answer<()> {
        match self.may(store, project, permission) {
            true => Ok(()),
            false => Err(Problem::forbidden()),
        }
    }

    fn is_member(self, store: &Store, project: u64) -> bool {
        !self.roles(store, project).is_empty()
    }

    fn roles(self, store: &Store, project: u64) -> Vec<&'static [Permission]> {
        self.0.map(|user| store.permissions_of(user, project)).unwrap_or_default()
    }
}

/// Whether somebody can be assigned in a project: an active member with such a role, never just an admin.
pub(super) fn is_assignable(store: &Store, principal: u64, project: u64) -> bool {
    let active = store.principals.get(&principal).is_some_and(|principal| !principal.locked);
    active && store.permissions_of(principal, project).iter().any(|role| role.contains(&Permission::BeAssigned))
}

/// The id of a user, a group or a placeholder by the resource in its link.
pub(super) fn principal_of(store: &Store, resource: &str, id: u64) -> Option<u64> {
    let kinds = [PrincipalKind::User, PrincipalKind::Group, PrincipalKind::PlaceholderUser];
    let kind = kinds.into_iter().find(|kind| kind.resource() == resource)?;
    store.principals.get(&id).filter(|principal| principal.kind == kind).map(|principal| principal.id)
}
