//! Runs a mapping between the embedded backend and a Redmine, once.

use pm_core::{Error, Result};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, RunOptions};
use pm_tests::sync::RedmineMapping;

use crate::talk;

/// What to do.
pub(crate) struct Task<'a> {
    /// The mapping's id.
    pub(crate) mapping: &'a str,
    /// Our project.
    pub(crate) project: &'a str,
    /// The address of the Redmine.
    pub(crate) redmine: &'a str,
    /// The key of whoever synchronises.
    pub(crate) key: &'a str,
    /// The project over there.
    pub(crate) there: &'a str,
}

pub(crate) async fn run(url: &str, task: &Task<'_>) -> Result<()> {
    let mapping = RedmineMapping {
        database_url: url.to_owned(),
        mapping: task.mapping.to_owned(),
        project: task.project.into(),
        redmine_url: task.redmine.to_owned(),
        redmine_key: task.key.to_owned(),
        redmine_project: task.there.into(),
    };
    let engine = Engine::new(mapping.parts(SyncConfig::from_json(&pm_tests::sync::thorough_settings())?).await?);
    talk::wait_for_the_signal()?;
    engine.run(&RunOptions::new()).await.map_err(|error| Error::invalid_input(error.to_string()))?;
    Ok(())
}
