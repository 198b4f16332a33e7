//! Writing everything down: the library half of `spm export`, without arguments and terminals.
//!
//! The order is fixed (kind, project key, number), so that two exports of the same state are the same bytes.

mod number;
mod order;
mod record;
mod relations;
mod table;
mod tasks;
mod writer;

use std::io::{Seek, Write};
use std::sync::Arc;

use futures_util::TryStreamExt;
use pm_core::{
    Ability, Entity, Operation, PMProject, PMSprint, PMUser, PmProvider, PmProviderExt, ProjectQuery, SprintQuery,
    UserQuery,
};

pub(crate) use number::number;
pub(crate) use record::{Counts, Header, Record, VERSION};
pub(crate) use table::{TableOptions, export_table};

use crate::failure::Result;
use writer::Writer;

/// What is exported.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// These projects with all that is in them; none means all.
    pub(crate) projects: Vec<PMProject>,
}

/// What an export did.
#[derive(Debug, Default)]
pub(crate) struct Exported {
    pub(crate) counts: Counts,
    /// What the backend has no way to tell, in words.
    pub(crate) left_out: Vec<String>,
}

/// Writes all that a provider shows as JSON Lines.
pub(crate) async fn export(
    provider: &Arc<dyn PmProvider>,
    selection: Selection,
    out: &mut (impl Write + Send),
) -> Result<Exported> {
    let mut writer = Writer::new(out);
    let mut left_out = missing_abilities(provider);
    left_out.extend(files(provider));
    writer.write(&Record::Export(Header::of(provider.name())))?;
    if selection.projects.is_empty() {
        for user in users(provider).await? {
            writer.write(&Record::User(user))?;
        }
        let projects = projects(provider, selection).await?;
        left_out.extend(contents(provider, &projects, &mut writer).await?);
    } else {
        let projects = projects(provider, selection).await?;
        left_out.extend(people_first(provider, &projects, &mut writer).await?);
    }
    let counts = writer.counts();
    writer.write(&Record::End(counts.clone()))?;
    writer.finish()?;
    Ok(Exported { counts, left_out })
}

/// Writes some projects, and before them the people that they name: what stands behind waits on disk.
async fn people_first(
    provider: &Arc<dyn PmProvider>,
    projects: &[PMProject],
    writer: &mut Writer<'_, impl Write + Send>,
) -> Result<Vec<String>> {
    let mut waiting = order::temporary()?;
    let mut behind = Writer::new(&mut waiting);
    let left_out = contents(provider, projects, &mut behind).await?;
    let (counts, people) = behind.finish()?;
    for user in users(provider).await?.into_iter().filter(|user| people.contains(&user.id)) {
        writer.write(&Record::User(user))?;
    }
    let mut lines = waiting.into_inner().map_err(|error| order::failed(error.error()))?;
    lines.rewind().map_err(|error| order::failed(&error))?;
    writer.append(lines, counts)?;
    Ok(left_out)
}

/// Writes everything but the people; says what was left out.
async fn contents(
    provider: &Arc<dyn PmProvider>,
    projects: &[PMProject],
    writer: &mut Writer<'_, impl Write + Send>,
) -> Result<Vec<String>> {
    for project in projects {
        writer.write(&Record::Project(project.clone()))?;
    }
    for project in projects {
        for sprint in sprints(provider, project).await? {
            writer.write(&Record::Sprint(sprint))?;
        }
    }
    let mut order = order::TaskOrder::default();
    for project in projects {
        tasks::write(provider, project, &mut order, writer).await?;
    }
    relations::write(provider, projects, &order, writer).await
}

fn missing_abilities(provider: &Arc<dyn PmProvider>) -> Vec<String> {
    let has = |ability| provider.capabilities().abilities.contains(&ability);
    [(Ability::Comments, "comments"), (Ability::Relations, "relations")]
        .into_iter()
        .filter(|(ability, _)| !has(*ability))
        .map(|(_, name)| format!("{name}: `{}` does not show them", provider.name()))
        .collect()
}

/// Which tasks have files is known only to who asks for each of them, so that they are not counted.
fn files(provider: &Arc<dyn PmProvider>) -> Option<String> {
    let has = provider.capabilities().abilities.contains(&Ability::Attachments);
    has.then(|| {
        "attachments: files are not exported; `spm attachment download TASK --all` fetches those of a task".to_owned()
    })
}

/// Everybody, by login, then name; the backend's order decides between equals.
async fn users(provider: &Arc<dyn PmProvider>) -> Result<Vec<PMUser>> {
    if !provider.capabilities().can(Entity::User, Operation::List) {
        return Ok(Vec::new());
    }
    let mut users: Vec<_> = provider.stream_users(UserQuery::new()).try_collect().await?;
    users.sort_by(|a: &PMUser, b: &PMUser| (&a.login, &a.name, &a.email).cmp(&(&b.login, &b.name, &b.email)));
    Ok(users)
}

async fn projects(provider: &Arc<dyn PmProvider>, selection: Selection) -> Result<Vec<PMProject>> {
    let mut projects = match selection.projects {
        chosen if !chosen.is_empty() => chosen,
        _ => provider.stream_projects(ProjectQuery::new()).try_collect().await?,
    };
    projects.sort_by(|a: &PMProject, b: &PMProject| (&a.key, &a.name, &a.id).cmp(&(&b.key, &b.name, &b.id)));
    projects.dedup_by(|a, b| a.id == b.id);
    Ok(projects)
}

/// The sprints of a project by number, then as the backend lists them: by creation.
async fn sprints(provider: &Arc<dyn PmProvider>, project: &PMProject) -> Result<Vec<PMSprint>> {
    if !provider.capabilities().can(Entity::Sprint, Operation::List) {
        return Ok(Vec::new());
    }
    let mut sprints: Vec<_> = provider.stream_sprints(SprintQuery::in_project(&project.id)).try_collect().await?;
    sprints.sort_by_key(|sprint: &PMSprint| number(sprint.key.as_deref()).unwrap_or(u64::MAX));
    Ok(sprints)
}
