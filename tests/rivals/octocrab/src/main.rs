//! `octocrab-listing URL OWNER NAME`: for every line on standard input, lists all issues of a repository and prints how many
//! microseconds that took and how many issues there were.

use std::io::BufRead;
use std::time::Instant;

use octocrab::Octocrab;
use octocrab::params::{Direction, State, issues::Sort};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: octocrab-listing URL OWNER NAME");
    let (url, owner, name) = (next()?, next()?, next()?);
    let github = Octocrab::builder().base_uri(url)?.personal_token("bench".to_owned()).build()?;
    for line in std::io::stdin().lock().lines() {
        line?;
        let begun = Instant::now();
        let count = list(&github, &owner, &name).await?;
        println!("{} {count}", begun.elapsed().as_micros());
    }
    Ok(())
}

/// Everything into a list, by octocrab's own means.
async fn list(github: &Octocrab, owner: &str, name: &str) -> Result<usize> {
    let issues = github.issues(owner, name);
    let first = issues.list().state(State::All).sort(Sort::Created).direction(Direction::Ascending).per_page(100);
    Ok(github.all_pages(first.send().await?).await?.len())
}
