//! How an application tests itself: with a mock, call by call, and with a whole provider in memory.
//!
//! `cargo run --example mocked_app_test` runs the application, `cargo test --example mocked_app_test` its tests.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{Days, NaiveDate, Utc};
use pm_core::{NewProject, NewTask, PMTask, PmProvider, PmProviderExt, PriorityLevel, Result, TaskPatch, TaskQuery};
use pm_examples::exit;
use pm_testkit::MemoryProvider;

/// The application: what is overdue becomes urgent. Takes any provider and knows none.
async fn escalate(provider: &Arc<dyn PmProvider>, today: NaiveDate) -> Result<Vec<PMTask>> {
    let mut escalated = Vec::new();
    for task in provider.list_tasks(TaskQuery::new().open()).await? {
        let overdue = task.due_date.is_some_and(|due| due < today);
        let urgent = task.priority.as_ref().is_some_and(|priority| priority.level == PriorityLevel::Urgent);
        if overdue && !urgent {
            escalated.push(provider.update_task(&task.id, TaskPatch::new().priority(PriorityLevel::Urgent)).await?);
        }
    }
    Ok(escalated)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<()> {
    // In memory here, so that it runs anywhere; `build_pm_provider()` in earnest.
    let provider: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new());
    let today = Utc::now().date_naive();
    let project = provider.create_project(NewProject::new("Shed")).await?;
    provider.create_task(NewTask::new(&project.id, "Paint the fence").due_date(today - Days::new(3))).await?;
    provider.create_task(NewTask::new(&project.id, "Oil the door").due_date(today + Days::new(3))).await?;
    for task in escalate(&provider, today).await? {
        println!("{} is urgent now: it was due {}", task.title, task.due_date.unwrap_or(today));
    }
    println!("\nSee the tests below `mod tests` in this file: cargo test --example mocked_app_test");
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use pm_core::{Error, ErrorKind, MockPmProvider, Page, Priority, StatusCategory, mock_provider};

    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn arc(mock: MockPmProvider) -> Arc<dyn PmProvider> {
        Arc::new(mock)
    }

    /// In memory: the test says what there is and looks at what came of it.
    #[tokio::test]
    async fn overdue_tasks_become_urgent_and_others_stay() {
        let provider: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new());
        let project = provider.create_project(NewProject::new("Shed")).await.unwrap();
        let new = |title: &str, due| NewTask::new(&project.id, title).due_date(day(due));
        let late = provider.create_task(new("Late", 9)).await.unwrap();
        let due_today = provider.create_task(new("Due today", 10)).await.unwrap();
        let finished = provider.create_task(new("Late but done", 9).status(StatusCategory::Done)).await.unwrap();

        let escalated = escalate(&provider, day(10)).await.unwrap();

        assert_eq!(escalated.iter().map(|task| &task.id).collect::<Vec<_>>(), [&late.id]);
        let late = provider.get_task(&late.id).await.unwrap();
        assert_eq!(late.priority.unwrap().level, PriorityLevel::Urgent);
        for same in [due_today, finished] {
            assert_eq!(provider.get_task(&same.id).await.unwrap(), same);
        }
    }

    /// With a mock: the test says what each call answers. An unexpected one, here any update, fails the test.
    #[tokio::test]
    async fn what_is_urgent_already_is_not_written_again() {
        let mut mock = mock_provider();
        let urgent = Priority::new(PriorityLevel::Urgent, "Blocker");
        let task = PMTask::new("1", "7", "Late", StatusCategory::Todo).due_date(day(9)).priority(urgent);
        mock.expect_tasks_page().times(1).returning(move |_, _| Ok(Page::new(vec![task.clone()])));

        assert_eq!(escalate(&arc(mock), day(10)).await.unwrap(), []);
    }

    /// A mock fails on demand, as no well-behaved provider does.
    #[tokio::test]
    async fn an_error_is_passed_on() {
        let mut mock = mock_provider();
        let task = PMTask::new("1", "7", "Late", StatusCategory::Todo).due_date(day(9));
        mock.expect_tasks_page().returning(move |_, _| Ok(Page::new(vec![task.clone()])));
        mock.expect_update_task()
            .withf(|id, patch| id.as_str() == "1" && *patch == TaskPatch::new().priority(PriorityLevel::Urgent))
            .times(1)
            .returning(|_, _| Err(Error::new(ErrorKind::RateLimited, "too many requests")));

        assert_eq!(escalate(&arc(mock), day(10)).await.unwrap_err().kind(), ErrorKind::RateLimited);
    }
}
