//! `--jq`: a filter over the JSON, as in `gh`.

use std::io::Write;

use jaq_core::compile::Undefined;
use jaq_core::load::{self, Arena, File, Loader, lex};
use jaq_core::{Compiler, Ctx, Exn, Vars, data};
use jaq_json::{Val, read};

use super::{Output, safe};
use crate::exit::Code;
use crate::failure::{Failure, Result};

/// How much of an error's text is shown: it may quote the whole document.
const SHOWN: usize = 200;

/// What `gh` users type and the library lacks.
const PRELUDE: &str = r#"
def row(cell): if type == "array" then map(cell) else error("\(type) is no row: a row is an array") end;
def scalar(text): if . == null then ""
  elif type == "string" then text
  elif type == "array" or type == "object" then error("\(type) cannot stand in a cell")
  else tojson end;
def @csv: row(scalar("\"" + gsub("\""; "\"\"") + "\"")) | join(",");
def @tsv: row(scalar(gsub("\\\\"; "\\\\") | gsub("\t"; "\\t") | gsub("\n"; "\\n") | gsub("\r"; "\\r"))) | join("\t");
"#;

/// The variables that every filter may use.
const ENVIRONMENT: &str = "$ENV";

/// A compiled jq filter.
pub(crate) struct Filter {
    compiled: jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>,
    environment: Val,
}

impl Filter {
    /// Compiles a filter.
    pub(crate) fn new(code: &str) -> Result<Self> {
        let environment = if code.contains(ENVIRONMENT) { environment()? } else { Val::Null };
        let prelude = load::parse(PRELUDE, |parser| parser.defs()).unwrap_or_default();
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs()).chain(prelude);
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions)
            .load(&arena, File { code, path: () })
            .map_err(|errors| Problem::first(errors, Problem::of_loading).tell(code))?;
        Compiler::default()
            .with_funs(functions)
            .with_global_vars([ENVIRONMENT])
            .compile(modules)
            .map(|compiled| Self { compiled, environment })
            .map_err(|errors| Problem::first(errors, Problem::of_compiling).tell(code))
    }

    /// Runs the filter over a document and prints one line a result, as it comes; texts without quotes.
    pub(crate) fn print(&self, output: &mut Output, json: &str) -> Result<()> {
        let terminal = output.style.terminal;
        self.run(json, |line| {
            let line = if terminal { safe::lines(&line) } else { line };
            Ok(writeln!(output, "{line}")?)
        })
    }

    fn run(&self, json: &str, mut print: impl FnMut(String) -> Result<()>) -> Result<()> {
        let input = read::parse_single(json.as_bytes())
            .map_err(|error| Failure::new(Code::Failure, format!("--jq cannot read the output: {error}")))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.compiled.lut, Vars::new([self.environment.clone()]));
        for result in self.compiled.id.run((context, input)) {
            match result {
                Ok(value) => print(line(value))?,
                Err(exception) => return stop(exception),
            }
        }
        Ok(())
    }
}

/// What `env` answers: the variables of this process.
fn environment() -> Result<Val> {
    let mut lines = Vec::new();
    Filter::new("env")?.run("null", |line| {
        lines.push(line);
        Ok(())
    })?;
    let unreadable = |error| Failure::new(Code::Failure, format!("--jq cannot read the environment: {error}"));
    read::parse_single(lines.concat().as_bytes()).map_err(|error| unreadable(error.to_string()))
}

fn line(value: Val) -> String {
    match value {
        Val::TStr(text) | Val::BStr(text) => String::from_utf8_lossy(&text).into_owned(),
        other => other.to_string(),
    }
}

/// The end of a filter before its last result: an error, or `halt`.
fn stop(exception: Exn<'_, Val>) -> Result<()> {
    match exception.get_err() {
        Ok(error) => Err(Failure::usage(format!("--jq: {}", shortened(&error.to_string())))),
        Err(halt) => match halt.get_halt() {
            Ok(0) | Err(_) => Ok(()),
            Ok(number) => Err(Failure::usage(format!("--jq: the filter halted with {number}"))),
        },
    }
}

fn shortened(text: &str) -> String {
    let mut letters = text.chars();
    let shown: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() { shown + "…" } else { shown }
}

/// What is wrong with a filter, and with which part of it.
struct Problem<'a> {
    what: String,
    part: Option<&'a str>,
}

impl<'a> Problem<'a> {
    /// The first of several: the others are mostly its consequences.
    fn first<E>(errors: load::Errors<&'a str, (), E>, read: impl Fn(E) -> Option<Self>) -> Self {
        let unknown = || Self { what: "it cannot be read".to_owned(), part: None };
        errors.into_iter().find_map(|(_, error)| read(error)).unwrap_or_else(unknown)
    }

    fn of_loading(error: load::Error<&'a str>) -> Option<Self> {
        match error {
            load::Error::Io(errors) => errors.into_iter().next().map(|(part, what)| Self { what, part: Some(part) }),
            load::Error::Lex(errors) => {
                errors.into_iter().next().map(|(expected, part)| Self::of_letters(&expected, part))
            }
            load::Error::Parse(errors) => errors.into_iter().next().map(|(expected, part)| {
                let what = format!("expected {}, found {}", expected.as_str(), found(part));
                Self { what, part: Some(part) }
            }),
        }
    }

