use super::*;

/// Titles with those of their parents.
async fn family(bench: &Bench) -> Vec<(String, Option<String>)> {
    let tasks = bench.tasks().await;
    let title = |id: &pm_core::TaskId| tasks.iter().find(|task| task.id == *id).unwrap().title.clone();
    let mut family: Vec<_> =
        tasks.iter().map(|task| (task.title.clone(), task.parent_task_id.as_ref().map(title))).collect();
    family.sort();
    family
}

fn expected(pairs: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    pairs.iter().map(|(title, parent)| ((*title).to_owned(), parent.map(str::to_owned))).collect()
}

#[tokio::test]
async fn parents_may_come_before_and_after_their_children() {
    let bench = Bench::new();
    let rows = json!([
        {"id": "d", "title": "d", "parent": "c"}, {"id": "a", "title": "a"}, {"id": "b", "title": "b", "parent": "a"},
        {"id": "c", "title": "c", "parent": "b"},
    ]);
    let (summary, _) = bench.rows(&PLAIN, rows.clone()).await;
    assert_eq!(counts(&summary), [4, 0, 0, 0, 0]);
    let all = expected(&[("a", None), ("b", Some("a")), ("c", Some("b")), ("d", Some("c"))]);
    assert_eq!(family(&bench).await, all);
    let before = bench.dump().await;
    assert_eq!(counts(&bench.rows(&UPDATE, rows).await.0), [0, 0, 4, 0, 0]);
    assert_eq!(bench.dump().await, before);
}

#[tokio::test]
async fn parents_may_be_chunks_away() {
    for dry_run in [true, false] {
        let bench = Bench::new();
        // Every row is a part of the one behind it but thousand, and the last ones of nothing.
        let rows: String = (0..2_500)
            .map(|row| match row {
                0..1_500 => format!("{{\"id\":{row},\"title\":\"x\",\"parent\":{}}}\n", row + 1_000),
                _ => format!("{{\"id\":{row},\"title\":\"x\"}}\n"),
            })
            .collect();
        let (summary, _) = bench.run(&by_name(), &Options { dry_run, ..PLAIN }, rows).await;
        assert_eq!(counts(&summary.unwrap()), [2_500, 0, 0, 0, 0]);
        let children = bench.tasks().await.iter().filter(|task| task.parent_task_id.is_some()).count();
        assert_eq!(children, if dry_run { 0 } else { 1_500 });
    }
}

#[tokio::test]
async fn a_row_whose_parent_never_comes_fails_until_it_does() {
    let bench = Bench::new();
    let child = json!({"id": "b", "title": "b", "parent": "a"});
    let rows = json!([child, {"id": "x", "title": "x", "parent": "y"}, {"id": "y", "title": "y", "parent": "x"}]);
    let (summary, heard) = bench.rows(&PLAIN, rows).await;
    assert_eq!(counts(&summary), [0, 0, 0, 0, 3]);
    assert_eq!(heard.failures()[0], (1, "is a part of `a`, which did not come in".to_owned()));
    let (summary, _) = bench.rows(&PLAIN, json!([child, {"id": "a", "title": "a"}])).await;
    assert_eq!(counts(&summary), [2, 0, 0, 0, 0]);
    assert_eq!(family(&bench).await, expected(&[("a", None), ("b", Some("a"))]));
}

#[tokio::test]
async fn a_row_whose_parent_was_deleted_here_comes_in_without_one() {
    let bench = Bench::new();
    bench.rows(&PLAIN, json!([{"id": "a", "title": "a"}])).await;
    let parent = bench.tasks().await.remove(0);
    bench.provider.delete_task(&parent.id, pm_core::DeleteOptions::new()).await.unwrap();
    let child = |title: &str| json!([{"id": "b", "title": title, "parent": "a"}]);
    let (summary, _) = bench.rows(&PLAIN, child("b")).await;
    assert_eq!(counts(&summary), [1, 0, 0, 0, 0]);
    assert!(summary.notes[0].contains("the parent `a` was deleted here"), "{:?}", summary.notes);
    // And goes on to be updated.
    let (summary, _) = bench.rows(&UPDATE, child("c")).await;
    assert_eq!(counts(&summary), [0, 1, 0, 0, 0]);
}
