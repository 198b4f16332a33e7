//! The example `multi_provider` puts what is to do on three systems into one list.

// What only its `main` needs.
#[allow(dead_code)]
#[path = "../../../examples/examples/multi_provider.rs"]
mod example;

use chrono::NaiveDate;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_systems_make_one_list() {
    let today = NaiveDate::from_ymd_opt(2030, 6, 1).unwrap();
    let shown = example::offline(today).await.unwrap();
    let lines: Vec<_> = shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        ("2030-06-02 work Website ", "Draw the front page"),
        ("2030-06-03 own Garden ", "Water the roses"),
        ("2030-06-04 club Summer party ", "Invite the choir"),
        ("2030-06-06 own Garden ", "Cut the hedge"),
        ("2030-06-09 work Website ", "Choose the colours"),
        ("2030-06-13 club Summer party ", "Rent a tent"),
    ];
    assert_eq!(lines.len(), expected.len(), "{shown}");
    for (line, (start, end)) in lines.iter().zip(expected) {
        assert!(line.starts_with(start) && line.ends_with(end), "{shown}");
    }
}
