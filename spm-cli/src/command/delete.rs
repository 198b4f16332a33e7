//! Deleting: what will go is named first, and somebody has to say yes.

use std::collections::BTreeSet;
use std::io::Write;

use clap::Args;

use super::count::Count;
use super::many::Tally;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::{Tone, Written, one_line};
use crate::prompt::confirm;
use crate::session::Session;

/// How something is deleted.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Confirmation {
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// What is in something, by kind.
#[derive(Clone, Debug)]
pub(crate) struct Contents(pub(crate) Vec<(Count, &'static str)>);

impl Contents {
    /// `3 tasks and 1 sprint`; empty where there is nothing in it, or nobody knows.
    fn words(&self) -> String {
        let present: Vec<_> = self.0.iter().filter(|(count, _)| !count.is_none()).collect();
        present.iter().map(|(count, word)| count.of_what(word)).collect::<Vec<_>>().join(" and ")
    }
}

/// Something that will be deleted, and what goes with it.
#[derive(Debug)]
pub(crate) struct Doomed<T> {
    word: String,
    item: T,
    /// ` with 3 tasks`
    along: String,
}

impl<T: Written> Doomed<T> {
    /// Refuses what is not empty, unless its contents may go as well.
    pub(crate) fn new(word: &str, item: T, contents: &Contents, with_contents: bool) -> Result<Self> {
        let contents = contents.words();
        if !with_contents && !contents.is_empty() {
            let failure = Failure::new(Code::Conflict, format!("{} has {contents}", item.described()));
            return Err(failure.hint("--with-contents deletes them as well"));
        }
        let along = if contents.is_empty() { contents } else { format!(" with {contents}") };
        Ok(Self::alone(word, item, along))
    }

    /// Takes nothing along; `remark` says what else happens.
    pub(crate) fn alone(word: &str, item: T, remark: String) -> Self {
        Self { word: word.to_owned(), item, along: remark }
    }

    fn described(&self) -> String {
        format!("{}{}", self.item.described(), self.along)
    }
}

/// Asks once for all of them, then deletes each.
pub(crate) async fn delete_each<T: Written>(
    session: &Session,
    mut doomed: Vec<Doomed<T>>,
    how: Confirmation,
    mut tally: Tally,
    act: impl AsyncFn(&T) -> pm_core::Result<()>,
) -> Result<Code> {
    let mut ids = BTreeSet::new();
    doomed.retain(|one| ids.insert(one.item.id().to_owned()));
    tally.go_on_with(&doomed)?;
    confirm(&session.host, how.yes, &question(&doomed))?;
    let mut output = session.lines();
    for one in &doomed {
        if tally.note(&one.word, act(&one.item).await.map_err(Failure::from))?.is_some() {
            let key = one_line(one.item.handle());
            if output.style.terminal {
                let key = output.style.paint(Tone::Key, key);
                writeln!(output, "Deleted {} {key} {}", T::SINGULAR, one_line(one.item.title()))?;
            } else {
                writeln!(output, "{key}")?;
            }
            output.flush()?;
        }
    }
    output.finish()?;
    Ok(tally.code())
}

fn question<T: Written>(doomed: &[Doomed<T>]) -> String {
    match doomed {
        [one] => format!("Delete {}?", one.described()),
        several => {
            let lines: Vec<_> = several.iter().map(|one| format!("  {}\n", one.described())).collect();
            format!("{}Delete these {} {}?", lines.concat(), several.len(), T::PLURAL)
        }
    }
}
