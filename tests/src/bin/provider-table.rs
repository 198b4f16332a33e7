//! Prints the table of providers, or with `--write` puts it into the project's README.

use std::io::Write as _;
use std::process::ExitCode;

use pm_tests::provider_table::{all_capabilities, markdown, readme, replaced_in};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let table = markdown(&all_capabilities());
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => std::io::stdout().write_all(table.as_bytes()).map_err(|error| error.to_string()),
        ["--write"] => write(&table),
        _ => Err(format!("the arguments {arguments:?} make no sense; allowed is `--write`, or nothing")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "provider-table: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(table: &str) -> Result<(), String> {
    let path = readme();
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let text = replaced_in(&text, table)
        .ok_or("the README has no marks `<!-- provider-table:begin -->` and `<!-- provider-table:end -->`")?;
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}
