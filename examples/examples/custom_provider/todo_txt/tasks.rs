//! What is done with tasks: each function reads the file, changes its lines and writes it back.

use pm_core::{
    Cursor, DeleteOptions, Entity, Error, ErrorKind, Field, FieldPatch, NewTask, PMTask, Page, Result, SetPatch,
    Status, TaskId, TaskPatch, TaskQuery,
};

use super::line::Line;
use super::{LARGEST_PAGE, NAME, PROJECT, TodoTxt, next_id, statuses};

impl TodoTxt {
    pub(super) fn tasks(&self, query: &TaskQuery, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        self.capabilities.check_query(query)?;
        let after = cursor.map_or(Ok(0), |cursor| place(cursor, query))?;
        let lines = self.load(&self.turn())?;
        let size = query.page_size.unwrap_or(LARGEST_PAGE).min(LARGEST_PAGE) as usize;
        let total = query.with_total.then(|| lines.iter().filter(|line| matches(line, query)).count() as u64);
        let mut rest = lines.iter().filter(|line| line.id > after && matches(line, query));
        let page: Vec<_> = rest.by_ref().take(size).collect();
        let more = rest.next().is_some();
        let last = page.last().filter(|_| more).map(|line| line.id.to_string());
        let next = last.map(|last| Cursor::seal(NAME, "tasks", query, &last));
        Ok(Page::new(page.into_iter().map(|line| line.task(PROJECT)).collect()).next(next).total(total))
    }

    pub(super) fn task(&self, id: &TaskId) -> Result<PMTask> {
        let lines = self.load(&self.turn())?;
        Ok(lines[find(&lines, id)?].task(PROJECT))
    }

    pub(super) fn create(&self, new: NewTask) -> Result<PMTask> {
        self.capabilities.check_create(&new)?;
        if new.project_id.as_str() != PROJECT {
            return Err(Error::not_found("project", &new.project_id));
        }
        check_title(&new.title)?;
        let turn = self.turn();
        let mut lines = self.load(&turn)?;
        let mut line = Line::new(next_id(&lines), new.title);
        line.labels = SetPatch::Replace(new.labels).apply(&[]);
        line.due = new.due_date;
        if let Some(wanted) = new.status {
            line.status = wanted.resolve::<Status>(&statuses(), &[])?.category;
        }
        lines.push(line.clone());
        self.save(&turn, &lines)?;
        Ok(line.task(PROJECT))
    }

    pub(super) fn update(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        self.capabilities.check_update(&patch)?;
        let turn = self.turn();
        let mut lines = self.load(&turn)?;
        let place = find(&lines, id)?;
        let changed = change(lines[place].clone(), patch)?;
        if lines[place] != changed {
            lines[place] = changed.clone();
            self.save(&turn, &lines)?;
        }
        Ok(changed.task(PROJECT))
    }

    pub(super) fn delete(&self, id: &TaskId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Task, options)?;
        let turn = self.turn();
        let mut lines = self.load(&turn)?;
        lines.remove(find(&lines, id)?);
        self.save(&turn, &lines)
    }
}

fn change(mut line: Line, patch: TaskPatch) -> Result<Line> {
    if let FieldPatch::Set(title) = patch.title {
        check_title(&title)?;
        line.title = title;
    }
    if let FieldPatch::Set(wanted) = patch.status {
        line.status = wanted.resolve::<Status>(&statuses(), &[])?.category;
    }
    patch.due_date.apply(&mut line.due);
    line.labels = patch.labels.apply(&line.labels);
    Ok(line)
}

/// A title is the rest of a line, so it has no second one.
fn check_title(title: &str) -> Result<()> {
    if title.contains(['\n', '\r']) {
        let error = Error::invalid_input("the input is not valid");
        return Err(error.on_field(Field::Title, "holds a line break, and a task is one line"));
    }
    Ok(())
}

fn find(lines: &[Line], id: &TaskId) -> Result<usize> {
    lines.iter().position(|line| line.id() == *id).ok_or_else(|| Error::not_found("task", id))
}

/// The id after which a page begins.
fn place(cursor: &Cursor, query: &TaskQuery) -> Result<u64> {
    cursor.open(NAME, "tasks", query)?.parse().map_err(|_| Cursor::malformed())
}

fn matches(line: &Line, query: &TaskQuery) -> bool {
    let in_project = query.project.as_ref().is_none_or(|project| project.as_str() == PROJECT);
    let in_status = query.statuses.is_empty() || query.statuses.contains(&line.status);
    let has_labels = query.labels.iter().all(|label| line.labels.contains(label));
    in_project && in_status && has_labels
}

/// The error for what only looks possible: the capabilities say no before.
pub(super) fn impossible() -> Error {
    Error::new(ErrorKind::Internal, "the capabilities promise what is not there")
}
