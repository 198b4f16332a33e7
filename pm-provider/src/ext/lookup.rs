//! Look-ups that must find exactly one item.

use futures_core::stream::BoxStream;
use futures_util::TryStreamExt;

use crate::error::{Error, ErrorKind, Result};

/// Takes the only item of a stream.
pub(super) async fn only<T>(what: &str, key: String, mut found: BoxStream<'static, Result<T>>) -> Result<T> {
    let Some(first) = found.try_next().await? else {
        return Err(Error::not_found(what, key));
    };
    if found.try_next().await?.is_some() {
        let message = format!("`{key}` names more than one {what}");
        return Err(Error::new(ErrorKind::Conflict, message).hint("use the id instead"));
    }
    Ok(first)
}
