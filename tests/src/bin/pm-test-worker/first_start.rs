//! Opens a database that may not have a single table yet, and uses it.

use pm_core::{NewProject, Result};
use pm_tests::protocol::{Event, now, number_of};

use crate::talk;

pub(crate) async fn run(url: &str) -> Result<()> {
    talk::wait_for_the_signal()?;
    let begun = now();
    let provider = pm_tests::open(url).await?;
    let project = provider.create_project(NewProject::new("First Start")).await?;
    let version = number_of(project.version.as_ref());
    talk::say(&Event::Wrote { id: project.id.into_string(), version, begun, ended: now() });
    Ok(())
}
