//! Closed sets of words that code can branch on.

use std::fmt::Debug;

use crate::error::{Error, ErrorKind, Result};

/// A small closed set behind a status or a priority: the same words on every backend.
pub trait Vocabulary: Copy + Debug + Eq + Send + Sync + 'static {
    /// What the words describe, for messages: `task status`.
    const WHAT: &'static str;
    /// The member that holds the word in JSON: `category` or `level`.
    const MEMBER: &'static str;
    /// Every member of the set, in the order in which people read them.
    const ALL: &'static [Self];

    /// The word in JSON, in `snake_case`.
    fn word(self) -> &'static str;

    /// Other words that people and backends use for the same thing, in lower case, without spaces, `-` and `_`.
    fn aliases(self) -> &'static [&'static str];

    /// Native names that are taken for this category when a backend has several, best first.
    fn canonical_names(self) -> &'static [&'static str];

    /// Whether a caller may ask for it: `unknown` is only ever read.
    fn is_writable(self) -> bool;

    /// Finds the member for a word, without regard to case, spaces, `-` and `_`.
    #[must_use]
    fn find(word: &str) -> Option<Self> {
        let folded = fold(word);
        Self::ALL
            .iter()
            .copied()
            .find(|member| fold(member.word()) == folded || member.aliases().contains(&folded.as_str()))
    }

    /// Finds the member for a word or says which words there are.
    ///
    /// # Errors
    /// `InvalidInput` that lists the choices.
    fn parse(word: &str) -> Result<Self> {
        Self::find(word).ok_or_else(|| {
            let choices: Vec<_> = Self::ALL.iter().map(|member| format!("`{}`", member.word())).collect();
            let message = format!("`{word}` is no {}; allowed are {}", Self::WHAT, choices.join(", "));
            Error::new(ErrorKind::InvalidInput, message)
        })
    }
}

/// Lowers a word and takes out spaces, `-` and `_`, so that `In Progress` equals `in_progress`.
pub(crate) fn fold(word: &str) -> String {
    word.chars().filter(|c| !c.is_whitespace() && *c != '-' && *c != '_').flat_map(char::to_lowercase).collect()
}

/// Implements [`Vocabulary`], `Display` and serde for an enum from one table.
macro_rules! vocabulary {
    (
        $(#[$doc:meta])* $name:ident, what: $what:literal, member: $member:literal, unknown: $unknown:ident,
        { $($(#[$vdoc:meta])* $variant:ident = $word:literal, aliases $aliases:expr, names $names:expr;)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $crate::value::Vocabulary for $name {
            const WHAT: &'static str = $what;
            const MEMBER: &'static str = $member;
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &$aliases,)* }
            }

            fn canonical_names(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &$names,)* }
            }

            fn is_writable(self) -> bool {
                self != Self::$unknown
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::value::Vocabulary::word(*self))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::value::Vocabulary::word(*self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                $crate::value::Vocabulary::parse(&word).map_err(serde::de::Error::custom)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Error;

            fn from_str(word: &str) -> $crate::error::Result<Self> {
                $crate::value::Vocabulary::parse(word)
            }
        }
    };
}
pub(super) use vocabulary;
