//! Projects, sprints, people, and what projects accept.

use chrono::NaiveDate;
use pm_provider::{
    DeleteOptions, ErrorKind, Field, NewProject, NewSprint, PmProvider, PmProviderExt, ProjectId, ProjectPatch,
    ProjectQuery, ProjectStatusCategory, SprintId, SprintPatch, SprintQuery, SprintStatusCategory, StatusCategory,
    TaskPatch, UserId, UserQuery, Visibility,
};
use pm_provider_clickup::{ClickUpProvider, ProjectLevel};
use pm_testkit::clickup::FakeClickUp;
use pm_testkit::http_fault::{FaultRule, HttpFault};

use crate::support::{begin, config, provider, seeded, task};

const SEED: &str = r#"{"spaces": [
    {"name": "Garden", "lists": [{"name": "Backlog"}], "folders": [
        {"name": "Sprints", "lists": [{"name": "Sprint 1", "start": "2026-01-01", "due": "2026-01-14"}]},
        {"name": "Beds", "lists": [{"name": "North"}, {"name": "South", "archived": true}]}]},
    {"name": "Attic", "archived": true, "lists": [{"name": "Boxes"}]}]}"#;

async fn names(server: &FakeClickUp, level: ProjectLevel) -> Vec<String> {
    let provider = std::sync::Arc::new(ClickUpProvider::new(config(server).projects(level)).unwrap());
    let projects = provider.list_projects(ProjectQuery::new()).await.unwrap();
    let mut names: Vec<_> = projects.into_iter().map(|project| project.name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn each_level_lists_its_projects_archived_ones_too() {
    let server = seeded(SEED).await;
    assert_eq!(names(&server, ProjectLevel::Space).await, ["Attic", "Garden"]);
    assert_eq!(names(&server, ProjectLevel::Folder).await, ["Beds", "Sprints"]);
    let lists = ["Backlog", "Boxes", "North", "South", "Sprint 1"];
    assert_eq!(names(&server, ProjectLevel::List).await, lists);
    let provider = provider(&server);
    let archived = ProjectQuery::new().statuses([ProjectStatusCategory::Archived]);
    let archived = provider.list_projects(archived).await.unwrap();
    assert_eq!(archived.iter().map(|project| project.name.as_str()).collect::<Vec<_>>(), ["Attic"]);
}

#[tokio::test]
async fn the_tree_is_read_by_few_requests_and_then_remembered() {
    let server = seeded(SEED).await;
    let provider = provider(&server);
    let garden = ProjectId::new(format!("space:{}", server.place_named("Garden").unwrap()));
    provider.list_sprints(SprintQuery::in_project(&garden)).await.unwrap();
    server.faults().forget_requests();
    provider.list_sprints(SprintQuery::in_project(&garden)).await.unwrap();
    // Folders and Lists, live and archived, and the archived Lists of the one Folder of sprints.
    assert_eq!(server.requests().len(), 5, "{:?}", server.requests());
}

#[tokio::test]
async fn a_space_is_made_with_a_list_and_is_private_when_that_is_wanted() {
    let (server, provider, project) = begin().await;
    task(&provider, &project, "Paint").await;
    let patch = ProjectPatch::new().name("Backyard").visibility(Visibility::Restricted);
    let changed = provider.update_project(&project, patch).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.visibility), ("Backyard", Visibility::Restricted));
    assert!(server.requests().iter().any(|request| request.method == "PUT"));
    let error = provider.delete_project(&project, DeleteOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    provider.delete_project(&project, DeleteOptions::with_contents()).await.unwrap();
    assert_eq!(provider.get_project(&project).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_space_whose_reply_is_lost_is_there_once_and_has_its_list() {
    let server = FakeClickUp::start().await.unwrap();
    let provider = provider(&server);
    let lost = FaultRule::new(HttpFault::DropReply).method("POST").path("/space").nth(1);
    let fault = server.faults().add(lost);
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap();
    assert_eq!(fault.fired(), 1);
    assert_eq!(provider.list_projects(ProjectQuery::new()).await.unwrap().len(), 1);
    task(&provider, &project.id, "Paint").await;
    let taken = provider.create_project(NewProject::new("Garden")).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::Conflict, "{taken}");
}

#[tokio::test]
async fn an_id_of_another_level_names_the_setting() {
    let server = seeded(SEED).await;
    let list = format!("list:{}", server.place_named("Backlog").unwrap());
    let error = provider(&server).get_project(&ProjectId::new(list)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("CLICKUP_PROJECTS"), "{error}");
    // A bare id, as people paste it, is meant at the level that is set.
    let bare = server.place_named("Garden").unwrap();
    let project = provider(&server).get_project(&ProjectId::new(bare.as_str())).await.unwrap();
    assert_eq!(project.id.as_str(), format!("space:{bare}"));
}

#[tokio::test]
async fn a_list_is_a_project_with_all_that_it_has() {
    let server = seeded(SEED).await;
    let garden = server.place_named("Garden").unwrap();
    let config = config(&server).projects(ProjectLevel::List).space(garden);
    let provider = ClickUpProvider::new(config).unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
    let ada = UserId::new(server.user_id("Ada Lovelace").unwrap());
    let new = NewProject::new("Paint").description("all *of* it").end_date(day).owner_id(&ada).priority("high");
    let made = provider.create_project(new).await.unwrap();
    assert_eq!((made.description.as_deref(), made.end_date), (Some("all *of* it"), Some(day)));
    assert_eq!((made.owner_id.as_ref(), made.priority.unwrap().name.as_str()), (Some(&ada), "high"));
    let patch = ProjectPatch::new().clear_description().clear_end_date().clear_priority().clear_owner_id();
    let emptied = provider.update_project(&made.id, patch).await.unwrap();
    assert_eq!((emptied.description, emptied.end_date, emptied.priority), (None, None, None));
    assert_eq!(emptied.owner_id, None);
}

#[tokio::test]
async fn sprints_are_lists_of_their_folder_and_give_their_tasks_away() {
    let (server, provider, project) = begin().await;
    let day = |day| NaiveDate::from_ymd_opt(2999, 5, day).unwrap();
    let new = NewSprint::new(&project, "Sprint 1").goal("walk").end_date(day(14));
    let sprint = provider.create_sprint(new.idempotency_key("s1")).await.unwrap();
    assert_eq!((sprint.goal.as_deref(), sprint.end_date), (Some("walk"), Some(day(14))), "no mark is shown");
    assert_eq!(sprint.status.category, SprintStatusCategory::Active);
    assert!(server.place_named("Sprints").is_some(), "the first one makes the Folder");
    let again = NewSprint::new(&project, "another name").idempotency_key("s1");
    assert_eq!(provider.create_sprint(again).await.unwrap().id, sprint.id);
    let patch = SprintPatch::new().goal("run").clear_end_date();
    let changed = provider.update_sprint(&sprint.id, patch).await.unwrap();
    assert_eq!((changed.goal.as_deref(), changed.end_date), (Some("run"), None));
    let task = task(&provider, &project, "Paint").await;
    let task = provider.update_task(&task.id, TaskPatch::new().sprint_id(&sprint.id)).await.unwrap();
    assert_eq!(task.sprint_id.as_ref(), Some(&sprint.id));
    provider.delete_sprint(&sprint.id, DeleteOptions::new()).await.unwrap();
    assert_eq!(provider.get_task(&task.id).await.unwrap().sprint_id, None, "the task stays");
    assert_eq!(provider.get_sprint(&sprint.id).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_list_that_is_no_sprint_is_none() {
    let server = seeded(SEED).await;
    let provider = provider(&server);
    let backlog = SprintId::new(server.place_named("Backlog").unwrap());
    assert_eq!(provider.get_sprint(&backlog).await.unwrap_err().kind(), ErrorKind::NotFound);
    let sprints = provider.list_sprints(SprintQuery::new()).await.unwrap();
    assert_eq!(sprints.len(), 1);
    assert_eq!(sprints[0].start_date, NaiveDate::from_ymd_opt(2026, 1, 1));
    // The settings know better than names.
    let beds = server.place_named("Beds").unwrap();
    let told = std::sync::Arc::new(ClickUpProvider::new(config(&server).sprint_folders([beds])).unwrap());
    let mut names: Vec<_> =
        told.list_sprints(SprintQuery::new()).await.unwrap().into_iter().map(|sprint| sprint.name).collect();
    names.sort();
    assert_eq!(names, ["North", "South"], "archived ones too");
}

#[tokio::test]
async fn trap_statuses_are_those_of_the_lists_not_of_the_space() {
    let server = seeded(SEED).await;
    let north = server.place_named("North").unwrap();
    server.set_statuses(&north, &[("dug", "open"), ("sown", "custom"), ("grown", "closed")]);
    let provider = provider(&server);
    let garden = ProjectId::new(format!("space:{}", server.place_named("Garden").unwrap()));
    let schema = provider.project_schema(&garden).await.unwrap();
    let statuses: Vec<_> = schema.statuses.iter().map(|status| (status.name.as_str(), status.category)).collect();
    use StatusCategory::{Done, InProgress, Todo};
    for expected in [("to do", Todo), ("complete", Done), ("dug", Todo), ("sown", InProgress), ("grown", Done)] {
        assert!(statuses.contains(&expected), "{statuses:?}");
    }
    let lists = ClickUpProvider::new(config(&server).projects(ProjectLevel::List)).unwrap();
    let schema = lists.project_schema(&ProjectId::new(format!("list:{north}"))).await.unwrap();
    assert_eq!(schema.statuses.len(), 3);
    assert!(schema.sprint_statuses.is_empty() && schema.fields[&Field::CustomFields].readable.is_possible());
}

#[tokio::test]
async fn people_are_the_members_and_are_named_by_their_address() {
    let server = FakeClickUp::start().await.unwrap();
    let provider = provider(&server);
    let people = provider.list_users(UserQuery::new()).await.unwrap();
    assert_eq!(people.len(), 2);
    let ada = people.iter().find(|user| user.name == "Ada Lovelace").unwrap();
    assert_eq!(ada.login, None, "names are no logins: they are not unique");
    let email = ada.email.clone().unwrap();
    let found = provider.list_users(UserQuery::new().email(email.to_uppercase())).await.unwrap();
    assert_eq!(found.iter().map(|user| &user.id).collect::<Vec<_>>(), [&ada.id]);
    assert_eq!(provider.get_user(&UserId::new("1")).await.unwrap_err().kind(), ErrorKind::NotFound);
    let health = provider.health_check().await.unwrap();
    assert_eq!(health.user.unwrap().id, ada.id);
}

#[tokio::test]
async fn trap_what_belongs_to_others_is_not_found_and_the_token_stays_good() {
    let server = FakeClickUp::start().await.unwrap();
    let [space, folder, list, _] = server.elsewhere();
    for (level, id) in [(ProjectLevel::Space, space), (ProjectLevel::Folder, folder), (ProjectLevel::List, list)] {
        let provider = ClickUpProvider::new(config(&server).projects(level)).unwrap();
        let error = provider.get_project(&ProjectId::new(id)).await.unwrap_err();
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::NotFound, Some(401)), "{error}");
    }
}
