//! GraphQL: the documents that a provider can send, against the vendor's schema.
//!
//! There is no server for it: a document that is valid is answered by every server of that schema, whatever the variables.

use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Once;

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};

use crate::specs::VARIABLE;

/// The name of the file with GitHub's schema.
const GITHUB: &str = "github-schema.graphql";
/// Where people get it.
const ORIGIN: &str = "docs.github.com/en/graphql/overview/public-schema, or @octokit/graphql-schema";

/// A schema to hold documents against.
pub struct GraphQlSchema(Valid<Schema>);

impl GraphQlSchema {
    /// Reads a schema.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let problem = match Schema::parse_and_validate(text, "schema.graphql") {
            Ok(schema) => return Ok(Self(schema)),
            Err(problem) => problem,
        };
        // GitHub's file says some fields twice, word for word (`EnterpriseOwnerInfo.repositoryDeployKeySetting`): the first
        // one counts, and all else is looked at as ever.
        let is_repeated = |problem: &str| problem.contains("duplicate definitions for the `");
        if problem.errors.iter().all(|error| is_repeated(&error.to_string())) {
            return Ok(Self(Valid::assume_valid(problem.partial)));
        }
        Err(problem.errors.to_string())
    }

    /// GitHub's schema, for a test; where it is not there, says so in one line, once, and answers `None`.
    ///
    /// # Errors
    /// When `PM_TEST_REQUIRE` names `contract` and it is not there, or when it is there and is no schema.
    pub fn of_github_or_tell(environment: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, String> {
        let required =
            environment("PM_TEST_REQUIRE").is_some_and(|names| names.split(',').any(|name| name == "contract"));
        let folder = environment(VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let file = folder.map(|folder| folder.join(GITHUB)).filter(|file| file.exists());
        match file {
            Some(file) => {
                let text =
                    std::fs::read_to_string(&file).map_err(|problem| format!("`{}`: {problem}", file.display()))?;
                Self::parse(&text).map(Some).map_err(|problem| format!("`{}`: {problem}", file.display()))
            }
            None if required => Err(left_out()),
            None => {
                tell_once();
                Ok(None)
            }
        }
    }

    /// What is wrong with a document; nothing where it is valid.
    #[must_use]
    pub fn problems(&self, name: &str, document: &str) -> Vec<String> {
        match ExecutableDocument::parse_and_validate(&self.0, document, name) {
            Ok(_) => Vec::new(),
            Err(problem) => problem.errors.iter().map(|problem| problem.to_string()).collect(),
        }
    }
}

impl fmt::Debug for GraphQlSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphQlSchema").field("types", &self.0.types.len()).finish()
    }
}

fn left_out() -> String {
    format!(
        "left out: contract check of GitHub's GraphQL documents: point {VARIABLE} at a folder that holds `{GITHUB}` ({ORIGIN})"
    )
}

fn tell_once() {
    static TOLD: Once = Once::new();
    // A closed standard error is no reason to fail a test.
    TOLD.call_once(|| drop(writeln!(std::io::stderr(), "{}", left_out())));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SCHEMA: &str = "
        type Query { task(id: ID!): Task }
        type Mutation { rename(input: RenameInput!): Task }
        type Task { id: ID! title: String! }
        input RenameInput { id: ID! title: String }
    ";

    fn problems(document: &str) -> Vec<String> {
        GraphQlSchema::parse(SCHEMA).unwrap().problems("document", document)
    }

    #[test]
    fn what_is_valid_has_no_problems() {
        assert_eq!(problems("query One($id: ID!) { task(id: $id) { id title } }"), Vec::<String>::new());
        assert_eq!(problems("mutation($i0: RenameInput!) { m0: rename(input: $i0) { id } }"), Vec::<String>::new());
    }

    #[test]
    fn planted_mistakes_are_found() {
        for (document, found) in [
            ("query One($id: ID!) { task(id: $id) { id name } }", "name"),
            ("query One($id: ID!) { task(number: $id) { id } }", "number"),
            ("query One($id: String!) { task(id: $id) { id } }", "$id"),
            ("query One($id: ID!) { task(id: $id) }", "task"),
            ("query One($id: ID!) { task(id: $di) { id } }", "$di"),
            ("mutation($i0: RenamingInput!) { m0: rename(input: $i0) { id } }", "RenamingInput"),
            ("query One($id: ID!) { task(id: $id) { ...Everything } }", "Everything"),
            ("query One($id: ID!) { task(id: $id) { id }", "}"),
        ] {
            let problems = problems(document);
            assert!(problems.iter().any(|problem| problem.contains(found)), "{document}: {problems:?}");
        }
    }

    #[test]
    fn a_missing_schema_fails_only_where_it_is_required() {
        let with = |required: &'static str| {
            GraphQlSchema::of_github_or_tell(move |name| (name == "PM_TEST_REQUIRE").then(|| required.to_owned()))
        };
        assert!(with("postgres").unwrap().is_none());
        assert!(with("postgres,contract").unwrap_err().contains(GITHUB));
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        assert!(GraphQlSchema::parse("type Query { task: Tusk }").unwrap_err().contains("Tusk"));
    }
}
