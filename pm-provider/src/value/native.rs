//! Native values (statuses, priorities): read exactly, written by category, name or id, never guessed.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Vocabulary;
use super::vocabulary::fold;
use crate::error::{Error, ErrorKind, Result};

/// A value of a backend's own set: what code branches on, what people see, what the backend stores.
pub trait Native: Clone + Send + Sync + 'static {
    /// The closed set that it is sorted into.
    type Category: Vocabulary;

    /// Where it belongs in the closed set.
    fn category(&self) -> Self::Category;

    /// The name that the backend shows to people.
    fn name(&self) -> &str;

    /// The backend's id, where it has one.
    fn id(&self) -> Option<&str>;

    /// Makes a value that is known by category and name alone.
    #[must_use]
    fn named(category: Self::Category, name: String) -> Self;
}

/// Generates a native value: the struct, its JSON (object, or a bare word when read), conversions.
macro_rules! native {
    ($(#[$doc:meta])* $name:ident, $member:ident: $category:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
        #[non_exhaustive]
        pub struct $name {
            #[doc = concat!("What code branches on: the ", stringify!($member), ".")]
            pub $member: $category,
            /// The name that the backend shows to people.
            pub name: String,
            /// The backend's id, where it has one.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub id: Option<String>,
        }

        impl $name {
            /// Makes a value from its place in the closed set and its native name.
            #[must_use]
            pub fn new($member: $category, name: impl Into<String>) -> Self {
                Self { $member, name: name.into(), id: None }
            }

            /// Sets the backend's id.
            #[must_use]
            pub fn id(mut self, id: impl Into<String>) -> Self {
                self.id = Some(id.into());
                self
            }
        }

        impl $crate::value::Native for $name {
            type Category = $category;

            fn category(&self) -> $category {
                self.$member
            }

            fn name(&self) -> &str {
                &self.name
            }

            fn id(&self) -> Option<&str> {
                self.id.as_deref()
            }

            fn named(category: $category, name: String) -> Self {
                Self::new(category, name)
            }
        }

        impl From<$category> for $name {
            /// The value under its canonical name.
            fn from($member: $category) -> Self {
                use $crate::value::Vocabulary;
                let name = $member.canonical_names().first().copied().unwrap_or($member.word());
                Self::new($member, name)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let wanted = $crate::value::Wanted::<$category>::deserialize(deserializer)?;
                wanted.into_native().map_err(serde::de::Error::custom)
            }
        }

        impl From<&$name> for $crate::value::Wanted<$category> {
            fn from(value: &$name) -> Self {
                value.clone().into()
            }
        }

        impl From<$name> for $crate::value::Wanted<$category> {
            fn from(value: $name) -> Self {
                Self::exactly(value.id, value.name, value.$member)
            }
        }
    };
}
pub(super) use native;

/// What a caller wants a status or a priority to be.
///
/// JSON: a bare word, or an object with some of `category` (`level` for priorities), `name` and `id`.
/// [`Wanted::resolve`] finds the backend's own value for it or says which there are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wanted<C> {
    /// Whatever the backend has for this category.
    Category(C),
    /// A name: exact first, then without regard to case.
    Name(String),
    /// The backend's own id.
    Id(String),
    /// A bare word: a native name (exact first, then without regard to case), else a category.
    Word(String),
    /// A value that came from another system: the same name where there is one, else the category.
    Like {
        /// Its native name over there.
        name: String,
        /// What to fall back on.
        category: C,
    },
    /// A value that was read from this very backend.
    Exactly {
        /// The backend's id.
        id: String,
        /// Its name.
        name: String,
        /// Its place in the closed set.
        category: C,
    },
}

impl<C: Vocabulary> Wanted<C> {
    pub(crate) fn exactly(id: Option<String>, name: String, category: C) -> Self {
        match id {
            Some(id) => Self::Exactly { id, name, category },
            None => Self::Like { name, category },
        }
    }

    /// Forgets the backend's id: what a copy into another system wants.
    #[must_use]
    pub fn without_id(self) -> Self {
        match self {
            Self::Exactly { name, category, .. } => Self::Like { name, category },
            other => other,
        }
    }

    /// The category asked for, where it is known without looking at the backend's own values.
    #[must_use]
    pub fn category(&self) -> Option<C> {
        match self {
            Self::Category(category) | Self::Like { category, .. } | Self::Exactly { category, .. } => Some(*category),
            Self::Word(word) => C::find(word),
            Self::Name(_) | Self::Id(_) => None,
        }
    }

