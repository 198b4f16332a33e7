//! How much memory a stream of tasks needs: measured in processes of its own, because a peak never falls again.

use std::process::Command;
use std::str::FromStr;

use futures_util::TryStreamExt;
use pm_core::{PmProviderExt, TaskQuery};

use crate::measure::median;
use crate::{Result, provider};

const WORD: &str = "--memory";
const PROCESSES: usize = 3;

/// Is the way in which a process reads all tasks of a database.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// One after the other.
    Stream,
    /// All into one list: what flat memory is not, and proof that the measure would show it.
    Collect,
}

impl Way {
    fn word(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Collect => "collect",
        }
    }
}

impl FromStr for Way {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::Stream, Self::Collect]
            .into_iter()
            .find(|way| way.word() == word)
            .ok_or_else(|| format!("`{word}` is no way to read; allowed are `stream`, `collect`"))
    }
}

/// Is what such a process is sent for.
#[derive(Debug)]
pub(crate) struct Errand {
    way: String,
    url: String,
    tasks: String,
}

impl Errand {
    /// Reads the command line of such a process; `None` on any other.
    pub(crate) fn read(arguments: &[String]) -> Option<Self> {
        let [word, way, url, tasks] = arguments else { return None };
        (word == WORD).then(|| Self { way: way.clone(), url: url.clone(), tasks: tasks.clone() })
    }

    /// Reads all tasks and prints by how many KiB the peak rose above what the open provider took.
    pub(crate) async fn run(self) -> Result<()> {
        let provider = provider::open(&self.url).await?;
        let query = TaskQuery::new().page_size(100_u32);
        // The first page pays for caches and code that any listing needs; it belongs to the ground, not to the rise.
        provider.tasks_page(&query, None).await?;
        let before = status("VmRSS")?;
        let count = match self.way.parse()? {
            Way::Stream => {
                provider.stream_tasks(query).try_fold(0_usize, |count, _| async move { Ok(count + 1) }).await?
            }
            Way::Collect => provider.list_tasks(query).await?.len(),
        };
        if count != self.tasks.parse::<usize>()? {
            return Err(format!("read {count} tasks instead of {}", self.tasks).into());
        }
        println!("{} {}", status("VmHWM")?, status("VmHWM")?.saturating_sub(before));
        Ok(())
    }
}

/// Is what a process needed, in KiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peak {
    /// The whole process.
    pub(crate) whole: f64,
    /// Above what it took before it read the second page.
    pub(crate) rise: f64,
}

/// Sends processes to read all tasks of a database and gives the medians of what they needed.
pub(crate) fn peak(way: Way, url: &str, tasks: usize) -> Result<Peak> {
    let peaks = (0..PROCESSES).map(|_| send(way, url, tasks)).collect::<Result<Vec<_>>>()?;
    Ok(Peak {
        whole: median(peaks.iter().map(|peak| peak.whole).collect()),
        rise: median(peaks.iter().map(|peak| peak.rise).collect()),
    })
}

fn send(way: Way, url: &str, tasks: usize) -> Result<Peak> {
    let mut errand = Command::new(std::env::current_exe()?);
    let output = errand.args([WORD, way.word(), url, &tasks.to_string()]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned().into());
    }
    let answer = String::from_utf8(output.stdout)?;
    let (whole, rise) = answer.trim().split_once(' ').ok_or("the process printed no figures")?;
    Ok(Peak { whole: whole.parse()?, rise: rise.parse()? })
}

/// Reads a figure in KiB of this process from Linux.
fn status(name: &str) -> Result<u64> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let figure = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(figure.ok_or_else(|| format!("`/proc/self/status` has no `{name}`"))?.parse()?)
}
