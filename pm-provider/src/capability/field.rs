//! Fields, and what a backend can do with each.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($name:ident = $word:literal),* $(,)?) => {
        /// A field of a model, by the name that it has in JSON.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Field { $(#[doc = concat!("`", $word, "`")] $name,)* }

        impl Field {
            /// Every field of every model.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in JSON.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

fields! {
    Id = "id", Key = "key", Name = "name", Title = "title", Description = "description", Status = "status",
    Priority = "priority", ProjectId = "project_id", ParentTaskId = "parent_task_id", SprintId = "sprint_id",
    TaskId = "task_id", Assignees = "assignees", AuthorId = "author_id", AuthorName = "author_name",
    OwnerId = "owner_id", EstimatedHours = "estimated_hours", ActualHours = "actual_hours",
    CapacityHours = "capacity_hours", PlannedHours = "planned_hours", StartDate = "start_date",
    EndDate = "end_date", DueDate = "due_date", Labels = "labels", TaskType = "task_type",
    CustomFields = "custom_fields", Visibility = "visibility", Url = "url", CreatedAt = "created_at",
    UpdatedAt = "updated_at", CompletedAt = "completed_at", Version = "version", RawData = "raw_data",
    Goal = "goal", Body = "body", Login = "login", Email = "email", AvatarUrl = "avatar_url", Active = "active",
    Number = "number", State = "state", Draft = "draft", SourceBranch = "source_branch",
    TargetBranch = "target_branch", RequestedReviewers = "requested_reviewers", ClosedAt = "closed_at",
    MergedAt = "merged_at", Size = "size", ContentType = "content_type",
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whether a backend can do something with a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Support {
    /// Never.
    #[default]
    No,
    /// It depends on the project: see its schema.
    PerProject,
    /// Always.
    Yes,
}

impl Support {
    /// Says whether it can be done in some project at least.
    #[must_use]
    pub fn is_possible(self) -> bool {
        self != Self::No
    }
}

/// What a backend can do with one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldSupport {
    /// Whether reads show it.
    pub readable: Support,
    /// Whether it can be given on create.
    pub on_create: Support,
    /// Whether it can be changed afterwards.
    pub on_update: Support,
    /// Whether it can be emptied afterwards.
    pub clearable: Support,
    /// What gets lost, where the backend holds it coarser than it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lossy: Option<String>,
    /// How many characters it holds, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// How many values it holds, at most, where it is a set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<usize>,
}

impl FieldSupport {
    /// A field that can be read, written and, where that makes sense, emptied.
    #[must_use]
    pub fn full() -> Self {
        Self {
            readable: Support::Yes,
            on_create: Support::Yes,
            on_update: Support::Yes,
            clearable: Support::Yes,
            ..Self::default()
        }
    }

    /// A field that always has a value: it can be read and written, never emptied.
    #[must_use]
    pub fn required() -> Self {
        Self { clearable: Support::No, ..Self::full() }
    }

    /// A field that can be given once, on create.
    #[must_use]
    pub fn on_create() -> Self {
        Self { on_update: Support::No, clearable: Support::No, ..Self::full() }
    }

    /// A field that the backend fills in by itself.
    #[must_use]
    pub fn read_only() -> Self {
        Self { readable: Support::Yes, ..Self::default() }
    }

    /// Says what gets lost.
    #[must_use]
    pub fn lossy(mut self, what: impl Into<String>) -> Self {
        self.lossy = Some(what.into());
        self
    }

    /// Limits the number of characters.
    #[must_use]
    pub fn max_length(mut self, characters: usize) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// Limits the number of values of a set: one assignee, say.
    #[must_use]
    pub fn max_items(mut self, values: usize) -> Self {
        self.max_items = Some(values);
        self
    }

    /// Says whether any of it depends on the project.
    #[must_use]
    pub fn depends_on_project(&self) -> bool {
        [self.readable, self.on_create, self.on_update, self.clearable].contains(&Support::PerProject)
    }

    /// Makes everything that is possible depend on the project.
    #[must_use]
    pub fn per_project(mut self) -> Self {
        for support in [&mut self.readable, &mut self.on_create, &mut self.on_update, &mut self.clearable] {
            if support.is_possible() {
                *support = Support::PerProject;
            }
        }
        self
    }
}
