//! Proof that the reference is honest: both sides issue the same statements, word by word.
//!
//! sqlx logs each statement, but not all of what begins and ends transactions and savepoints: on SQLite nothing, on
//! PostgreSQL a part. That is sqlx's own work on both sides.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pm_core::{PmProvider, TaskQuery};
use serde_json::Value;
use tracing_subscriber::filter::LevelFilter;

use crate::Result;
use crate::database::{Database, Logging};
use crate::provider::{self, Ground};
use crate::reference::Reference;

/// Enough for a batch of several items, a page, and the next one.
const TASKS: usize = 5;
const PAGE: usize = 3;
const LAG: Duration = Duration::from_millis(50);

/// Hears of every statement of this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listener(Arc<Mutex<Vec<u8>>>);

/// Begins to listen, for the rest of the process.
pub(crate) fn listen() -> Result<Listener> {
    let listener = Listener::default();
    let writer = listener.clone();
    let subscriber =
        tracing_subscriber::fmt().json().with_max_level(LevelFilter::DEBUG).with_writer(move || writer.clone());
    subscriber.try_init()?;
    Ok(listener)
}

impl Write for Listener {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Listener {
    /// Lets both sides do the same, and describes where their statements or results differ.
    pub(crate) async fn compare<D: Database>(&self, database: &D) -> Result<Vec<String>> {
        let url = database.create("statements")?;
        let provider = provider::on(D::logged_connection(&url).await?).await?;
        let ground = Ground::lay(&provider).await?;
        let reference = D::reference(&url, Logging::On).await?;
        let mut pair = Pair { listener: self, name: D::NAME, provider, reference, ground, differences: Vec::new() };
        pair.compare_writes("atomic batch", true).await?;
        pair.compare_writes("batch per item", false).await?;
        pair.compare_reads().await?;
        Ok(pair.differences)
    }

    /// The statements that some work issues, and what it gives.
    async fn of<T>(&self, work: impl Future<Output = Result<T>>) -> Result<(Vec<String>, T)> {
        self.take();
        let value = work.await?;
        // On SQLite a thread of sqlx tells of a statement after its result was handed out.
        tokio::time::sleep(LAG).await;
        let statements: Vec<_> = self.take().lines().filter_map(statement).collect();
        if statements.is_empty() { Err("sqlx told of no statement".into()) } else { Ok((statements, value)) }
    }

    fn take(&self) -> String {
        let lines = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&lines).into_owned()
    }
}

/// Reads a statement out of a line of the log; short ones stand in the summary.
fn statement(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok().filter(|line: &Value| line["target"] == "sqlx::query")?;
    let whole = line["fields"]["db.statement"].as_str().filter(|text| !text.is_empty());
    whole.or_else(|| line["fields"]["summary"].as_str()).map(plain)
}

/// Leaves out how a statement is spelled: quotes, capitals, spaces, brackets, the numbers of placeholders.
fn plain(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut after_dollar = false;
    for character in sql.chars().flat_map(char::to_lowercase) {
        match character {
            '$' => text.push('?'),
            digit if after_dollar && digit.is_ascii_digit() => continue,
            '"' => {}
            space if space.is_whitespace() || space == '(' || space == ')' => {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            other => text.push(other),
        }
        after_dollar = character == '$';
    }
    text.replace(" ,", ",").replace(", ", ",").trim().to_owned()
}

/// Both sides on one database.
struct Pair<'l, R> {
    listener: &'l Listener,
    name: &'static str,
    provider: Arc<dyn PmProvider>,
    reference: R,
    ground: Ground,
    differences: Vec<String>,
}

impl<R: Reference> Pair<'_, R> {
    async fn compare_writes(&mut self, what: &str, atomic: bool) -> Result<()> {
        let tasks = self.ground.tasks(0..TASKS);
        let batch = provider::batch_of(&self.provider)?;
        let by_provider = provider::insert(&*batch, provider::operations(tasks.clone()), atomic);
        let (provided, _) = self.listener.of(by_provider).await?;
        let (by_hand, written) = self.listener.of(self.reference.insert(tasks, !atomic)).await?;
        self.compare_statements(what, &provided, &by_hand);
        for task in &written {
            // The provider must find what was written by hand as if it had written it.
            let found = self.provider.get_task(&task.id).await?;
            self.compare_results(what, &found, task);
        }
        Ok(())
    }

    async fn compare_reads(&mut self) -> Result<()> {
        let query = TaskQuery::in_project(&self.ground.project).page_size(u32::try_from(PAGE)?);
        let (mut cursor, mut after) = (None, None);
        for what in ["first page", "next page"] {
            let by_provider = async { Ok(self.provider.tasks_page(&query, cursor.take()).await?) };
            let (provided, found) = self.listener.of(by_provider).await?;
            let page = self.reference.page(&self.ground.project, after.take(), PAGE);
            let (by_hand, page) = self.listener.of(page).await?;
            self.compare_statements(what, &provided, &by_hand);
            self.compare_results(what, &found.items, &page.tasks);
            (cursor, after) = (found.next, page.next);
        }
        let id = self.provider.tasks_page(&query, None).await?.items.remove(0).id;
        let (provided, found) = self.listener.of(async { Ok(self.provider.get_task(&id).await?) }).await?;
        let (by_hand, task) = self.listener.of(self.reference.get(&id)).await?;
        self.compare_statements("point get", &provided, &by_hand);
        self.compare_results("point get", &found, &task);
        Ok(())
    }

    fn compare_results<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, provided: &T, by_hand: &T) {
        if provided != by_hand {
            let message = format!("{}: {what}: the results differ:\n  {provided:?}\n  {by_hand:?}", self.name);
            self.differences.push(message);
        }
    }

    fn compare_statements(&mut self, what: &str, provided: &[String], by_hand: &[String]) {
        if provided == by_hand {
            println!("{}: {what}: both sides issue the same {} statement(s)", self.name, provided.len());
            return;
        }
        let place = provided.iter().zip(by_hand).position(|(provided, by_hand)| provided != by_hand);
        let place = place.unwrap_or(provided.len().min(by_hand.len()));
        let at = |statements: &[String]| statements.get(place).map_or("nothing", String::as_str).to_owned();
        let counts = format!("{} statement(s) of the provider, {} by hand", provided.len(), by_hand.len());
        let first = format!("  provider: {}\n  by hand:  {}", at(provided), at(by_hand));
        let message = format!("{}: {what}: {counts}; number {} differs:\n{first}", self.name, place + 1);
        self.differences.push(message);
    }
}
