//! Reading settings that are more than a text.

use std::str::FromStr;

use pm_provider::{BuildContext, Error, Result, SettingSpec};

/// Reads a setting of a few words, in upper or lower case; `None` where it is not set.
///
/// # Errors
/// `Configuration` with all of the words.
pub fn choice<T: Clone>(context: &BuildContext, spec: &SettingSpec, choices: &[(&str, T)]) -> Result<Option<T>> {
    let Some(text) = context.text(spec.key) else { return Ok(None) };
    let found = choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
    found.map(|(_, value)| Some(value.clone())).ok_or_else(|| {
        let words: Vec<_> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
        wrong(spec, &format!("`{text}` is none of {}", words.join(", ")))
    })
}

/// Reads a setting that a type of its own understands; `None` where it is not set.
///
/// # Errors
/// `Configuration` with what the type says.
pub fn parsed<T: FromStr<Err = Error>>(context: &BuildContext, spec: &SettingSpec) -> Result<Option<T>> {
    let text = context.text(spec.key);
    text.map(str::parse).transpose().map_err(|error: Error| wrong(spec, error.message()))
}

/// Reads a whole number within bounds; `None` where it is not set.
///
/// # Errors
/// `Configuration` with the bounds.
pub fn number(context: &BuildContext, spec: &SettingSpec, least: u32, most: u32) -> Result<Option<u32>> {
    let Some(text) = context.text(spec.key) else { return Ok(None) };
    let number = text.trim().parse().ok().filter(|number| (least..=most).contains(number));
    let refused = || wrong(spec, &format!("`{text}` is not allowed; a whole number from {least} to {most} is"));
    number.map(Some).ok_or_else(refused)
}

/// The error for a setting whose value makes no sense.
#[must_use]
pub fn wrong(spec: &SettingSpec, what: &str) -> Error {
    Error::configuration(format!("setting `{}`: {what}", spec.key)).hint(format!("{} is {}", spec.env, spec.help))
}

/// The error for a setting that has to be there.
#[must_use]
pub fn missing(spec: &SettingSpec) -> Error {
    Error::configuration(format!("setting `{}` is missing", spec.key)).hint(format!("set {}", spec.env))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use async_trait::async_trait;
    use pm_provider::{Overrides, Secret, SecretReference, SecretResolver, Settings, StatusCategory};

    use super::*;

    const MODE: SettingSpec = SettingSpec::new("mode", "EXAMPLE_MODE", "`fast` (the default) or `safe`");

    /// Has no secrets.
    #[derive(Debug)]
    struct NoSecrets;

    #[async_trait]
    impl SecretResolver for NoSecrets {
        async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
            Err(Error::configuration(format!("`{reference}` is not there")))
        }
    }

    fn context(text: Option<&str>) -> BuildContext {
        let settings = text.into_iter().fold(Settings::new(), |settings, text| settings.set("mode", text));
        BuildContext::new("example", settings, Arc::new(NoSecrets))
    }

    #[test]
    fn words_may_be_in_any_case() {
        let choices = [("fast", 1), ("safe", 2)];
        assert_eq!(choice(&context(Some(" Safe ")), &MODE, &choices).unwrap(), Some(2));
        assert_eq!(choice(&context(None), &MODE, &choices).unwrap(), None);
        let error = choice(&context(Some("slow")), &MODE, &choices).unwrap_err().to_string();
        assert!(
            error.contains("`slow`") && error.contains("`fast`, `safe`") && error.contains("EXAMPLE_MODE"),
            "{error}"
        );
    }

    #[test]
    fn a_type_says_what_is_wrong() {
        let read = |text| parsed::<Overrides<StatusCategory>>(&context(text), &MODE);
        assert!(read(Some("Resolved=done")).unwrap().is_some());
        assert!(read(None).unwrap().is_none());
        let error = read(Some("Resolved=perhaps")).unwrap_err();
        assert!(error.message().starts_with("setting `mode`: "), "{error}");
    }

    #[test]
    fn numbers_have_bounds() {
        let read = |text| number(&context(text), &MODE, 1, 10);
        assert_eq!((read(Some("10")).unwrap(), read(None).unwrap()), (Some(10), None));
        for text in ["0", "11", "-1", "many"] {
            assert!(read(Some(text)).is_err(), "{text}");
        }
    }
}
