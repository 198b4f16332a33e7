//! The whole way from bytes to tasks, on a backend in memory.

#![allow(clippy::unwrap_used, clippy::panic)]

mod creating;
mod faults;
mod parents;
mod updating;

use std::io::Cursor;
use std::sync::Arc;

use pm_core::{NewProject, PMTask, PmProvider, PmProviderExt, ProjectQuery, TaskQuery};
use pm_testkit::MemoryProvider;
use serde_json::{Value, json};

use super::ledger::{Event, Observer, Outcome, Summary};
use super::preset::{GitHub, Mapping, MappingOptions, Preset};
use super::source::Input;
use super::target::Target;
use super::{Options, run};
use crate::failure::Failure;

/// Keeps what it hears: line, key, outcome.
#[derive(Debug, Default)]
pub(super) struct Heard(Vec<(u64, String, Outcome)>);

impl Observer for Heard {
    fn row(&mut self, event: &Event<'_>) -> crate::failure::Result<()> {
        self.0.push((event.line, event.key.unwrap_or_default().to_owned(), event.outcome.clone()));
        Ok(())
    }
}

impl Heard {
    fn failures(&self) -> Vec<(u64, String)> {
        let failures = self.0.iter().filter_map(|(line, _, outcome)| match outcome {
            Outcome::Failed { reason, .. } => Some((*line, reason.clone())),
            _ => None,
        });
        failures.collect()
    }

    fn conflicts(&self) -> Vec<String> {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        let conflicts = self.0.iter().filter_map(|(line, _, outcome)| match outcome {
            Outcome::Conflict { field, imported, source, here } => {
                Some(format!("{line} {field}: {} -> {} | {}", text(imported), text(source), text(here)))
            }
            _ => None,
        });
        conflicts.collect()
    }
}

pub(super) const PLAIN: Options = Options { update: false, strict: false, dry_run: false, keep_numbers: false };
pub(super) const UPDATE: Options = Options { update: true, ..PLAIN };

/// A backend in memory and rows for it.
pub(super) struct Bench {
    pub(super) provider: Arc<dyn PmProvider>,
    project: String,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::over(Arc::new(MemoryProvider::new()))
    }

    pub(super) fn over(provider: Arc<dyn PmProvider>) -> Self {
        Self { provider, project: "Garden".to_owned() }
    }

    pub(super) fn project(mut self, name: &str) -> Self {
        self.project = name.to_owned();
        self
    }

    pub(super) async fn run(
        &self,
        preset: &dyn Preset,
        options: &Options,
        text: impl Into<Vec<u8>>,
    ) -> (Result<Summary, Failure>, Heard) {
        let input = Input { name: "x".to_owned(), reader: Box::new(Cursor::new(text.into())), format: None };
        let mut heard = Heard::default();
        let summary = match Target::open(Arc::clone(&self.provider), &self.project).await {
            Ok(target) => run(target, preset, options, input, &mut heard).await,
            Err(failure) => Err(failure),
        };
        (summary, heard)
    }

    /// Imports rows by their own column names; `id` is the key.
    pub(super) async fn rows(&self, options: &Options, rows: Value) -> (Summary, Heard) {
        let (summary, heard) = self.run(&by_name(), options, rows.to_string()).await;
        (summary.unwrap(), heard)
    }

    pub(super) async fn issues(&self, options: &Options, issues: &[Value]) -> (Summary, Heard) {
        let (summary, heard) = self.run(&GitHub, options, serde_json::to_string(issues).unwrap()).await;
        (summary.unwrap(), heard)
    }

    pub(super) async fn tasks(&self) -> Vec<PMTask> {
        self.provider.list_tasks(TaskQuery::new()).await.unwrap()
    }

    pub(super) async fn titles(&self) -> Vec<String> {
        self.tasks().await.into_iter().map(|task| task.title).collect()
    }

    /// Everything that there is, to be compared.
    pub(super) async fn dump(&self) -> Value {
        let tasks = self.tasks().await;
        let projects = self.provider.list_projects(ProjectQuery::new()).await.unwrap();
        let users = self.provider.list_users(pm_core::UserQuery::new()).await.unwrap();
        let sprints = self.provider.list_sprints(pm_core::SprintQuery::new()).await.unwrap();
        json!({"tasks": tasks, "projects": projects, "users": users, "sprints": sprints})
    }

    pub(super) async fn make_project(&self) -> pm_core::PMProject {
        self.provider.create_project(NewProject::new(&self.project)).await.unwrap()
    }
}

pub(super) fn by_name() -> Mapping {
    Mapping::new(&MappingOptions { key: Some("id".to_owned()), ..MappingOptions::default() }).unwrap()
}

/// Created, updated, unchanged, left out, failed.
pub(super) fn counts(summary: &Summary) -> [u64; 5] {
    [summary.created, summary.updated, summary.unchanged, summary.left_out(), summary.failures()]
}

/// An issue as GitHub lists it.
#[expect(clippy::needless_pass_by_value, reason = "reads better in tests")]
pub(super) fn issue(number: u64, changes: Value) -> Value {
    let address = format!("https://api.github.com/repos/o/r/issues/{number}");
    let mut issue = json!({
        "url": address, "number": number, "title": format!("Issue {number}"), "state": "open", "body": null,
        "user": {"login": "ada", "id": 1}, "labels": [], "assignees": [], "milestone": null,
        "created_at": "2024-01-02T03:04:05Z", "closed_at": null,
    });
    for (name, value) in changes.as_object().unwrap() {
        issue[name] = value.clone();
    }
    issue
}
