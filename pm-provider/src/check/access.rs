//! Which fields a `New*`, a `*Patch` or a query uses: one table each, so that no check forgets one.

use std::collections::BTreeMap;

use crate::capability::{Field, Filter};
use crate::error::Result;
use crate::model::Entity;
use crate::query::SortField;
use crate::value::RawData;
use crate::write::{FieldPatch, SetPatch};

/// What is created: which fields it names, and what is wrong with them. Implemented by the `New*` types alone.
pub trait FieldsOf: sealed::Sealed {
    /// The kind of item.
    const ENTITY: Entity;

    /// The fields that are given.
    fn present(&self) -> Vec<Field>;

    /// Takes a field out; says whether it could be.
    fn unset(&mut self, field: Field) -> bool;

    /// The values that no backend takes.
    fn problems(&self) -> Vec<(Field, String)>;

    /// The lengths of the texts, in characters.
    fn lengths(&self) -> Vec<(Field, usize)>;

    /// How many different values the sets hold.
    fn counts(&self) -> Vec<(Field, usize)>;

    /// The idempotency key.
    fn idempotency_key(&self) -> Option<&str>;
}

/// What a patch does to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Touch {
    /// Gives it a value.
    Set,
    /// Empties it.
    Clear,
}

/// What is changed: which fields it names, and what is wrong with them. Implemented by the `*Patch` types alone.
pub trait TouchesOf: sealed::Sealed {
    /// The kind of item.
    const ENTITY: Entity;

    /// The fields that are named, and what happens to each.
    fn touches(&self) -> Vec<(Field, Touch)>;

    /// The values that no backend takes.
    fn problems(&self) -> Vec<(Field, String)>;

    /// The lengths of the texts, in characters.
    fn lengths(&self) -> Vec<(Field, usize)>;

    /// How many different values the sets hold at least when this was applied.
    fn counts(&self) -> Vec<(Field, usize)>;

    /// Whether a version is asked for.
    fn wants_lock(&self) -> bool;
}

/// What is listed: which filters it uses. Implemented by the `*Query` types alone.
pub trait Listing: sealed::Sealed {
    /// The kind of item.
    const ENTITY: Entity;

    /// The filters that are used.
    fn filters(&self) -> Vec<Filter>;

    /// Whether the order is the default one.
    fn has_default_sort(&self) -> bool;

    /// What is sorted by.
    fn sort_field(&self) -> SortField;

    /// Checks the values of the filters.
    ///
    /// # Errors
    /// `InvalidInput` for a page size of 0, and where task or project must be named and neither is.
    fn check_values(&self) -> Result<()>;
}

pub(crate) mod sealed {
    /// Keeps the traits of this module to the contract's own types.
    pub trait Sealed {}
}

/// Whether a member of a query has its default and stays out of the JSON.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A field of a `New*` that can be left out.
pub(crate) trait Optional {
    fn is_set(&self) -> bool;
    fn take_out(&mut self);
}

impl<T> Optional for Option<T> {
    fn is_set(&self) -> bool {
        self.is_some()
    }

    fn take_out(&mut self) {
        *self = None;
    }
}

impl<T> Optional for Vec<T> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }

    fn take_out(&mut self) {
        self.clear();
    }
}

impl<K, V> Optional for BTreeMap<K, V> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }

    fn take_out(&mut self) {
        self.clear();
    }
}

/// A switch is set where it is on.
impl Optional for bool {
    fn is_set(&self) -> bool {
        *self
    }

    fn take_out(&mut self) {
        *self = false;
    }
}

impl Optional for RawData {
    fn is_set(&self) -> bool {
        !self.is_none()
    }

    fn take_out(&mut self) {
        *self = Self::none();
    }
}

/// A field of a `*Patch`.
pub(crate) trait Touching {
    fn touch(&self) -> Option<Touch>;
}

impl<T> Touching for FieldPatch<T> {
    fn touch(&self) -> Option<Touch> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(Touch::Clear),
            Self::Set(_) => Some(Touch::Set),
        }
    }
}

impl<T> Touching for SetPatch<T> {
    fn touch(&self) -> Option<Touch> {
        match self {
            Self::Keep => None,
            Self::Replace(values) if values.is_empty() => Some(Touch::Clear),
            Self::Replace(_) | Self::Edit { .. } => Some(Touch::Set),
        }
    }
}

