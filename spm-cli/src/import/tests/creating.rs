use pm_core::{
    Capabilities, CreateGuarantee, DeleteOptions, Entity, Field, NewSprint, NewTask, NewUser, SprintQuery, UserQuery,
};

use super::*;
use crate::exit::Code;

#[tokio::test]
async fn issues_come_in_once() {
    let bench = Bench::new();
    let milestone = json!({"url": "m/1", "title": "v1", "state": "open", "due_on": null});
    let issues = [
        issue(1, json!({"assignees": [{"login": "bob", "id": 2}, {"login": "ada", "id": 1}], "milestone": milestone})),
        issue(2, json!({"pull_request": {}})),
        issue(
            3,
            json!({"state": "closed", "closed_at": "2024-02-03T04:05:06Z", "body": "ü\r\n🎨", "milestone": milestone}),
        ),
        issue(4, json!({"title": "Issue 3", "user": null})),
    ];
    let (summary, heard) = bench.issues(&PLAIN, &issues).await;
    assert_eq!(counts(&summary), [3, 0, 0, 1, 0]);
    assert_eq!((summary.users_created, summary.sprints_created), (2, 1));
    let project = summary.project.unwrap();
    assert_eq!((project.name.as_str(), project.key.as_deref(), project.created), ("Garden", Some("GAR"), true));
    assert_eq!(heard.0.iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [1, 1, 1, 1]);
    let tasks = bench.tasks().await;
    assert_eq!(bench.titles().await, ["Issue 1", "Issue 3", "Issue 3"]);
    assert_eq!(tasks[0].assignees.len(), 2);
    assert_eq!(tasks[0].assignees[1], tasks[0].author_id.clone().unwrap());
    assert_eq!(tasks[1].description.as_deref(), Some("ü\r\n🎨"));
    assert_eq!(tasks[1].completed_at.unwrap().to_rfc3339(), "2024-02-03T04:05:06+00:00");
    assert_eq!((tasks[0].sprint_id.is_some(), &tasks[0].sprint_id), (true, &tasks[1].sprint_id));
    assert_eq!(tasks[2].author_id, None);
    assert_eq!(tasks[0].raw_data.parse::<Value>().unwrap(), issues[0]);
    let before = bench.dump().await;
    let (again, _) = bench.issues(&PLAIN, &issues).await;
    assert_eq!((counts(&again), again.users_created, again.sprints_created), ([0, 0, 3, 1, 0], 0, 0));
    assert!(!again.project.unwrap().created);
    assert_eq!(bench.dump().await, before, "a second run changes nothing");
}

#[tokio::test]
async fn the_same_keys_in_two_projects_are_two_tasks() {
    let one = Bench::new();
    let other = Bench::over(Arc::clone(&one.provider)).project("Shed");
    let rows = json!([{"id": 1, "title": "a"}, {"id": 2, "title": "a"}]);
    for bench in [&one, &other, &one, &other] {
        bench.rows(&PLAIN, rows.clone()).await;
    }
    assert_eq!(one.titles().await, ["a", "a", "a", "a"]);
}

#[tokio::test]
async fn a_key_that_comes_twice_makes_one_task() {
    let bench = Bench::new();
    let text = "{\"id\":1,\"title\":\"a\"}\n{\"id\":2,\"title\":\"b\"}\n{\"id\":1,\"title\":\"a\"}\n{\"id\":1,\"title\":\"c\"}\n";
    for expected in [[2, 0, 0, 1, 1], [0, 0, 2, 1, 1]] {
        let (summary, heard) = bench.run(&by_name(), &UPDATE, text).await;
        assert_eq!(counts(&summary.unwrap()), expected);
        let reason = "has the same key as the row of line 1, and says something else".to_owned();
        assert_eq!(heard.failures(), [(4, reason)]);
    }
    // Also when chunks lie between.
    let rows: String = (0..1_200).map(|row| format!("{{\"id\":{},\"title\":\"x{row}\"}}\n", row % 1_000)).collect();
    let (summary, heard) = Bench::new().run(&by_name(), &PLAIN, rows).await;
    assert_eq!(counts(&summary.unwrap()), [1_000, 0, 0, 0, 200]);
    assert!(heard.failures()[0].1.contains("the row of line 1,"));
}

