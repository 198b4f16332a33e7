//! Tokens, and ids of strangers.

use pm_testkit::clickup::FakeClickUp;
use reqwest::Method;
use serde_json::json;

use super::{Api, answer, code, named};

#[tokio::test]
async fn a_personal_token_goes_raw_and_one_of_an_app_behind_a_word() {
    let api = Api::new().await;
    let (personal, oauth) = (api.server.token(), api.server.oauth_token());
    let status = async |token: &str| code(&answer(api.response_as(token, Method::GET, "/user", None).await).await);
    assert_eq!(status(&personal).await, (200, String::new()));
    assert_eq!(status(&format!("Bearer {oauth}")).await, (200, String::new()));
    assert_eq!(status(&format!("Bearer {personal}")).await, (401, "OAUTH_019".to_owned()));
    assert_eq!(status(&oauth).await, (401, "OAUTH_025".to_owned()));
    assert_eq!(status("").await, (401, "OAUTH_017".to_owned()));
    let fresh = api.server.replace_token(&personal).unwrap();
    assert_eq!(status(&personal).await, (401, "OAUTH_025".to_owned()));
    assert_eq!(status(&fresh).await.0, 200);
}

#[tokio::test]
async fn ids_of_other_workspaces_are_401_as_a_bad_token_is() {
    let api = Api::new().await;
    let [space, folder, list, task] = api.server.elsewhere();
    let paths =
        [format!("/space/{space}"), format!("/folder/{folder}"), format!("/list/{list}"), format!("/task/{task}")];
    for path in paths {
        assert_eq!(code(&api.get(&path).await), (401, "OAUTH_027".to_owned()), "{path}");
    }
    assert_eq!(code(&api.get("/team/1/space").await), (401, "OAUTH_023".to_owned()));
    let by_space = format!("/team/{}/task?space_ids[]={space}", api.team);
    assert_eq!(code(&api.get(&by_space).await).0, 401);
    assert_eq!(api.get("/user").await.0, 200, "the token is well");
    assert_eq!(api.get("/team").await.1["teams"].as_array().unwrap().len(), 1);
    api.server.join_elsewhere();
    assert_eq!(api.get("/team").await.1["teams"].as_array().unwrap().len(), 2);
    assert_eq!(api.get(&format!("/task/{task}")).await.0, 200);
}

#[tokio::test]
async fn what_was_deleted_is_404_and_what_never_was_can_be_either() {
    let api = Api::new().await;
    let task = api.plant(named("Gone"));
    assert_eq!(api.delete(&format!("/task/{task}")).await.0, 204);
    assert_eq!(code(&api.get(&format!("/task/{task}")).await), (404, "ITEM_013".to_owned()));
    assert_eq!(code(&api.get("/task/nothing").await), (404, "ITEM_013".to_owned()));
    assert_eq!(code(&api.get("/list/77").await), (404, "ITEM_015".to_owned()));
    assert_eq!(code(&api.get("/list/nothing").await).0, 400);
    assert_eq!(code(&api.get("/nothing").await), (404, "APP_001".to_owned()));
    let strict = Api::with(FakeClickUp::builder().unknown_is_foreign(true)).await;
    assert_eq!(code(&strict.get("/task/nothing").await), (401, "OAUTH_027".to_owned()));
    let task = strict.plant(named("Gone"));
    strict.server.delete_task(&task);
    assert_eq!(code(&strict.get(&format!("/task/{task}")).await), (404, "ITEM_013".to_owned()));
}

#[tokio::test]
async fn a_private_space_is_for_its_members() {
    let api = Api::new().await;
    let task = api.plant(named("Secret"));
    api.server.make_private(&api.space);
    let member = api.server.member_token();
    let by_member = async |path: String| answer(api.response_as(&member, Method::GET, &path, None).await).await;
    assert_eq!(by_member(format!("/team/{}/space", api.team)).await.1, json!({ "spaces": [] }));
    assert_eq!(by_member(format!("/task/{task}")).await.0, 401);
    assert_eq!(by_member(format!("/team/{}/task", api.team)).await.1["tasks"], json!([]));
    assert_eq!(api.names(&format!("/team/{}/task", api.team)).await, ["Secret"]);
}