impl<T> Touching for BTreeMap<String, T> {
    fn touch(&self) -> Option<Touch> {
        (!self.is_empty()).then_some(Touch::Set)
    }
}

/// Says which fields a `New*` has, the required ones marked as such.
macro_rules! fields_of {
    ($type:ident, $entity:ident, { $($tokens:tt)* }) => {
        impl $crate::check::sealed::Sealed for $type {}

        impl $crate::check::FieldsOf for $type {
            const ENTITY: $crate::model::Entity = $crate::model::Entity::$entity;

            fn present(&self) -> Vec<$crate::capability::Field> {
                let mut present = Vec::new();
                $crate::check::fields_of!(@present self present $($tokens)*);
                present
            }

            fn unset(&mut self, field: $crate::capability::Field) -> bool {
                $crate::check::fields_of!(@unset self field $($tokens)*);
                false
            }

            fn problems(&self) -> Vec<($crate::capability::Field, String)> {
                let mut problems = Vec::new();
                $crate::check::fields_of!(@problems self problems $($tokens)*);
                problems
            }

            fn lengths(&self) -> Vec<($crate::capability::Field, usize)> {
                let mut lengths = Vec::new();
                $crate::check::fields_of!(@lengths self lengths $($tokens)*);
                lengths
            }

            fn counts(&self) -> Vec<($crate::capability::Field, usize)> {
                let mut counts = Vec::new();
                $crate::check::fields_of!(@counts self counts $($tokens)*);
                counts
            }

            fn idempotency_key(&self) -> Option<&str> {
                self.idempotency_key.as_deref()
            }
        }
    };
    (@present $self:ident $out:ident $(,)?) => {};
    (@present $self:ident $out:ident required $field:ident $member:ident $(, $($rest:tt)*)?) => {
        $out.push($crate::capability::Field::$field);
        $crate::check::fields_of!(@present $self $out $($($rest)*)?);
    };
    (@present $self:ident $out:ident $field:ident $member:ident $(, $($rest:tt)*)?) => {
        if $crate::check::Optional::is_set(&$self.$member) {
            $out.push($crate::capability::Field::$field);
        }
        $crate::check::fields_of!(@present $self $out $($($rest)*)?);
    };
    (@unset $self:ident $wanted:ident $(,)?) => {};
    (@unset $self:ident $wanted:ident required $field:ident $member:ident $(, $($rest:tt)*)?) => {
        $crate::check::fields_of!(@unset $self $wanted $($($rest)*)?);
    };
    (@unset $self:ident $wanted:ident $field:ident $member:ident $(, $($rest:tt)*)?) => {
        if $wanted == $crate::capability::Field::$field {
            $crate::check::Optional::take_out(&mut $self.$member);
            return true;
        }
        $crate::check::fields_of!(@unset $self $wanted $($($rest)*)?);
    };
    (@problems $self:ident $out:ident $(,)?) => {};
    (@problems $self:ident $out:ident required $field:ident $member:ident $(, $($rest:tt)*)?) => {
        let problem = $crate::check::required_problem(&$self.$member);
        $out.extend(problem.map(|problem| ($crate::capability::Field::$field, problem)));
        $crate::check::fields_of!(@problems $self $out $($($rest)*)?);
    };
    (@problems $self:ident $out:ident $field:ident $member:ident $(, $($rest:tt)*)?) => {
        let problem = $crate::check::Checked::problem(&$self.$member);
        $out.extend(problem.map(|problem| ($crate::capability::Field::$field, problem)));
        $crate::check::fields_of!(@problems $self $out $($($rest)*)?);
    };
    (@lengths $self:ident $out:ident $(,)?) => {};
    (@lengths $self:ident $out:ident required $field:ident $member:ident $(, $($rest:tt)*)?) => {
        $crate::check::fields_of!(@lengths $self $out $field $member $(, $($rest)*)?);
    };
    (@lengths $self:ident $out:ident $field:ident $member:ident $(, $($rest:tt)*)?) => {
        let length = $crate::check::Checked::length(&$self.$member);
        $out.extend(length.map(|length| ($crate::capability::Field::$field, length)));
        $crate::check::fields_of!(@lengths $self $out $($($rest)*)?);
    };

    (@counts $self:ident $out:ident $(,)?) => {};
    (@counts $self:ident $out:ident required $field:ident $member:ident $(, $($rest:tt)*)?) => {
        $crate::check::fields_of!(@counts $self $out $($($rest)*)?);
    };
    (@counts $self:ident $out:ident $field:ident $member:ident $(, $($rest:tt)*)?) => {
        let count = $crate::check::Checked::count(&$self.$member);
        $out.extend(count.map(|count| ($crate::capability::Field::$field, count)));
        $crate::check::fields_of!(@counts $self $out $($($rest)*)?);
    };
}
pub(crate) use fields_of;

