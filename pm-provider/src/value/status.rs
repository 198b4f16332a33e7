//! Statuses of tasks, projects and sprints.

use super::native::{Wanted, native};
use super::vocabulary::{Vocabulary, vocabulary};

vocabulary! {
    /// Where a task stands, on every backend.
    StatusCategory, what: "task status", member: "category", unknown: Unknown, {
        /// Written down, not planned yet.
        Backlog = "backlog", aliases ["icebox", "triage"], names ["Backlog", "Icebox"];
        /// Planned, not begun.
        Todo = "todo", aliases ["new", "open", "planned", "ready", "notstarted"], names ["To Do", "Todo", "New", "Open", "Ready"];
        /// Being worked on.
        InProgress = "in_progress", aliases ["doing", "started", "active", "inreview", "review"], names ["In Progress", "Doing", "Started"];
        /// Finished.
        Done = "done", aliases ["completed", "complete", "closed", "finished", "resolved"], names ["Done", "Closed", "Complete", "Completed", "Resolved"];
        /// Given up.
        Cancelled = "cancelled", aliases ["canceled", "rejected", "wontdo", "wontfix", "notplanned"], names ["Cancelled", "Canceled", "Rejected", "Won't Do"];
        /// The backend does not say; only ever read.
        Unknown = "unknown", aliases [], names [];
    }
}

vocabulary! {
    /// Where a project stands, on every backend.
    ProjectStatusCategory, what: "project status", member: "category", unknown: Unknown, {
        /// Not begun.
        Planned = "planned", aliases ["new", "notstarted", "backlog", "todo"], names ["Planned", "Not started"];
        /// Being worked on.
        Active = "active", aliases ["open", "started", "inprogress", "ontrack"], names ["Active", "On track", "Open"];
        /// Waiting.
        OnHold = "on_hold", aliases ["paused", "hold", "suspended"], names ["On Hold", "Paused"];
        /// Finished.
        Completed = "completed", aliases ["done", "complete", "closed", "finished"], names ["Completed", "Finished", "Closed", "Done"];
        /// Given up.
        Cancelled = "cancelled", aliases ["canceled", "discontinued"], names ["Cancelled", "Canceled", "Discontinued"];
        /// Put away, often read-only.
        Archived = "archived", aliases [], names ["Archived"];
        /// The backend does not say; only ever read.
        Unknown = "unknown", aliases [], names [];
    }
}

vocabulary! {
    /// Where a sprint stands, on every backend.
    SprintStatusCategory, what: "sprint status", member: "category", unknown: Unknown, {
        /// Not begun.
        Planned = "planned", aliases ["future", "new", "upcoming", "inplanning", "todo"], names ["Planned", "Future"];
        /// Running.
        Active = "active", aliases ["open", "current", "started", "inprogress"], names ["Active", "Open"];
        /// Over.
        Completed = "completed", aliases ["done", "closed", "complete", "finished"], names ["Completed", "Closed"];
        /// The backend does not say; only ever read.
        Unknown = "unknown", aliases [], names [];
    }
}

native! {
    /// The status of a task: a category for code to branch on, the native name for people.
    ///
    /// ```
    /// use pm_provider::{Status, StatusCategory};
    /// let status = Status::new(StatusCategory::InProgress, "In Review").id("3");
    /// let json = r#"{"category":"in_progress","name":"In Review","id":"3"}"#;
    /// assert_eq!(serde_json::to_string(&status)?, json);
    /// // A bare word is accepted where a status is read.
    /// let done: Status = serde_json::from_str(r#""completed""#)?;
    /// assert_eq!(done.category, StatusCategory::Done);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Status, category: StatusCategory
}

native! {
    /// The status of a project.
    ProjectStatus, category: ProjectStatusCategory
}

native! {
    /// The status of a sprint.
    SprintStatus, category: SprintStatusCategory
}

/// The status that a caller wants for a task.
pub type StatusRef = Wanted<StatusCategory>;
/// The status that a caller wants for a project.
pub type ProjectStatusRef = Wanted<ProjectStatusCategory>;
/// The status that a caller wants for a sprint.
pub type SprintStatusRef = Wanted<SprintStatusCategory>;

impl StatusCategory {
    /// The categories of tasks that still ask for work, and those of which nothing is known.
    pub const OPEN: [Self; 4] = [Self::Backlog, Self::Todo, Self::InProgress, Self::Unknown];
    /// The categories of tasks that are over.
    pub const CLOSED: [Self; 2] = [Self::Done, Self::Cancelled];

    /// The category of a native status of which the backend says only whether tasks in it are over: what its name says
    /// within that half, else `done` or `in_progress`.
    ///
    /// ```
    /// use pm_provider::StatusCategory;
    /// assert_eq!(StatusCategory::of_native("Rejected", true), StatusCategory::Cancelled);
    /// // Resolved, but not closed: somebody still has to look at it.
    /// assert_eq!(StatusCategory::of_native("Resolved", false), StatusCategory::InProgress);
    /// ```
    #[must_use]
    pub fn of_native(name: &str, is_closed: bool) -> Self {
        let fallback = if is_closed { Self::Done } else { Self::InProgress };
        Self::find(name).filter(|found| *found != Self::Unknown && found.is_closed() == is_closed).unwrap_or(fallback)
    }

    /// Says whether a task in this category is over.
    #[must_use]
    pub fn is_closed(self) -> bool {
        Self::CLOSED.contains(&self)
    }
}
