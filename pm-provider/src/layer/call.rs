//! One call, as an interceptor sees it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::Gate;
use crate::capability::Operation;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Entity;

/// What is called: names and ids, never contents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// The provider.
    pub provider: Arc<str>,
    /// The operation by its name in the contract: `create_task`.
    pub operation: String,
    /// Whether it changes anything.
    pub writes: bool,
    /// The id of the item that it is about.
    pub subject: Option<String>,
}

/// The proof that a call was made; only [`Next`] has one to give. It tells what only the answer knows: names and ids,
/// never contents.
#[derive(Debug, Default)]
pub struct Answered {
    item: Option<String>,
    parts: Option<(usize, usize)>,
}

impl Answered {
    /// The id of the item that was made.
    #[must_use]
    pub fn item(&self) -> Option<&str> {
        self.item.as_deref()
    }

    /// How many parts of a batch were done, and how many failed.
    #[must_use]
    pub fn parts(&self) -> Option<(usize, usize)> {
        self.parts
    }

    pub(super) fn made(item: impl fmt::Display) -> Self {
        Self { item: Some(item.to_string()), parts: None }
    }

    pub(super) fn batch<T>(parts: &[Result<T>]) -> Self {
        let done = parts.iter().filter(|part| part.is_ok()).count();
        Self { item: None, parts: Some((done, parts.len() - done)) }
    }
}

/// The call itself: await it to make it.
pub type Next<'a> = BoxFuture<'a, Result<Answered>>;

impl Gate {
    /// Makes an operation on a kind of item through the interceptor.
    pub(super) async fn pass<T: Send>(
        &self,
        entity: Entity,
        operation: Operation,
        subject: Option<&str>,
        call: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        self.pass_named(operation.on(entity), operation.writes(), subject, call).await
    }

    /// Makes an item through the interceptor, which hears of its id afterwards.
    pub(super) async fn pass_create<T: Send, I: fmt::Display>(
        &self,
        entity: Entity,
        id: impl Fn(&T) -> I + Send + Sync,
        call: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let operation = Operation::Create;
        self.pass_told(operation.on(entity), operation.writes(), None, call, |item| Answered::made(id(item))).await
    }

    /// Makes any call through the interceptor.
    pub(super) async fn pass_named<T: Send>(
        &self,
        operation: impl Into<String>,
        writes: bool,
        subject: Option<&str>,
        call: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        self.pass_told(operation, writes, subject, call, |_| Answered::default()).await
    }

    /// Makes any call through the interceptor, and tells it something of the answer.
    pub(super) async fn pass_told<T: Send>(
        &self,
        operation: impl Into<String>,
        writes: bool,
        subject: Option<&str>,
        call: impl Future<Output = Result<T>> + Send,
        tell: impl Fn(&T) -> Answered + Send + Sync,
    ) -> Result<T> {
        let operation = operation.into();
        let description =
            Call { provider: Arc::clone(&self.name), operation, writes, subject: subject.map(str::to_owned) };
        let mut answer = None;
        let next = Box::pin(async {
            let given = call.await?;
            let told = tell(&given);
            answer = Some(given);
            Ok(told)
        });
        self.interceptor.around(&description, next).await?;
        answer.ok_or_else(|| {
            Error::new(ErrorKind::Internal, "an interceptor answered a call with another call's `Answered`")
        })
    }
}
