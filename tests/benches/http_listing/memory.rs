//! How much memory a stream of tasks needs: measured in processes of its own, because a peak never falls again.

use std::process::Command;

use crate::vendor::Vendor;
use crate::{Result, measure, provider};

const WORD: &str = "--memory";
const PROCESSES: usize = 3;

/// Is what such a process is sent for.
#[derive(Debug)]
pub(crate) struct Errand {
    vendor: String,
    url: String,
    tasks: String,
}

impl Errand {
    /// Reads the command line of such a process; `None` on any other.
    pub(crate) fn read(arguments: &[String]) -> Option<Self> {
        let [word, vendor, url, tasks] = arguments else { return None };
        let errand = || Self { vendor: vendor.clone(), url: url.clone(), tasks: tasks.clone() };
        (word == WORD).then(errand)
    }

    /// Streams all tasks and prints the peak of the whole process in KiB.
    pub(crate) async fn run(self) -> Result<()> {
        let provider = provider::open(self.vendor.parse()?, &self.url).await?;
        let count = provider::stream(&provider).await?;
        if count != self.tasks.parse::<usize>()? {
            return Err(format!("read {count} tasks instead of {}", self.tasks).into());
        }
        println!("{}", peak_so_far()?);
        Ok(())
    }
}

/// Sends processes to stream all tasks of a server and gives the median of their peaks in KiB.
pub(crate) fn peak(vendor: Vendor, url: &str, tasks: usize) -> Result<f64> {
    let peaks = (0..PROCESSES).map(|_| send(vendor, url, tasks)).collect::<Result<Vec<_>>>()?;
    Ok(measure::median(peaks))
}

fn send(vendor: Vendor, url: &str, tasks: usize) -> Result<f64> {
    let mut errand = Command::new(std::env::current_exe()?);
    let output = errand.args([WORD, vendor.word(), url, &tasks.to_string()]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// Reads the peak of this process from Linux, in KiB.
fn peak_so_far() -> Result<u64> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let figure = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(figure.ok_or("`/proc/self/status` has no `VmHWM`")?.parse()?)
}
