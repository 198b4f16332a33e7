//! `spm sprint track`.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::Args;
use futures_util::TryStreamExt;
use pm_core::{Entity, PMSprint, PmProvider, PmProviderExt, SprintId, SprintQuery, TaskQuery};

use super::progress::Progress;
use crate::command::args::State;
use crate::command::listing::{all_at_once, narrow};
use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{FormatArgs, Limit, show_list, today};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm sprint track
  spm milestone track v1.0 --project website
  spm sprint track --json name,percent,left_hours --jq '.[] | select(.percent < 50) | .name'

Tasks that were given up do not count. What is left is what was estimated for the open tasks, less what was spent on them.";

/// Which sprints.
#[derive(Args, Debug)]
pub(crate) struct TrackArgs {
    /// Only this sprint: key, name, id, or `@current`
    #[arg(conflicts_with = "state")]
    sprint: Option<String>,
    /// Only sprints of this project (key, name or id)
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Only open or closed sprints
    #[arg(long, short, value_enum, default_value_t = State::Open)]
    state: State,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: TrackArgs) -> Result<()> {
    args.format.read::<Progress>()?;
    let provider = session.reader().await?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let mut tasks = TaskQuery::new();
    tasks.project = project.as_ref().map(|project| project.id.clone());
    let sprints = match &args.sprint {
        Some(word) => {
            let sprint = finder.sprint(word, project.as_ref()).await?;
            tasks = tasks.sprint(&sprint.id);
            vec![sprint]
        }
        None => {
            let mut query = SprintQuery::new();
            query.project.clone_from(&tasks.project);
            sprints(&provider, query, args.state).await?
        }
    };
    let progress = track(&provider, sprints, tasks).await?;
    show_list(session, &provider, all_at_once(progress), &args.format, Limit::All).await
}

async fn sprints(provider: &Arc<dyn PmProvider>, mut query: SprintQuery, state: State) -> Result<Vec<PMSprint>> {
    let asked = (&mut query.statuses, &mut query.page_size);
    let category = |sprint: &PMSprint| sprint.status.category;
    let keep = narrow(provider, Entity::Sprint, state.of_sprints(), asked, category);
    let mut sprints = provider.list_sprints(query).await?;
    sprints.retain(|sprint| keep(sprint));
    sprints.sort_by_key(|sprint| (sprint.end_date.is_none(), sprint.end_date, sprint.start_date));
    Ok(sprints)
}

/// Goes through the tasks once, whatever the number of sprints.
async fn track(provider: &Arc<dyn PmProvider>, sprints: Vec<PMSprint>, query: TaskQuery) -> Result<Vec<Progress>> {
    let today = today();
    let places: BTreeMap<SprintId, usize> =
        sprints.iter().enumerate().map(|(place, sprint)| (sprint.id.clone(), place)).collect();
    let mut progress: Vec<_> = sprints.into_iter().map(|sprint| Progress::of(sprint, today)).collect();
    if progress.is_empty() {
        return Ok(progress);
    }
    let mut tasks = provider.stream_tasks(query);
    while let Some(task) = tasks.try_next().await? {
        let place = task.sprint_id.as_ref().and_then(|sprint| places.get(sprint));
        if let Some(counted) = place.and_then(|place| progress.get_mut(*place)) {
            counted.count(&task, today);
        }
    }
    Ok(progress)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use pm_core::{NewProject, NewSprint, NewTask, SprintStatusCategory, StatusCategory};
    use pm_testkit::MemoryProvider;

    use super::*;

    #[tokio::test]
    async fn each_sprint_counts_its_own_tasks() {
        let provider: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new());
        let project = provider.create_project(NewProject::new("Website")).await.unwrap();
        let mut made = Vec::new();
        for (name, status) in [("one", "active"), ("two", "planned"), ("old", "completed")] {
            let status: SprintStatusCategory = status.parse().unwrap();
            let status = pm_core::SprintStatusRef::Category(status);
            let sprint = NewSprint::new(&project.id, name).status(status);
            made.push(provider.create_sprint(sprint).await.unwrap());
        }
        for (sprint, done) in [(0, true), (0, false), (1, false), (2, true)] {
            let status = if done { StatusCategory::Done } else { StatusCategory::Todo };
            let task = NewTask::new(&project.id, "Paint").sprint_id(&made[sprint].id);
            let task = task.status(pm_core::StatusRef::Category(status));
            provider.create_task(task).await.unwrap();
        }
        provider.create_task(NewTask::new(&project.id, "In no sprint")).await.unwrap();
        let open = sprints(&provider, SprintQuery::new(), State::Open).await.unwrap();
        let progress = track(&provider, open, TaskQuery::new()).await.unwrap();
        let json = serde_json::to_value(&progress).unwrap();
        let counts: Vec<_> =
            json.as_array().unwrap().iter().map(|one| (&one["name"], &one["total"], &one["percent"])).collect();
        assert_eq!(
            format!("{counts:?}"),
            r#"[(String("one"), Number(2), Number(50)), (String("two"), Number(1), Number(0))]"#
        );
    }
}
