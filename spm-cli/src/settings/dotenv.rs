//! `.env` files.
//!
//! Such a file is there for other programs as well: what they understand and this one does not is passed over, and only
//! told where a variable is needed that cannot be read.
//!
//! Nothing is filled in for `$NAME`: a file that came with a cloned repository could otherwise put what the environment
//! holds into an address. No message repeats a line of the file, which may be a secret.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::str::Chars;

use pm_core::Secret;

use crate::failure::{Failure, Result};

/// The name of the file.
const NAME: &str = ".env";

/// The variables of a `.env` file, each a secret until somebody knows better.
#[derive(Debug)]
pub(crate) struct DotEnv {
    /// The file.
    pub(crate) path: PathBuf,
    variables: BTreeMap<String, Variable>,
}

struct Variable {
    line: usize,
    value: Secret,
    refers: bool,
    /// Why the value cannot be read.
    problem: Option<&'static str>,
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)
    }
}

impl DotEnv {
    /// Where the file of a folder is, or would be.
    pub(crate) fn path_in(folder: &Path) -> PathBuf {
        folder.join(NAME)
    }

    /// Reads the file of a folder; `None` where there is none (a folder of that name is somebody's Python).
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = Self::path_in(folder);
        if !path.is_file() {
            return Ok(None);
        }
        let shown = path.display();
        let bytes = fs::read(&path).map_err(|error| Failure::io(format!("reading `{shown}`"), &error))?;
        let variables = parse(&String::from_utf8_lossy(&bytes));
        Ok(Some(Self { path, variables }))
    }

    /// The value of a variable; an empty one counts as unset.
    pub(crate) fn get(&self, name: &str) -> Result<Option<&Secret>> {
        let Some(variable) = self.variables.get(name) else { return Ok(None) };
        if let Some(what) = variable.problem {
            let message =
                format!("`{name}` on line {} of `{}` cannot be read: {what}", variable.line, self.path.display());
            return Err(Failure::settings(message)
                .hint("allowed are `NAME=value`, `NAME=\"value\"`, `NAME='value'` and `# comments`"));
        }
        if variable.refers {
            let message = format!(
                "`{name}` on line {} of `{}` refers to another variable with `$`, which is not filled in here",
                variable.line,
                self.path.display()
            );
            return Err(
                Failure::settings(message).hint("write the value itself; between single quotes `$` means itself")
            );
        }
        Ok(Some(&variable.value).filter(|value| !value.expose().is_empty()))
    }
}

/// Of several lines with one name, the last one counts.
fn parse(text: &str) -> BTreeMap<String, Variable> {
    let mut reader = Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable(), line: 1 };
    std::iter::from_fn(|| reader.variable()).collect()
}

