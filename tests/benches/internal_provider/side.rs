//! One side of a comparison, in a process of its own.
//!
//! In one process the sides would not be alone: SQLite keeps the pages of all connections of a process in one cache,
//! and the connection that filled it first starves the other for good. So each side has a process, which waits for a
//! line, does one round of its work, and answers with the time.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use pm_core::{Batch, PmProvider, PmProviderExt, TaskId, TaskQuery};

use crate::Result;
use crate::database::{Database, Logging};
use crate::measure::timed;
use crate::provider::{self, BATCH, Ground};
use crate::reference::Reference;

/// The first word of the command line of such a process.
const WORD: &str = "--side";
/// Tasks on a page of a listing.
pub(crate) const PAGE: u32 = 100;
/// Single reads in a round.
const READS: usize = 1_000;

/// Is who does the work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Side {
    Provider,
    Reference,
}

/// Is what is done in a round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Work {
    InsertAtomic,
    InsertPerItem,
    Get,
    /// Like [`Work::Get`], but by hand on a connection that is never given back to the pool.
    GetHeld,
    List,
}

impl Work {
    /// How many times a round does it.
    pub(crate) fn repetitions(self) -> usize {
        match self {
            Self::Get | Self::GetHeld => READS,
            _ => 1,
        }
    }
}

/// Gives and reads the words of an enum on a command line.
macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),* })
            }
        }

        impl FromStr for $type {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    other => Err(format!("`{other}` is unknown; allowed are {:?}", [$($word),*])),
                }
            }
        }
    };
}
words!(Side { Provider = "provider", Reference = "reference" });
words!(Work {
    InsertAtomic = "insert-atomic",
    InsertPerItem = "insert-per-item",
    Get = "get",
    GetHeld = "get-held",
    List = "list",
});

/// Is the process of one side, seen from the one that compares.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Process {
    pub(crate) fn start(side: Side, work: Work, url: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([WORD, &side.to_string(), &work.to_string(), url]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let questions = child.stdin.take();
        let answers = child.stdout.take().ok_or("a process has no output")?;
        Ok(Self { child, questions, answers: BufReader::new(answers) })
    }

    /// Lets it do one round.
    pub(crate) fn round(&mut self) -> Result<Duration> {
        writeln!(self.questions.as_mut().ok_or("a process has no input")?, "round")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        let nanoseconds = answer.trim().parse().map_err(|_| "a process gave no time; its error stands above")?;
        Ok(Duration::from_nanos(nanoseconds))
    }
}

impl Drop for Process {
    /// The end of its input ends it.
    fn drop(&mut self) {
        drop(self.questions.take());
        // There is nobody left to tell of a process that went wrong; its own message was printed.
        let _ = self.child.wait();
    }
}

/// Is what such a process was started for.
#[derive(Debug)]
pub(crate) struct Errand {
    pub(crate) url: String,
    side: String,
    work: String,
}

impl Errand {
    /// Reads the command line of such a process; `None` on any other.
    pub(crate) fn read(arguments: &[String]) -> Option<Self> {
        let [word, side, work, url] = arguments else { return None };
        (word == WORD).then(|| Self { side: side.clone(), work: work.clone(), url: url.clone() })
    }

    /// Does a round for each line of the input.
    pub(crate) async fn run<D: Database>(self) -> Result<()> {
        let (side, work) = (self.side.parse()?, self.work.parse()?);
        let ground = Ground::find(&self.url).await?;
        match side {
            Side::Provider => {
                let provider = provider::open(&self.url).await?;
                let batch = provider::batch_of(&provider)?;
                answer(async || by_provider::<D>(&self.url, &provider, &*batch, &ground, work).await).await
            }
            Side::Reference => {
                let mut reference = D::reference(&self.url, Logging::Off).await?;
                if work == Work::GetHeld {
                    reference.hold().await?;
                }
                answer(async || by_hand::<D>(&self.url, &mut reference, &ground, work).await).await
            }
        }
    }
}

async fn answer(mut round: impl AsyncFnMut() -> Result<Duration>) -> Result<()> {
    for line in std::io::stdin().lines() {
        line?;
        println!("{}", round().await?.as_nanos());
    }
    Ok(())
}

async fn by_provider<D: Database>(
    url: &str,
    provider: &Arc<dyn PmProvider>,
    batch: &dyn Batch,
    ground: &Ground,
    work: Work,
) -> Result<Duration> {
    match work {
        Work::InsertAtomic | Work::InsertPerItem => {
            D::settle(url).await?;
            let operations = provider::operations(ground.tasks(0..BATCH));
            let (time, written) = timed(provider::insert(batch, operations, work == Work::InsertAtomic)).await?;
            complete(written.len(), BATCH).map(|()| time)
        }
        Work::Get | Work::GetHeld => {
            let gets = async {
                for id in ground.scattered(READS) {
                    provider.get_task(id).await?;
                }
                Ok(())
            };
            Ok(timed(gets).await?.0)
        }
        Work::List => {
            let query = TaskQuery::in_project(&ground.project).page_size(PAGE);
            let (time, tasks) = timed(async { Ok(provider.list_tasks(query).await?) }).await?;
            complete(tasks.len(), ground.ids.len()).map(|()| time)
        }
    }
}

async fn by_hand<D: Database>(
    url: &str,
    reference: &mut D::Reference,
    ground: &Ground,
    work: Work,
) -> Result<Duration> {
    match work {
        Work::InsertAtomic | Work::InsertPerItem => {
            D::settle(url).await?;
            let tasks = ground.tasks(0..BATCH);
            let (time, written) = timed(reference.insert(tasks, work == Work::InsertPerItem)).await?;
            complete(written.len(), BATCH).map(|()| time)
        }
        Work::Get | Work::GetHeld => {
            let gets = async {
                for id in ground.scattered(READS) {
                    reference.get(id).await?;
                }
                Ok(())
            };
            Ok(timed(gets).await?.0)
        }
        Work::List => {
            let (time, tasks) = timed(reference.list(&ground.project, PAGE as usize)).await?;
            complete(tasks.len(), ground.ids.len()).map(|()| time)
        }
    }
}

impl Ground {
    /// Ids in an order that has nothing to do with where they lie: a prime step visits each before it begins again.
    fn scattered(&self, count: usize) -> impl Iterator<Item = &TaskId> {
        (0..count).filter_map(|read| self.ids.get(read * 7_919 % self.ids.len().max(1)))
    }
}

/// Refuses a result that is not whole: a side that does less work would look fast.
pub(crate) fn complete(found: usize, expected: usize) -> Result<()> {
    if found == expected { Ok(()) } else { Err(format!("{found} tasks instead of {expected}").into()) }
}
