//! Writes to Jira: many creates at once, and what a change of status costs. A fake server answers them, because what is written
//! has to be read again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use pm_core::{BatchOperation, BatchOptions, NewProject, NewTask, PmProvider, StatusCategory, TaskPatch};
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::jira::{FakeJira, Flavor};
use serde_json::json;

use crate::Result;
use crate::measure::{Comparison, alternate, timed};

/// How many issues one request creates at most.
const AT_ONCE: usize = 50;

/// A fake Cloud with a project.
struct Site {
    fake: FakeJira,
    provider: Arc<dyn PmProvider>,
    project: String,
}

impl Site {
    async fn new() -> Result<Self> {
        let fake = FakeJira::builder().rate_limits(false).start().await?;
        debug_assert_eq!(fake.flavor(), Flavor::Cloud);
        let provider = pm_tests::remote::open_jira(&fake.url(), &fake, &[]).await?;
        let project = provider.create_project(NewProject::new("Bench").key("BENCH")).await?.id.to_string();
        Ok(Self { fake, provider, project })
    }

    async fn create_by_batch(&self, count: usize) -> Result<usize> {
        let new = |number| NewTask::new(self.project.as_str(), format!("Issue {number} of many"));
        let operations = (0..count).map(|number| BatchOperation::CreateTask(Box::new(new(number)))).collect();
        let batch = self.provider.batch().ok_or("no batches")?;
        let outcomes = batch.apply_batch(operations, BatchOptions::new()).await?;
        Ok(outcomes.into_iter().collect::<pm_core::Result<Vec<_>>>()?.len())
    }

    /// The same by hand: one request after another, and nothing is read back.
    async fn create_by_hand(&self, count: usize, kind: &str) -> Result<usize> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let address = format!("{}/rest/api/3/issue/bulk", self.fake.url());
        let mut made = 0;
        while made < count {
            let issues = (made..count.min(made + AT_ONCE)).map(|number| {
                json!({"fields": {"project": {"id": self.project}, "issuetype": {"id": kind}, "summary": format!("Issue {number}")}})
            });
            let body = json!({"issueUpdates": issues.collect::<Vec<_>>()});
            let request = client
                .post(&address)
                .basic_auth(self.fake.username(), Some(self.fake.api_token()))
                .header("content-type", "application/json")
                .body(body.to_string());
            let answer = request.send().await?.error_for_status()?.bytes().await?;
            let answer: serde_json::Value = serde_json::from_slice(&answer)?;
            made += answer["issues"].as_array().map_or(0, Vec::len).max(1);
        }
        Ok(made)
    }

    /// The id of the type that the provider makes tasks of.
    async fn kind(&self) -> Result<String> {
        let task = self.provider.create_task(NewTask::new(self.project.as_str(), "The first")).await?;
        let raw: serde_json::Value = task.raw_data.parse()?;
        Ok(raw["fields"]["issuetype"]["id"].as_str().ok_or("an issue without a type")?.to_owned())
    }
}

/// Many creates with time on the wire, beside the fewest requests that can make them, sent by hand.
pub(crate) async fn create_many(count: usize, rounds: usize, latency: Duration) -> Result<Comparison> {
    let site = Site::new().await?;
    let kind = site.kind().await?;
    site.fake.faults().add(FaultRule::new(HttpFault::Latency(latency)));
    let all = |made: usize| if made >= count { Ok(()) } else { Err(format!("made {made} of {count}")) };
    let times = alternate(
        rounds,
        async || {
            let (time, made) = timed(site.create_by_hand(count, &kind)).await?;
            all(made)?;
            Ok(time)
        },
        async || {
            let (time, made) = timed(site.create_by_batch(count)).await?;
            all(made)?;
            Ok(time)
        },
    );
    times.await
}

/// How many writes and how many reads a change of status takes once its way is known.
pub(crate) async fn status_change() -> Result<(usize, usize)> {
    let site = Site::new().await?;
    let new = |title: &str| NewTask::new(site.project.as_str(), title);
    let (first, second) =
        (site.provider.create_task(new("First")).await?, site.provider.create_task(new("Second")).await?);
    let patch = || TaskPatch::new().status(StatusCategory::InProgress);
    site.provider.update_task(&first.id, patch()).await?;
    let (before, begun) = (site.fake.requests().len(), Instant::now());
    site.provider.update_task(&second.id, patch()).await?;
    let sent: Vec<_> = site.fake.requests().split_off(before);
    let writes = sent.iter().filter(|request| request.method != "GET").count();
    println!(
        "a change of status: {:?} in {:?}",
        sent.iter().map(|it| format!("{} {}", it.method, it.path())).collect::<Vec<_>>(),
        begun.elapsed()
    );
    Ok((writes, sent.len() - writes))
}
