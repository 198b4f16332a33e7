//! Errors in the answers of GraphQL.

use async_graphql_parser::Pos;
use serde_json::{Value, json};

/// One element of `errors`.
///
/// Those of execution have a `type`, those of the check before it a code in `extensions`:
/// <https://docs.github.com/en/graphql/guides/forming-calls-with-graphql>.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GraphError {
    kind: Option<&'static str>,
    message: String,
    path: Vec<Value>,
    at: Option<Pos>,
    extensions: Option<Value>,
}

impl GraphError {
    fn of(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind: Some(kind), message: message.into(), path: Vec::new(), at: None, extensions: None }
    }

    /// What is not there, or not to be seen.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::of("NOT_FOUND", message)
    }

    /// What the viewer may not do.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::of("FORBIDDEN", message)
    }

    /// What cannot be done.
    pub(super) fn unprocessable(message: impl Into<String>) -> Self {
        Self::of("UNPROCESSABLE", message)
    }

    /// The points of the hour are used up.
    pub(super) fn rate_limited(message: impl Into<String>) -> Self {
        Self::of("RATE_LIMITED", message)
    }

    /// The document asks for too many nodes.
    pub(super) fn too_many_nodes(message: impl Into<String>) -> Self {
        Self::of("MAX_NODE_LIMIT_EXCEEDED", message)
    }

    /// A connection without `first` and `last`.
    pub(super) fn no_boundaries(connection: &str) -> Self {
        let message =
            format!("You must provide a `first` or `last` value to properly paginate the `{connection}` connection.");
        Self::of("MISSING_PAGINATION_BOUNDARIES", message)
    }

    /// A page that is too long.
    pub(super) fn excessive(connection: &str, argument: &str, asked: i64) -> Self {
        let message = format!(
            "Requesting {asked} records on the `{connection}` connection exceeds the `{argument}` limit of 100 records."
        );
        Self::of("EXCESSIVE_PAGINATION", message)
    }

    /// A cursor that no page gave.
    pub(super) fn bad_cursor(argument: &str, cursor: &str) -> Self {
        Self::of(
            "INVALID_CURSOR_ARGUMENTS",
            format!("`{cursor}` does not appear to be a valid cursor for `{argument}`."),
        )
    }

    /// What is wrong in the document, found before anything is done.
    pub(super) fn invalid(code: &str, message: impl Into<String>, at: Pos) -> Self {
        let extensions = Some(json!({ "code": code }));
        Self { kind: None, message: message.into(), path: Vec::new(), at: Some(at), extensions }
    }

    /// What is wrong with the text or the variables.
    pub(super) fn plain(message: impl Into<String>) -> Self {
        Self { kind: None, message: message.into(), path: Vec::new(), at: None, extensions: None }
    }

    pub(super) fn at(mut self, at: Pos) -> Self {
        self.at = Some(at);
        self
    }

    pub(super) fn on(mut self, path: &[Value]) -> Self {
        self.path = path.to_vec();
        self
    }

    pub(super) fn body(&self) -> Value {
        let mut body = json!({ "message": self.message });
        if let Some(kind) = self.kind {
            body["type"] = kind.into();
        }
        if !self.path.is_empty() {
            body["path"] = Value::Array(self.path.clone());
        }
        if let Some(at) = self.at {
            body["locations"] = json!([{ "line": at.line, "column": at.column }]);
        }
        if let Some(extensions) = &self.extensions {
            body["extensions"] = extensions.clone();
        }
        body
    }
}