/// Says which fields a `*Patch` can touch.
macro_rules! touches_of {
    ($type:ident, $entity:ident, { $($field:ident $member:ident),* $(,)? }) => {
        impl $crate::check::sealed::Sealed for $type {}

        impl $crate::check::TouchesOf for $type {
            const ENTITY: $crate::model::Entity = $crate::model::Entity::$entity;

            fn touches(&self) -> Vec<($crate::capability::Field, $crate::check::Touch)> {
                let mut touches = Vec::new();
                $(
                    let touch = $crate::check::Touching::touch(&self.$member);
                    touches.extend(touch.map(|touch| ($crate::capability::Field::$field, touch)));
                )*
                touches
            }

            fn problems(&self) -> Vec<($crate::capability::Field, String)> {
                let mut problems = Vec::new();
                $(
                    let field = $crate::capability::Field::$field;
                    let problem = $crate::check::patch_problem(field, &self.$member);
                    problems.extend(problem.map(|problem| (field, problem)));
                )*
                problems
            }

            fn lengths(&self) -> Vec<($crate::capability::Field, usize)> {
                let mut lengths = Vec::new();
                $(
                    let length = $crate::check::Checked::length(&self.$member);
                    lengths.extend(length.map(|length| ($crate::capability::Field::$field, length)));
                )*
                lengths
            }

            fn counts(&self) -> Vec<($crate::capability::Field, usize)> {
                let mut counts = Vec::new();
                $(
                    let count = $crate::check::Checked::count(&self.$member);
                    counts.extend(count.map(|count| ($crate::capability::Field::$field, count)));
                )*
                counts
            }

            fn wants_lock(&self) -> bool {
                $crate::check::touches_of!(@lock $entity self)
            }
        }

        impl $type {
            /// Says whether nothing is changed.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                $crate::check::TouchesOf::touches(self).is_empty()
            }
        }
    };
    (@lock User $self:ident) => { false };
    (@lock $entity:ident $self:ident) => { $self.if_version.is_some() };
}
pub(crate) use touches_of;

/// Says which filters a query uses.
macro_rules! listing {
    ($type:ident, $entity:ident, |$query:ident| { $($filter:ident: $used:expr),* $(,)? } $(, within $scope:expr)?) => {
        impl $crate::check::sealed::Sealed for $type {}

        impl Listing for $type {
            const ENTITY: $crate::model::Entity = $crate::model::Entity::$entity;

            fn filters(&self) -> Vec<Filter> {
                let $query = self;
                let _ = $query;
                #[allow(unused_mut)]
                let mut filters = Vec::new();
                $(if $used { filters.push(Filter::$filter); })*
                filters
            }

            fn has_default_sort(&self) -> bool {
                is_default(&self.sort)
            }

            fn sort_field(&self) -> SortField {
                self.sort.by
            }

            fn check_values(&self) -> $crate::error::Result<()> {
                $(
                    let $query = self;
                    $crate::check::check_scope(Self::ENTITY, $scope)?;
                )?
                $crate::check::check_listing(self, self.page_size)
            }
        }
    };
}
pub(crate) use listing;

/// A required field is neither empty nor blank.
pub(crate) fn required_problem<T: super::value::Element>(value: &T) -> Option<String> {
    value.problem_in_set().map(|problem| match problem.as_str() {
        "holds an empty text" => "is empty".to_owned(),
        _ => problem,
    })
}

/// A patch may not make a title, a name or a body empty.
pub(crate) fn patch_problem<T: super::value::Checked>(field: Field, value: &T) -> Option<String> {
    let must_have_text = matches!(field, Field::Title | Field::Name | Field::Body | Field::Key);
    let empty = must_have_text && value.is_blank();
    empty.then(|| "is empty".to_owned()).or_else(|| value.problem())
}
