//! What single values are checked for.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::value::{CustomValue, Hours, ProjectId, RawData, SprintId, TaskId, UserId, Visibility, Vocabulary, Wanted};
use crate::write::{FieldPatch, SetPatch};

/// A value that may be set or not, and that may be one that no backend takes.
pub(crate) trait Checked {
    /// Says what is wrong with the value, if anything is.
    fn problem(&self) -> Option<String>;

    /// Counts the characters, where it is a text.
    fn length(&self) -> Option<usize> {
        None
    }

    /// Counts the different values, where it is a set.
    fn count(&self) -> Option<usize> {
        None
    }

    /// Says whether it is a text of nothing but white space.
    fn is_blank(&self) -> bool {
        false
    }
}

impl Checked for String {
    fn problem(&self) -> Option<String> {
        self.contains('\0').then(|| "holds a NUL character, which no backend can store".to_owned())
    }

    fn length(&self) -> Option<usize> {
        Some(self.chars().count())
    }

    fn is_blank(&self) -> bool {
        self.trim().is_empty()
    }
}

macro_rules! ids {
    ($($name:ty),*) => { $(
        impl Checked for $name {
            fn problem(&self) -> Option<String> {
                let text = self.as_str();
                if text.is_empty() {
                    return Some("is an empty id".to_owned());
                }
                text.contains('\0').then(|| "holds a NUL character, which no id has".to_owned())
            }
        }
    )* };
}
ids!(ProjectId, TaskId, SprintId, UserId);

macro_rules! never {
    ($($name:ty),*) => { $(
        impl Checked for $name {
            fn problem(&self) -> Option<String> {
                None
            }
        }
    )* };
}
never!(Hours, Visibility, RawData, bool);

impl Checked for NaiveDate {
    fn problem(&self) -> Option<String> {
        let year = self.year();
        (!(1..=9999).contains(&year)).then(|| format!("is in the year {year}; allowed are 1 to 9999"))
    }
}

impl Checked for DateTime<Utc> {
    fn problem(&self) -> Option<String> {
        self.date_naive().problem()
    }
}

impl<C: Vocabulary> Checked for Wanted<C> {
    fn problem(&self) -> Option<String> {
        if let Some(category) = self.category().filter(|category| !category.is_writable()) {
            return Some(format!("cannot be set to `{}`", category.word()));
        }
        match self {
            Self::Name(text) | Self::Word(text) | Self::Id(text) | Self::Like { name: text, .. } => {
                (text.trim().is_empty().then(|| "is empty".to_owned())).or_else(|| text.problem())
            }
            Self::Exactly { id, name, .. } => id.problem().or_else(|| name.problem()),
            Self::Category(_) => None,
        }
    }
}

impl Checked for CustomValue {
    fn problem(&self) -> Option<String> {
        match self {
            Self::Text(text) => text.problem(),
            Self::List(values) => values.iter().find_map(Checked::problem),
            Self::Object(members) => members.problem(),
            Self::Number(number) => (!number.is_finite()).then(|| "is not a finite number".to_owned()),
            Self::Bool(_) | Self::Integer(_) => None,
        }
    }
}

impl<T: Checked> Checked for Option<T> {
    fn problem(&self) -> Option<String> {
        self.as_ref().and_then(Checked::problem)
    }

    fn length(&self) -> Option<usize> {
        self.as_ref().and_then(Checked::length)
    }
}

impl<T: Checked + Element + Ord> Checked for Vec<T> {
    fn problem(&self) -> Option<String> {
        self.iter().find_map(Element::problem_in_set)
    }

    fn count(&self) -> Option<usize> {
        Some(self.iter().collect::<BTreeSet<_>>().len())
    }
}

/// A member of a set: unlike a text field it may not be empty.
pub(crate) trait Element: Checked {
    fn problem_in_set(&self) -> Option<String> {
        self.problem()
    }
}

impl Element for UserId {}
impl Element for ProjectId {}
impl Element for TaskId {}

impl Element for String {
    fn problem_in_set(&self) -> Option<String> {
        let empty = self.trim().is_empty();
        empty.then(|| "holds an empty text".to_owned()).or_else(|| self.problem())
    }
}

impl<T: Checked> Checked for BTreeMap<String, T> {
    fn problem(&self) -> Option<String> {
        self.iter().find_map(|(name, value)| {
            let problem = name.problem_in_set().or_else(|| value.problem())?;
            Some(format!("`{}` {problem}", name.replace('\0', "\\0")))
        })
    }
}

impl<T: Checked> Checked for FieldPatch<T> {
    fn problem(&self) -> Option<String> {
        self.value().and_then(Checked::problem)
    }

    fn length(&self) -> Option<usize> {
        self.value().and_then(Checked::length)
    }

    fn is_blank(&self) -> bool {
        self.value().is_some_and(Checked::is_blank)
    }
}

impl<T: Element + Clone + Ord> Checked for SetPatch<T> {
    fn problem(&self) -> Option<String> {
        match self {
            Self::Keep => None,
            Self::Replace(values) => values.iter().find_map(Element::problem_in_set),
            Self::Edit { add, remove } => add.iter().chain(remove).find_map(Element::problem_in_set),
        }
    }

    fn count(&self) -> Option<usize> {
        (!self.is_keep()).then(|| self.apply(&[]).len())
    }
}
