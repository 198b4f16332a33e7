//! Long texts: from an option, a file, standard input or an editor.

use std::fs;
use std::io::{Read, stdin};

use clap::Args;
use tempfile::NamedTempFile;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::host::Host;
use crate::program;

/// Where a long text comes from.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Text")]
pub(crate) struct BodyArgs {
    /// The text, in Markdown
    #[arg(long, short, value_name = "TEXT", conflicts_with_all = ["body_file", "editor"])]
    pub(crate) body: Option<String>,
    /// Read the text from a file; `-` is standard input
    #[arg(long, short = 'F', value_name = "FILE", conflicts_with = "editor")]
    pub(crate) body_file: Option<String>,
    /// Write the text in an editor (`SPM_EDITOR`, `VISUAL` or `EDITOR`)
    #[arg(long, short)]
    pub(crate) editor: bool,
}

/// A long text, and the file in which it was written.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) text: String,
    draft: Option<NamedTempFile>,
}

impl BodyArgs {
    /// Says whether a text is given.
    pub(crate) fn is_given(&self) -> bool {
        self.body.is_some() || self.body_file.is_some() || self.editor
    }

    /// The text, if one was given; an editor begins with `present`.
    pub(crate) fn read(&self, host: &Host, present: &str) -> Result<Option<Body>> {
        let given = |text: String| Some(Body { text, draft: None });
        match (&self.body, &self.body_file, self.editor) {
            (Some(text), ..) => Ok(given(text.clone())),
            (None, Some(file), _) => read_file(host, file).map(given),
            (None, None, true) => edit(host, present).map(Some),
            (None, None, false) => Ok(None),
        }
    }
}

impl Body {
    /// Says whether somebody left the editor without changing anything.
    pub(crate) fn is_unchanged(&self, present: &str) -> bool {
        self.draft.is_some() && self.text == present.trim_end()
    }

    /// Keeps what somebody wrote in an editor when it could not be stored, and says where.
    pub(crate) fn rescue(self, failure: Failure) -> Failure {
        let Some(draft) = self.draft else { return failure };
        let kept = match draft.keep() {
            Ok((_, path)) => format!("your text is kept in `{}`", path.display()),
            Err(error) => format!("your text could not be kept ({}):\n{}", error.error, self.text),
        };
        Failure::new(failure.code, failure.to_string()).hint(kept)
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

fn edit(host: &Host, present: &str) -> Result<Body> {
    let program = editor(host)?;
    if !host.terminal.input {
        return Err(Failure::usage("there is no terminal for an editor").hint("use --body or --body-file"));
    }
    let failed = |what: &str, error: &std::io::Error| Failure::io(format!("{what} the text"), error);
    let file = tempfile::Builder::new().prefix("spm-").suffix(".md").tempfile().map_err(|e| failed("keeping", &e))?;
    fs::write(file.path(), present).map_err(|error| failed("keeping", &error))?;
    let mut command = program::command("editor", &program)?;
    let behind = program::Behind::stand();
    let status = command.arg(file.path()).status();
    drop(behind);
    let status = status.map_err(|error| Failure::io(format!("starting the editor `{program}`"), &error))?;
    if !status.success() {
        return Err(Failure::new(Code::Cancelled, format!("the editor `{program}` gave up ({status})")));
    }
    let text = fs::read_to_string(file.path()).map_err(|error| failed("reading", &error))?;
    // Editors end the last line, whether it was ended before or not.
    Ok(Body { text: text.trim_end().to_owned(), draft: Some(file) })
}

fn editor(host: &Host) -> Result<String> {
    for name in ["SPM_EDITOR", "VISUAL", "EDITOR"] {
        if let Some(program) = host.variable(name)? {
            return Ok(program);
        }
    }
    Err(Failure::usage("no editor is named").hint("set EDITOR, or use --body or --body-file"))
}
