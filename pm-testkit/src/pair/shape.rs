//! What a tracker makes of what is written to it.

use pm_provider::{
    BatchOperation, Error, Field, FieldPatch, NewTask, Result, SetPatch, Status, StatusCategory, StatusRef, TaskPatch,
};

use super::Vices;

/// The statuses of a tracker that knows three.
pub(super) fn coarse_statuses() -> Vec<Status> {
    use StatusCategory::{Done, InProgress, Todo};
    [(Todo, "Open"), (InProgress, "Doing"), (Done, "Closed")].map(|(category, name)| Status::new(category, name)).into()
}

impl Vices {
    /// What is stored of a write.
    pub(super) fn shape(&self, operation: BatchOperation) -> Result<BatchOperation> {
        self.refuse(&operation)?;
        use BatchOperation::{CreateComment, CreateSprint, CreateTask, UpdateComment, UpdateSprint, UpdateTask};
        Ok(match operation {
            CreateTask(new) => CreateTask(Box::new(self.shape_new(*new)?)),
            UpdateTask(id, patch) => UpdateTask(id, Box::new(self.shape_patch(*patch)?)),
            CreateSprint(mut new) => {
                new.goal = new.goal.map(|goal| self.text(goal));
                CreateSprint(new)
            }
            UpdateSprint(id, mut patch) => {
                patch.goal = self.long_text(patch.goal);
                UpdateSprint(id, patch)
            }
            CreateComment(mut new) => {
                new.body = self.text(new.body);
                CreateComment(new)
            }
            UpdateComment(task, id, mut patch) => {
                patch.body = self.long_text(patch.body);
                UpdateComment(task, id, patch)
            }
            other => other,
        })
    }

    fn refuse(&self, operation: &BatchOperation) -> Result<()> {
        use BatchOperation::{CreateSprint, CreateTask, UpdateSprint, UpdateTask};
        let Some(word) = &self.refuses else { return Ok(()) };
        let (field, name) = match operation {
            CreateTask(new) => (Field::Title, Some(&new.title)),
            UpdateTask(_, patch) => (Field::Title, patch.title.value()),
            CreateSprint(new) => (Field::Name, Some(&new.name)),
            UpdateSprint(_, patch) => (Field::Name, patch.name.value()),
            _ => return Ok(()),
        };
        if name.is_some_and(|name| name.contains(word)) {
            let problem = format!("the word `{word}` is not allowed");
            return Err(Error::invalid_input("the input is not valid").on_field(field, problem));
        }
        Ok(())
    }

    fn shape_new(&self, mut new: NewTask) -> Result<NewTask> {
        new.description = new.description.map(|text| self.text(text)).filter(|text| !self.trims || !text.is_empty());
        new.labels = new.labels.into_iter().map(|label| self.label(label)).collect();
        let wanted = new.status.unwrap_or(StatusRef::Category(StatusCategory::Todo));
        new.status = Some(self.status(wanted)?);
        Ok(new)
    }

    /// What is stored of a patch: what a preview tells.
    pub(super) fn shape_patch(&self, mut patch: TaskPatch) -> Result<TaskPatch> {
        patch.description = self.long_text(patch.description);
        if let FieldPatch::Set(wanted) = patch.status {
            patch.status = FieldPatch::Set(self.status(wanted)?);
        }
        let lower = |labels: Vec<String>| labels.into_iter().map(|label| self.label(label)).collect();
        patch.labels = match patch.labels {
            SetPatch::Replace(labels) => SetPatch::Replace(lower(labels)),
            SetPatch::Edit { add, remove } => SetPatch::Edit { add: lower(add), remove: lower(remove) },
            other => other,
        };
        Ok(patch)
    }

    /// What is stored of a patch of a sprint's goal or of a description.
    pub(super) fn long_text(&self, patch: FieldPatch<String>) -> FieldPatch<String> {
        match patch {
            FieldPatch::Set(text) => match self.text(text) {
                text if self.trims && text.is_empty() => FieldPatch::Clear,
                text => FieldPatch::Set(text),
            },
            other => other,
        }
    }

    fn text(&self, text: String) -> String {
        match self.trims {
            true => text.split('\n').map(str::trim_end).collect::<Vec<_>>().join("\n"),
            false => text,
        }
    }

    fn label(&self, label: String) -> String {
        if self.lower_labels { label.to_lowercase() } else { label }
    }

    fn status(&self, wanted: StatusRef) -> Result<StatusRef> {
        if !self.coarse_statuses {
            return Ok(wanted);
        }
        let status = wanted
            .resolve(&coarse_statuses(), &[])
            .map_err(|error| Error::invalid_input("the input is not valid").on_field(Field::Status, error.message()))?;
        Ok(status.into())
    }
}
