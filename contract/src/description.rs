//! An OpenAPI file as operations.

mod operation;
mod template;

pub use operation::{Body, Location, MediaType, Operation, Parameter};
pub use template::Template;

use serde_json::Value;

use crate::repair;
use crate::schema::{drop_read_only_from_required, to_json_schema};
use crate::vendor::Vendor;

/// The methods that a path of OpenAPI may describe.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A vendor's description, mended and compiled.
#[derive(Debug)]
pub struct Description {
    vendor: Vendor,
    /// As responses are to be understood.
    document: Value,
    /// As requests are to be understood: without required properties that only the server writes.
    requests: Value,
    operations: Vec<Operation>,
    repaired: Vec<(&'static str, usize)>,
}

/// Which operation a request is.
#[derive(Debug)]
pub enum Match<'a> {
    /// One that is described, with the values of the parameters in its path, percent-decoded.
    Described(&'a Operation, Vec<(String, String)>),
    /// The path is described, but not with this method.
    WrongMethod(&'a Template, Vec<&'a str>),
    /// No path fits.
    Unknown,
}

impl Description {
    /// Reads a description, mends its known defects and compiles its schemas.
    ///
    /// Schemas that do not compile are no error here: they stand in the operations, and from there in the report.
    #[must_use]
    pub fn new(mut document: Value, vendor: Vendor) -> Self {
        let mut repaired = repair::repair(&mut document);
        repaired.extend(vendor.repair(&mut document));
        to_json_schema(&mut document);
        let mut requests = document.clone();
        drop_read_only_from_required(&mut requests);
        let operations = operations(&document, &requests, vendor);
        Self { vendor, document, requests, operations, repaired }
    }

    /// Reads a description from JSON text.
    ///
    /// # Errors
    /// When it is no JSON, or no OpenAPI 3.
    pub fn parse(text: &str, vendor: Vendor) -> Result<Self, String> {
        Self::join(text, None, vendor)
    }

    /// The same of a vendor who describes one API in two files.
    ///
    /// # Errors
    /// When either is no JSON, or no OpenAPI 3.
    pub fn join(text: &str, second: Option<&str>, vendor: Vendor) -> Result<Self, String> {
        let mut document = openapi(text)?;
        if let Some(second) = second {
            vendor.join(&mut document, openapi(second)?);
        }
        Ok(Self::new(document, vendor))
    }

    /// The vendor whose description it is.
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// The title that the file gives itself.
    #[must_use]
    pub fn title(&self) -> &str {
        self.document.pointer("/info/title").and_then(Value::as_str).unwrap_or("untitled")
    }

    /// The whole file as responses are to be understood.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The whole file as requests are to be understood.
    #[must_use]
    pub fn requests(&self) -> &Value {
        &self.requests
    }

    /// Everything that can be asked for.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Which defects were mended, and in how many places.
    #[must_use]
    pub fn repaired(&self) -> &[(&'static str, usize)] {
        &self.repaired
    }

    /// Finds the operation of a request: of several templates that fit, the one with the longest literal text.
    #[must_use]
    pub fn find(&self, method: &str, path: &str) -> Match<'_> {
        let fitting = || self.operations.iter().filter_map(|it| Some((it, it.template.matches(path)?)));
        let described =
            fitting().filter(|(it, _)| it.method == method).max_by_key(|(it, _)| it.template.literal_length());
        if let Some((operation, values)) = described {
            return Match::Described(operation, values);
        }
        let Some((closest, _)) = fitting().max_by_key(|(it, _)| it.template.literal_length()) else {
            return Match::Unknown;
        };
        let same = self.operations.iter().filter(|it| it.template == closest.template);
        Match::WrongMethod(&closest.template, same.map(|it| it.method.as_str()).collect())
    }
}

fn openapi(text: &str) -> Result<Value, String> {
    let document: Value = serde_json::from_str(text).map_err(|problem| format!("not JSON: {problem}"))?;
    let version = document.get("openapi").and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("3.") {
        return Err(format!("`openapi` is `{version}`, but only 3.0 and 3.1 are understood"));
    }
    Ok(document)
}

fn operations(document: &Value, requests: &Value, vendor: Vendor) -> Vec<Operation> {
    let prefix = prefix(document);
    let mut found = Vec::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let template = Template::parse(&format!("{prefix}{path}"));
        for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
            let pointer = format!("/paths/{}/{method}", path.replace('~', "~0").replace('/', "~1"));
            found.extend(Operation::read(requests, &pointer, &template, vendor));
        }
    }
    found
}

/// The path of the first server: Asana, ClickUp and Trello say there, and nowhere else, what every path begins with.
fn prefix(document: &Value) -> String {
    let address = document.pointer("/servers/0/url").and_then(Value::as_str).unwrap_or_default();
    let path = address.split_once("://").map_or(address, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    path.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn described(paths: &Value) -> Description {
        Description::new(
            json!({"openapi": "3.1.0", "servers": [{"url": "https://x.example/api/1.0"}], "paths": paths}),
            Vendor::Other,
        )
    }

    #[test]
    fn the_longest_literal_text_wins() {
        let description = described(&json!({"/a/{id}": {"get": {}}, "/a/me": {"get": {}}}));
        let Match::Described(operation, values) = description.find("GET", "/api/1.0/a/me") else { unreachable!() };
        assert_eq!((operation.name().as_str(), values.len()), ("GET /api/1.0/a/me", 0));
        let Match::Described(operation, values) = description.find("GET", "/api/1.0/a/7") else { unreachable!() };
        assert_eq!(operation.name(), "GET /api/1.0/a/{id}");
        assert_eq!(values, [("id".to_owned(), "7".to_owned())]);
    }

    #[test]
    fn a_wrong_method_and_an_unknown_path_are_told_apart() {
        let description = described(&json!({"/a/{id}": {"get": {}, "delete": {}}}));
        let Match::WrongMethod(_, allowed) = description.find("PUT", "/api/1.0/a/7") else { unreachable!() };
        assert_eq!(allowed, ["GET", "DELETE"]);
        assert!(matches!(description.find("GET", "/a/7"), Match::Unknown));
    }
}
