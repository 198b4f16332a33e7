//! Ids: texts on both sides; those of projects carry the word for their level.

use pm_provider::{Error, Field, ProjectId};

use crate::ProjectLevel;
use crate::config::ClickUpConfig;

/// Says whether an id is one of a Workspace, Space, Folder or List: those are numbers.
pub(crate) fn is_number(id: &str) -> bool {
    !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Says whether something can be the id of a task: letters and digits, as in `86abc1xyz`.
pub(crate) fn is_task(id: &str) -> bool {
    !id.is_empty() && id.len() <= 40 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The error for a field that refers to what is not there.
pub(crate) fn leads_nowhere(field: Field, id: &str) -> Error {
    Error::invalid_input("a reference leads nowhere").on_field(field, format!("there is no `{id}`"))
}

/// A project: a level and the bare id there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) level: ProjectLevel,
    pub(crate) id: String,
}

impl Place {
    /// Takes a level and a bare id.
    pub(crate) fn new(level: ProjectLevel, id: impl Into<String>) -> Self {
        Self { level, id: id.into() }
    }

    /// Reads the id of a project at the level that is configured; a bare one is meant there.
    ///
    /// # Errors
    /// `NotFound` for what can be none, with a hint where it is one of another level.
    pub(crate) fn read(id: &ProjectId, config: &ClickUpConfig) -> Result<Self, Error> {
        let (word, bare) = id.as_str().split_once(':').unwrap_or((config.projects.word(), id.as_str()));
        let lost = || Error::not_found("project", id);
        let levels = [ProjectLevel::Space, ProjectLevel::Folder, ProjectLevel::List];
        let level = levels.into_iter().find(|level| level.word() == word).ok_or_else(lost)?;
        if !is_number(bare) {
            return Err(lost());
        }
        if level != config.projects {
            let (setting, at) = (ClickUpConfig::level_setting(), config.projects.word());
            return Err(lost().hint(format!("projects are of the level `{at}` here: {setting} says so")));
        }
        Ok(Self::new(level, bare))
    }
}

impl From<&Place> for ProjectId {
    fn from(place: &Place) -> Self {
        Self::new(format!("{}:{}", place.level.word(), place.id))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use pm_provider::{ErrorKind, Secret};

    use super::*;

    fn config(level: ProjectLevel) -> ClickUpConfig {
        ClickUpConfig::new(Secret::new("pk_1")).projects(level)
    }

    #[test]
    fn ids_of_projects_carry_their_level() {
        for level in [ProjectLevel::Space, ProjectLevel::Folder, ProjectLevel::List] {
            let place = Place::new(level, "790");
            let id = ProjectId::from(&place);
            assert_eq!(Place::read(&id, &config(level)).unwrap(), place);
            assert_eq!(Place::read(&ProjectId::new("790"), &config(level)).unwrap(), place, "as people paste it");
        }
    }

    #[test]
    fn another_level_is_not_there_and_names_the_setting() {
        let error = Place::read(&ProjectId::new("list:790"), &config(ProjectLevel::Space)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("CLICKUP_PROJECTS"), "{error}");
        for id in ["board:790", "space:", "space:x", "", "space:7:9", "-1"] {
            let error = Place::read(&ProjectId::new(id), &config(ProjectLevel::Space)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
        }
    }
}
