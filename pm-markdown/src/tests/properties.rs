//! What holds for every text and every document.

use proptest::prelude::*;

use crate::testing::{documents, models, soup};
use crate::{normal, read, tidy, write};

fn is_read_back(markdown: &str) -> Result<(), TestCaseError> {
    let document = read(markdown);
    let written = write(&document);
    prop_assert_eq!(read(&written), document, "written: {}", written);
    prop_assert_eq!(normal(&written), written);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_document_is_read_back(markdown in documents()) {
        is_read_back(&markdown)?;
    }

    #[test]
    fn any_markdown_is_read_back(markdown in soup()) {
        is_read_back(&markdown)?;
    }

    #[test]
    fn a_model_is_read_back(document in models()) {
        let written = write(&document);
        prop_assert_eq!(read(&written), tidy(document), "written: {}", written);
    }

    #[test]
    fn what_is_tidy_stays(document in models()) {
        let once = tidy(document);
        prop_assert_eq!(tidy(once.clone()), once);
    }

    #[test]
    fn nothing_panics(text in any::<String>()) {
        let _ = normal(&text);
    }

    #[test]
    fn prose_is_the_same_to_the_letter(
        text in "[a-zA-Zäöü日本😀][a-zA-Zäöü日本😀0-9,.;:'/() -]{0,20}[a-z](\n\n?[a-zA-Z][a-zA-Z0-9,.;:'/() ]{0,20}[a-z]){0,3}"
    ) {
        prop_assert_eq!(normal(&text), text);
    }
}
