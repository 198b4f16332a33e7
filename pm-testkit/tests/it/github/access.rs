//! Who may ask, and what they see.

use pm_testkit::github::{FakeGitHub, Rights};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Api, ISSUES, answer, each, read, web};

#[tokio::test]
async fn every_request_says_what_sends_it() {
    let api = Api::web().await;
    let client = Client::builder().no_proxy().build().unwrap();
    let refused =
        client.get(format!("{}/user", api.server.url())).bearer_auth(api.server.token()).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("Please make sure your request has a User-Agent header"));
}

#[tokio::test]
async fn tokens_that_nobody_has_are_refused() {
    let api = Api::web().await;
    let (status, refused) = answer(api.response_as("ghp_wrong", Method::GET, "/user", None).await).await;
    assert_eq!((status, &refused["message"], &refused["status"]), (401, &json!("Bad credentials"), &json!("401")));
    let basic = api.request(Method::GET, "/user").basic_auth("ada", Some(api.server.token())).send().await.unwrap();
    assert_eq!(answer(basic).await.1["login"], "ada");
    assert_eq!(answer(api.request(Method::GET, ISSUES).send().await.unwrap()).await, (200, json!([])));
    let anonymous = api.request(Method::POST, ISSUES).json(&json!({ "title": "A" })).send().await.unwrap();
    assert_eq!(anonymous.status(), 401);
    let version = api.request(Method::GET, "/user").bearer_auth(api.server.token());
    assert_eq!(version.header("x-github-api-version", "1999-01-01").send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn private_repositories_are_not_there_for_others() {
    let api = Api::web().await;
    assert_eq!(api.by("rita", Method::GET, "/repos/ada/notes", None).await.0, 404);
    assert_eq!(api.by("mel", Method::GET, "/repos/ada/notes", None).await.1["permissions"]["push"], false);
    assert_eq!(api.get("/repos/ada/notes").await.1["permissions"]["admin"], true);
    let (_, mine) = api.by("rita", Method::GET, "/user/repos", None).await;
    assert_eq!(mine, json!([]));
    let (_, mine) = api.get("/user/repos").await;
    assert_eq!(each(&mine, "full_name"), ["acme/web", "ada/notes"]);
}

#[tokio::test]
async fn a_token_may_do_less_than_its_owner() {
    let builder = FakeGitHub::builder().seed(read(&web()));
    let api =
        Api::with(builder.token("ada", Rights::Read).token("bob", Rights::Write).token("eve", Rights::Read)).await;
    let push =
        async |login: &str| api.by(login, Method::GET, "/repos/acme/web", None).await.1["permissions"]["push"].clone();
    assert_eq!((push("ada").await, push("bob").await, push("eve").await), (json!(false), json!(true), json!(false)));
    let (_, made) = api.by("eve", Method::POST, ISSUES, Some(json!({ "title": "A", "labels": ["bug"] }))).await;
    assert_eq!(made["labels"], json!([]));
    assert_eq!(api.by("bob", Method::GET, "/repos/acme/web/hooks", None).await.0, 404);
}

#[tokio::test]
async fn people_are_found_by_name_and_by_id() {
    let api = Api::web().await;
    let (_, me) = api.get("/user").await;
    assert_eq!((&me["login"], &me["name"], &me["email"]), (&json!("ada"), &json!("Ada Admin"), &json!(null)));
    let (_, same) = api.get(&format!("/user/{}", me["id"])).await;
    assert_eq!((&same["login"], same.get("plan")), (&json!("ada"), None));
    assert_eq!(api.get("/users/ADA").await.1["id"], me["id"]);
    assert_eq!(api.get("/users/nobody").await.0, 404);
    assert_eq!(api.get("/users/acme").await.1["type"], "Organization");
    let (_, assignees) = api.get("/repos/acme/web/assignees").await;
    assert_eq!(each(&assignees, "login"), ["ada", "mel"]);
    assert_eq!(api.get("/repos/acme/web/assignees/mel").await.0, 204);
    assert_eq!(api.get("/repos/acme/web/assignees/rita").await.0, 404);
    assert_eq!(api.get("/repos/acme/web/collaborators/mel/permission").await.1["permission"], "write");
    assert_eq!(each(&api.get("/orgs/acme/members").await.1, "login"), ["ada"]);
    assert_eq!(api.by("rita", Method::GET, "/repos/acme/web/collaborators", None).await.0, 403);
}

#[tokio::test]
async fn apps_get_tokens_that_end() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let api = Api::with(FakeGitHub::builder().seed(read(&web())).app(7, 42)).await;
    let now = api.server.now().timestamp();
    let jwt = |claims: Value| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let path = "/app/installations/42/access_tokens";
    let wrong = jwt(json!({ "iss": 8, "iat": now - 60, "exp": now + 500 }));
    assert_eq!(api.response_as(&wrong, Method::POST, path, None).await.status(), 401);
    let own = jwt(json!({ "iss": "7", "iat": now - 60, "exp": now + 500 }));
    let (status, given) = answer(api.response_as(&own, Method::POST, path, None).await).await;
    assert_eq!(status, 201);
    let token = given["token"].as_str().unwrap();
    let get = async |path: &str| answer(api.response_as(token, Method::GET, path, None).await).await;
    assert_eq!(get("/installation/repositories").await.1["total_count"], 2);
    assert_eq!(get("/user").await.0, 403);
    api.server.advance(std::time::Duration::from_secs(3_600));
    assert_eq!(get("/installation/repositories").await.0, 401);
}
