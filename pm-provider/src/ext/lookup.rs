//! Look-ups that must find exactly one item.

use futures_core::stream::BoxStream;
use futures_util::TryStreamExt;

use crate::error::{Error, ErrorKind, Result};

/// A look-up, as its errors name it.
pub(super) struct Lookup {
    pub(super) provider: String,
    pub(super) operation: &'static str,
    pub(super) what: &'static str,
    pub(super) key: String,
}

impl Lookup {
    /// Takes the only item of a stream.
    pub(super) async fn only<T>(self, mut found: BoxStream<'static, Result<T>>) -> Result<T> {
        let first = found.try_next().await?.ok_or_else(|| self.place(Error::not_found(self.what, &self.key)))?;
        match found.try_next().await? {
            None => Ok(first),
            Some(_) => Err(self.several()),
        }
    }

    fn several(&self) -> Error {
        let message = format!("`{}` names more than one {}", self.key, self.what);
        self.place(Error::new(ErrorKind::Conflict, message).hint("use the id instead"))
    }

    fn place(&self, error: Error) -> Error {
        error.in_provider(&self.provider).during(self.operation)
    }
}
