//! What is synchronised: sides, kinds of items, and their names on one side.

use std::fmt;

use pm_provider::{Entity, ItemRef};
use serde::{Deserialize, Serialize};

/// One of the two systems that are kept in step. The internal database is `A`, the connection `B`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The internal database, where one of the two is.
    A,
    /// The connection.
    B,
}

impl Side {
    /// Both sides.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The other side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// The word in the database: `a`, `b`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One value for each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair<T> {
    /// That of side `A`.
    pub a: T,
    /// That of side `B`.
    pub b: T,
}

impl<T> Pair<T> {
    /// Makes a pair.
    pub fn new(a: T, b: T) -> Self {
        Self { a, b }
    }

    /// Makes a pair from what a function says of each side.
    pub fn of(mut make: impl FnMut(Side) -> T) -> Self {
        Self { a: make(Side::A), b: make(Side::B) }
    }

    /// The value of a side.
    pub fn get(&self, side: Side) -> &T {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }

    /// The same with both values made into others.
    #[must_use]
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Pair<U> {
        Pair { a: change(self.a), b: change(self.b) }
    }

    /// The value of a side, to be changed.
    pub fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::A => &mut self.a,
            Side::B => &mut self.b,
        }
    }
}

/// The kinds of items that have a twin on the other side, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A sprint, version, milestone.
    Sprint,
    /// A task.
    Task,
    /// A comment on a task.
    Comment,
}

impl Kind {
    /// All kinds, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Sprint, Self::Task, Self::Comment];

    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.entity().word()
    }

    /// The contract's name of the kind.
    #[must_use]
    pub fn entity(self) -> Entity {
        match self {
            Self::Sprint => Entity::Sprint,
            Self::Task => Entity::Task,
            Self::Comment => Entity::Comment,
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// An item on one side: its kind, and its id as one text.
///
/// Some backends find a comment by the ids of its task and its own only, so a comment's text is both: `TASK/COMMENT`,
/// with `%2F` for a slash within the second.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemKey {
    /// The kind of item.
    pub kind: Kind,
    /// The id.
    pub id: String,
}

impl ItemKey {
    /// Names an item.
    #[must_use]
    pub fn new(kind: Kind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }

    /// Names what the contract names, if it is of a kind that has twins.
    #[must_use]
    pub fn of(reference: &ItemRef) -> Option<Self> {
        match reference {
            ItemRef::Sprint(id) => Some(Self::new(Kind::Sprint, id.as_str())),
            ItemRef::Task(id) => Some(Self::new(Kind::Task, id.as_str())),
            ItemRef::Comment(task, id) => {
                let own = id.as_str().replace('%', "%25").replace('/', "%2F");
                Some(Self::new(Kind::Comment, format!("{}/{own}", task.as_str())))
            }
            _ => None,
        }
    }

    /// The contract's name of the item.
    #[must_use]
    pub fn reference(&self) -> ItemRef {
        match self.kind {
            Kind::Sprint => ItemRef::Sprint(self.id.as_str().into()),
            Kind::Task => ItemRef::Task(self.id.as_str().into()),
            Kind::Comment => {
                let (task, own) = self.id.rsplit_once('/').unwrap_or(("", &self.id));
                ItemRef::Comment(task.into(), own.replace("%2F", "/").replace("%25", "%").into())
            }
        }
    }

    /// All comments on a task, as one piece of work: the own id is empty.
    #[must_use]
    pub fn comments_of(task: &str) -> Self {
        Self::new(Kind::Comment, format!("{task}/"))
    }

    /// Whether it is all comments on a task.
    #[must_use]
    pub fn is_all_comments(&self) -> bool {
        self.kind == Kind::Comment && self.id.ends_with('/')
    }

    /// The task that a comment is about.
    #[must_use]
    pub fn task(&self) -> Option<Self> {
        let (task, _) = self.id.rsplit_once('/').filter(|_| self.kind == Kind::Comment)?;
        Some(Self::new(Kind::Task, task))
    }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, self.id)
    }
}
