//! A provider on one text file: a line for each task.
//!
//! ```text
//! x @idea id:1795264533000001 Choose a name
//! > @design due:2026-12-01 id:1795264533000002 Draw the front page
//! Tell everybody @launch
//! ```
//!
//! `x` is done and `>` in progress, `@` begins a label, everything after the id is the title. A line that was written by
//! hand gets its id when the file is next read. There is one project, the file itself; there are no sprints and no users.

mod line;
mod provider;
mod tasks;

use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::Utc;
use line::Line;
use pm_core::{
    BuildContext, Capabilities, Entity, EntityCapabilities, Error, ErrorKind, Field, FieldSupport, Filter, Operation,
    PmProvider, ProviderFactory, Result, SettingSpec, Status, StatusCategory,
};

/// The name that `PM_PROVIDER` chooses it by.
pub(crate) const NAME: &str = "todo_txt";
const PROJECT: &str = "todo";
const LARGEST_PAGE: u32 = 100;

const DATA_DIR: SettingSpec = SettingSpec::new("data_dir", "PM_DATA_DIR", "the directory of todo.txt").required();

/// Builds providers on a `todo.txt`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TodoTxtFactory;

#[async_trait]
impl ProviderFactory for TodoTxtFactory {
    fn name(&self) -> &str {
        NAME
    }

    fn summary(&self) -> &str {
        "a text file, a line for each task"
    }

    fn settings(&self) -> &[SettingSpec] {
        &[DATA_DIR]
    }

    fn capabilities(&self) -> Capabilities {
        capabilities()
    }

    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let directory = Path::new(context.required_text(&DATA_DIR)?);
        Ok(Arc::new(TodoTxt::new(file_in(directory))))
    }
}

fn file_in(directory: &Path) -> PathBuf {
    directory.join("todo.txt")
}

/// Where the file is, for people.
pub(crate) fn path(directory: &Path) -> String {
    file_in(directory).display().to_string()
}

/// What is not named here is `Unsupported`; the checks below say so by themselves.
fn capabilities() -> Capabilities {
    let projects = EntityCapabilities::new()
        .operations([Operation::List, Operation::Get])
        .fields([Field::Id, Field::Name, Field::Status], &FieldSupport::read_only());
    let tasks = EntityCapabilities::new()
        .all_operations()
        .fields([Field::Id], &FieldSupport::read_only())
        .fields([Field::ProjectId], &FieldSupport::on_create())
        .fields([Field::Title, Field::Status], &FieldSupport::required())
        .fields([Field::Labels, Field::DueDate], &FieldSupport::full())
        .filters([Filter::Project, Filter::Status, Filter::Labels])
        .max_page_size(LARGEST_PAGE);
    Capabilities::new(NAME).with(Entity::Project, projects).with(Entity::Task, tasks).atomic_writes(true)
}

/// The statuses that a line can have.
fn statuses() -> [Status; 3] {
    [
        Status::new(StatusCategory::Todo, "To Do"),
        Status::new(StatusCategory::InProgress, "In Progress"),
        Status::new(StatusCategory::Done, "Done"),
    ]
}

/// A provider on one `todo.txt`.
#[derive(Debug)]
pub(crate) struct TodoTxt {
    path: PathBuf,
    capabilities: Capabilities,
    /// One reads or writes at a time. Never held over an `await`, so that a dropped future leaves all or nothing.
    turn: Mutex<()>,
}

impl TodoTxt {
    /// Takes a file, which need not exist yet.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, capabilities: capabilities(), turn: Mutex::new(()) }
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the file, in the order in which the lines were written; lines without an id get one.
    fn load(&self, turn: &MutexGuard<'_, ()>) -> Result<Vec<Line>> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == IoErrorKind::NotFound => String::new(),
            Err(error) => return Err(self.trouble("read", error)),
        };
        let filled = text.split('\n').filter(|line| !line.trim().is_empty());
        let mut lines: Vec<_> = filled.map(Line::parse).collect();
        if lines.iter().any(|line| line.id == 0) {
            number(&mut lines);
            self.save(turn, &lines)?;
        }
        lines.sort_by_key(|line| line.id);
        Ok(lines)
    }

    /// Writes a new file and puts it in the old one's place, so that nobody ever reads half of it.
    fn save(&self, _turn: &MutexGuard<'_, ()>, lines: &[Line]) -> Result<()> {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let fresh = self.path.with_extension("txt.new");
        let made = self.path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&fresh, text))
            .and_then(|()| std::fs::rename(&fresh, &self.path))
            .map_err(|error| self.trouble("written", error))
    }

    fn trouble(&self, what: &str, source: std::io::Error) -> Error {
        let message = format!("`{}` cannot be {what}: {source}", self.path.display());
        Error::new(ErrorKind::Unavailable, message).in_provider(NAME).with_source(source)
    }
}

/// Gives every line an id that none had before.
fn number(lines: &mut [Line]) {
    for place in 0..lines.len() {
        if lines[place].id == 0 {
            lines[place].id = next_id(lines);
        }
    }
}

/// The time in microseconds: greater than every id so far, also than those of lines that are gone.
fn next_id(lines: &[Line]) -> u64 {
    let now = u64::try_from(Utc::now().timestamp_micros()).unwrap_or(1);
    lines.iter().map(|line| line.id + 1).max().map_or(now, |above| above.max(now))
}