#[tokio::test]
async fn bad_rows_do_not_stop_the_others() {
    let bench = Bench::new();
    let rows = json!([
        {"id": 1, "title": "good"}, {"id": 2}, 7, {"id": 3, "title": "bad", "due_date": "soon"},
        {"id": 4, "title": "bad", "status": "nonsense"}, {"id": 5, "title": "NUL\u{0}"}, {"id": 6, "title": "good too"},
    ]);
    let (summary, heard) = bench.rows(&PLAIN, rows).await;
    assert_eq!(counts(&summary), [2, 0, 0, 0, 5]);
    assert_eq!(bench.titles().await, ["good", "good too"]);
    let kinds: Vec<_> = summary.failed.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    assert_eq!(kinds, ["bad date 1", "no object 1", "no title 1", "refused by the backend 1", "unknown word 1"]);
    let reasons: Vec<_> = heard.failures().into_iter().map(|(_, reason)| reason).collect();
    assert!(reasons[3].starts_with("`nonsense` is no task status here; allowed are `Backlog`"), "{reasons:?}");
    assert!(reasons[4].contains("holds a NUL character"), "{reasons:?}");
}

#[tokio::test]
async fn a_task_that_goes_on_has_no_time_of_completion() {
    let bench = Bench::new();
    let at = "2024-01-01T00:00:00Z";
    let rows = json!([
        {"id": 1, "title": "a", "status": "done", "completed_at": at}, {"id": 2, "title": "b", "completed_at": at},
        {"id": 3, "title": "c", "status": "todo", "completed_at": at},
    ]);
    bench.rows(&PLAIN, rows).await;
    let times: Vec<_> = bench.tasks().await.into_iter().map(|task| task.completed_at.is_some()).collect();
    // One that says nothing but when it was done is done.
    assert_eq!(times, [true, true, false]);
}

