//! Long texts: from an option, a file, standard input or an editor.

use std::fs;
use std::io::{Read, stdin};
use std::process::Command;

use clap::Args;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::host::Host;

/// Where a long text comes from.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct BodyArgs {
    /// The text, in Markdown
    #[arg(long, short, value_name = "TEXT", conflicts_with_all = ["body_file", "editor"])]
    pub(crate) body: Option<String>,
    /// Read the text from a file; `-` is standard input
    #[arg(long, short = 'F', value_name = "FILE", conflicts_with = "editor")]
    pub(crate) body_file: Option<String>,
    /// Write the text in an editor (SPM_EDITOR, VISUAL or EDITOR)
    #[arg(long, short)]
    pub(crate) editor: bool,
}

impl BodyArgs {
    /// The text, if one was given; an editor begins with `present`.
    pub(crate) fn read(&self, host: &Host, present: &str) -> Result<Option<String>> {
        match (&self.body, &self.body_file, self.editor) {
            (Some(text), ..) => Ok(Some(text.clone())),
            (None, Some(file), _) => read_file(host, file).map(Some),
            (None, None, true) => edit(host, present).map(Some),
            (None, None, false) => Ok(None),
        }
    }
}

fn read_file(host: &Host, file: &str) -> Result<String> {
    let bytes = if file == "-" {
        let mut bytes = Vec::new();
        stdin().lock().read_to_end(&mut bytes).map_err(|error| Failure::io("reading standard input", &error))?;
        bytes
    } else {
        fs::read(host.path(file)).map_err(|error| Failure::io(format!("reading `{file}`"), &error))?
    };
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("`{file}` is no UTF-8 text")))
}

fn edit(host: &Host, present: &str) -> Result<String> {
    let program = editor(host)?;
    if !host.terminal.input {
        return Err(Failure::usage("there is no terminal for an editor").hint("use --body or --body-file"));
    }
    let failed = |what: &str, error: &std::io::Error| Failure::io(format!("{what} the text"), error);
    let file = tempfile::Builder::new().prefix("spm-").suffix(".md").tempfile().map_err(|e| failed("keeping", &e))?;
    fs::write(file.path(), present).map_err(|error| failed("keeping", &error))?;
    let mut words = program.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    let status = command.args(words).arg(file.path()).status();
    let status = status.map_err(|error| Failure::io(format!("starting the editor `{program}`"), &error))?;
    if !status.success() {
        return Err(Failure::new(Code::Cancelled, format!("the editor `{program}` gave up ({status})")));
    }
    fs::read_to_string(file.path()).map_err(|error| failed("reading", &error))
}

fn editor(host: &Host) -> Result<String> {
    for name in ["SPM_EDITOR", "VISUAL", "EDITOR"] {
        if let Some(program) = host.variable(name)? {
            return Ok(program);
        }
    }
    Err(Failure::usage("no editor is named").hint("set EDITOR, or use --body or --body-file"))
}
