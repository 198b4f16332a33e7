//! The page of a provider in the documentation: its table is made from what the provider says of itself, and the tests and
//! settings that it names are there.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use pm_provider::{Capabilities, CreateGuarantee, FieldSupport, SettingSpec, Support};

const BEGIN: &str = "<!-- capabilities:begin -->\n";
const END: &str = "<!-- capabilities:end -->";
/// What is shorter than the name of a test is something else in backticks.
const SHORTEST_NAME: usize = 25;

/// A page in Markdown, with a table between `<!-- capabilities:begin -->` and `<!-- capabilities:end -->`.
#[derive(Clone, Debug)]
pub struct ProviderPage {
    path: PathBuf,
    text: String,
}

impl ProviderPage {
    /// Reads a page.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, String> {
        let path = path.as_ref().to_owned();
        let text = fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
        Ok(Self { path, text })
    }

    /// Compares its table with what a provider can do; writes it anew where it is old.
    ///
    /// # Errors
    /// Where it was old, to be looked at; where there is no place for it.
    pub fn check_table(&self, capabilities: &Capabilities) -> Result<(), String> {
        let parts = self.text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
        let (before, (present, after)) =
            parts.ok_or_else(|| format!("no place for a table in {}", self.path.display()))?;
        let table = table(capabilities);
        if present == table {
            return Ok(());
        }
        let text = format!("{before}{BEGIN}{table}{END}{after}");
        fs::write(&self.path, text).map_err(|error| at(&self.path, &error))?;
        Err("the table was old and has been written anew: look at it and commit it".to_owned())
    }

    /// Looks for the tests that the page names, in the sources below some folders; says how many it names.
    ///
    /// # Errors
    /// The names of those that are not there; where the sources cannot be read.
    pub fn check_tests(&self, folders: &[PathBuf]) -> Result<usize, String> {
        let mut sources = String::new();
        for folder in folders {
            read_all(folder, &mut sources).map_err(|error| at(folder, &error))?;
        }
        let names = self.test_names();
        let missing: Vec<_> = names.iter().filter(|name| !sources.contains(&format!("fn {name}("))).collect();
        if missing.is_empty() { Ok(names.len()) } else { Err(format!("there are no such tests: {missing:?}")) }
    }

    fn test_names(&self) -> Vec<&str> {
        let is_name = |word: &&str| {
            word.len() >= SHORTEST_NAME
                && word.contains('_')
                && word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
        };
        self.text.split('`').skip(1).step_by(2).filter(is_name).collect()
    }

    /// Looks for the names of all settings.
    ///
    /// # Errors
    /// Those that the page does not name.
    pub fn check_settings(&self, settings: &[SettingSpec]) -> Result<(), String> {
        let missing: Vec<_> = settings.iter().map(|spec| spec.env).filter(|env| !self.text.contains(env)).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("these settings are not on the page: {missing:?}")) }
    }
}

fn at(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn read_all(folder: &Path, sources: &mut String) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_all(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            *sources += &fs::read_to_string(&path)?;
        }
    }
    Ok(())
}

fn table(capabilities: &Capabilities) -> String {
    let mut text = String::new();
    for (entity, can) in &capabilities.entities {
        let operations: Vec<_> = can.operations.iter().map(ToString::to_string).collect();
        let key = match &can.create_guarantee {
            CreateGuarantee::Marker { place, .. } => format!("; idempotency keys as a mark in the {place}"),
            _ => String::new(),
        };
        let lock = if can.optimistic_lock { "; `if_version`" } else { "" };
        let _ = writeln!(text, "\n**{entity}**: {}{key}{lock}", operations.join(", "));
        let filters: Vec<_> = can.filters.iter().map(ToString::to_string).collect();
        if !filters.is_empty() {
            let _ = writeln!(text, "\nfilters: {}", filters.join(", "));
        }
        if !can.fields.is_empty() {
            text.push_str("\n| field | read | create | change | empty | |\n|---|---|---|---|---|---|\n");
        }
        for (field, support) in &can.fields {
            let marks = [support.readable, support.on_create, support.on_update, support.clearable].map(mark);
            let _ = writeln!(text, "| `{field}` | {} | {} |", marks.join(" | "), note(support));
        }
    }
    text.trim_start().to_owned()
}

fn mark(support: Support) -> &'static str {
    match support {
        Support::No => "",
        Support::Yes => "yes",
        _ => "by project",
    }
}

fn note(support: &FieldSupport) -> String {
    let length = support.max_length.map(|most| format!("{most} characters at most"));
    let count = support.max_items.map(|most| format!("{most} at most"));
    [support.lossy.clone(), length, count].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use pm_provider::PmProvider;

    use super::*;
    use crate::MemoryProvider;

    fn page(text: &str) -> (tempfile::TempDir, ProviderPage) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.md");
        fs::write(&path, text).unwrap();
        let page = ProviderPage::read(&path).unwrap();
        (folder, page)
    }

    #[test]
    fn an_old_table_is_written_anew() {
        let provider = MemoryProvider::new();
        let (folder, page) = page(&format!("# Page\n{BEGIN}old\n{END}\nmore"));
        assert!(page.check_table(provider.capabilities()).unwrap_err().contains("written anew"));
        let page = ProviderPage::read(folder.path().join("page.md")).unwrap();
        assert!(page.text.starts_with("# Page\n") && page.text.ends_with("\nmore"));
        assert!(page.text.contains("**task**: ") && page.text.contains("| `title` | yes | yes |"));
        page.check_table(provider.capabilities()).unwrap();
    }

    #[test]
    fn a_page_without_a_place_is_told() {
        let (_folder, page) = page("# Page");
        assert!(page.check_table(MemoryProvider::new().capabilities()).is_err());
    }

    #[test]
    fn tests_and_settings_that_are_not_there_are_told() {
        let (folder, page) = page("`a_test_whose_name_is_long_enough`, `short_name`, EXAMPLE_URL");
        fs::create_dir(folder.path().join("inner")).unwrap();
        let source = folder.path().join("inner/a.rs");
        fs::write(&source, "fn another() {}").unwrap();
        let folders = [folder.path().to_owned()];
        assert!(page.check_tests(&folders).unwrap_err().contains("a_test_whose_name_is_long_enough"));
        fs::write(&source, "fn a_test_whose_name_is_long_enough() {}").unwrap();
        assert_eq!(page.check_tests(&folders), Ok(1));
        page.check_settings(&[SettingSpec::new("url", "EXAMPLE_URL", "")]).unwrap();
        assert!(
            page.check_settings(&[SettingSpec::new("key", "EXAMPLE_KEY", "")]).unwrap_err().contains("EXAMPLE_KEY")
        );
    }
}
