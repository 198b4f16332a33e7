//! Two projects that people work on at the same time, one in the own database and one in Jira, kept in step.
//!
//! `cargo run --example bidirectional --features fakes` starts a Jira on this machine and needs nothing else.
#![allow(clippy::print_stdout)]

mod sync_world;

use std::process::ExitCode;

use pm_core::sync::config::Mode;
use pm_core::{NewTask, Result, StatusCategory, TaskPatch};
use pm_examples::exit;
use sync_world::World;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<()> {
    println!("{}", both_ways().await?);
    Ok(())
}

async fn both_ways() -> Result<String> {
    let world = World::new(Mode::Bidirectional).await?;
    let mut lines = Vec::new();

    // Each side has something that the other lacks.
    world.ours.create_task(NewTask::new(&world.project, "Draw the front page")).await?;
    world.theirs.create_task(NewTask::new(&world.their_project, "Choose the colours")).await?;
    world.run().await?;
    lines.push(world.shown().await?);

    // Different fields of one task are changed on both sides: nobody loses anything.
    let (here, there) = (
        world.task(&world.ours, "Draw the front page").await?,
        world.task(&world.theirs, "Draw the front page").await?,
    );
    world.ours.update_task(&here.id, TaskPatch::new().status(StatusCategory::InProgress)).await?;
    world.theirs.update_task(&there.id, TaskPatch::new().title("Draw the first page")).await?;
    world.run().await?;
    lines.push(world.shown().await?);

    // The same field is: the side that the mapping calls primary wins, and the other value is kept.
    world.ours.update_task(&here.id, TaskPatch::new().title("Draw page one")).await?;
    world.theirs.update_task(&there.id, TaskPatch::new().title("Draw page 1")).await?;
    world.run().await?;
    lines.push(world.shown().await?);
    for conflict in world.conflicts().await? {
        let (base, values) = (conflict.base.a, conflict.values);
        lines.push(format!("both changed {base}: {} here, {} in Jira", values.a, values.b));
    }

    // Nothing is left to do.
    let report = world.run().await?;
    lines.push(format!("{} more writes", report.writes()));
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[tokio::test]
    async fn nobody_loses_anything() {
        let shown = super::both_ways().await.unwrap();
        let expected = "here: Choose the colours (todo), Draw the front page (todo)\n\
             Jira: Choose the colours (todo), Draw the front page (todo)\n\
             here: Choose the colours (todo), Draw the first page (in_progress)\n\
             Jira: Choose the colours (todo), Draw the first page (in_progress)\n\
             here: Choose the colours (todo), Draw page one (in_progress)\n\
             Jira: Choose the colours (todo), Draw page one (in_progress)\n\
             both changed \"Draw the first page\": \"Draw page one\" here, \"Draw page 1\" in Jira\n\
             0 more writes";
        assert_eq!(shown, expected);
    }
}