    /// Finds the one of `choices` that is meant.
    ///
    /// A category resolves to the only choice in it, else to the one with a canonical name (`Done`, `Closed` …).
    /// `preferred` holds the configured overrides: names that win for their category.
    ///
    /// # Errors
    /// `InvalidInput` that lists the choices; never a guess.
    pub fn resolve<N>(&self, choices: &[N], preferred: &[(C, String)]) -> Result<N>
    where
        N: Native<Category = C>,
    {
        let found = match self {
            Self::Category(category) => by_category(choices, *category, preferred),
            Self::Name(name) => by_name(choices, name),
            Self::Id(id) => choices.iter().find(|choice| choice.id() == Some(id)),
            Self::Word(word) => by_name(choices, word)
                .or_else(|| C::find(word).and_then(|category| by_category(choices, category, preferred))),
            Self::Like { name, category } => {
                by_name(choices, name).or_else(|| by_category(choices, *category, preferred))
            }
            Self::Exactly { id, name, category } => choices
                .iter()
                .find(|choice| choice.id() == Some(id))
                .or_else(|| by_name(choices, name))
                .or_else(|| by_category(choices, *category, preferred)),
        };
        found.cloned().ok_or_else(|| self.refuse(choices))
    }

    /// Like [`Wanted::resolve`], for a backend that keeps any name: one that comes with its category is taken as it is.
    ///
    /// # Errors
    /// `InvalidInput` that lists the choices, for a bare name that is none of them.
    pub fn resolve_open<N>(&self, choices: &[N]) -> Result<N>
    where
        N: Native<Category = C>,
    {
        match self {
            Self::Like { name, category } | Self::Exactly { name, category, .. }
                if category.is_writable() && !name.is_empty() =>
            {
                Ok(N::named(*category, name.clone()))
            }
            _ => self.resolve(choices, &[]),
        }
    }

    /// Reads a status or priority of a model: a word must be a category there.
    pub(crate) fn into_native<N>(self) -> Result<N>
    where
        N: Native<Category = C> + From<C> + NativeParts<C>,
    {
        match self {
            Self::Category(category) => Ok(N::from(category)),
            Self::Word(word) => C::parse(&word).map(N::from),
            Self::Like { name, category } => Ok(N::named(category, name)),
            Self::Exactly { id, name, category } => Ok(N::from_parts(category, name, id)),
            Self::Name(_) | Self::Id(_) => {
                let message = format!("a {} needs its `{}`", C::WHAT, C::MEMBER);
                Err(Error::new(ErrorKind::InvalidInput, message))
            }
        }
    }

    fn refuse<N: Native<Category = C>>(&self, choices: &[N]) -> Error {
        let names: Vec<_> = choices.iter().map(|choice| format!("`{}`", choice.name())).collect();
        let message = format!("{self} is no {} here; allowed are {}", C::WHAT, names.join(", "));
        Error::new(ErrorKind::InvalidInput, message)
    }
}

/// Puts a native value together from all three of its parts.
pub(crate) trait NativeParts<C> {
    fn from_parts(category: C, name: String, id: String) -> Self;
}

macro_rules! parts {
    ($($name:ident: $category:ident),*) => { $(
        impl NativeParts<super::$category> for super::$name {
            fn from_parts(category: super::$category, name: String, id: String) -> Self {
                Self::new(category, name).id(id)
            }
        }
    )* };
}
parts!(Status: StatusCategory, ProjectStatus: ProjectStatusCategory, SprintStatus: SprintStatusCategory, Priority: PriorityLevel);

fn by_name<'a, N: Native>(choices: &'a [N], name: &str) -> Option<&'a N> {
    let exact = choices.iter().find(|choice| choice.name() == name);
    exact.or_else(|| {
        let lower = name.to_lowercase();
        only(choices.iter().filter(|choice| choice.name().to_lowercase() == lower))
    })
}

fn by_category<'a, N: Native>(
    choices: &'a [N],
    category: N::Category,
    preferred: &[(N::Category, String)],
) -> Option<&'a N> {
    let configured = preferred.iter().filter(|(of, _)| *of == category).find_map(|(_, name)| by_name(choices, name));
    let mut within = choices.iter().filter(|choice| choice.category() == category);
    let canonical = || {
        let names = category.canonical_names();
        names.iter().find_map(|name| {
            choices.iter().find(|choice| choice.category() == category && fold(choice.name()) == fold(name))
        })
    };
    configured.or_else(|| only(&mut within)).or_else(canonical)
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

