//! Every GraphQL document that can be sent, against GitHub's schema.
//!
//! The schema is GitHub's own file: `PM_CONTRACT_SPECS` names a folder that holds it. Without it one line says so.

use pm_contract::graphql::GraphQlSchema;
use pm_provider_github::GitHubProvider;

fn schema() -> Option<GraphQlSchema> {
    GraphQlSchema::of_github_or_tell(|name| std::env::var(name).ok()).unwrap()
}

#[test]
fn every_document_is_valid() {
    let documents = GitHubProvider::documents();
    assert!(documents.len() > 20, "{} documents", documents.len());
    let Some(schema) = schema() else { return };
    let problems: Vec<String> = documents.iter().flat_map(|(name, text)| schema.problems(name, text)).collect();
    println!("{} documents, {} problems", documents.len(), problems.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_mistake_at_the_very_end_of_a_document_is_found() {
    let Some(schema) = schema() else { return };
    for (name, text) in GitHubProvider::documents() {
        // A word that no field is called, in the last place of all.
        let (before, _) = text.rsplit_once('}').unwrap();
        let planted = format!("{before} noSuchField }}");
        let problems = schema.problems(&name, &planted);
        assert!(problems.iter().any(|problem| problem.contains("noSuchField")), "{name}: {planted}");
    }
}
