//! An application that writes to its own database, while a worker beside it keeps Jira in step at once: users never wait
//! for Jira, and an outage over there is nothing that they notice.
//!
//! `cargo run --example dual_mode --features fakes` starts a Jira on this machine and needs nothing else.
#![allow(clippy::print_stdout)]

mod sync_world;

use std::process::ExitCode;
use std::sync::Arc;

use pm_core::sync::config::Mode;
use pm_core::{NewTask, Result, TaskPatch};
use pm_examples::exit;
use pm_testkit::http_fault::{FaultRule, HttpFault};
use sync_world::World;
use tokio::sync::{Notify, mpsc};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<()> {
    println!("{}", written_twice().await?);
    Ok(())
}

/// Brings Jira in step whenever something was written; many writes at once are one run.
async fn work(world: Arc<World>, kick: Arc<Notify>, told: mpsc::UnboundedSender<String>) {
    loop {
        kick.notified().await;
        let line = match world.run().await {
            Ok(report) => format!("worker: {} writes", report.writes()),
            Err(_) => "worker: Jira does not answer; the next run makes up for it".to_owned(),
        };
        if told.send(line).is_err() {
            return;
        }
    }
}

async fn written_twice() -> Result<String> {
    let world = Arc::new(World::new(Mode::Bidirectional).await?);
    let kick = Arc::new(Notify::new());
    let (tell, mut told) = mpsc::unbounded_channel();
    tokio::spawn(work(Arc::clone(&world), Arc::clone(&kick), tell));
    let mut lines = Vec::new();

    // A user's call ends with the commit; the worker is only woken.
    let task = world.ours.create_task(NewTask::new(&world.project, "Draw the front page")).await?;
    kick.notify_one();
    lines.extend(told.recv().await);
    lines.push(world.shown().await?);

    // Jira is out of order: users go on.
    let outage = FaultRule::new(HttpFault::Status { status: 503, applied: false });
    world.jira.faults().add(outage);
    world.ours.update_task(&task.id, TaskPatch::new().title("Draw all pages")).await?;
    kick.notify_one();
    lines.extend(told.recv().await);

    // It is back: nothing was lost, and nothing is made twice.
    world.jira.faults().clear();
    kick.notify_one();
    lines.extend(told.recv().await);
    lines.push(world.shown().await?);
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[tokio::test]
    async fn an_outage_of_the_second_system_is_made_up_for() {
        let shown = super::written_twice().await.unwrap();
        let expected = "worker: 1 writes\n\
             here: Draw the front page (todo)\n\
             Jira: Draw the front page (todo)\n\
             worker: Jira does not answer; the next run makes up for it\n\
             worker: 1 writes\n\
             here: Draw all pages (todo)\n\
             Jira: Draw all pages (todo)";
        assert_eq!(shown, expected);
    }
}
