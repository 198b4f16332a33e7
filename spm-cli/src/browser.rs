//! `--web`: the item in a browser.

use std::process::Stdio;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::host::Host;
use crate::output::note;
use crate::program;

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
            let status = program::command("browser", &browser)?.arg(url).stdin(Stdio::null()).status();
            let status = status.map_err(|error| failed(&error))?;
            if !status.success() {
                return Err(Failure::new(Code::Failure, format!("the browser `{browser}` gave up ({status})")));
            }
        }
        None => open::that_detached(url).map_err(|error| failed(&error))?,
    }
    note(format_args!("opened {url}"));
    Ok(())
}