#[tokio::test]
async fn strict_ends_at_the_first_bad_row_and_keeps_those_before() {
    let strict = Options { strict: true, ..PLAIN };
    for (bad, reason) in [
        (json!({"id": 3}), "has no title"),
        (json!({"id": 3, "title": "x", "status": "nonsense"}), "`nonsense` is no task status"),
    ] {
        let bench = Bench::new();
        let rows =
            [json!({"id": 1, "title": "a"}), json!({"id": 2, "title": "b"}), bad, json!({"id": 4, "title": "d"})];
        let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let (summary, heard) = bench.run(&by_name(), &strict, text).await;
        let summary = summary.unwrap();
        assert_eq!((counts(&summary), bench.titles().await), ([2, 0, 0, 0, 1], vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(summary.stopped.as_deref(), Some("line 3 is the first bad row; the rows before it stay in"));
        assert!(heard.failures()[0].1.starts_with(reason), "{heard:?}");
    }
}

#[tokio::test]
async fn strict_ends_where_the_backend_refuses_as_well() {
    let bench = Bench::new();
    let project = bench.make_project().await;
    bench.provider.create_task(NewTask::new(&project.id, "mine").key("GAR-3")).await.unwrap();
    let issues = [issue(1, json!({})), issue(2, json!({})), issue(3, json!({})), issue(4, json!({}))];
    let keep = Options { strict: true, keep_numbers: true, ..PLAIN };
    let (summary, heard) = bench.issues(&keep, &issues).await;
    assert_eq!(counts(&summary), [2, 0, 0, 0, 1]);
    assert_eq!(bench.titles().await, ["Issue 1", "Issue 2", "mine"]);
    assert!(heard.failures()[0].1.contains("GAR-3"), "{heard:?}");
    let (summary, _) = bench.issues(&Options { strict: false, ..keep }, &issues).await;
    assert_eq!(counts(&summary), [1, 0, 2, 0, 1]);
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_writes_nothing() {
    let bench = Bench::new();
    let dry = Options { dry_run: true, ..UPDATE };
    let milestone = json!({"url": "m/1", "title": "v1", "state": "open"});
    let issues =
        [issue(1, json!({"milestone": milestone})), issue(2, json!({"pull_request": {}})), json!({"url": "x"})];
    let (would, _) = bench.issues(&dry, &issues).await;
    assert_eq!(bench.dump().await, json!({"tasks": [], "projects": [], "users": [], "sprints": []}));
    let (did, _) = bench.issues(&PLAIN, &issues).await;
    assert_eq!(counts(&would), counts(&did));
    assert_eq!((would.users_created, would.sprints_created), (did.users_created, did.sprints_created));
    let before = bench.dump().await;
    let issues = [issue(1, json!({"title": "New", "user": {"login": "new", "id": 9}})), issue(3, json!({}))];
    let (would, heard) = bench.issues(&dry, &issues).await;
    assert_eq!(counts(&would), [1, 1, 0, 0, 0]);
    assert_eq!(heard.0[0].2, Outcome::Updated { fields: vec!["title".to_owned(), "sprint_id".to_owned()] });
    assert_eq!(bench.dump().await, before);
    // Without any backend all is new.
    let mut heard = Heard::default();
    let text = serde_json::to_string(&issues).unwrap();
    let input = Input { name: "x".to_owned(), reader: Box::new(Cursor::new(text)), format: None };
    let nowhere = run(Target::nowhere("Garden"), &GitHub, &dry, input, &mut heard).await.unwrap();
    assert_eq!((counts(&nowhere), nowhere.users_created), ([2, 0, 0, 0, 0], 2));
}

#[tokio::test]
async fn what_was_deleted_here_is_not_made_again() {
    let bench = Bench::new();
    let milestone = json!({"url": "m/1", "title": "v1", "state": "open"});
    let issues = [issue(1, json!({})), issue(2, json!({"milestone": milestone}))];
    bench.issues(&PLAIN, &issues).await;
    let first = bench.tasks().await.remove(0);
    bench.provider.delete_task(&first.id, DeleteOptions::new()).await.unwrap();
    let sprint = bench.provider.list_sprints(SprintQuery::new()).await.unwrap().remove(0);
    bench.provider.delete_sprint(&sprint.id, DeleteOptions::new()).await.unwrap();
    let more = [issues.as_slice(), &[issue(3, json!({"milestone": milestone}))]].concat();
    let (summary, heard) = bench.issues(&UPDATE, &more).await;
    assert_eq!(counts(&summary), [1, 0, 1, 1, 0]);
    assert_eq!(heard.0[0].2, Outcome::LeftOut { reason: "deleted here since".to_owned() });
    assert_eq!(bench.titles().await, ["Issue 2", "Issue 3"]);
    assert_eq!(summary.notes, ["there is no sprint `v1` (any more), and none was made: left out of 1 row"]);
}

#[tokio::test]
async fn people_are_found_by_login_before_they_are_made() {
    let bench = Bench::new();
    let admin = bench.provider.user_admin().unwrap();
    let ada = admin.create_user(NewUser::new("Ada Lovelace").login("ADA")).await.unwrap();
    let bob = admin.create_user(NewUser::new("Bob").login("bob").email("bob@example.org")).await.unwrap();
    let rows =
        json!([{"id": 1, "title": "a", "author": "ada", "assignees": ["bob@example.org", "eve", "@Ada", "EVE"]}]);
    let (summary, _) = bench.rows(&PLAIN, rows).await;
    let task = bench.tasks().await.remove(0);
    assert_eq!((task.author_id, summary.users_created), (Some(ada.id.clone()), 1));
    assert_eq!((&task.assignees[0], &task.assignees[2], task.assignees.len()), (&bob.id, &ada.id, 3));
    assert_eq!(bench.provider.list_users(UserQuery::new()).await.unwrap().len(), 3);
}

#[tokio::test]
async fn who_cannot_be_found_is_left_out_and_named() {
    let provider = MemoryProvider::new().user("ada").restrict(|mut capabilities| {
        capabilities.abilities.remove(&pm_core::Ability::UserAdmin);
        capabilities
    });
    let bench = Bench::over(Arc::new(provider));
    let rows = json!([{"id": 1, "title": "a", "assignees": ["ada", "bob"]}, {"id": 2, "title": "b", "author": "bob"}]);
    let (summary, _) = bench.rows(&PLAIN, rows).await;
    assert_eq!(summary.notes, ["nobody here is called `bob`: left out of 2 rows"]);
    assert_eq!(bench.tasks().await[0].assignees.len(), 1);
}

#[tokio::test]
async fn sprints_that_are_only_named_are_those_of_that_name() {
    let bench = Bench::new();
    let project = bench.make_project().await;
    let there = bench.provider.create_sprint(NewSprint::new(&project.id, "May")).await.unwrap();
    let rows = json!([
        {"id": 1, "title": "a", "sprint": "May"}, {"id": 2, "title": "b", "sprint": "June"},
        {"id": 3, "title": "c", "sprint": "June"}, {"id": 4, "title": "d"},
    ]);
    let (summary, _) = bench.rows(&PLAIN, rows).await;
    assert_eq!(summary.sprints_created, 1);
    let tasks = bench.tasks().await;
    assert_eq!((&tasks[0].sprint_id, &tasks[3].sprint_id), (&Some(there.id), &None));
    assert!(tasks[1].sprint_id.is_some() && tasks[1].sprint_id == tasks[2].sprint_id);
}

#[tokio::test]
async fn numbers_are_kept_on_demand() {
    let bench = Bench::new();
    let keep = Options { keep_numbers: true, ..PLAIN };
    let (summary, heard) =
        bench.issues(&keep, &[issue(7, json!({})), issue(3, json!({})), issue(9, json!({"number": null}))]).await;
    assert_eq!(counts(&summary), [2, 0, 0, 0, 1]);
    assert_eq!(heard.failures()[0].1, "has no number to keep");
    let mut keys: Vec<_> = bench.tasks().await.into_iter().filter_map(|task| task.key).collect();
    keys.sort();
    assert_eq!(keys, ["GAR-3", "GAR-7"]);
    let taken = bench.provider.list_projects(ProjectQuery::new()).await.unwrap().remove(0);
    bench.provider.create_task(NewTask::new(&taken.id, "mine")).await.unwrap();
    let (_, heard) = bench.issues(&keep, &[issue(8, json!({}))]).await;
    assert!(heard.failures()[0].1.contains("GAR-8"), "{heard:?}");
}

#[tokio::test]
async fn every_format_brings_in_the_same() {
    let array = r#"[{"id":"1","title":"a ü","labels":"x","due_date":""},{"id":"2","title":"b","labels":"","due_date":"2024-05-06"}]"#;
    let lines = array.trim_matches(['[', ']']).replace("},{", "}\n{");
    let table = "id,title,labels,due_date\n1,a ü,x,\n2,b,,2024-05-06\n";
    let mut dumps = Vec::new();
    for text in [array, lines.as_str(), table] {
        let bench = Bench::new();
        bench.run(&by_name(), &PLAIN, text).await.0.unwrap();
        let tasks = bench.tasks().await;
        assert_eq!(tasks.len(), 2);
        let raw: Vec<_> = tasks.iter().map(|task| task.raw_data.parse::<Value>().unwrap()).collect();
        let said = tasks.into_iter().map(|task| (task.title, task.labels, task.due_date, task.description));
        dumps.push((said.collect::<Vec<_>>(), raw));
    }
    assert!(dumps.iter().all(|dump| *dump == dumps[0]), "{dumps:?}");
}

#[tokio::test]
async fn what_a_backend_cannot_hold_is_left_out_and_named() {
    let provider = MemoryProvider::new().restrict(|mut capabilities| {
        let task = capabilities.entities.get_mut(&Entity::Task).unwrap();
        task.fields.remove(&Field::EstimatedHours);
        capabilities
    });
    let bench = Bench::over(Arc::new(provider));
    let (summary, _) = bench.rows(&PLAIN, json!([{"id": 1, "title": "a", "estimated_hours": 2}])).await;
    assert_eq!(counts(&summary), [1, 0, 0, 0, 0]);
    assert_eq!(summary.notes, ["this backend cannot hold `estimated_hours`: left out of 1 row"]);
}

async fn refusal(change: impl FnOnce(&mut Capabilities)) -> Failure {
    let provider = MemoryProvider::new().restrict(|mut capabilities| {
        change(&mut capabilities);
        capabilities
    });
    let bench = Bench::over(Arc::new(provider));
    let (refused, heard) = bench.run(&by_name(), &PLAIN, "[{\"id\":1,\"title\":\"a\"}]").await;
    assert!(heard.0.is_empty());
    refused.unwrap_err()
}

#[tokio::test]
async fn backends_on_which_a_second_run_would_double_everything_are_refused() {
    let none = refusal(|capabilities| {
        capabilities.entities.get_mut(&Entity::Task).unwrap().create_guarantee = CreateGuarantee::None;
    })
    .await;
    assert_eq!(none.code, Code::Unsupported);
    assert!(none.to_string().contains("it keeps no key of what was created"), "{none}");
    let blind = refusal(|capabilities| {
        capabilities.abilities.remove(&pm_core::Ability::SyncSupport);
    })
    .await;
    assert!(blind.to_string().contains("it cannot tell what was imported before"), "{blind}");
}

#[tokio::test]
async fn a_break_keeps_what_came_before() {
    let bench = Bench::new();
    let (summary, _) = bench.run(&by_name(), &PLAIN, "[{\"id\":1,\"title\":\"a\"},\n{\"id\":").await;
    let summary = summary.unwrap();
    assert_eq!(counts(&summary), [1, 0, 0, 0, 0]);
    assert_eq!(summary.stopped.as_deref(), Some("`x` is cut off in line 2: the row of line 2 is not closed"));
    let (broken, _) = Bench::new().run(&by_name(), &PLAIN, "").await;
    assert_eq!(broken.unwrap_err().code, Code::Usage);
}
