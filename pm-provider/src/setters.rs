//! One macro for the chainable setters of the public structs, so that none is written by hand.

/// Generates `#[must_use]` setters named like the fields.
///
/// `plain` sets the value, `optional` wraps it in `Some`, `time` also truncates to microseconds,
/// `list` collects an iterator, `patch` and `patch_time` build the tri-state of a patch.
macro_rules! setters {
    ($type:ty { $($kind:ident $field:ident : $value:ty),* $(,)? }) => {
        impl $type { $( $crate::setters::setters!(@ $kind $field $value); )* }
    };
    (@ plain $field:ident $value:ty) => {
        #[doc = concat!("Sets `", stringify!($field), "`.")]
        #[must_use]
        pub fn $field(mut self, value: impl Into<$value>) -> Self {
            self.$field = value.into();
            self
        }
    };
    (@ optional $field:ident $value:ty) => {
        #[doc = concat!("Sets `", stringify!($field), "`.")]
        #[must_use]
        pub fn $field(mut self, value: impl Into<$value>) -> Self {
            self.$field = Some(value.into());
            self
        }
    };
    (@ time $field:ident $value:ty) => {
        #[doc = concat!("Sets `", stringify!($field), "`, truncated to microseconds.")]
        #[must_use]
        pub fn $field(mut self, value: $value) -> Self {
            self.$field = Some($crate::value::micros(value));
            self
        }
    };
    (@ list $field:ident $value:ty) => {
        #[doc = concat!("Sets `", stringify!($field), "`.")]
        #[must_use]
        pub fn $field<I>(mut self, values: I) -> Self
        where
            I: IntoIterator,
            I::Item: Into<$value>,
        {
            self.$field = values.into_iter().map(Into::into).collect();
            self
        }
    };
    (@ patch $field:ident $value:ty) => {
        #[doc = concat!("Sets `", stringify!($field), "` to a value.")]
        #[must_use]
        pub fn $field(mut self, value: impl Into<$value>) -> Self {
            self.$field = $crate::write::FieldPatch::Set(value.into());
            self
        }
    };
    (@ patch_time $field:ident $value:ty) => {
        #[doc = concat!("Sets `", stringify!($field), "` to a time, truncated to microseconds.")]
        #[must_use]
        pub fn $field(mut self, value: $value) -> Self {
            self.$field = $crate::write::FieldPatch::Set($crate::value::micros(value));
            self
        }
    };
}
pub(crate) use setters;

/// Generates `clear_*` methods for the tri-state fields of a patch that can be emptied.
macro_rules! clearers {
    ($type:ty { $($name:ident $field:ident),* $(,)? }) => {
        impl $type { $(
            #[doc = concat!("Empties `", stringify!($field), "`.")]
            #[must_use]
            pub fn $name(mut self) -> Self {
                self.$field = $crate::write::FieldPatch::Clear;
                self
            }
        )* }
    };
}
pub(crate) use clearers;
