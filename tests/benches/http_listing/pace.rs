//! Writing as fast as GitHub and ClickUp let anybody: fakes that count as they do, where every wait is a hundredth as long.

use std::time::Duration;

use pm_core::{BatchOperation, BatchOptions, NewTask, PmProvider, Secret, TaskId, TaskPatch};
use pm_provider_github::{GitHubConfig, GitHubProvider};
use pm_testkit::clickup::FakeClickUp;
use pm_testkit::github::FakeGitHub;

use crate::Result;
use crate::measure::{Comparison, timed};

const SCALE: f64 = 0.01;
/// What may be created, and in which time: so many in so many seconds.
const ALLOWED: [(usize, u64); 2] = [(80, 60), (500, 3_600)];

/// The time that many creates take, beside the time that the limits leave no way around. It is measured once: it is made of
/// waits.
pub(crate) async fn create_many(count: usize) -> Result<Comparison> {
    let seed = r#"{ "repositories": [{ "name": "ada/bench" }] }"#.parse()?;
    let fake = FakeGitHub::builder().seed(seed).secondary_limits(true).time_scale(SCALE).start().await?;
    let config = GitHubConfig::new(Secret::new(fake.token())).base_url(fake.url()).pace(SCALE);
    let provider = GitHubProvider::new(config)?;
    let new = |number| NewTask::new("ada/bench", format!("Issue {number} of many"));
    let operations = (0..count).map(|number| BatchOperation::CreateTask(Box::new(new(number)))).collect();
    let batch = provider.batch().ok_or("no batches")?;
    let (time, outcomes) = timed(async { Ok(batch.apply_batch(operations, BatchOptions::new()).await?) }).await?;
    let made = outcomes.into_iter().collect::<pm_core::Result<Vec<_>>>()?.len();
    let refused = fake.refused_by_secondary_limits();
    if (made, refused) != (count, 0) {
        return Err(format!("made {made} of {count}; {refused} requests were refused for their pace").into());
    }
    let least = least(count);
    Ok(Comparison { first: time, second: least, ratio: time.as_secs_f64() / least.as_secs_f64() })
}

/// How long so many creates take at least: each as soon as every window has room for it.
fn least(count: usize) -> Duration {
    let mut times: Vec<u64> = Vec::with_capacity(count);
    for number in 0..count {
        let windows =
            ALLOWED.iter().filter_map(|(most, seconds)| Some(times.get(number.checked_sub(*most)?)? + seconds));
        let earliest = windows.max().unwrap_or(0);
        times.push(earliest);
    }
    // The last of few is no wait at all: a second is what the writes are apart.
    Duration::from_secs_f64(times.last().copied().unwrap_or(0).max(count as u64) as f64 * SCALE)
}

/// What a plan of ClickUp's lets a token ask for in a minute.
const CLICKUP_REQUESTS: u32 = 100;

/// The time that many changes of ClickUp's tasks take, each of a title and a tag, beside what the quota needs for as many
/// requests as were sent; and how many that were for each.
pub(crate) async fn update_many(count: usize) -> Result<(Comparison, usize)> {
    let fake = FakeClickUp::builder().limit(CLICKUP_REQUESTS).time_scale(SCALE).start().await?;
    let space = fake.add_space("Bench");
    let list = fake.add_list(&space, "Backlog");
    let ids = fake.add_tasks(&list, count, 1_000);
    let (token, pace) = (fake.token(), SCALE.to_string());
    let settings = [("API_KEY", token.as_str()), ("PACE", pace.as_str())];
    let provider = pm_tests::remote::build("clickup", &fake.url(), &settings).await?;

    let patch = |number: usize| TaskPatch::new().title(format!("Task {number}, swept")).add_labels(["swept"]);
    let change = |(number, id): (usize, String)| BatchOperation::UpdateTask(TaskId::new(id), Box::new(patch(number)));
    let operations = ids.into_iter().enumerate().map(change).collect();
    let batch = provider.batch().ok_or("no batches")?;
    let (time, outcomes) = timed(async { Ok(batch.apply_batch(operations, BatchOptions::new()).await?) }).await?;
    let changed = outcomes.into_iter().collect::<pm_core::Result<Vec<_>>>()?.len();
    let (sent, refused) = (fake.requests().len(), fake.refused_by_limit());
    if (changed, refused) != (count, 0) {
        return Err(format!("changed {changed} of {count}; {refused} requests were refused").into());
    }
    // The last request may leave as soon as all full minutes before it are over.
    let minutes = (sent.max(1) - 1) / CLICKUP_REQUESTS as usize;
    let least = Duration::from_secs_f64((60 * minutes.max(1)) as f64 * SCALE);
    Ok((
        Comparison { first: time, second: least, ratio: time.as_secs_f64() / least.as_secs_f64() },
        sent / count.max(1),
    ))
}
