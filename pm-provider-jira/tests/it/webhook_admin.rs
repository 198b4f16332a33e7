//! Having deliveries sent.

use std::sync::{Arc, Mutex};

use pm_provider::{Effect, Entity, ErrorKind, NewWebhook, Secret, WebhookAdmin};
use pm_provider_jira::{Flavor, JiraProvider};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::support::{answer, answer_empty, bodies, cloud, count, data_center, project, wire_config};

const PLACE: &str = "/rest/webhooks/1.0/webhook";
const URL: &str = "https://app.example.org/hook";
const TASK: [&str; 3] = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"];

fn hook(id: u64, filter: &str) -> Value {
    json!({ "self": format!("https://example.org{PLACE}/{id}"), "name": "pm-core", "url": URL, "enabled": true,
        "events": TASK, "filters": { "issue-related-events-section": filter }, "excludeBody": false,
        "lastUpdatedUser": "ann", "lastUpdated": 1_700_000_000_000_u64 + id, "isSigned": false })
}

fn with(mut hook: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("{changes} are no members") };
    for (name, value) in changes {
        hook[name.as_str()] = value;
    }
    hook
}

/// The webhooks of a site that forgets none; what is sent to it comes to be there, as Cloud shows it.
#[derive(Clone, Default)]
struct Hooks(Arc<Mutex<Vec<Value>>>);

