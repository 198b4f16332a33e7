//! `gouqi-listing URL`: for every line on standard input, lists all issues of a Jira and prints how many microseconds that
//! took and how many issues there were.

use std::io::BufRead;
use std::time::Instant;

use gouqi::r#async::Jira;
use gouqi::{Credentials, SearchApiVersion, SearchOptions};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

#[tokio::main]
async fn main() -> Result<()> {
    let url = std::env::args().nth(1).ok_or("usage: gouqi-listing URL")?;
    let credentials = Credentials::Basic("ada@example.com".to_owned(), "bench".to_owned());
    let jira = Jira::with_search_api_version(url, credentials, SearchApiVersion::V3)?;
    for line in std::io::stdin().lock().lines() {
        line?;
        let begun = Instant::now();
        let count = list(&jira).await?;
        println!("{} {count}", begun.elapsed().as_micros());
    }
    Ok(())
}

/// Everything into a list, page after page, with all fields. Its stream would copy each issue once more.
async fn list(jira: &Jira) -> Result<usize> {
    let (mut issues, mut token) = (Vec::new(), None::<String>);
    loop {
        let mut options = SearchOptions::builder();
        options.max_results(100).fields(vec!["*all"]);
        if let Some(token) = &token {
            options.next_page_token(token);
        }
        let page = jira.search().list("created >= 0 ORDER BY created", &options.build()).await?;
        issues.extend(page.issues);
        token = page.next_page_token;
        if token.is_none() {
            return Ok(issues.len());
        }
    }
}
