//! Several connections in one program: nothing of one shows in another.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use pm_core::connections::Connections;
use pm_core::layers::TracingLayer;
use pm_core::{NewProject, NewTask, PmProvider, PmProviderBuilder, PmProviderExt, ProjectQuery, TaskQuery};
use pm_testkit::http_fault::{FaultRule, HttpFault, LoggedRequest};
use pm_testkit::jira::FakeJira;
use pm_testkit::openproject::{FakeOpenProject, Seed};

use crate::connections::Home;
use crate::support::{record_traces, traces_with};

/// Two servers of one kind whose ids are the same, one of another kind, and the own database.
struct World {
    home: Home,
    club: FakeOpenProject,
    work: FakeOpenProject,
    jira: FakeJira,
}

fn seed(key: &str, name: &str) -> Seed {
    format!(
        r#"{{
            "users": [{{ "login": "me-at-{key}", "name": "Me", "api_key": "pl4nted-{key}" }}],
            "statuses": [{{ "name": "New" }}, {{ "name": "Only at {key}" }}],
            "projects": [{{
                "identifier": "{key}", "name": "{name}", "members": ["me-at-{key}"],
                "work_packages": [{{ "subject": "Task of {key}" }}, {{ "subject": "Another of {key}" }}]
            }}]
        }}"#
    )
    .parse()
    .unwrap()
}

impl World {
    async fn new() -> Self {
        let club = FakeOpenProject::builder().seed(seed("club", "Club house")).start().await.unwrap();
        let work = FakeOpenProject::builder().seed(seed("work", "Power plant")).start().await.unwrap();
        let jira = FakeJira::cloud().await.unwrap();
        let home = Home::new("")
            .with("PM_SECRET_CLUB", "pl4nted-club")
            .with("OPENPROJECT_API_KEY", "pl4nted-of-nobody")
            .with("OPENPROJECT_URL", "http://127.0.0.1:1")
            .with("PM_SECRET_JIRA", jira.api_token());
        fs::write(home.folder().join("work.token"), "pl4nted-work\n").unwrap();
        let file = format!(
            "[connections.club]\nprovider = 'openproject'\nbase_url = '{}'\napi_key = 'env:PM_SECRET_CLUB'\n\
             [connections.work]\nprovider = 'openproject'\nbase_url = '{}'\napi_key = 'file:work.token'\n\
             [connections.shop]\nprovider = 'jira'\nbase_url = '{}'\nusername = '{}'\napi_token = 'env:PM_SECRET_JIRA'\n\
             [connections.own]\nprovider = 'internal'\ndatabase_url = 'sqlite::memory:'\nuser = 'me-at-home'\n",
            club.url(),
            work.url(),
            jira.url(),
            jira.username()
        );
        fs::write(home.path(), file).unwrap();
        Self { home, club, work, jira }
    }

    async fn open(&self, name: &str) -> Arc<dyn PmProvider> {
        let environment = self.home.environment();
        let connection = Connections::of_environment(&environment).unwrap().get(name).await.unwrap();
        let builder = PmProviderBuilder::from_environment(environment).connection(connection);
        builder.layer(TracingLayer).build().await.unwrap()
    }

    async fn open_all(&self) -> [Arc<dyn PmProvider>; 4] {
        [self.open("club").await, self.open("work").await, self.open("shop").await, self.open("own").await]
    }
}

fn credentials(requests: &[LoggedRequest]) -> BTreeSet<String> {
    assert!(requests.iter().all(|request| request.status != Some(401)), "{requests:?}");
    requests.iter().map(|request| request.authorization().unwrap_or("nobody").to_owned()).collect()
}

/// Everything that a person looks at, in an order of its own.
async fn look_around(provider: &Arc<dyn PmProvider>) -> String {
    let me = provider.health_check().await.unwrap().user.unwrap();
    let mut seen = me.login.unwrap_or(me.name);
    for project in provider.list_projects(ProjectQuery::new()).await.unwrap() {
        let schema = provider.project_schema(&project.id).await.unwrap();
        let statuses: Vec<_> = schema.statuses.iter().map(|status| status.name.clone()).collect();
        seen += &format!(" | {} {} {}", project.id, project.name, statuses.join(","));
        for task in provider.list_tasks(TaskQuery::in_project(&project.id)).await.unwrap() {
            let task = provider.get_task(&task.id).await.unwrap();
            seen += &format!(" | {} {}", task.id, task.title);
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_system_sees_its_own_token_and_shows_its_own_items() {
    record_traces();
    let world = World::new().await;
    let [club, work, shop, own] = world.open_all().await;
    for (provider, name) in [(&shop, "Shop"), (&own, "Home")] {
        let project = provider.create_project(NewProject::new(name).key(name.to_uppercase())).await.unwrap();
        provider.create_task(NewTask::new(&project.id, format!("Task of {name}"))).await.unwrap();
    }
    let first = [look_around(&club).await, look_around(&work).await, look_around(&shop).await, look_around(&own).await];
    for (seen, words) in first.iter().zip([
        ["me-at-club", "Club house", "Only at club", "Task of club"],
        ["me-at-work", "Power plant", "Only at work", "Task of work"],
        ["Shop", "Shop", "Shop", "Task of Shop"],
        ["me-at-home", "Home", "Home", "Task of Home"],
    ]) {
        assert!(words.iter().all(|word| seen.contains(word)), "{seen}");
    }
    // In any order, at once, and again: what one remembers is not what another gets.
    let all = [&club, &work, &shop, &own];
    let again = (0..3).flat_map(|_| (0..4).rev()).map(|at| async move {
        let seen = look_around(all[at]).await;
        Ok::<_, pm_core::Error>((at, seen))
    });
    for (at, seen) in try_join_all(again).await.unwrap() {
        assert_eq!(seen, first[at]);
    }

    let seen =
        [credentials(&world.club.requests()), credentials(&world.work.requests()), credentials(&world.jira.requests())];
    assert!(seen.iter().all(|credentials| credentials.len() == 1), "{seen:?}");
    assert_eq!(seen.iter().flatten().collect::<BTreeSet<_>>().len(), 3, "{seen:?}");
    assert_eq!(traces_with("pl4nted"), [""; 0]);
    assert!(!format!("{club:?} {work:?} {shop:?} {own:?}").contains("pl4nted"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_asked_to_wait_holds_up_nobody_else() {
    const PAUSE: Duration = Duration::from_secs(3);
    let world = World::new().await;
    let [club, work, shop, own] = world.open_all().await;
    for provider in [&club, &work, &shop, &own] {
        provider.health_check().await.unwrap();
    }
    let pause = FaultRule::new(HttpFault::TooManyRequests { retry_after: PAUSE }).times(1);
    world.club.faults().add(pause);
    let begun = Instant::now();
    let waiting = tokio::spawn(async move { club.list_projects(ProjectQuery::new()).await.map(|found| found.len()) });
    while world.club.faults().fired() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for provider in [&work, &shop, &own] {
        for _ in 0..5 {
            provider.health_check().await.unwrap();
        }
    }
    assert!(begun.elapsed() < PAUSE, "the others waited as well: {:?}", begun.elapsed());
    assert_eq!(waiting.await.unwrap().unwrap(), 1);
    assert!(begun.elapsed() >= PAUSE, "the pause was kept: {:?}", begun.elapsed());
}