impl Hooks {
    async fn mount(&self, server: &MockServer, loses: bool) {
        let all = self.0.clone();
        let list = move |_: &Request| ResponseTemplate::new(200).set_body_json(&*all.lock().unwrap());
        Mock::given(method("GET")).and(path(PLACE)).respond_with(list).mount(server).await;
        let all = self.0.clone();
        let make = move |request: &Request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let mut all = all.lock().unwrap();
            let mut made = hook(100 + all.len() as u64, "");
            for name in ["name", "url", "events"] {
                made[name] = body[name].clone();
            }
            made["filters"] = body.get("filters").cloned().unwrap_or(json!({ "issue-related-events-section": "" }));
            made["isSigned"] = json!(body.get("secret").is_some());
            all.push(made.clone());
            if loses { ResponseTemplate::new(502) } else { ResponseTemplate::new(201).set_body_json(made) }
        };
        Mock::given(method("POST")).and(path(PLACE)).respond_with(make).mount(server).await;
        let all = self.0.clone();
        let end = move |request: &Request| {
            let path = request.url.path().to_owned();
            all.lock().unwrap().retain(|hook| !hook["self"].as_str().unwrap().ends_with(&path));
            ResponseTemplate::new(204)
        };
        Mock::given(method("DELETE")).and(path_regex(format!("{PLACE}/.*"))).respond_with(end).mount(server).await;
    }

    fn ids(&self) -> Vec<String> {
        let all = self.0.lock().unwrap();
        all.iter().map(|hook| hook["self"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
    }
}

async fn site(hooks: &[Value], loses: bool) -> (MockServer, JiraProvider, Hooks) {
    let (server, provider) = cloud().await;
    let there = Hooks(Arc::new(Mutex::new(hooks.to_vec())));
    there.mount(&server, loses).await;
    answer(&server, "GET", "/rest/api/3/project/10000", 200, project(10000, "WEB", "Web")).await;
    (server, provider, there)
}

fn of_tasks() -> NewWebhook {
    NewWebhook::new(URL).entities([Entity::Task])
}

#[tokio::test]
async fn a_webhook_is_made_once() {
    let (server, provider, hooks) = site(&[hook(3, "project = 10001")], false).await;
    let new = of_tasks().project_id("10000").secret(Secret::new("wh-s3cr3t"));
    let made = provider.create_webhook(new.clone()).await.unwrap();
    assert_eq!((made.id.as_str(), made.project_id.as_ref().unwrap().as_str()), ("101", "10000"));
    let expected = json!({ "name": "pm-core", "url": URL, "excludeBody": false, "events": TASK, "secret": "wh-s3cr3t",
        "filters": { "issue-related-events-section": "project = 10000" } });
    assert_eq!(bodies(&server, "POST").await, [expected]);
    assert!(!format!("{new:?} {made:?} {provider:?}").contains("s3cr3t"));
    assert_eq!(provider.create_webhook(new).await.unwrap().id.as_str(), "101", "we know which secret we gave it");
    assert_eq!(hooks.ids(), ["3", "101"]);
}

#[tokio::test]
async fn two_calls_at_once_make_one_webhook() {
    let (server, provider, hooks) = site(&[], false).await;
    let new = || provider.create_webhook(of_tasks().secret(Secret::new("wh-s3cr3t")));
    let (one, other) = tokio::join!(new(), new());
    assert_eq!((one.unwrap().id.as_str(), other.unwrap().id.as_str()), ("100", "100"));
    assert_eq!((count(&server, "POST", PLACE).await, hooks.ids().len()), (1, 1));
}

#[tokio::test]
async fn a_webhook_whose_answer_was_lost_is_found() {
    let (server, provider, hooks) = site(&[], true).await;
    let made = provider.create_webhook(of_tasks().secret(Secret::new("wh-s3cr3t"))).await.unwrap();
    assert_eq!((made.id.as_str(), hooks.ids().len(), count(&server, "POST", PLACE).await), ("100", 1, 1));
}

#[tokio::test]
async fn trap_a_narrower_webhook_is_not_ours() {
    for narrower in [
        hook(3, "project = 10000 AND type = Bug"),
        hook(3, "project = WEB"),
        with(hook(3, ""), json!({ "events": ["jira:issue_created"] })),
        with(hook(3, ""), json!({ "excludeBody": true })),
        with(hook(3, ""), json!({ "enabled": false })),
        with(hook(3, ""), json!({ "url": "https://other.example.org" })),
    ] {
        let (server, provider, _) = site(std::slice::from_ref(&narrower), false).await;
        assert_eq!(provider.create_webhook(of_tasks()).await.unwrap().id.as_str(), "101", "{narrower}");
        assert_eq!(count(&server, "POST", PLACE).await, 1);
    }
    let (server, provider, _) = site(&[hook(3, "")], false).await;
    assert_eq!(provider.create_webhook(of_tasks()).await.unwrap().id.as_str(), "3");
    assert_eq!(count(&server, "POST", PLACE).await, 0);
}

#[tokio::test]
async fn a_list_does_not_say_more_than_is_told() {
    let half = with(hook(4, ""), json!({ "events": ["jira:issue_created", "comment_created"] }));
    let odd = json!({ "self": format!("https://example.org{PLACE}/5"), "name": null, "url": URL, "events": null,
        "filters": null, "configuration": null, "enabled": null });
    let nameless = json!({ "id": 6, "url": null });
    let hooks = [hook(3, "project = 10000 AND type = Bug"), half, odd, nameless, hook(7, "project = 10000")];
    let (_server, provider, _) = site(&hooks, false).await;
    let list = provider.list_webhooks().await.unwrap();
    let told: Vec<_> =
        list.iter().map(|hook| (hook.id.as_str(), hook.filter.as_deref(), hook.entities.len())).collect();
    let query = Some("project = 10000 AND type = Bug");
    assert_eq!(told, [("3", query, 1), ("4", None, 0), ("5", None, 0), ("7", None, 1)]);
    assert!(list[0].project_id.is_none() && list[3].project_id.is_some());
}

#[tokio::test]
async fn trap_a_webhook_whose_secret_nobody_can_see_is_replaced() {
    for there in [hook(3, ""), with(hook(3, ""), json!({ "isSigned": true }))] {
        let (_server, provider, hooks) = site(&[there], false).await;
        let made = provider.create_webhook(of_tasks().secret(Secret::new("wh-s3cr3t"))).await.unwrap();
        assert_eq!((made.id.as_str(), hooks.ids()), ("101", vec!["101".to_owned()]));
    }
    let others = with(hook(3, ""), json!({ "name": "Ops", "isSigned": true }));
    let (server, provider, hooks) = site(&[others], false).await;
    let error = provider.create_webhook(of_tasks().secret(Secret::new("wh-s3cr3t"))).await.unwrap_err();
    assert_eq!((error.kind(), count(&server, "POST", PLACE).await), (ErrorKind::Conflict, 0), "{error}");
    assert!(error.message().contains("Ops") && hooks.ids() == ["3"]);
    let named = of_tasks().name("Ops").secret(Secret::new("wh-s3cr3t"));
    assert_eq!(provider.create_webhook(named).await.unwrap().id.as_str(), "101");
    assert_eq!(hooks.ids(), ["101"]);
}

#[tokio::test]
async fn the_secret_of_the_settings_is_wanted_as_well() {
    let server = MockServer::start().await;
    let config = wire_config(&server, Flavor::Cloud).webhook_secret(Secret::new("wh-s3cr3t"));
    let provider = JiraProvider::new(config).unwrap();
    let hooks = Hooks(Arc::new(Mutex::new(vec![with(hook(3, ""), json!({ "isSigned": true }))])));
    hooks.mount(&server, false).await;
    provider.create_webhook(of_tasks()).await.unwrap();
    assert_eq!((bodies(&server, "POST").await[0]["secret"].as_str(), hooks.ids().len()), (Some("wh-s3cr3t"), 1));
}

#[tokio::test]
async fn a_secret_that_was_not_taken_is_no_success() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", PLACE, 200, json!([])).await;
    answer(&server, "POST", PLACE, 201, hook(4, "")).await;
    answer_empty(&server, "DELETE", &format!("{PLACE}/4"), 204).await;
    let error = provider.create_webhook(of_tasks().secret(Secret::new("wh-s3cr3t"))).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unsupported, &Effect::NotExecuted));
    assert_eq!(count(&server, "DELETE", &format!("{PLACE}/4")).await, 1);
}

