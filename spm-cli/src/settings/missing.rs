//! No database in sight: where somebody looked for one.

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
    let is_missing = error.kind() == ErrorKind::Configuration && error.message().starts_with(MISSING);
    if provider != INTERNAL || !is_missing {
        return error.into();
    }
    let address = settings.iter().find(|setting| setting.spec.exposure == Exposure::Url);
    let folder = settings.iter().find(|setting| setting.spec.env == DATA_DIR);
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
    let found = folder.and_then(Setting::text).filter(|folder| std::path::Path::new(folder).is_dir());
    let folder = match found {
        Some(folder) => format!("`{folder}` is there, without a database in it"),
        None => format!("no folder `{DATA_DIR_NAME}` in `{here}` or any folder above"),
    };
    let message = format!(
        "there is no database in sight; looked at\n  PM_DATABASE_URL: not set\n  PM_DATA_DIR: not set\n  {DATA_DIR_NAME}: {folder}"
    );
    Failure::settings(message).hint(HINT)
}
