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

/// The proof that a call was made; only [`Next`] has one to give.
pub struct Answered(());

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answered")
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

    /// Makes any call through the interceptor.
    pub(super) async fn pass_named<T: Send>(
        &self,
        operation: impl Into<String>,
        writes: bool,
        subject: Option<&str>,
        call: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let operation = operation.into();
        let description =
            Call { provider: Arc::clone(&self.name), operation, writes, subject: subject.map(str::to_owned) };
        let mut answer = None;
        let next = Box::pin(async {
            answer = Some(call.await?);
            Ok(Answered(()))
        });
        self.interceptor.around(&description, next).await?;
        answer.ok_or_else(|| {
            Error::new(ErrorKind::Internal, "an interceptor answered a call with another call's `Answered`")
        })
    }
}
