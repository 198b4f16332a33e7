//! Texts: Markdown on our side, documents (ADF) on Cloud, wiki markup on Data Center.

use pm_provider::{Error, Field, Result};
use serde_json::Value;

use crate::adf;
use crate::api::Api;
use crate::wiki;

impl Api {
    /// A text as the server stores it: a document on Cloud, a string on Data Center.
    pub(crate) async fn stored_text(&self, markdown: &str) -> Result<Value> {
        let is_cloud = self.flavor().await?.is_cloud();
        Ok(if is_cloud { adf::from_markdown(markdown) } else { Value::from(wiki::to_wiki(markdown)) })
    }

    /// A stored text as Markdown; what it is tells its shape.
    pub(crate) fn shown_text(stored: &Value) -> String {
        match stored {
            Value::String(text) => wiki::to_markdown(text),
            document => adf::to_markdown(document),
        }
    }

    /// What is to be stored in the place of a text; `None` where nothing is to be written, because it shows as it should.
    ///
    /// # Errors
    /// `InvalidInput` for a text that holds what Markdown cannot say, unless it may be discarded.
    pub(crate) async fn changed_text(
        &self,
        field: Field,
        old: &Value,
        markdown: &str,
        discard: bool,
    ) -> Result<Option<Value>> {
        // Wiki markup loses nothing: what Markdown has no marks for is HTML in it, and comes back.
        if self.flavor().await?.is_cloud() {
            changed_document(field, old, markdown, discard)
        } else {
            Ok(changed_wiki(old, markdown))
        }
    }
}

/// The document after a change, with what it keeps of the old one.
fn changed_document(field: Field, old: &Value, markdown: &str, discard: bool) -> Result<Option<Value>> {
    let Some(update) = adf::update(old, markdown) else { return Ok(None) };
    if update.lost.is_empty() || discard {
        return Ok(Some(update.document));
    }
    let lost = update.lost.to_string();
    let message = format!("the new text drops what Markdown cannot say: {lost}");
    let error = Error::invalid_input(message).on_field(field, format!("would lose {lost}"));
    Err(error.hint("keep the parts that hold them as they are, or insist with `discard_formatting`"))
}

/// Another way to write the same changes nothing that is to be seen.
fn changed_wiki(old: &Value, markdown: &str) -> Option<Value> {
    let shown = Api::shown_text(old);
    if shown == markdown {
        return None;
    }
    let wiki = wiki::to_wiki(markdown);
    (wiki::to_markdown(&wiki) != shown).then(|| Value::from(wiki))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use pm_provider::{Effect, ErrorKind};
    use serde_json::json;

    use super::*;

    fn with_panel() -> Value {
        json!({"type": "doc", "version": 1, "content": [
            {"type": "paragraph", "content": [
                {"type": "text", "text": "Ask "}, {"type": "mention", "attrs": {"id": "5b10", "text": "@Ann"}},
            ]},
            {"type": "paragraph", "content": [{"type": "text", "text": "Then go on."}]},
        ]})
    }

    #[test]
    fn a_text_that_shows_as_it_should_is_not_written() {
        let document = with_panel();
        let shown = Api::shown_text(&document);
        assert_eq!(changed_document(Field::Description, &document, &shown, false).unwrap(), None);
        let wiki = Value::from("{panel:title=Hi}\n*a*\n{panel}");
        let shown = Api::shown_text(&wiki);
        assert_eq!(changed_wiki(&wiki, &shown), None);
        assert_eq!(changed_wiki(&wiki, &format!("{shown}\n")), None);
    }

    #[test]
    fn what_an_edit_does_not_touch_stays() {
        let document = with_panel();
        let shown = Api::shown_text(&document).replace("Then go on.", "Then stop.");
        let changed = changed_document(Field::Description, &document, &shown, false).unwrap().unwrap();
        assert_eq!(changed["content"][0], document["content"][0]);
        assert_eq!(changed["content"][1]["content"][0]["text"], "Then stop.");
        let wiki = Value::from("{panel:title=Hi}\n{color:red}a{color} [~ann]\n{panel}\n\nend");
        let shown = Api::shown_text(&wiki).replace("end", "the end");
        let changed = changed_wiki(&wiki, &shown).unwrap();
        assert_eq!(changed, "{panel:title=Hi}\n{color:red}a{color} [~ann]\n{panel}\n\nthe end");
    }

    #[test]
    fn what_would_be_lost_is_named_and_lost_on_insistence_alone() {
        let document = with_panel();
        let error = changed_document(Field::Description, &document, "All new.", false).unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidInput, &Effect::NotExecuted));
        assert!(error.message().contains("mention"), "{error}");
        assert_eq!(error.field_errors()[0].field, Field::Description);
        assert!(error.hint_text().unwrap().contains("`discard_formatting`"), "{error}");
        let changed = changed_document(Field::Description, &document, "All new.", true).unwrap().unwrap();
        assert_eq!(Api::shown_text(&changed), "All new.");
    }
}
