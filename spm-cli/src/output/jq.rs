//! `--jq`: a filter over the JSON, as in `gh`.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read};

use crate::exit::Code;
use crate::failure::{Failure, Result};

/// A compiled jq filter.
pub(crate) struct Filter(jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>);

impl Filter {
    /// Compiles a filter.
    pub(crate) fn new(code: &str) -> Result<Self> {
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions)
            .load(&arena, File { code, path: () })
            .map_err(|errors| wrong(code, &format!("{:?}", errors.into_iter().map(|(_, e)| e).collect::<Vec<_>>())))?;
        Compiler::default()
            .with_funs(functions)
            .compile(modules)
            .map(Self)
            .map_err(|errors| wrong(code, &format!("{:?}", errors.into_iter().map(|(_, e)| e).collect::<Vec<_>>())))
    }

    /// Runs the filter over a document: one line a result, texts without quotes.
    pub(crate) fn run(&self, json: &str) -> Result<Vec<String>> {
        let input = read::parse_single(json.as_bytes())
            .map_err(|error| Failure::new(Code::Failure, format!("--jq cannot read the output: {error}")))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        self.0.id.run((context, input)).map(unwrap_valr).map(|result| result.map(line).map_err(failed)).collect()
    }
}

fn line(value: Val) -> String {
    match value {
        Val::TStr(text) | Val::BStr(text) => String::from_utf8_lossy(&text).into_owned(),
        other => other.to_string(),
    }
}

fn failed(error: jaq_core::Error<Val>) -> Failure {
    Failure::usage(format!("--jq: {error}"))
}

fn wrong(code: &str, what: &str) -> Failure {
    Failure::usage(format!("--jq: `{code}` is no jq filter: {what}"))
        .hint("https://jqlang.org/manual/ describes the language")
}
