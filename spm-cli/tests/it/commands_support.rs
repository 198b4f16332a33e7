//! Short ways to run commands, in a pipe and on a terminal.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Outcome, Run, Sandbox};

/// Who runs everything.
pub(crate) const USER: &str = "ada";

/// A folder with a project `WEB`.
pub(crate) fn with_project() -> Sandbox {
    let sandbox = Sandbox::new();
    assert_eq!(ok(&sandbox, &["project", "create", "Website", "--key", "WEB"]), "WEB\n");
    sandbox
}

/// Where the database is: said outright, since a `.pm` in a folder above the sandbox would be taken otherwise.
pub(crate) fn database(sandbox: &Sandbox) -> String {
    sandbox.work().join(".pm").to_str().unwrap().to_owned()
}

/// A command of somebody who is not known.
pub(crate) fn of_nobody<'a>(sandbox: &'a Sandbox, arguments: &[&str]) -> Run<'a> {
    sandbox.spm(arguments).env("PM_DATA_DIR", &database(sandbox))
}

/// Runs a command as `ada`.
pub(crate) fn run(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    of_nobody(sandbox, arguments).env("PM_USER", USER).run()
}

/// Runs a command that must go well.
#[track_caller]
pub(crate) fn ok(sandbox: &Sandbox, arguments: &[&str]) -> String {
    run(sandbox, arguments).ok()
}

/// Runs a command that must fail with this code.
#[track_caller]
pub(crate) fn refused(sandbox: &Sandbox, code: i32, arguments: &[&str]) -> String {
    run(sandbox, arguments).failed(code)
}

/// Runs a command that must print one JSON value.
#[track_caller]
pub(crate) fn json(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    serde_json::from_str(&ok(sandbox, arguments)).unwrap()
}

/// A terminal of a certain width, with somebody who types.
pub(crate) struct Terminal<'a> {
    sandbox: &'a Sandbox,
    width: usize,
    colours: bool,
    typed: &'a str,
    variables: Vec<(&'a str, &'a str)>,
}

impl<'a> Terminal<'a> {
    /// A terminal without colours at which nobody types.
    pub(crate) fn new(sandbox: &'a Sandbox, width: usize) -> Self {
        Self { sandbox, width, colours: false, typed: "", variables: Vec::new() }
    }

    pub(crate) fn colours(mut self) -> Self {
        self.colours = true;
        self
    }

    pub(crate) fn types(mut self, text: &'a str) -> Self {
        self.typed = text;
        self
    }

    pub(crate) fn env(mut self, name: &'a str, value: &'a str) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Runs a command line; output and messages come as one text, as on a screen.
    pub(crate) fn run(self, command: &str) -> (i32, String) {
        let spm = env!("CARGO_BIN_EXE_spm");
        let line = format!("stty cols {} rows 40; spm() {{ {spm:?} \"$@\"; }}; {command}", self.width);
        let mut script = Command::new("script");
        script.args(["-qe", "-E", "never", "-c", &line, "/dev/null"]).current_dir(self.sandbox.work()).env_clear();
        script.env("HOME", self.sandbox.home()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        script
            .env("PM_DATA_DIR", database(self.sandbox))
            .env("TERM", "xterm")
            .env("PM_USER", USER)
            .env("SPM_PAGER", "cat")
            .env("SHELL", "/bin/sh");
        if !self.colours {
            script.env("NO_COLOR", "1");
        }
        script.envs(self.variables.iter().copied());
        let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(self.typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
        (output.status.code().unwrap_or(-1), shown)
    }
}

/// Whether there is a program that makes terminals; the tests of terminals need it.
pub(crate) fn has_terminals() -> bool {
    Path::new("/usr/bin/script").exists() && cfg!(target_os = "linux")
}
