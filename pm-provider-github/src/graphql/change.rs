//! Changes: put together of parts, and told apart by alias.

use std::collections::BTreeMap;
use std::fmt::Write;

use pm_http::Reply;
use pm_provider::{Effect, Error, ErrorKind, RawData, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Mutation;
use super::answer::{self, Problem};

/// How many changes one document holds: each counts by itself, and all have to be done within ten seconds
/// (<https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#timeouts>).
pub(crate) const MOST_STEPS: usize = 20;

/// One change with its input.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) mutation: &'static Mutation,
    pub(crate) input: Value,
}

/// The document that makes some changes: the n-th has the alias `m`n and the variable `$i`n.
pub(super) fn text(mutations: &[&Mutation]) -> String {
    let (mut variables, mut fields) = (Vec::new(), String::new());
    for (place, Mutation { field, input, selection, .. }) in mutations.iter().enumerate() {
        variables.push(format!("$i{place}: {input}!"));
        // Writing to a text does not fail.
        let _ = write!(fields, " m{place}: {field}(input: $i{place}) {{ {selection} }}");
    }
    format!("mutation({}) {{{fields} }}", variables.join(", "))
}

/// What came of each change.
pub(super) fn sort_out(reply: &Reply, steps: usize) -> Vec<Result<RawData>> {
    match answer::read_changes::<BTreeMap<String, RawData>>(reply) {
        Ok((data, problems)) => (0..steps).map(|place| outcome(place, data.as_ref(), &problems)).collect(),
        Err(error) => (0..steps).map(|_| Err(answer::copy(&error))).collect(),
    }
}

fn outcome(place: usize, data: Option<&BTreeMap<String, RawData>>, problems: &[Problem]) -> Result<RawData> {
    let alias = format!("m{place}");
    let made = data.and_then(|data| data.get(&alias)).filter(|made| !made.is_none());
    if let Some(made) = made {
        return Ok(made.clone());
    }
    match problems.iter().find(|problem| problem.is_at(&alias)) {
        // Deeper down something was done already, and its answer could not be told.
        Some(problem) if problem.path().len() > 1 => Err(answer::unknown(Some(problem))),
        Some(problem) => Err(problem.error()),
        None => Err(unplaced(problems)),
    }
}

/// A change of which no problem tells by itself: one of the whole document says that nothing was done.
fn unplaced(problems: &[Problem]) -> Error {
    match problems.iter().find(|problem| problem.path().is_empty()) {
        Some(problem) if problem.is_of_document() => problem.error(),
        Some(problem) if problem.error().kind() == ErrorKind::RateLimited => problem.error(),
        problem => answer::unknown(problem),
    }
}

/// What came back of a change, as a type.
pub(crate) fn payload<T: DeserializeOwned>(made: &RawData) -> Result<T> {
    serde_json::from_str(made.as_str().unwrap_or("null")).map_err(|_| {
        let error = Error::new(ErrorKind::InvalidResponse, "the answer to a change cannot be understood");
        error.with_effect(Effect::Unknown)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const A: Mutation = Mutation { field: "a", input: "AInput", selection: "x { id }", creates: false };
    const B: Mutation = Mutation { field: "b", input: "BInput", selection: "clientMutationId", creates: true };

    fn outcomes(json: &str, steps: usize) -> Vec<Result<RawData>> {
        #[derive(serde::Deserialize)]
        struct Body {
            data: Option<BTreeMap<String, RawData>>,
            errors: Vec<Problem>,
        }
        let body: Body = serde_json::from_str(json).unwrap();
        (0..steps).map(|place| outcome(place, body.data.as_ref(), &body.errors)).collect()
    }

    #[test]
    fn each_change_has_an_alias_and_a_variable() {
        let expected = "mutation($i0: AInput!, $i1: BInput!) { m0: a(input: $i0) { x { id } } m1: b(input: $i1) { clientMutationId } }";
        assert_eq!(text(&[&A, &B]), expected);
    }

    #[test]
    fn what_came_of_each_is_told_by_its_path() {
        let outcomes = outcomes(
            r#"{"data": {"m0": {"x": {"id": "1"}}, "m1": null, "m2": null},
            "errors": [{"type": "NOT_FOUND", "path": ["m1"], "message": "no node"},
                {"type": "FORBIDDEN", "path": ["m2", "x"], "message": "not shown"}]}"#,
            3,
        );
        assert_eq!(outcomes[0].as_ref().unwrap().as_str(), Some(r#"{"x": {"id": "1"}}"#));
        let missing = outcomes[1].as_ref().unwrap_err();
        assert_eq!((missing.kind(), missing.effect()), (ErrorKind::NotFound, &Effect::NotExecuted));
        let hidden = outcomes[2].as_ref().unwrap_err();
        assert_eq!((hidden.kind(), hidden.effect()), (ErrorKind::PermissionDenied, &Effect::Unknown));
    }

    #[test]
    fn a_refused_document_did_nothing_and_a_broken_one_may_have() {
        let undefined = r#"{"data": null, "errors": [{"message": "no", "extensions": {"code": "undefinedField"}}]}"#;
        assert_eq!(*outcomes(undefined, 1)[0].as_ref().unwrap_err().effect(), Effect::NotExecuted);
        let limited = r#"{"data": null, "errors": [{"type": "RATE_LIMITED", "message": "no"}]}"#;
        assert_eq!(*outcomes(limited, 1)[0].as_ref().unwrap_err().effect(), Effect::NotExecuted);
        let broken = r#"{"data": null, "errors": [{"message": "Something went wrong while executing your query."}]}"#;
        let broken = outcomes(broken, 2);
        assert!(broken.iter().all(|outcome| *outcome.as_ref().unwrap_err().effect() == Effect::Unknown));
        let silent = outcomes(r#"{"data": {}, "errors": []}"#, 1);
        assert_eq!(silent[0].as_ref().unwrap_err().kind(), ErrorKind::InvalidResponse);
    }
}
