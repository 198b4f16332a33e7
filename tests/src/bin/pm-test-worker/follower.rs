//! Follows the change feed until standard input ends, then reads what is left.

use std::sync::mpsc::TryRecvError;
use std::time::Duration;

use pm_core::{ChangeQuery, Error, Result};
use pm_tests::protocol::{Event, Seen};

use crate::talk;

pub(crate) async fn run(url: &str, page_size: u32) -> Result<()> {
    let provider = pm_tests::open(url).await?;
    let feed = provider.changes().ok_or_else(|| Error::unsupported("there is no change feed"))?;
    let query = ChangeQuery::new().page_size(page_size);
    talk::wait_for_the_signal()?;
    let input = talk::end_of_input();
    let mut cursor = None;
    loop {
        // Asked before the page is read: only a page that was read after the end of all writing can be the last.
        let ending = input.try_recv() == Err(TryRecvError::Disconnected);
        let page = feed.changes_page(&query, cursor).await?;
        if !page.items.is_empty() {
            talk::say(&Event::Page(page.items.iter().map(Seen::from_change).collect()));
        } else if ending {
            return Ok(());
        }
        if !page.more {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        cursor = Some(page.next);
    }
}
