//! A project of the own database, copied into somebody's Jira: they see what is going on, and change nothing here.
//!
//! `cargo run --example shadow_mode --features fakes` starts a Jira on this machine and needs nothing else. It is the first
//! step of moving from one system to another: nobody works over there yet, and everybody can look.
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
    println!("{}", shadowed().await?);
    Ok(())
}

async fn shadowed() -> Result<String> {
    let world = World::new(Mode::Shadow).await?;
    let mut lines = Vec::new();

    for title in ["Draw the front page", "Choose the colours"] {
        world.ours.create_task(NewTask::new(&world.project, title)).await?;
    }
    let report = world.run().await?;
    lines.push(format!("copied {} tasks", report.count("created")));
    lines.push(world.shown().await?);

    // Work goes on here, and shows over there.
    let colours = world.task(&world.ours, "Choose the colours").await?;
    world.ours.update_task(&colours.id, TaskPatch::new().status(StatusCategory::Done)).await?;
    world.run().await?;
    lines.push(world.shown().await?);

    // Somebody edits the copy: their words are kept in a conflict, and the copy becomes one again.
    let copy = world.task(&world.theirs, "Draw the front page").await?;
    world.theirs.update_task(&copy.id, TaskPatch::new().title("Draw all pages")).await?;
    world.run().await?;
    lines.push(world.shown().await?);
    for conflict in world.conflicts().await? {
        lines.push(format!("kept: Jira said {}, ours is {}", conflict.values.b, conflict.values.a));
    }
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[tokio::test]
    async fn the_copy_follows_and_what_it_said_is_kept() {
        let shown = super::shadowed().await.unwrap();
        let expected = "copied 2 tasks\n\
             here: Choose the colours (todo), Draw the front page (todo)\n\
             Jira: Choose the colours (todo), Draw the front page (todo)\n\
             here: Choose the colours (done), Draw the front page (todo)\n\
             Jira: Choose the colours (done), Draw the front page (todo)\n\
             here: Choose the colours (done), Draw the front page (todo)\n\
             Jira: Choose the colours (done), Draw the front page (todo)\n\
             kept: Jira said \"Draw all pages\", ours is \"Draw the front page\"";
        assert_eq!(shown, expected);
    }
}
