//! Priorities of tasks and projects.

use super::native::{Wanted, native};
use super::vocabulary::{Vocabulary, vocabulary};

vocabulary! {
    /// How pressing something is, on every backend.
    PriorityLevel, what: "priority", member: "level", unknown: Unknown, {
        /// Whenever there is time.
        Lowest = "lowest", aliases ["trivial"], names ["Lowest", "Trivial"];
        /// Below the usual.
        Low = "low", aliases ["minor"], names ["Low", "Minor"];
        /// The usual.
        Normal = "normal", aliases ["medium", "default"], names ["Normal", "Medium"];
        /// Above the usual.
        High = "high", aliases ["major", "important"], names ["High", "Major"];
        /// At once.
        Urgent = "urgent", aliases ["highest", "immediate", "critical", "blocker"], names ["Urgent", "Highest", "Immediate", "Critical", "Blocker"];
        /// The backend's word says nothing; only ever read.
        Unknown = "unknown", aliases [], names [];
    }
}

impl PriorityLevel {
    /// The level that a native name says; `unknown` where it says none.
    #[must_use]
    pub fn of_native(name: &str) -> Self {
        Self::find(name).unwrap_or(Self::Unknown)
    }
}

native! {
    /// The priority of a task or project: a level for code to branch on, the native name for people.
    Priority, level: PriorityLevel
}

/// The priority that a caller wants.
pub type PriorityRef = Wanted<PriorityLevel>;
