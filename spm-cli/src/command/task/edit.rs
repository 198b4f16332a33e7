//! `spm task edit`.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use pm_core::{FieldPatch, PMProject, PMTask, PmProvider, ProjectId, TaskPatch, UserId};

use super::change::words;
use super::values::{Found, Values};
use crate::command::change::{both, clear, clear_set, lost_update, name_of, nothing, set};
use crate::command::many::{Once, Tally};
use crate::command::words::explain;
use crate::editor::{Body, BodyArgs};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Finder;
use crate::output::{FormatArgs, Reporter, Written, note};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm task edit WEB-12 --title \"Paint the fence green\" --due tomorrow
  spm task edit WEB-12 WEB-13 --add-label urgent --remove-label later --add-assignee @me
  spm task edit WEB-12 --editor
  spm task edit WEB-12 --clear due,sprint

--label and --assignee replace what is there; --add-… and --remove-… leave the others alone.";

/// Which tasks, and what is changed.
#[derive(Args, Debug)]
pub(crate) struct EditArgs {
    /// The tasks: keys, ids, titles, or numbers in --project
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<String>,
    /// The project in which bare numbers and titles are meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// The title
    #[arg(long, short, value_name = "TITLE")]
    title: Option<String>,
    #[command(flatten)]
    body: BodyArgs,
    /// Let a new text drop what Markdown cannot say: panels, mentions, media; asked for where that would happen
    #[arg(long)]
    discard_formatting: bool,
    #[command(flatten)]
    values: Values,
    #[command(flatten)]
    sets: Sets,
    #[command(flatten)]
    format: FormatArgs,
}

/// What is added, removed and emptied.
#[derive(Args, Debug)]
#[command(next_help_heading = "Fields")]
struct Sets {
    /// Add an assignee; may be given several times
    #[arg(long, value_name = "USER", value_delimiter = ',', conflicts_with = "assignee")]
    add_assignee: Vec<String>,
    /// Remove an assignee; may be given several times
    #[arg(long, value_name = "USER", value_delimiter = ',', conflicts_with = "assignee")]
    remove_assignee: Vec<String>,
    /// Add a label; may be given several times
    #[arg(long, value_name = "LABEL", value_delimiter = ',', conflicts_with = "label")]
    add_label: Vec<String>,
    /// Remove a label; may be given several times
    #[arg(long, value_name = "LABEL", value_delimiter = ',', conflicts_with = "label")]
    remove_label: Vec<String>,
    /// Empty a field; may be given several times
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FIELD")]
    clear: Vec<Clearable>,
    /// Empty a field that the project defined itself; may be given several times
    #[arg(long, value_name = "NAME")]
    clear_field: Vec<String>,
}

/// The fields that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Clearable {
    #[value(alias = "description", alias = "text")]
    Body,
    #[value(alias = "assignee")]
    Assignees,
    #[value(alias = "label")]
    Labels,
    #[value(alias = "milestone")]
    Sprint,
    Parent,
    Priority,
    Type,
    Start,
    Due,
    Estimate,
    Spent,
}

pub(super) async fn run(session: &Session, args: EditArgs) -> Result<Code> {
    args.format.read::<PMTask>()?;
    check(&args)?;
    let provider = session.writer().await?;
    let several = args.tasks.len() > 1;
    let mut reporter = Reporter::new::<PMTask>(session, &provider, &args.format, several)?;
    let finder = Finder::new(Arc::clone(&provider));
    let mut editing = Editing::prepare(&args, provider, finder).await?;
    if !args.body.editor {
        editing.body = args.body.read(&session.host, "")?.map(|body| body.text);
    }
    let mut tally = Tally::of(args.tasks.len());
    for word in &args.tasks {
        if let Some(Some(task)) = tally.note(word, editing.task(session, word).await)? {
            reporter.item("Changed", &task).await?;
        }
    }
    reporter.finish()?;
    Ok(tally.code())
}

/// Refuses what makes no sense, before anything is asked for.
fn check(args: &EditArgs) -> Result<()> {
    if args.title.is_none() && !args.body.is_given() && !changes_fields(args) {
        return Err(nothing("task edit"));
    }
    if args.tasks.len() > 1 && args.body.editor {
        return Err(Failure::usage("--editor takes one task at a time").hint("use --body or --body-file for several"));
    }
    if args.tasks.len() > 1 && args.title.is_some() {
        return Err(Failure::usage("--title would give several tasks the same title").hint("edit them one by one"));
    }
    Ok(())
}

fn changes_fields(args: &EditArgs) -> bool {
    let sets = &args.sets;
    let words = [&sets.add_assignee, &sets.remove_assignee, &sets.add_label, &sets.remove_label, &sets.clear_field];
    args.values.is_given() || !sets.clear.is_empty() || words.iter().any(|words| !words.is_empty())
}

/// A change on its way to one task after the other; what it refers to is looked up once per project.
struct Editing<'a> {
    args: &'a EditArgs,
    provider: Arc<dyn PmProvider>,
    finder: Finder,
    project: Option<PMProject>,
    assignees: Vec<UserId>,
    added: Vec<UserId>,
    removed: Vec<UserId>,
    body: Option<String>,
    found: BTreeMap<ProjectId, Found>,
    once: Once,
}

