//! `spm` with the backends of `pm-core`. Everything is in the library, so that others can ship an `spm` of their own.

use std::process::ExitCode;

fn main() -> ExitCode {
    spm_cli::Runner::new().main()
}
