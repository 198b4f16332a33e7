//! GraphQL: documents as data, partial answers kept, errors mapped.
//!
//! A query is a text of the table in [`documents`]. Changes are put together of parts, each under an alias of its own, so
//! that one document holds up to [`MOST_STEPS`] of them: GitHub executes them one after the other, each by itself, and
//! tells by the first part of an error's path which of them failed. Nothing that changes something is ever repeated
//! blindly.

mod answer;
mod change;
mod documents;

use pm_http::Endpoint;
use pm_provider::{Effect, Error, ErrorKind, RawData, Result};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::api::Api;

pub(crate) use answer::{Answer, Problem, copy, refusal};
pub(crate) use change::{MOST_STEPS, Step, payload};
pub(crate) use documents::*;

/// Asks. The path is a name for logs and limits: where GraphQL is says [`Places`](crate::places::Places).
pub(crate) const ASK: Endpoint = Endpoint::read("graphql");
/// Changes what is there.
pub(crate) const CHANGE: Endpoint = Endpoint::create("graphql#change");
/// Creates: GitHub limits what is created a minute, and an hour
/// (<https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#secondary-rate-limits>).
pub(crate) const CREATE: Endpoint = Endpoint::create("graphql#create");

/// A query, as data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document {
    /// The name of its operation.
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// A change, as data: a field of the schema's `Mutation`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mutation {
    /// The name of the field.
    pub(crate) field: &'static str,
    /// The type of its input.
    pub(crate) input: &'static str,
    /// What is wanted back.
    pub(crate) selection: &'static str,
    /// Whether it makes something that counts as content.
    pub(crate) creates: bool,
}

/// Every document that can be sent, by name: queries, each change alone, and all changes at once.
pub(crate) fn all() -> Vec<(String, String)> {
    let queries = QUERIES.iter().map(|document| (document.name.to_owned(), document.text.to_owned()));
    let changes = MUTATIONS.iter().map(|mutation| (mutation.field.to_owned(), change::text(&[mutation])));
    let together: Vec<&Mutation> = MUTATIONS.to_vec();
    queries.chain(changes).chain([("all changes".to_owned(), change::text(&together))]).collect()
}

impl Api {
    /// Asks, and takes what there is: what could not be read is told by the answer's problems.
    ///
    /// # Errors
    /// Where there is no data at all.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, document: &Document, variables: Value) -> Result<Answer<T>> {
        let body = json!({ "query": document.text, "variables": variables, "operationName": document.name });
        let reply = self.http.follow(&ASK, self.places.graphql()).json(&body).send().await?;
        answer::read(&reply).map_err(|error| self.http.redacted(&error))
    }

    /// Asks for all of it.
    ///
    /// # Errors
    /// Whatever part could not be read.
    pub(crate) async fn ask_whole<T: DeserializeOwned>(&self, document: &Document, variables: Value) -> Result<T> {
        let answer = self.ask(document, variables).await?;
        answer.whole().map_err(|error| self.http.redacted(&error))
    }

    /// Changes one thing, and takes what comes back.
    ///
    /// # Errors
    /// Of the effect `Unknown` where the answer was lost, or makes no sense.
    pub(crate) async fn change<T: DeserializeOwned>(&self, mutation: &'static Mutation, input: Value) -> Result<T> {
        let mut outcomes = self.change_all(vec![Step { mutation, input }]).await;
        let lost = || Err(Error::new(ErrorKind::Internal, "a change was lost on the way"));
        change::payload(&outcomes.pop().unwrap_or_else(lost)?)
    }

    /// Changes many things in their order, in as few documents as can be; one result for each.
    pub(crate) async fn change_all(&self, steps: Vec<Step>) -> Vec<Result<RawData>> {
        let mut outcomes = Vec::with_capacity(steps.len());
        for steps in steps.chunks(MOST_STEPS) {
            outcomes.extend(self.change_at_once(steps).await);
        }
        outcomes
    }

    async fn change_at_once(&self, steps: &[Step]) -> Vec<Result<RawData>> {
        let mutations: Vec<&Mutation> = steps.iter().map(|step| step.mutation).collect();
        let variables: serde_json::Map<String, Value> =
            steps.iter().enumerate().map(|(place, step)| (format!("i{place}"), step.input.clone())).collect();
        let body = json!({ "query": change::text(&mutations), "variables": variables });
        let endpoint = if mutations.iter().any(|mutation| mutation.creates) { &CREATE } else { &CHANGE };
        let outcomes = match self.http.follow(endpoint, self.places.graphql()).json(&body).send().await {
            Ok(reply) => change::sort_out(&reply, steps.len()),
            Err(error) => steps.iter().map(|_| Err(answer::copy(&error))).collect(),
        };
        outcomes.into_iter().map(|outcome| outcome.map_err(|error| self.http.redacted(&error))).collect()
    }
}

/// Makes one error of a change that consists of several steps: what was done and what was not.
pub(crate) fn partial(id: &str, steps: Vec<(String, Result<RawData>)>) -> Result<()> {
    let (mut applied, mut failed, mut first) = (Vec::new(), Vec::new(), None);
    for (name, outcome) in steps {
        match outcome {
            Ok(_) => applied.push(name),
            Err(error) => {
                failed.push(name);
                first.get_or_insert(error);
            }
        }
    }
    match first {
        None => Ok(()),
        Some(error) if applied.is_empty() => Err(error),
        Some(error) => Err(error.with_effect(Effect::Partial { id: id.to_owned(), applied, failed })),
    }
}

/// The cursor of the next page; one that is that of the page before would be followed for ever.
pub(crate) fn further(before: Option<&str>, next: Option<String>) -> Result<Option<String>> {
    if next.is_some() && next.as_deref() == before {
        return Err(Error::new(ErrorKind::InvalidResponse, "the backend's listing never ends"));
    }
    Ok(next)
}
