//! An application on the embedded database, and nothing else.

use pm_core::{NewProject, PmProviderExt as _, ProjectQuery, build_pm_provider};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), pm_core::Error> {
    let provider = build_pm_provider().await?;
    provider.create_project(NewProject::new("Lean")).await?;
    for project in provider.list_projects(ProjectQuery::new()).await? {
        println!("{}", project.name);
    }
    Ok(())
}