impl<C: Vocabulary> fmt::Display for Wanted<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Category(category) => write!(f, "`{}`", category.word()),
            Self::Id(id) => write!(f, "id `{id}`"),
            Self::Name(text) | Self::Word(text) => write!(f, "`{text}`"),
            Self::Like { name, category } | Self::Exactly { name, category, .. } => {
                write!(f, "`{name}` ({})", category.word())
            }
        }
    }
}

impl<C: Vocabulary> From<C> for Wanted<C> {
    fn from(category: C) -> Self {
        Self::Category(category)
    }
}

macro_rules! words {
    ($($category:ident),*) => { $(
        impl From<String> for Wanted<super::$category> {
            /// A bare word: a native name or a category.
            fn from(word: String) -> Self {
                Self::Word(word)
            }
        }

        impl From<&str> for Wanted<super::$category> {
            /// A bare word: a native name or a category.
            fn from(word: &str) -> Self {
                Self::Word(word.to_owned())
            }
        }
    )* };
}
words!(StatusCategory, ProjectStatusCategory, SprintStatusCategory, PriorityLevel);

impl<C: Vocabulary> Serialize for Wanted<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        if let Self::Word(word) = self {
            return serializer.serialize_str(word);
        }
        let (category, name, id) = match self {
            Self::Category(category) => (Some(category), None, None),
            Self::Name(name) => (None, Some(name), None),
            Self::Id(id) => (None, None, Some(id)),
            Self::Like { name, category } => (Some(category), Some(name), None),
            Self::Exactly { id, name, category } => (Some(category), Some(name), Some(id)),
            Self::Word(_) => (None, None, None),
        };
        let members = usize::from(category.is_some()) + usize::from(name.is_some()) + usize::from(id.is_some());
        let mut object = serializer.serialize_struct("Wanted", members)?;
        if let Some(category) = category {
            object.serialize_field(C::MEMBER, category.word())?;
        }
        if let Some(name) = name {
            object.serialize_field("name", name)?;
        }
        if let Some(id) = id {
            object.serialize_field("id", id)?;
        }
        object.end()
    }
}

impl<'de, C: Vocabulary> Deserialize<'de> for Wanted<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(WantedVisitor(std::marker::PhantomData))
    }
}

struct WantedVisitor<C>(std::marker::PhantomData<C>);

impl<'de, C: Vocabulary> Visitor<'de> for WantedVisitor<C> {
    type Value = Wanted<C>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}: a word, or an object with `{}`, `name` or `id`", C::WHAT, C::MEMBER)
    }

    fn visit_str<E: serde::de::Error>(self, word: &str) -> std::result::Result<Wanted<C>, E> {
        Ok(Wanted::Word(word.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Wanted<C>, A::Error> {
        let (mut category, mut name, mut id) = (None, None, None);
        while let Some(member) = map.next_key::<String>()? {
            match member.as_str() {
                word if word == C::MEMBER => {
                    let word: Option<String> = map.next_value()?;
                    category = word.map(|word| C::parse(&word)).transpose().map_err(A::Error::custom)?;
                }
                "name" => name = map.next_value::<Option<String>>()?,
                "id" => id = map.next_value::<Option<String>>()?,
                other => {
                    let message =
                        format!("`{other}` is no member of a {}; allowed are `{}`, `name`, `id`", C::WHAT, C::MEMBER);
                    return Err(A::Error::custom(message));
                }
            }
        }
        match (category, name, id) {
            (Some(category), Some(name), Some(id)) => Ok(Wanted::Exactly { id, name, category }),
            (Some(category), Some(name), None) => Ok(Wanted::Like { name, category }),
            (None, None, Some(id)) => Ok(Wanted::Id(id)),
            (Some(_), None, Some(_)) | (None, Some(_), Some(_)) => {
                let message = format!("an id of a {} comes alone, or with both `{}` and `name`", C::WHAT, C::MEMBER);
                Err(A::Error::custom(message))
            }
            (None, Some(name), None) => Ok(Wanted::Name(name)),
            (Some(category), None, None) => Ok(Wanted::Category(category)),
            (None, None, None) => {
                let message = format!("an empty {}; give a word, `{}`, `name` or `id`", C::WHAT, C::MEMBER);
                Err(A::Error::custom(message))
            }
        }
    }
}