    fn of_letters(expected: &lex::Expect<&'a str>, part: &'a str) -> Self {
        let letter = found(&part[..first_letter(part)]);
        let what = match expected {
            lex::Expect::Delim(open) => {
                // The place to look at is where it opens, not the end of the filter.
                return Self {
                    what: format!("the `{}` is never closed", &open[..first_letter(open)]),
                    part: Some(open),
                };
            }
            lex::Expect::Token => format!("{letter} means nothing here"),
            other => format!("expected {}, found {letter}", other.as_str()),
        };
        Self { what, part: Some(part) }
    }

    fn of_compiling(errors: Vec<(&'a str, Undefined)>) -> Option<Self> {
        errors.into_iter().next().map(|(name, kind)| {
            let what = match kind {
                Undefined::Filter(0) => format!("there is no filter `{name}`"),
                Undefined::Filter(1) => format!("there is no filter `{name}` with an argument"),
                Undefined::Filter(count) => format!("there is no filter `{name}` with {count} arguments"),
                other => format!("there is no {} `{name}`", other.as_str()),
            };
            Self { what, part: Some(name) }
        })
    }

    /// The message, with a mark under the place.
    fn tell(self, code: &str) -> Failure {
        let place = self.part.and_then(|part| offset(code, part)).map(|offset| mark(code, offset)).unwrap_or_default();
        Failure::usage(format!("--jq: {}\n{place}", self.what).trim_end().to_owned())
            .hint("https://jqlang.org/manual/ describes the language")
    }
}

fn first_letter(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

fn found(part: &str) -> String {
    if part.is_empty() { "the end".to_owned() } else { format!("`{}`", shortened(part)) }
}

/// Where a part of the code begins; nowhere, when it is no part of it.
fn offset(code: &str, part: &str) -> Option<usize> {
    let offset = (part.as_ptr() as usize).checked_sub(code.as_ptr() as usize)?;
    (offset <= code.len() && code.is_char_boundary(offset)).then_some(offset)
}

fn mark(code: &str, offset: usize) -> String {
    let (before, after) = code.split_at(offset);
    let line_start = before.rfind('\n').map_or(0, |place| place + 1);
    let line = [&before[line_start..], after.split('\n').next().unwrap_or_default()].concat();
    let spaces = " ".repeat(before[line_start..].chars().count());
    format!("  {}\n  {spaces}^", line.trim_end())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn results(code: &str, json: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let outcome = Filter::new(code).and_then(|filter| {
            filter.run(json, |line| {
                lines.push(line);
                Ok(())
            })
        });
        lines.extend(outcome.err().map(|failure| failure.to_string()));
        lines
    }

    fn refusal(code: &str) -> String {
        results(code, "null").concat().split("\nhint:").next().unwrap().to_owned()
    }

    #[test]
    fn every_result_is_a_line_and_texts_have_no_quotes() {
        assert_eq!(results(".[] | .a", r#"[{"a":"x y"},{"a":[1]},{}]"#), ["x y", "[1]", "null"]);
        assert_eq!(results("1, halt, 2", "null"), ["1"]);
    }

    #[test]
    fn rows_are_made_as_in_jq() {
        let rows = r#"[1.5, "a \"b\", c", null, true, "d\te\\f\ng"]"#;
        assert_eq!(results("@csv", rows), ["1.5,\"a \"\"b\"\", c\",,true,\"d\te\\f\ng\""]);
        assert_eq!(results("@tsv", rows), ["1.5\ta \"b\", c\t\ttrue\td\\te\\\\f\\ng"]);
        assert_eq!(results(r#"@csv "\(.)!""#, "[1,2]"), ["1,2!"]);
        assert_eq!(results("@csv", "[[1]]"), ["--jq: \"array cannot stand in a cell\""]);
        assert_eq!(results("@tsv", "1"), ["--jq: \"number is no row: a row is an array\""]);
    }

    #[test]
    fn the_environment_is_at_hand() {
        assert_eq!(results("$ENV.PATH == env.PATH and ($ENV.PATH | length > 0)", "null"), ["true"]);
    }

    #[test]
    fn a_wrong_filter_is_shown_with_the_place() {
        assert_eq!(refusal(".[] | "), "--jq: expected term, found the end\n  .[] |\n        ^");
        assert_eq!(refusal("map(.key"), "--jq: the `(` is never closed\n  map(.key\n     ^");
        assert_eq!(refusal(".key | uppper"), "--jq: there is no filter `uppper`\n  .key | uppper\n         ^");
        assert_eq!(refusal("map(.a; .b)"), "--jq: there is no filter `map` with 2 arguments\n  map(.a; .b)\n  ^");
        assert_eq!(refusal(". & ."), "--jq: `&` means nothing here\n  . & .\n    ^");
        assert_eq!(refusal("$x"), "--jq: there is no variable `$x`\n  $x\n  ^");
    }

    #[test]
    fn an_error_on_the_way_quotes_no_whole_document() {
        let document = format!("[{}1]", "1,".repeat(5_000));
        let told = results(".a", &document).concat();
        assert!(told.starts_with("--jq: cannot index [1,1"), "{told}");
        assert!(told.chars().count() < 300, "{}", told.len());
    }
}
