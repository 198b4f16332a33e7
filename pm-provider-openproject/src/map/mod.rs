//! Pure functions between wire types and models.

mod attachment;
mod comment;
mod custom;
mod project;
mod relation;
mod sprint;
mod task;
mod user;
mod vocabulary;

pub(crate) use attachment::attachment;
pub(crate) use comment::{comment, is_comment};
pub(crate) use custom::{Shapes, is_custom};
pub(crate) use project::project;
pub(crate) use relation::{kind_word, relation};
pub(crate) use sprint::{sprint, version};
pub(crate) use task::{key_of, task};
pub(crate) use user::{is_user, user};
pub(crate) use vocabulary::{
    ARCHIVED, Dictionary, NOT_SET, project_choices, sprint_choices, version_choices, version_word,
};

use pm_http::Marker;
use pm_provider::PMUser;

use crate::dto::{Formattable, Link};

/// The text of a description without the mark of an idempotency key; `None` where nothing is left.
pub(crate) fn text(formattable: Option<&Formattable>) -> Option<String> {
    let raw = formattable?.raw.as_deref()?;
    let (text, _) = Marker::take_out(raw);
    (!text.is_empty()).then(|| text.into_owned())
}

/// Says whether an author is us; nobody else is known to be one where the server names none.
pub(crate) fn is_ours(me: &PMUser, author: Option<&Link>) -> bool {
    author.and_then(Link::id).is_none_or(|id| id.to_string() == me.id.as_str())
}

/// The mark in a description.
pub(crate) fn marker(formattable: Option<&Formattable>) -> Option<Marker> {
    Marker::split(formattable?.raw.as_deref()?).1
}
