//! The title and the text of something new.

use crate::editor::{Body, BodyArgs};
use crate::failure::{Failure, Result};
use crate::host::Host;
use crate::prompt;

/// How a kind of item calls its title.
pub(crate) struct Wording {
    /// In messages: `title`.
    pub(crate) title: &'static str,
    /// When a person is asked for it.
    pub(crate) question: &'static str,
    /// The option that gives it.
    pub(crate) option: &'static str,
}

/// A title, and a text where there is one.
#[derive(Debug)]
pub(crate) struct TitleAndText {
    pub(crate) title: String,
    text: Option<String>,
    body: Option<Body>,
}

impl TitleAndText {
    /// Takes what is given; an editor without a title begins with it, and a person is asked for a missing one.
    pub(crate) fn read(host: &Host, title: Option<String>, body: &BodyArgs, wording: &Wording) -> Result<Self> {
        if title.is_none() && body.editor {
            return Self::edit(host, body, wording);
        }
        let title = match title {
            Some(title) => Some(title),
            None => prompt::line(host, wording.question)?,
        };
        let title = title.filter(|title| !title.trim().is_empty()).ok_or_else(|| missing(wording))?;
        let body = body.read(host, "")?;
        let text = body.as_ref().map(|body| body.text.clone());
        Ok(Self { title, text, body })
    }

    fn edit(host: &Host, body: &BodyArgs, wording: &Wording) -> Result<Self> {
        let Some(body) = body.read(host, "")? else { return Err(missing(wording)) };
        let text = body.text.trim();
        let (title, text) = text.split_once('\n').unwrap_or((text, ""));
        let (title, text) = (title.trim().to_owned(), text.trim_start().to_owned());
        if title.is_empty() {
            return Err(body.rescue(missing(wording).hint(format!("the first line is the {}", wording.title))));
        }
        Ok(Self { title, text: Some(text), body: Some(body) })
    }

    /// The text, unless it is empty.
    pub(crate) fn text(&self) -> Option<String> {
        self.text.clone().filter(|text| !text.trim().is_empty())
    }

    /// Keeps what was written in an editor.
    pub(crate) fn rescue(self, failure: Failure) -> Failure {
        match self.body {
            Some(body) => body.rescue(failure),
            None => failure,
        }
    }
}

fn missing(wording: &Wording) -> Failure {
    Failure::usage(format!("the {} is missing", wording.title))
        .hint(format!("give it as an argument, or with {}", wording.option))
}
