//! No database in sight: where somebody looked for one.

use std::path::Path;

use pm_core::environment::{DATA_DIR, DATA_DIR_NAME};
use pm_core::{Error, ErrorKind, Exposure};

use super::setting::{Origin, Setting};
use crate::exit::Code;
use crate::failure::Failure;
use crate::host::Host;

/// The backend that keeps a database of its own.
const INTERNAL: &str = "internal";
/// How that backend begins to say that there is none.
const MISSING: &str = "there is no database file";
const HINT: &str = "`spm project create NAME` makes one";

/// Says where a database was looked for, if it is one that is missing.
pub(super) fn explain(error: Error, provider: &str, settings: &[Setting], host: &Host) -> Failure {
    let address = settings.iter().find(|setting| setting.spec.exposure == Exposure::Url);
    let folder = settings.iter().find(|setting| setting.spec.env == DATA_DIR);
    if provider != INTERNAL || error.kind() != ErrorKind::Configuration {
        return error.into();
    }
    if address.is_none() && folder.is_none() && host.environment.directory().is_none() {
        return Failure::settings("the working directory cannot be found")
            .hint("go to a folder that is there, or set PM_DATABASE_URL or PM_DATA_DIR");
    }
    if !error.message().starts_with(MISSING) {
        return error.into();
    }
    match (address, folder) {
        (Some(address), _) => {
            let message = format!("{}, which {} names", error.message(), address.place());
            Failure::new(Code::Settings, message).hint(format!("check the path; {HINT}"))
        }
        (None, Some(folder)) if folder.origin != Origin::Default => {
            let message = format!("{}, whose folder {} names", error.message(), folder.place());
            Failure::new(Code::Settings, message).hint(HINT)
        }
        _ => nowhere(folder, host),
    }
}

fn nowhere(folder: Option<&Setting>, host: &Host) -> Failure {
    let here = host.environment.directory().map(|here| here.display().to_string()).unwrap_or_default();
    let found = folder.and_then(Setting::text).filter(|folder| Path::new(folder).is_dir());
    let folder = match found {
        Some(folder) => format!("`{folder}` is there, without a database in it"),
        None => format!("no folder `{DATA_DIR_NAME}` in `{here}` or any folder above"),
    };
    let skipped: String = host.environment.skipped_data_dirs().iter().map(|path| skipped(path)).collect();
    let message = format!(
        "there is no database in sight; looked at\n  PM_DATABASE_URL: not set\n  PM_DATA_DIR: not set\n  {DATA_DIR_NAME}: {folder}{skipped}"
    );
    Failure::settings(message).hint(HINT)
}

fn skipped(folder: &Path) -> String {
    format!("\n  {DATA_DIR_NAME}: skipped `{}`, whose owner is not the one of the working directory", folder.display())
}
