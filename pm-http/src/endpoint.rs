//! The requests that a provider can send, as data.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use pm_provider::{Error, ErrorKind, Result};

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, as a rule.
    Post,
    /// Replaces or changes.
    Put,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What repeating a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// Nothing: it changes nothing.
    Read,
    /// Nothing more: twice leaves behind what once does.
    Idempotent,
    /// A second item, a second comment: it is never repeated unless it certainly was not executed.
    Never,
}

/// One kind of request: method, path and what repeating it may do.
///
/// The path is relative to the base URL. Each `{name}` in it is filled with the next parameter, percent-encoded as one
/// segment.
///
/// ```
/// use pm_http::{Endpoint, Repeat};
/// const UPDATE_ISSUE: Endpoint = Endpoint::put("issues/{id}.json");
/// assert_eq!(UPDATE_ISSUE.repeat, Repeat::Idempotent);
/// // A change that adds a comment must not be sent twice.
/// assert_eq!(UPDATE_ISSUE.once().repeat, Repeat::Never);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Endpoint {
    /// How it is sent.
    pub method: Method,
    /// Where to, relative to the base URL.
    pub path: &'static str,
    /// What repeating it may do.
    pub repeat: Repeat,
}

impl Endpoint {
    /// Describes a GET.
    #[must_use]
    pub const fn get(path: &'static str) -> Self {
        Self { method: Method::Get, path, repeat: Repeat::Read }
    }

    /// Describes a POST that only reads: a search, say.
    #[must_use]
    pub const fn read(path: &'static str) -> Self {
        Self { method: Method::Post, path, repeat: Repeat::Read }
    }

    /// Describes a POST that creates: it is never repeated blindly.
    #[must_use]
    pub const fn create(path: &'static str) -> Self {
        Self { method: Method::Post, path, repeat: Repeat::Never }
    }

    /// Describes a POST that may be repeated: it adds to a set what is in it already, or takes it out.
    #[must_use]
    pub const fn add(path: &'static str) -> Self {
        Self { method: Method::Post, path, repeat: Repeat::Idempotent }
    }

    /// Describes a PUT.
    #[must_use]
    pub const fn put(path: &'static str) -> Self {
        Self { method: Method::Put, path, repeat: Repeat::Idempotent }
    }

    /// Describes a PATCH that may be repeated.
    #[must_use]
    pub const fn patch(path: &'static str) -> Self {
        Self { method: Method::Patch, path, repeat: Repeat::Idempotent }
    }

    /// Describes a DELETE.
    #[must_use]
    pub const fn delete(path: &'static str) -> Self {
        Self { method: Method::Delete, path, repeat: Repeat::Idempotent }
    }

    /// The same, but never repeated blindly: a PUT that adds a comment, say.
    #[must_use]
    pub const fn once(self) -> Self {
        Self { repeat: Repeat::Never, ..self }
    }

    /// Says whether it changes anything.
    #[must_use]
    pub const fn is_write(&self) -> bool {
        !matches!(self.repeat, Repeat::Read)
    }

    /// The path with its parameters filled in, relative to the base URL: for providers that build requests by another
    /// library's means and send them with [`Client::follow`](crate::Client::follow).
    ///
    /// # Errors
    /// `NotFound` for a parameter that no item can be called by; `Internal` for the wrong number of them.
    pub fn fill(&self, parameters: &[&str]) -> Result<String> {
        let mut filled = String::with_capacity(self.path.len() + 16);
        let mut rest = self.path;
        let mut given = parameters.iter();
        while let Some((before, after)) = rest.split_once('{') {
            let (_, after) = after.split_once('}').ok_or_else(|| self.misused(parameters))?;
            let parameter = given.next().ok_or_else(|| self.misused(parameters))?;
            if parameter.is_empty() {
                return Err(nothing_there(parameter));
            }
            filled.push_str(before);
            filled.extend(utf8_percent_encode(parameter, SEGMENT));
            rest = after;
        }
        filled.push_str(rest);
        match (given.next(), filled.split('/').find(|segment| matches!(*segment, "." | ".."))) {
            (Some(_), _) => Err(self.misused(parameters)),
            (_, Some(segment)) => Err(nothing_there(segment)),
            _ => Ok(filled),
        }
    }

    fn misused(&self, parameters: &[&str]) -> Error {
        let message = format!("`{}` does not take {} parameters", self.path, parameters.len());
        Error::new(ErrorKind::Internal, message)
    }
}

/// What a URL parser would take for a step up (`..`), or lose, never reaches the backend: no item is called so.
fn nothing_there(segment: &str) -> Error {
    Error::not_found("item", segment)
}

/// Everything but what RFC 3986 leaves unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Declares the requests of a provider: a constant for each, and `ALL` of them.
///
/// ```
/// pm_http::endpoints! {
///     /// Lists issues.
///     LIST_ISSUES: get "issues.json";
///     CREATE_ISSUE: create "issues.json";
///     COMMENT: put "issues/{id}.json" once;
/// }
/// # fn main() {
/// assert_eq!(ALL.len(), 3);
/// assert_eq!(CREATE_ISSUE.repeat, pm_http::Repeat::Never);
/// assert_eq!(COMMENT.repeat, pm_http::Repeat::Never);
/// # }
/// ```
#[macro_export]
macro_rules! endpoints {
    ($($(#[$doc:meta])* $name:ident : $kind:ident $path:literal $($once:ident)?;)*) => {
        $(
            $(#[$doc])*
            pub(crate) const $name: $crate::Endpoint = $crate::Endpoint::$kind($path)$(.$once())?;
        )*
        /// Every request that this provider can send.
        pub(crate) const ALL: &[$crate::Endpoint] = &[$($name),*];
    };
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn parameters_are_one_segment_each() {
        let endpoint = Endpoint::get("projects/{project}/versions/{id}.json");
        assert_eq!(endpoint.fill(&["a/b", "ü?#%"]).unwrap(), "projects/a%2Fb/versions/%C3%BC%3F%23%25.json");
    }

    #[test]
    fn what_a_parser_would_lose_is_not_found() {
        for id in ["..", ".", ""] {
            let error = Endpoint::get("issues/{id}").fill(&[id]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
        }
        assert_eq!(Endpoint::get("issues/{id}.json").fill(&["."]).unwrap(), "issues/..json");
    }

    #[test]
    fn the_wrong_number_of_parameters_is_a_fault_of_ours() {
        let endpoint = Endpoint::get("issues/{id}");
        for parameters in [&[][..], &["1", "2"]] {
            assert_eq!(endpoint.fill(parameters).unwrap_err().kind(), ErrorKind::Internal);
        }
    }
}
