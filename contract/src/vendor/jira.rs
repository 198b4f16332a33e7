//! Jira: the platform's API v3 and the API of boards and sprints, Cloud; Data Center by analogy.
//!
//! The vendor describes its two APIs in two files, which are one here. For Data Center, whose API is v2, there is no file: what
//! both have in common is checked by that of Cloud, with each known difference as a function of its own (`data_center.rs`).
//! What neither file describes is added with its source, or is told as unknown.

mod adf;
mod data_center;
mod issue;
mod learnt;
mod repairs;
mod value;

use serde_json::Value;

use super::Vendor;
use crate::check::Incoming;
use crate::description::Operation;
use crate::report::Finding;
pub(crate) use learnt::Learnt;

/// Where the software file's components are in the joint document.
const SOFTWARE: &str = "software";

/// Whether text is Atlassian's document format or wiki markup: the one difference that goes through all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavor {
    Cloud,
    DataCenter,
}

impl Flavor {
    pub(super) fn of(vendor: Vendor) -> Option<Self> {
        match vendor {
            Vendor::Jira => Some(Self::Cloud),
            Vendor::JiraDataCenter => Some(Self::DataCenter),
            _ => None,
        }
    }
}

/// Adds the second file to the first: several schemas of one name differ.
pub(super) fn join(document: &mut Value, other: Value) {
    super::join::join(document, other, SOFTWARE, |path| path);
}

/// Mends the joint document; answers what, and in how many places.
pub(super) fn repair(document: &mut Value, flavor: Flavor) -> Vec<(&'static str, usize)> {
    let mut mended = repairs::all(document);
    match flavor {
        Flavor::Cloud => {
            mended.push(("the removed search is still described", repairs::removed_search(document)));
            mended.push((
                "version 2 of the server's information is described elsewhere",
                repairs::server_info_of_both(document),
            ));
        }
        Flavor::DataCenter => mended.extend(data_center::all(document)),
    }
    mended.into_iter().filter(|(_, places)| *places > 0).collect()
}

/// What is wrong with a body, where the description allows anything: fields of issues, and texts.
pub(super) fn look_into(flavor: Flavor, operation: &Operation, request: &Incoming, learnt: &Learnt) -> Vec<Finding> {
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else { return Vec::new() };
    let template = operation.template.to_string();
    let mut look = issue::Look::new(flavor, learnt);
    match Write::of(&operation.method, &template) {
        Some(Write::Create) => look.create(&body, ""),
        Some(Write::CreateMany) => look.create_many(&body),
        Some(Write::Edit) => look.edit(&body),
        Some(Write::Transition) => look.transition(&body),
        Some(Write::Comment) => look.comment(&body, "body", ""),
        Some(Write::Worklog) => look.comment(&body, "comment", ""),
        Some(Write::Property) => look.property_value(&body, ""),
        None => {}
    }
    let name = operation.name();
    let found = look.found.into_iter();
    found.map(|(pointer, what)| Finding::new(&name, crate::check::place(&pointer), what)).collect()
}

/// The writes whose bodies the description leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Write {
    Create,
    CreateMany,
    Edit,
    Transition,
    Comment,
    Worklog,
    Property,
}

impl Write {
    fn of(method: &str, template: &str) -> Option<Self> {
        let path = template.strip_prefix("/rest/api/3/").or_else(|| template.strip_prefix("/rest/api/2/"))?;
        let segments: Vec<&str> = path.split('/').collect();
        Some(match (method, segments.as_slice()) {
            ("POST", ["issue"]) => Self::Create,
            ("POST", ["issue", "bulk"]) => Self::CreateMany,
            ("PUT", ["issue", _]) => Self::Edit,
            ("POST", ["issue", _, "transitions"]) => Self::Transition,
            ("POST", ["issue", _, "comment"]) | ("PUT", ["issue", _, "comment", _]) => Self::Comment,
            ("POST", ["issue", _, "worklog"]) | ("PUT", ["issue", _, "worklog", _]) => Self::Worklog,
            ("PUT", ["issue" | "comment" | "project", _, "properties", _]) => Self::Property,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_second_file_keeps_its_own_components() {
        let mut document = json!({"paths": {"/a": {}}, "components": {"schemas": {"X": {"type": "string"}}}});
        let other = json!({"paths": {"/b": {"$ref": "#/components/schemas/X"}}, "components": {"schemas": {"X": {"type": "object"}}}});
        join(&mut document, other);
        assert_eq!(document["paths"]["/b"]["$ref"], "#/components/software/schemas/X");
        assert_eq!(document["components"]["software"]["schemas"]["X"]["type"], "object");
        assert_eq!(document["components"]["schemas"]["X"]["type"], "string");
    }

    #[test]
    fn writes_are_told_by_method_and_path() {
        assert_eq!(Write::of("POST", "/rest/api/3/issue/bulk"), Some(Write::CreateMany));
        assert_eq!(Write::of("PUT", "/rest/api/2/issue/{issueIdOrKey}"), Some(Write::Edit));
        assert_eq!(Write::of("GET", "/rest/api/3/issue/{issueIdOrKey}"), None);
        assert_eq!(Write::of("PUT", "/rest/api/3/issue/{id}/assignee"), None);
        assert_eq!(Write::of("POST", "/rest/agile/1.0/issue"), None);
    }
}
