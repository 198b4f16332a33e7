//! One method on one path.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::Template;
use crate::schema::{compile, resolve};
use crate::vendor::Vendor;

/// Something that can be asked for.
#[derive(Debug)]
pub struct Operation {
    /// In capitals.
    pub method: String,
    /// The path, with what the file says in its `servers` in front.
    pub template: Template,
    /// In path, query and headers.
    pub parameters: Vec<Parameter>,
    /// What is to be sent, if anything is.
    pub body: Option<Body>,
    /// The ways to say who one is, any of which will do; each is a list of the names of schemes.
    pub security: Vec<Vec<String>>,
    /// Where it stands in the file.
    pub pointer: String,
}

/// A value in path, query or headers.
#[derive(Debug)]
pub struct Parameter {
    /// Its name; `cf_x` stands for many.
    pub name: String,
    /// Where it stands.
    pub location: Location,
    /// Whether a request without it is wrong.
    pub required: bool,
    /// The schema as written.
    pub schema: Value,
    /// The compiled schema, or why it does not compile.
    pub validator: Result<Validator, String>,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the path.
    Path,
    /// Behind the question mark.
    Query,
    /// Among the headers.
    Header,
    /// Among the cookies; not checked.
    Cookie,
}

/// What is to be sent.
#[derive(Debug)]
pub struct Body {
    /// Whether a request without one is wrong.
    pub required: bool,
    /// The forms that it may have.
    pub media_types: Vec<MediaType>,
}

/// One form of a body.
#[derive(Debug)]
pub struct MediaType {
    /// Such as `application/json`.
    pub name: String,
    /// The schema as written.
    pub schema: Value,
    /// The compiled schema, or why it does not compile.
    pub validator: Result<Validator, String>,
}

impl Operation {
    /// Reads the operation at a place of the document.
    pub(super) fn read(document: &Value, pointer: &str, template: &Template, vendor: Vendor) -> Option<Self> {
        let operation = document.pointer(pointer)?;
        let (item, method) = pointer.rsplit_once('/')?;
        let shared = document.pointer(item).and_then(|item| item.get("parameters"));
        let mut found = Self {
            method: method.to_uppercase(),
            template: template.clone(),
            parameters: parameters(document, operation.get("parameters"), shared),
            body: operation.get("requestBody").map(|body| Body::read(document, resolve(document, body))),
            security: security(operation.get("security").or_else(|| document.get("security"))),
            pointer: pointer.to_owned(),
        };
        vendor.complete(&mut found);
        Some(found)
    }

    /// Method and template: `GET /projects/{id}`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    /// What of it did not compile: where, and why.
    #[must_use]
    pub fn uncompilable(&self) -> Vec<(String, String)> {
        let parameters =
            self.parameters.iter().map(|it| (format!("{} `{}`", it.location.word(), it.name), &it.validator));
        let bodies = self.body.iter().flat_map(|body| &body.media_types);
        let bodies = bodies.map(|it| (format!("body `{}`", it.name), &it.validator));
        parameters.chain(bodies).filter_map(|(place, result)| Some((place, result.as_ref().err()?.clone()))).collect()
    }
}

impl Location {
    fn read(word: &str) -> Option<Self> {
        [Self::Path, Self::Query, Self::Header, Self::Cookie].into_iter().find(|location| location.word() == word)
    }

    /// The word for it in OpenAPI.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

impl Parameter {
    fn read(document: &Value, parameter: &Value) -> Option<Self> {
        let schema = parameter.get("schema").cloned().unwrap_or_else(|| json!({}));
        Some(Self {
            name: parameter.get("name")?.as_str()?.to_owned(),
            location: Location::read(parameter.get("in")?.as_str()?)?,
            required: parameter.get("required") == Some(&Value::Bool(true)),
            validator: compile(document, &schema),
            schema,
        })
    }
}

impl Body {
    fn read(document: &Value, body: &Value) -> Self {
        let content = body.get("content").and_then(Value::as_object).into_iter().flatten();
        Self {
            required: body.get("required") == Some(&Value::Bool(true)),
            media_types: content.map(|(name, media)| MediaType::read(document, name, media)).collect(),
        }
    }
}

impl MediaType {
    fn read(document: &Value, name: &str, media: &Value) -> Self {
        let schema = media.get("schema").cloned().unwrap_or_else(|| json!({}));
        Self { name: name.to_owned(), validator: compile(document, &schema), schema }
    }

    /// Whether it is JSON, by its own name or by the end of it.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.name == "application/json" || self.name.ends_with("+json")
    }
}

/// The parameters of an operation, and those of its path that it does not replace.
fn parameters(document: &Value, own: Option<&Value>, shared: Option<&Value>) -> Vec<Parameter> {
    let all = [own, shared].into_iter().flatten().filter_map(Value::as_array).flatten();
    let mut found: Vec<Parameter> = Vec::new();
    for parameter in all.filter_map(|it| Parameter::read(document, resolve(document, it))) {
        if !found.iter().any(|known| known.name == parameter.name && known.location == parameter.location) {
            found.push(parameter);
        }
    }
    found
}

fn security(list: Option<&Value>) -> Vec<Vec<String>> {
    let ways = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    ways.map(|schemes| schemes.keys().cloned().collect()).collect()
}