#[tokio::test]
async fn what_cannot_be_ended_is_told() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", PLACE, 200, json!([hook(3, "")])).await;
    answer(&server, "POST", PLACE, 201, with(hook(4, ""), json!({ "isSigned": true }))).await;
    answer(&server, "DELETE", &format!("{PLACE}/3"), 403, json!({ "errorMessages": ["no"] })).await;
    let error = provider.create_webhook(of_tasks().secret(Secret::new("wh-s3cr3t"))).await.unwrap_err();
    let Effect::Partial { id, failed, .. } = error.effect() else { panic!("{error:?}") };
    assert_eq!((id.as_str(), failed[0].contains("`3`")), ("4", true));
}

#[tokio::test]
async fn a_webhook_of_one_project_tells_of_nothing_else() {
    for entity in [Entity::Sprint, Entity::Project, Entity::User] {
        let (server, provider, _) = site(&[], false).await;
        let error =
            provider.create_webhook(NewWebhook::new(URL).project_id("10000").entities([entity])).await.unwrap_err();
        assert_eq!((error.kind(), count(&server, "POST", PLACE).await), (ErrorKind::Unsupported, 0), "{entity}");
    }
    let (_server, provider, _) = site(&[], false).await;
    let made = provider.create_webhook(NewWebhook::new(URL).project_id("10000")).await.unwrap();
    assert_eq!(made.entities, [Entity::Task, Entity::Comment]);
    let made = provider.create_webhook(NewWebhook::new(URL)).await.unwrap();
    assert_eq!(made.entities, [Entity::Task, Entity::Comment, Entity::Sprint, Entity::Project, Entity::User]);
}

#[tokio::test]
async fn webhooks_of_projects_tell_of_the_recycle_bin_and_the_archive() {
    let (server, provider, _) = site(&[], false).await;
    provider.create_webhook(NewWebhook::new(URL).entities([Entity::Project])).await.unwrap();
    let sent = bodies(&server, "POST").await[0]["events"].to_string();
    for event in ["project_soft_deleted", "project_restored_deleted", "project_archived", "project_restored_archived"] {
        assert!(sent.contains(event), "{sent}");
    }
}

