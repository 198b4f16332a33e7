//! What is measured.

use std::time::Duration;

use crate::measure::{alternate, timed};
use crate::rival::Rival;
use crate::server::Server;
use crate::table::{Gate, Row};
use crate::vendor::Vendor;
use crate::{Result, memory, pace, provider, reference, rival, writes};

/// The words for the parts of the bench.
pub(crate) const PARTS: [&str; 5] = ["list", "latency", "memory", "rival", "writes"];

/// What a request takes on the way to a server and back.
const LATENCY: Duration = Duration::from_millis(50);
/// What a process that streams may take, whatever it streams.
const MOST_MEMORY: f64 = 40.0 * 1024.0;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    tasks: usize,
    many: usize,
    creates: usize,
    rounds: usize,
}

impl Sizes {
    /// As the gates are meant.
    pub(crate) fn full() -> Self {
        Self { tasks: 10_000, many: 100_000, creates: 1_000, rounds: 7 }
    }

    /// A tenth of it.
    pub(crate) fn quick() -> Self {
        Self { tasks: 1_000, many: 10_000, creates: 100, rounds: 3 }
    }
}

/// Runs some parts on all vendors; some on Jira alone.
pub(crate) async fn run(parts: &[&str], sizes: Sizes) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for vendor in Vendor::ALL {
        if parts.contains(&"list") {
            rows.push(list(vendor, sizes).await?);
        }
        if parts.contains(&"latency") {
            rows.push(latency(vendor, sizes).await?);
        }
        if parts.contains(&"memory") {
            rows.extend(stream(vendor, sizes)?);
        }
    }
    if parts.contains(&"rival") {
        rows.push(rival(Vendor::Jira, sizes, Duration::ZERO, 3.0).await?);
        rows.push(rival(Vendor::GitHub, sizes, Duration::ZERO, 3.0).await?);
        rows.push(rival(Vendor::GitHub, sizes, LATENCY, 5.0).await?);
    }
    if parts.contains(&"writes") {
        rows.extend(writes(sizes).await?);
        let name = format!("github: create {}, beside what its limits allow", sizes.creates);
        rows.push(Row::of_times(name, pace::create_many(sizes.creates).await?, Gate::AtMost(1.2)));
        let (times, requests) = pace::update_many(sizes.creates).await?;
        let name = format!("clickup: update {} with tags ({requests} requests each), beside its quota", sizes.creates);
        rows.push(Row::of_times(name, times, Gate::AtMost(1.1)));
    }
    Ok(rows)
}

/// Everything into a list, beside another client of the same vendor.
async fn rival(vendor: Vendor, sizes: Sizes, latency: Duration, least: f64) -> Result<Row> {
    let server = Server::start(vendor, sizes.tasks, latency)?;
    let provider = provider::open(vendor, server.url()).await?;
    let wanted = reference::list(vendor, server.url()).await?;
    let (mut rival, name) = (Rival::start(vendor, server.url())?, rival::name(vendor)?);
    let times = alternate(
        if latency.is_zero() { sizes.rounds } else { sizes.rounds.min(3) },
        async || checked(wanted, timed(provider::list(&provider)).await?),
        async || {
            let (time, count) = rival.list()?;
            if count == wanted.0 { Ok(time) } else { Err(format!("{name} read {count} issues of {}", wanted.0).into()) }
        },
    );
    let what = format!("{}: list {}, times as fast as {name}", vendor.word(), sizes.tasks);
    let what = if latency.is_zero() { what } else { format!("{what}, 50 ms a request") };
    Ok(Row::of_times(what, times.await?, Gate::AtLeast(least)))
}

/// Many creates, and what a change of status costs.
async fn writes(sizes: Sizes) -> Result<[Row; 2]> {
    let times = writes::create_many(sizes.creates, sizes.rounds.min(3), LATENCY).await?;
    let (written, read) = writes::status_change().await?;
    let name = format!("jira: create {}, 50 ms a request, beside requests of 50", sizes.creates);
    Ok([
        Row::of_times(name, swapped(times), Gate::AtMost(1.3)),
        Row::of_counts(format!("jira: writes of a change of status ({read} reads)"), written, 1, Gate::AtMost(1.0)),
    ])
}

/// Everything into a list, raw data kept, beside the loop by hand.
async fn list(vendor: Vendor, sizes: Sizes) -> Result<Row> {
    let server = Server::start(vendor, sizes.tasks, Duration::ZERO)?;
    let provider = provider::open(vendor, server.url()).await?;
    let wanted = reference::list(vendor, server.url()).await?;
    let times = alternate(
        sizes.rounds,
        async || checked(wanted, timed(reference::list(vendor, server.url())).await?),
        async || checked(wanted, timed(provider::list(&provider)).await?),
    );
    Ok(Row::of_times(format!("{}: list {}", vendor.word(), sizes.tasks), swapped(times.await?), Gate::AtMost(1.3)))
}

/// The same with time on the wire: what pages ahead are for. The reference is the same provider, page after page.
async fn latency(vendor: Vendor, sizes: Sizes) -> Result<Row> {
    let server = Server::start(vendor, sizes.tasks, LATENCY)?;
    let provider = provider::open(vendor, server.url()).await?;
    let wanted = reference::list(vendor, server.url()).await?;
    let times = alternate(
        sizes.rounds.min(3),
        async || checked(wanted, timed(provider::list(&provider)).await?),
        async || checked(wanted, timed(provider::page_after_page(&provider)).await?),
    );
    let gate =
        if matches!(vendor, Vendor::OpenProject | Vendor::ClickUp) { Gate::AtLeast(5.0) } else { Gate::Informational };
    Ok(Row::of_times(format!("{}: 50 ms a request, times as fast", vendor.word()), times.await?, gate))
}

/// Both sides have to have read the same.
fn checked(wanted: (usize, usize), (time, read): (Duration, (usize, usize))) -> Result<Duration> {
    if read == wanted {
        return Ok(time);
    }
    Err(format!("read {} tasks of {} bytes instead of {} of {}", read.0, read.1, wanted.0, wanted.1).into())
}

/// The table shows the provider first; its ratio stays provider ÷ reference.
fn swapped(mut times: crate::measure::Comparison) -> crate::measure::Comparison {
    std::mem::swap(&mut times.first, &mut times.second);
    times
}

/// The peak of a process that streams ten times as much, and whether it is small.
fn stream(vendor: Vendor, sizes: Sizes) -> Result<[Row; 2]> {
    let few = Server::start(vendor, sizes.tasks, Duration::ZERO)?;
    let few = memory::peak(vendor, few.url(), sizes.tasks)?;
    let many = Server::start(vendor, sizes.many, Duration::ZERO)?;
    let many = memory::peak(vendor, many.url(), sizes.many)?;
    let name = |what: &str| format!("{}: stream {}, {what}", vendor.word(), sizes.many);
    Ok([
        Row::of_memory(name(&format!("peak beside {}", sizes.tasks)), many, few, Gate::AtMost(1.5)),
        Row::of_memory(name("peak beside 40 MiB"), many, MOST_MEMORY, Gate::AtMost(1.0)),
    ])
}
