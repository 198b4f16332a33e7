//! Runs the program in a folder of its own, with nothing of the tester's environment.

pub(crate) mod github;

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// A home and a working directory that vanish with the test.
pub(crate) struct Sandbox {
    root: TempDir,
}

/// How a run ended; of [`Run::run`], with everything that differs from run to run replaced.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A run in the making.
pub(crate) struct Run<'a> {
    sandbox: &'a Sandbox,
    command: Command,
    input: Option<Vec<u8>>,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let root = tempfile::Builder::new().prefix("spm-test-").tempdir().unwrap();
        fs::create_dir(root.path().join("work")).unwrap();
        fs::create_dir(root.path().join("home")).unwrap();
        Self { root }
    }

    /// The working directory.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// Writes a file, seen from the working directory.
    pub(crate) fn write(&self, path: &str, text: &str) -> &Self {
        write(&self.work().join(path), text);
        self
    }

    /// Writes the user's own file.
    pub(crate) fn write_config(&self, text: &str) -> &Self {
        write(&self.config(), text);
        self
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.home().join(".config/spm/config.toml")
    }

    /// Every file and folder there is.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        list(self.root.path(), self.root.path(), &mut found);
        found.sort();
        found
    }

    /// `spm` with these arguments.
    pub(crate) fn spm(&self, arguments: &[&str]) -> Run<'_> {
        self.program(Path::new(env!("CARGO_BIN_EXE_spm")), arguments)
    }

    /// The `spm` of somebody else, with the backend `third`.
    pub(crate) fn third(&self, arguments: &[&str]) -> Run<'_> {
        self.program(third_party(), arguments)
    }

    fn program(&self, program: &Path, arguments: &[&str]) -> Run<'_> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.work()).env_clear().env("HOME", self.home());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        Run { sandbox: self, command, input: None }
    }

    /// Runs, which must go well, and reads the JSON that it prints.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let text = self.spm(arguments).raw().ok();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    fn normalised(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let real = fs::canonicalize(self.root.path()).unwrap();
        let text = [real.as_path(), self.root.path()].iter().fold(text, |text, root| {
            let (work, home) = (root.join("work"), root.join("home"));
            text.replace(work.to_str().unwrap(), "[DIR]").replace(home.to_str().unwrap(), "[HOME]")
        });
        without_times(&without_ids(&text))
    }
}

impl Run<'_> {
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs in a folder within the working directory.
    pub(crate) fn within(mut self, folder: &str) -> Self {
        self.command.current_dir(self.sandbox.work().join(folder));
        self
    }

    /// Standard input.
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }

    pub(crate) fn run(self) -> Outcome {
        let sandbox = self.sandbox;
        let raw = self.raw();
        let normalised = |text: &str| sandbox.normalised(text.as_bytes());
        Outcome { code: raw.code, stdout: normalised(&raw.stdout), stderr: normalised(&raw.stderr) }
    }

    /// The command itself, for tests that want more than its end.
    pub(crate) fn command(self) -> Command {
        self.command
    }

    /// Runs, and leaves ids and times as they are.
    pub(crate) fn raw(mut self) -> Outcome {
        let stdin = if self.input.is_some() { Stdio::piped() } else { Stdio::null() };
        let mut child = self.command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        if let Some(bytes) = self.input {
            let mut input = child.stdin.take().unwrap();
            // A program that fails early does not read to the end.
            std::thread::spawn(move || drop(input.write_all(&bytes)));
        }
        let output = child.wait_with_output().unwrap();
        Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Outcome {
    /// Returns the output of a run that must have gone well.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert!(self.code == 0, "{self:?}");
        self.stdout
    }

    /// Returns the message of a run that must have ended with this code.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert!(self.code == code && self.stdout.is_empty(), "{self:?}");
        self.stderr
    }

    /// Everything that was said.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {}\n-- stdout\n{}-- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn list(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        if path.is_dir() {
            list(root, &path, found);
        }
    }
}

/// Examples are built along with the tests, but not where one test binary alone is asked for.
fn third_party() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_spm")).parent().unwrap();
        let path = folder.join("examples").join(format!("third_party{}", std::env::consts::EXE_SUFFIX));
        if !path.exists() {
            let build = ["build", "--package", "spm-cli", "--example", "third_party"];
            let status = Command::new(env!("CARGO")).args(build).status().unwrap();
            assert!(status.success(), "the example `third_party` cannot be built");
        }
        path
    })
}

/// Replaces what matches at a place by a word: `length` says how long the match is.
fn replaced(text: &str, word: &str, length: impl Fn(&str) -> Option<usize>) -> String {
    let (mut rest, mut new) = (text, String::new());
    while let Some(first) = rest.chars().next() {
        match length(rest) {
            Some(length) => {
                new.push_str(word);
                rest = &rest[length..];
            }
            None => {
                new.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    new
}

/// Whether a text begins with a pattern: `x` is a hexadecimal digit, `0` a digit, all else itself.
fn begins(text: &str, pattern: &str) -> bool {
    let fits = |(byte, wanted): (u8, u8)| match wanted {
        b'x' => byte.is_ascii_hexdigit(),
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    };
    text.len() >= pattern.len() && text.bytes().zip(pattern.bytes()).all(fits)
}

const ID: &str = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

/// Whether a word is an id.
pub(crate) fn is_id(word: &str) -> bool {
    word.len() == ID.len() && begins(word, ID)
}

fn without_ids(text: &str) -> String {
    replaced(text, "[ID]", |rest| begins(rest, ID).then_some(ID.len()))
}

fn without_times(text: &str) -> String {
    const TIME: &str = "0000-00-00T00:00:00";
    replaced(text, "[TIME]", |rest| {
        let after = begins(rest, TIME).then(|| &rest[TIME.len()..])?;
        let fraction = after.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap_or(after.len());
        let zone = usize::from(after[fraction..].starts_with('Z'));
        Some(TIME.len() + fraction + zone)
    })
}

#[test]
fn what_differs_from_run_to_run_is_replaced() {
    let text = "a 0190a6c4-7d2e-7000-8000-00000000000f b 2026-11-21T10:20:30.123456Z, 2026-11-21T10:20:30Z, 2026-11-21";
    assert_eq!(without_times(&without_ids(text)), "a [ID] b [TIME], [TIME], 2026-11-21");
}
