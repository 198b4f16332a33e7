//! Identifiers: newtypes over the backend's own text, so that a task's id never passes for a project's.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the backend's text as it is.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Returns the backend's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Gives the text away.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )* };
}

identifiers! {
    /// The immutable id that a backend gives to a project.
    ProjectId,
    /// The immutable id that a backend gives to a task.
    TaskId,
    /// The immutable id that a backend gives to a sprint.
    SprintId,
    /// The immutable id that a backend gives to a user.
    UserId,
    /// The immutable id that a backend gives to a comment.
    CommentId,
    /// The immutable id that a backend gives to a relation between two tasks.
    RelationId,
    /// The immutable id that a backend gives to a file that hangs on a task.
    AttachmentId,
    /// The immutable id that a backend gives to a webhook.
    WebhookId,
    /// An opaque token that changes whenever the item does; only equality means anything.
    Version,
}