#[derive(Clone)]
struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.next();
        self.line += usize::from(next == Some('\n'));
        next
    }

    fn skip(&mut self, unwanted: impl Fn(char) -> bool) {
        while self.rest.peek().is_some_and(|c| unwanted(*c)) {
            self.next();
        }
    }

    fn variable(&mut self) -> Option<(String, Variable)> {
        loop {
            self.skip(char::is_whitespace);
            self.rest.peek()?;
            let line = self.line;
            if let Some(name) = self.name_and_equals() {
                return Some((name, self.whole_value(line)));
            }
            // A comment, or what other programs make sense of.
            self.skip(|c| c != '\n');
        }
    }

    /// A value that cannot be read ends with its line.
    fn whole_value(&mut self, line: usize) -> Variable {
        let begin = self.clone();
        let (value, refers, problem) = match self.value() {
            Ok((value, _)) if value.contains('\u{fffd}') => (String::new(), false, Some("it is no UTF-8 text")),
            Ok((value, refers)) => (value, refers, None),
            Err(what) => {
                *self = begin;
                self.skip(|c| c != '\n');
                (String::new(), false, Some(what))
            }
        };
        Variable { line, value: Secret::new(value), refers, problem }
    }

    fn name_and_equals(&mut self) -> Option<String> {
        let mut name = self.name()?;
        if name == "export" && self.rest.peek() != Some(&'=') {
            name = self.name()?;
        }
        self.rest.next_if_eq(&'=').map(|_| name)
    }

    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        while let Some(c) = self.rest.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')) {
            name.push(c);
        }
        self.skip(is_blank);
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_').then_some(name)
    }

    /// The value up to the end of the line or a comment, and whether it refers to another variable.
    fn value(&mut self) -> Result<(String, bool), &'static str> {
        let (mut value, mut refers, mut kept) = (String::new(), false, 0);
        let mut after_blank = true;
        while let Some(c) = self.rest.peek().copied() {
            match c {
                '\n' => break,
                '#' if after_blank => {
                    self.skip(|c| c != '\n');
                    break;
                }
                '\'' => self.single_quoted(&mut value)?,
                '"' => refers |= self.double_quoted(&mut value)?,
                _ => refers |= self.plain(&mut value),
            }
            after_blank = is_blank(c);
            if !after_blank && c != '\r' {
                kept = value.len();
            } else if kept == 0 {
                value.clear();
            }
        }
        value.truncate(kept);
        Ok((value, refers))
    }

    fn single_quoted(&mut self, value: &mut String) -> Result<(), &'static str> {
        self.next();
        loop {
            match self.next() {
                Some('\'') => return Ok(()),
                Some(c) => value.push(c),
                None => return Err("the quote `'` is never closed"),
            }
        }
    }

    fn double_quoted(&mut self, value: &mut String) -> Result<bool, &'static str> {
        let mut refers = false;
        self.next();
        loop {
            match self.rest.peek() {
                Some('"') => break,
                Some(_) => refers |= self.plain(value),
                None => return Err("the quote `\"` is never closed"),
            }
        }
        self.next();
        Ok(refers)
    }

    /// One character outside single quotes; says whether it begins a reference.
    fn plain(&mut self, value: &mut String) -> bool {
        let Some(c) = self.next() else { return false };
        if c != '\\' {
            value.push(c);
            let begins_name = |next: &char| next.is_ascii_alphabetic() || matches!(next, '_' | '{');
            return c == '$' && self.rest.peek().is_some_and(begins_name);
        }
        match self.rest.next_if(|next| matches!(next, '\\' | '\'' | '"' | '$' | ' ' | 'n')) {
            Some('n') => value.push('\n'),
            Some(escaped) => value.push(escaped),
            // The backslashes of Windows' paths.
            None => value.push('\\'),
        }
        false
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        let variables = parse(text);
        variables.into_iter().map(|(name, variable)| (name, variable.value.expose().to_owned())).collect()
    }

    /// Without `$`, the files of other programs mean here what they mean there.
    #[test]
    fn a_file_is_read_as_others_read_it() {
        for text in [
            "",
            "# nothing\n\n   # at all",
            "A=1",
            "A=1\r\nB=2\r\n",
            "\u{feff}A=1\n",
            "export A=1\nexport=2\n",
            "  A = 1  \n",
            "A=\nB= # nothing\nC=x#y\nD=x # y\n",
            "A='one # two'\nB=\"one # two\" # three\n",
            "A='a \"b\"'\nB=\"a 'b'\"\nC=a\"b\"'c'd\n",
            "B=\"a\\\"b\\\\c\\nd\"\nC=a\\ b\\\\c\n",
            "A=\"one\ntwo\"\nB='three\nfour'\n",
            "a.b=1\n_c=2\n",
            "A=ü\u{1f600}\n",
            "URL=postgres://me:p%40ss@host:5432/db?sslmode=require\n",
        ] {
            let without_mark = text.trim_start_matches('\u{feff}');
            let mut theirs: Vec<_> = dotenvy::Iter::new(without_mark.as_bytes()).map(Result::unwrap).collect();
            theirs.sort();
            assert_eq!(values(text), theirs, "{text:?}");
        }
    }

    #[test]
    fn the_last_of_several_lines_counts_and_blanks_stay_inside() {
        assert_eq!(
            values("A=1\nA=two words \nB=C:\\data\n"),
            [("A".to_owned(), "two words".to_owned()), ("B".to_owned(), "C:\\data".to_owned())]
        );
        assert_eq!(values("A=' x '"), [("A".to_owned(), " x ".to_owned())]);
    }

    #[test]
    fn a_reference_is_seen_wherever_it_would_be_filled_in() {
        for (text, refers) in [
            ("A=$HOME", true),
            ("A=${HOME}", true),
            ("A=x${HOME", true),
            ("A=\"x $HOME\"", true),
            ("A='$HOME ${HOME}'", false),
            ("A=\\$HOME", false),
            ("A=\"\\${HOME}\"", false),
            ("A=a$", false),
            ("A=a$5", false),
            ("A=\\\\$HOME", true),
            ("A='x'$HOME", true),
        ] {
            assert_eq!(parse(text)["A"].refers, refers, "{text}");
        }
    }

    #[test]
    fn what_other_programs_understand_is_passed_over() {
        let text = "GREETING=it's me\nFOO\nMY-VAR=1\n2B=x\n=y\nif [ -n x ]; then\nA=1\nB=\"open\nC=3\nD='shut'\n";
        let variables = parse(text);
        let read =
            |name: &str| (variables[name].value.expose().to_owned(), variables[name].line, variables[name].problem);
        assert_eq!(read("A"), ("1".to_owned(), 7, None));
        assert_eq!(read("B"), (String::new(), 8, Some("the quote `\"` is never closed")));
        assert_eq!(read("C"), ("3".to_owned(), 9, None));
        assert_eq!(read("D"), ("shut".to_owned(), 10, None));
        assert_eq!(variables.keys().collect::<Vec<_>>(), ["A", "B", "C", "D", "GREETING"]);
    }

    #[test]
    fn no_debug_output_has_a_value() {
        assert!(!format!("{:?}", parse("A=s3cr3t")).contains("s3cr3t"));
    }
}
