//! Where the vendors' descriptions are.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::description::Description;
use crate::vendor::Vendor;

/// The environment variable that names the folder.
pub const VARIABLE: &str = "PM_CONTRACT_SPECS";

/// Reads the description of a vendor for a test; where it is not there, says so in one line, once, and answers `None`.
///
/// # Errors
/// When `PM_TEST_REQUIRE` names `contract` and it is not there, or when it is there and is no description.
pub fn load_or_tell(
    vendor: Vendor,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Option<Description>, String> {
    let required = environment("PM_TEST_REQUIRE").is_some_and(|names| names.split(',').any(|name| name == "contract"));
    let is_there = file(vendor, &environment).is_ok_and(|file| file.exists());
    match load(vendor, environment) {
        Err(why) if !required && !is_there => {
            tell_once(vendor, &why);
            Ok(None)
        }
        other => other.map(Some),
    }
}

fn tell_once(vendor: Vendor, why: &str) {
    static TOLD: Mutex<Vec<Vendor>> = Mutex::new(Vec::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if !told.contains(&vendor) {
        told.push(vendor);
        // A closed standard error is no reason to fail a test.
        let _ = writeln!(std::io::stderr(), "{why}");
    }
}

/// Reads the description of a vendor from the folder that a look-up function names.
///
/// # Errors
/// One line for people when there is no folder, no such file in it, or no description in the file.
pub fn load(vendor: Vendor, environment: impl Fn(&str) -> Option<String>) -> Result<Description, String> {
    let file = file(vendor, environment)?;
    let text = read(vendor, &file)?;
    let second = vendor.second_file().map(|name| read(vendor, &file.with_file_name(name))).transpose()?;
    Description::join(&text, second.as_deref(), vendor).map_err(|problem| format!("`{}`: {problem}", file.display()))
}

fn read(vendor: Vendor, file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|problem| left_out(vendor, &format!("`{}`: {problem}", file.display())))
}

/// The file of a vendor in the folder that a look-up function names.
///
/// # Errors
/// One line for people when no folder is named.
pub fn file(vendor: Vendor, environment: impl Fn(&str) -> Option<String>) -> Result<PathBuf, String> {
    let folder = environment(VARIABLE).filter(|folder| !folder.is_empty());
    let folder = folder.ok_or_else(|| left_out(vendor, &format!("`{VARIABLE}` is not set")))?;
    Ok(PathBuf::from(folder).join(vendor.file()))
}

fn left_out(vendor: Vendor, why: &str) -> String {
    format!(
        "left out: contract check of {vendor}: {why}; point {VARIABLE} at a folder that holds `{}` ({})",
        vendor.file(),
        vendor.origin()
    )
}