#[tokio::test]
async fn trap_data_center_before_10_signs_nothing() {
    let (server, provider) = data_center().await;
    let info = json!({ "deploymentType": "Server", "version": "9.12.2", "versionNumbers": [9, 12, 2] });
    answer(&server, "GET", "/rest/api/2/serverInfo", 200, info).await;
    answer(&server, "GET", PLACE, 200, json!([])).await;
    answer(&server, "POST", PLACE, 201, hook(4, "")).await;
    let error = provider.create_webhook(of_tasks().secret(Secret::new("wh-s3cr3t"))).await.unwrap_err();
    assert_eq!((error.kind(), count(&server, "POST", PLACE).await), (ErrorKind::Unsupported, 0), "{error}");
    assert_eq!(provider.create_webhook(of_tasks()).await.unwrap().id.as_str(), "4");
}

#[tokio::test]
async fn a_refusal_blames_the_address_only_where_it_is_the_address() {
    for (message, blames) in [("The webhook URL is not valid.", true), ("The webhook name cannot be empty.", false)] {
        let (server, provider) = cloud().await;
        answer(&server, "GET", PLACE, 200, json!([])).await;
        answer(&server, "POST", PLACE, 400, json!({ "errorMessages": [message] })).await;
        let error = provider.create_webhook(of_tasks()).await.unwrap_err();
        assert_eq!((error.kind(), !error.field_errors().is_empty()), (ErrorKind::InvalidInput, blames), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_repeats_the_secret_is_not_shown() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", PLACE, 200, json!([])).await;
    answer(&server, "POST", PLACE, 400, json!({ "errorMessages": ["`wh-s3cr3t` is too short"] })).await;
    let error = provider.create_webhook(of_tasks().secret(Secret::new("wh-s3cr3t"))).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error}");
}

#[tokio::test]
async fn trap_data_center_10_has_its_webhooks_elsewhere_and_the_secret_inside() {
    let (server, provider) = data_center().await;
    let info = json!({ "deploymentType": "Server", "version": "10.3.2", "versionNumbers": [10, 3, 2] });
    answer(&server, "GET", "/rest/api/2/serverInfo", 200, info).await;
    let place = "/rest/jira-webhook/1.0/webhooks";
    answer(&server, "GET", place, 200, json!([])).await;
    let made = json!({ "id": 5, "name": "mine", "url": "https://app.example.org/hook", "active": true,
        "events": ["comment_created", "comment_updated", "comment_deleted"],
        "configuration": { "EXCLUDE_BODY": "false", "SECRET": "wh-s3cr3t" } });
    answer(&server, "POST", place, 201, made).await;
    let new = NewWebhook::new("https://app.example.org/hook").name("mine").entities([Entity::Comment]);
    let made = provider.create_webhook(new.secret(Secret::new("wh-s3cr3t"))).await.unwrap();
    assert_eq!((made.id.as_str(), made.entities.as_slice()), ("5", &[Entity::Comment][..]));
    assert!(made.raw_data.is_none(), "a server that shows the secret back has its JSON left out");
    let sent = &bodies(&server, "POST").await[0];
    assert_eq!(sent["configuration"], json!({ "EXCLUDE_BODY": "false", "SECRET": "wh-s3cr3t" }));
    assert!(sent.get("secret").is_none());
}

#[tokio::test]
async fn webhooks_are_for_administrators() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", PLACE, 403, json!({ "errorMessages": ["no"] })).await;
    let error = provider.list_webhooks().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.hint_text().is_some_and(|hint| hint.contains("administrators")), "{error}");
}

#[tokio::test]
async fn a_webhook_ends_and_an_unknown_one_is_not_found() {
    let (server, provider) = cloud().await;
    answer_empty(&server, "DELETE", &format!("{PLACE}/4"), 204).await;
    provider.delete_webhook(&"4".into()).await.unwrap();
    for id in ["5", "four"] {
        assert_eq!(provider.delete_webhook(&id.into()).await.unwrap_err().kind(), ErrorKind::NotFound, "{id}");
    }
    let relations = NewWebhook::new("https://app.example.org/hook").entities([Entity::Relation]);
    assert_eq!(provider.create_webhook(relations).await.unwrap_err().kind(), ErrorKind::Unsupported);
}