impl<'a> Editing<'a> {
    async fn prepare(args: &'a EditArgs, provider: Arc<dyn PmProvider>, finder: Finder) -> Result<Self> {
        let project = finder.project_if(args.project.as_deref()).await?;
        let assignees = finder.users(&args.values.assignee).await?;
        let added = finder.users(&args.sets.add_assignee).await?;
        let removed = finder.users(&args.sets.remove_assignee).await?;
        let found = BTreeMap::new();
        Ok(Self {
            args,
            provider,
            finder,
            project,
            assignees,
            added,
            removed,
            body: None,
            found,
            once: Once::default(),
        })
    }

    /// Changes a task; `None` where it was changed before, or somebody left the editor without changing anything.
    async fn task(&mut self, session: &Session, word: &str) -> Result<Option<PMTask>> {
        let task = self.finder.task(word, self.project.as_ref()).await?;
        let Some(task) = self.once.new_one(task) else { return Ok(None) };
        let found = self.find(&task.project_id).await?;
        let mut patch = self.patch(found)?;
        if !self.args.body.editor {
            set(&mut patch.description, self.body.clone());
            return self.write(&task, patch).await.map(Some);
        }
        let present = task.description.as_deref().unwrap_or_default();
        let Some(body) = self.args.body.read(&session.host, present)? else { return Ok(None) };
        if body.is_unchanged(present) && self.args.title.is_none() && !changes_fields(self.args) {
            note("the text is the same: nothing was changed");
            return Ok(None);
        }
        self.write_body(&task, patch, body).await.map(Some)
    }

    /// Stores what was written in an editor, unless the task changed under the writer's hands.
    async fn write_body(&self, task: &PMTask, mut patch: TaskPatch, body: Body) -> Result<PMTask> {
        set(&mut patch.description, Some(body.text.clone()));
        patch.if_version.clone_from(&task.version);
        self.write(task, patch).await.map_err(|failure| body.rescue(failure))
    }

    async fn write(&self, task: &PMTask, patch: TaskPatch) -> Result<PMTask> {
        let words = words(&patch);
        match self.provider.update_task(&task.id, patch).await {
            Ok(task) => Ok(task),
            Err(error) if error.kind() == pm_core::ErrorKind::VersionConflict => {
                Err(lost_update(error, &task.described()))
            }
            Err(error) if error.hint_text().is_some_and(|hint| hint.contains("discard_formatting")) => {
                Err(Failure::from(error.hint("`--discard-formatting` lets the new text drop them")))
            }
            Err(error) => Err(explain(&self.provider, &task.project_id, words, error).await),
        }
    }

    async fn find(&mut self, project: &ProjectId) -> Result<Found> {
        let values = &self.args.values;
        if values.sprint.is_none() && values.parent.is_none() && values.field.is_empty() {
            return Ok(Found::default());
        }
        if let Some(found) = self.found.get(project) {
            return Ok(found.clone());
        }
        let whole = match &self.project {
            Some(whole) if whole.id == *project => whole.clone(),
            _ => self.provider.get_project(project).await?,
        };
        let found = values.find(&self.provider, &self.finder, &whole).await?;
        self.found.insert(project.clone(), found.clone());
        Ok(found)
    }

    fn patch(&self, found: Found) -> Result<TaskPatch> {
        let (args, sets) = (self.args, &self.args.sets);
        let mut patch = TaskPatch::new().discard_formatting(args.discard_formatting);
        set(&mut patch.title, args.title.clone());
        args.values.change(&mut patch, self.assignees.clone(), found);
        if !self.added.is_empty() || !self.removed.is_empty() {
            patch = patch.add_assignees(self.added.clone()).remove_assignees(self.removed.clone());
        }
        if !sets.add_label.is_empty() || !sets.remove_label.is_empty() {
            patch = patch.add_labels(sets.add_label.clone()).remove_labels(sets.remove_label.clone());
        }
        for field in &sets.clear {
            empty(&mut patch, *field, args.body.is_given())?;
        }
        for name in &sets.clear_field {
            if patch.custom_fields.insert(name.clone(), FieldPatch::Clear).is_some() {
                let message = format!("`--clear-field {name}` empties what `--field` sets");
                return Err(Failure::usage(message).hint("say one of the two"));
            }
        }
        Ok(patch)
    }
}

fn empty(patch: &mut TaskPatch, field: Clearable, body_is_given: bool) -> Result<()> {
    let name = name_of(&field);
    match field {
        Clearable::Body if body_is_given => Err(both(&name)),
        Clearable::Body => clear(&mut patch.description, &name),
        Clearable::Assignees => clear_set(&mut patch.assignees, &name),
        Clearable::Labels => clear_set(&mut patch.labels, &name),
        Clearable::Sprint => clear(&mut patch.sprint_id, &name),
        Clearable::Parent => clear(&mut patch.parent_task_id, &name),
        Clearable::Priority => clear(&mut patch.priority, &name),
        Clearable::Type => clear(&mut patch.task_type, &name),
        Clearable::Start => clear(&mut patch.start_date, &name),
        Clearable::Due => clear(&mut patch.due_date, &name),
        Clearable::Estimate => clear(&mut patch.estimated_hours, &name),
        Clearable::Spent => clear(&mut patch.actual_hours, &name),
    }
}
