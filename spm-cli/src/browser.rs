//! `--web`: the item in a browser.

use std::process::{Command, Stdio};

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::host::Host;
use crate::output::note;

/// Opens an address in `BROWSER`, else in the desktop's own browser.
pub(crate) fn open(host: &Host, what: &str, url: Option<&str>) -> Result<()> {
    let Some(url) = url else {
        return Err(Failure::new(Code::NotFound, format!("{what} has no address to open")));
    };
    // The address comes from a backend: nothing but a web page is opened.
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(Failure::usage(format!("{what} has the address `{url}`; allowed are `https://…` and `http://…`")));
    }
    let failed = |error: &std::io::Error| Failure::io("starting the browser", error).hint("set BROWSER to one");
    match host.variable("BROWSER")? {
        Some(browser) => {
            let mut words = browser.split_whitespace();
            let program = words.next().unwrap_or_default();
            let mut command = Command::new(program);
            command.args(words).arg(url).stdin(Stdio::null());
            command.status().map_err(|error| failed(&error))?;
        }
        None => open::that_detached(url).map_err(|error| failed(&error))?,
    }
    note(format_args!("opened {url}"));
    Ok(())
}
