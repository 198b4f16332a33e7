//! Workflows: the transitions of an issue, and those of a workflow as administrators see it.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::{FieldMeta, Screen, Status, lenient, or_default};
use crate::tasks::{StatusId, Step};

/// A transition that an issue can make.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transition {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) to: Status,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) has_screen: Option<bool>,
    /// What its screen asks for; only there where that was asked.
    #[serde(default)]
    pub(crate) fields: Option<BTreeMap<String, FieldMeta>>,
}

impl Transition {
    /// The step of a workflow that it is. Without a screen nothing is asked; Data Center does not say whether there is one, but
    /// shows its fields.
    pub(crate) fn into_step(self) -> Step {
        let screen = match (self.fields, self.has_screen) {
            (Some(fields), _) => Some(Screen::of_map(fields)),
            (None, Some(true)) => None,
            (None, _) => Some(Screen::default()),
        };
        Step { id: self.id, name: self.name, to: self.to.id.0, to_name: self.to.name, screen }
    }
}

/// Workflows with all of their transitions.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WorkflowRead {
    #[serde(default)]
    statuses: Vec<ReadStatus>,
    #[serde(default)]
    workflows: Vec<ReadWorkflow>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadStatus {
    id: Option<String>,
    #[serde(default)]
    name: String,
    status_reference: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadWorkflow {
    #[serde(default)]
    transitions: Vec<ReadTransition>,
    #[serde(default)]
    statuses: Vec<Reference>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    status_reference: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadTransition {
    id: String,
    #[serde(default)]
    name: String,
    /// `INITIAL`, `GLOBAL` or `DIRECTED`.
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    to_status_reference: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    links: Vec<Link>,
    #[serde(default, deserialize_with = "lenient")]
    transition_screen: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    #[serde(default)]
    from_status_reference: Option<String>,
}

impl WorkflowRead {
    /// The steps from each status.
    pub(crate) fn steps(&self) -> HashMap<StatusId, Vec<Step>> {
        let number = |status: &ReadStatus| crate::ids::number(status.id.as_deref()?);
        let known: HashMap<&str, (StatusId, &str)> = self
            .statuses
            .iter()
            .filter_map(|status| Some((status.status_reference.as_str(), (number(status)?, status.name.as_str()))))
            .collect();
        let mut steps: HashMap<StatusId, Vec<Step>> = HashMap::new();
        for workflow in &self.workflows {
            for transition in &workflow.transitions {
                let target = transition.to_status_reference.as_deref().and_then(|reference| known.get(reference));
                let Some((to, to_name)) = target else { continue };
                for reference in workflow.starts(transition) {
                    let Some((from, _)) = known.get(reference) else { continue };
                    let step = Step {
                        id: transition.id.clone(),
                        name: transition.name.clone(),
                        to: *to,
                        to_name: (*to_name).to_owned(),
                        screen: transition.transition_screen.is_none().then(Screen::default),
                    };
                    steps.entry(*from).or_default().push(step);
                }
            }
        }
        steps
    }
}

impl ReadWorkflow {
    /// The statuses that a transition leads away from: all of them where it is a global one.
    fn starts<'a>(&'a self, transition: &'a ReadTransition) -> Vec<&'a str> {
        match transition.kind.to_ascii_uppercase().as_str() {
            "INITIAL" => Vec::new(),
            "GLOBAL" => self.statuses.iter().map(|status| status.status_reference.as_str()).collect(),
            _ => transition.links.iter().filter_map(|link| link.from_status_reference.as_deref()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn screens_are_known_unknown_or_not_there() {
        let step = |rest: &str| {
            let json = format!(r#"{{"id": "11", "name": "Start", "to": {{"id": "3", "name": "In Progress"}}{rest}}}"#);
            serde_json::from_str::<Transition>(&json).unwrap().into_step()
        };
        assert!(step(r#", "hasScreen": true"#).screen.is_none());
        assert!(step(r#", "hasScreen": false"#).screen.is_some());
        assert!(step("").screen.is_some());
        let asked = step(r#", "hasScreen": true, "fields": {"resolution": {"required": true, "name": "Resolution"}}"#);
        assert_eq!(asked.screen.unwrap().required().count(), 1);
        assert_eq!((asked.to, asked.to_name.as_str()), (3, "In Progress"));
    }

    #[test]
    fn workflows_say_what_leads_where() {
        let json = r#"{"statuses": [{"id": "1", "name": "To Do", "statusReference": "a"},
                {"id": "3", "name": "In Progress", "statusReference": "b"}, {"id": "5", "name": "Done", "statusReference": "c"}],
            "workflows": [{"statuses": [{"statusReference": "a"}, {"statusReference": "b"}, {"statusReference": "c"}],
                "transitions": [
                    {"id": "1", "name": "Create", "type": "INITIAL", "toStatusReference": "a", "links": []},
                    {"id": "11", "name": "Start", "type": "DIRECTED", "toStatusReference": "b",
                     "links": [{"fromStatusReference": "a", "fromPort": 0}]},
                    {"id": "21", "name": "Finish", "type": "DIRECTED", "toStatusReference": "c",
                     "links": [{"fromStatusReference": "b"}], "transitionScreen": {"ruleKey": "system:transition-screen"}},
                    {"id": "31", "name": "Back", "type": "GLOBAL", "toStatusReference": "a", "links": []}]}]}"#;
        let steps = serde_json::from_str::<WorkflowRead>(json).unwrap().steps();
        let ids = |from: u64| steps[&from].iter().map(|step| step.id.as_str()).collect::<Vec<_>>();
        assert_eq!((ids(1), ids(3), ids(5)), (vec!["11", "31"], vec!["21", "31"], vec!["31"]));
        assert!(steps[&3][0].screen.is_none() && steps[&1][0].screen.is_some());
    }
}
