//! Times two sides of a comparison in turns.

use std::time::{Duration, Instant};

use crate::Result;

/// Holds what a comparison of two sides gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison {
    /// The median time of the first side.
    pub(crate) first: Duration,
    /// The median time of the second side.
    pub(crate) second: Duration,
    /// The median over the rounds of second ÷ first: not the quotient of the medians, because the two halves of one
    /// round saw the same machine.
    pub(crate) ratio: f64,
}

/// Runs both sides once to warm up, then in turns; which one begins alternates from round to round.
///
/// Each side gives the time that counts, so that it can prepare and tidy up beside the clock.
pub(crate) async fn alternate(
    rounds: usize,
    mut first: impl AsyncFnMut() -> Result<Duration>,
    mut second: impl AsyncFnMut() -> Result<Duration>,
) -> Result<Comparison> {
    first().await?;
    second().await?;
    let mut times = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let pair = if round % 2 == 0 {
            let first = first().await?;
            (first, second().await?)
        } else {
            let second = second().await?;
            (first().await?, second)
        };
        times.push(pair);
    }
    let ratios = times.iter().map(|(first, second)| second.as_secs_f64() / first.as_secs_f64()).collect();
    Ok(Comparison {
        first: Duration::from_secs_f64(median(times.iter().map(|(first, _)| first.as_secs_f64()).collect())),
        second: Duration::from_secs_f64(median(times.iter().map(|(_, second)| second.as_secs_f64()).collect())),
        ratio: median(ratios),
    })
}

/// Gives the time that some work takes.
pub(crate) async fn timed<T>(work: impl Future<Output = Result<T>>) -> Result<(Duration, T)> {
    let started = Instant::now();
    let value = work.await?;
    Ok((started.elapsed(), value))
}

/// Gives the middle of some numbers; 0 of none.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match numbers.len() {
        0 => 0.0,
        count if count % 2 == 1 => numbers[count / 2],
        count => f64::midpoint(numbers[count / 2 - 1], numbers[count / 2]),
    }
}
