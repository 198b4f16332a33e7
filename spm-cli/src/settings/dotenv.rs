//! `.env` files.
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
        let text =
            String::from_utf8(bytes).map_err(|_| Failure::settings(format!("the file `{shown}` is no UTF-8 text")))?;
        let variables = parse(&text).map_err(|problem| {
            let message = format!("line {} of `{shown}` cannot be read: {}", problem.line, problem.what);
            Failure::settings(message)
                .hint("allowed are `NAME=value`, `NAME=\"value\"`, `NAME='value'` and `# comments`")
        })?;
        Ok(Some(Self { path, variables }))
    }

    /// The value of a variable; an empty one counts as unset.
    pub(crate) fn get(&self, name: &str) -> Result<Option<&Secret>> {
        let Some(variable) = self.variables.get(name) else { return Ok(None) };
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

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
struct Problem {
    line: usize,
    what: &'static str,
}

/// Of several lines with one name, the last one counts.
fn parse(text: &str) -> Result<BTreeMap<String, Variable>, Problem> {
    let mut reader = Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable(), line: 1 };
    let mut variables = BTreeMap::new();
    while let Some((name, variable)) = reader.variable()? {
        variables.insert(name, variable);
    }
    Ok(variables)
}

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

    fn problem<T>(&self, what: &'static str) -> Result<T, Problem> {
        Err(Problem { line: self.line, what })
    }

    fn skip(&mut self, unwanted: impl Fn(char) -> bool) {
        while self.rest.peek().is_some_and(|c| unwanted(*c)) {
            self.next();
        }
    }

    fn variable(&mut self) -> Result<Option<(String, Variable)>, Problem> {
        self.skip(char::is_whitespace);
        while self.rest.peek() == Some(&'#') {
            self.skip(|c| c != '\n');
            self.skip(char::is_whitespace);
        }
        if self.rest.peek().is_none() {
            return Ok(None);
        }
        let line = self.line;
        let name = self.name_and_equals()?;
        let (value, refers) = self.value()?;
        Ok(Some((name, Variable { line, value: Secret::new(value), refers })))
    }

    fn name_and_equals(&mut self) -> Result<String, Problem> {
        let mut name = self.name()?;
        if name == "export" && self.rest.peek() != Some(&'=') {
            name = self.name()?;
        }
        match self.rest.next_if_eq(&'=') {
            Some(_) => Ok(name),
            None => self.problem("there is no `=` after the name"),
        }
    }

    fn name(&mut self) -> Result<String, Problem> {
        let mut name = String::new();
        while let Some(c) = self.rest.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')) {
            name.push(c);
        }
        self.skip(is_blank);
        if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return Ok(name);
        }
        self.problem("it does not begin with the name of a variable")
    }

    /// The value up to the end of the line or a comment, and whether it refers to another variable.
    fn value(&mut self) -> Result<(String, bool), Problem> {
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

    fn single_quoted(&mut self, value: &mut String) -> Result<(), Problem> {
        let opened = self.line;
        self.next();
        loop {
            match self.next() {
                Some('\'') => return Ok(()),
                Some(c) => value.push(c),
                None => return Err(Problem { line: opened, what: "the quote `'` is never closed" }),
            }
        }
    }

    fn double_quoted(&mut self, value: &mut String) -> Result<bool, Problem> {
        let (opened, mut refers) = (self.line, false);
        self.next();
        loop {
            match self.rest.peek() {
                Some('"') => break,
                Some(_) => refers |= self.plain(value),
                None => return Err(Problem { line: opened, what: "the quote `\"` is never closed" }),
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
        let variables = parse(text).unwrap();
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
            assert_eq!(parse(text).unwrap()["A"].refers, refers, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line_and_not_repeated() {
        for (text, line, what) in [
            ("A=1\ns3cr3t\n", 2, "there is no `=` after the name"),
            ("A=1\n\n=s3cr3t", 3, "it does not begin with the name of a variable"),
            ("A=1\n2B=s3cr3t", 2, "it does not begin with the name of a variable"),
            ("A='x\ny'\nB='s3cr3t\n\n", 3, "the quote `'` is never closed"),
            ("B=\"s3cr3t\n\n", 1, "the quote `\"` is never closed"),
        ] {
            assert_eq!(parse(text).unwrap_err(), Problem { line, what }, "{text}");
        }
    }

    #[test]
    fn no_debug_output_has_a_value() {
        assert!(!format!("{:?}", parse("A=s3cr3t").unwrap()).contains("s3cr3t"));
    }
}
