//! The part of the server that plays GitHub: the issues of one repository, and what asking for them begins with.

use axum::http::header::{ETAG, HOST, IF_NONE_MATCH, LINK};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// The repository, which GitHub's own links name by its number.
pub(crate) const REPOSITORY: (&str, &str) = ("octo", "shop");
const NUMBER: u64 = 1_296_269;

/// A person, with the thirteen addresses that GitHub gives each.
fn person(id: u64, login: &str) -> String {
    let api = format!("https://api.github.com/users/{login}");
    format!(
        concat!(
            r#"{{"login":"{login}","id":{id},"node_id":"U_kgDO{id}","avatar_url":"https://avatars.githubusercontent.com/u/{id}?v=4","#,
            r#""gravatar_id":"","url":"{api}","html_url":"https://github.com/{login}","followers_url":"{api}/followers","#,
            r#""following_url":"{api}/following{{/other_user}}","gists_url":"{api}/gists{{/gist_id}}","#,
            r#""starred_url":"{api}/starred{{/owner}}{{/repo}}","subscriptions_url":"{api}/subscriptions","#,
            r#""organizations_url":"{api}/orgs","repos_url":"{api}/repos","events_url":"{api}/events{{/privacy}}","#,
            r#""received_events_url":"{api}/received_events","type":"User","user_view_type":"public","site_admin":false}}"#
        ),
        login = login,
        id = id,
        api = api,
    )
}

fn label(id: u64, name: &str) -> String {
    format!(
        concat!(
            r#"{{"id":{id},"node_id":"LA_{id}","url":"https://api.github.com/repos/octo/shop/labels/{name}","#,
            r#""name":"{name}","color":"d73a4a","default":true,"description":"Something is not right"}}"#
        ),
        id = id,
        name = name,
    )
}

/// An issue.
pub(crate) fn issue(id: usize, made: &str, text: &str) -> String {
    let api = format!("https://api.github.com/repos/octo/shop/issues/{id}");
    let (ada, grace) = (person(5, "ada"), person(6, "grace"));
    format!(
        concat!(
            r#"{{"url":"{api}","repository_url":"https://api.github.com/repos/octo/shop","labels_url":"{api}/labels{{/name}}","#,
            r#""comments_url":"{api}/comments","events_url":"{api}/events","html_url":"https://github.com/octo/shop/issues/{id}","#,
            r#""id":{database},"node_id":"I_kwDO{database}","number":{id},"title":"Correct the total of cart {id}","user":{ada},"#,
            r#""labels":[{cart},{money}],"state":"open","locked":false,"assignee":{grace},"assignees":[{grace}],"#,
            r#""milestone":null,"comments":2,"created_at":"{made}","updated_at":"{made}","closed_at":null,"#,
            r#""author_association":"MEMBER","type":null,"active_lock_reason":null,"#,
            r#""sub_issues_summary":{{"total":0,"completed":0,"percent_completed":0}},"#,
            r#""issue_dependencies_summary":{{"blocked_by":0,"total_blocked_by":0,"blocking":0,"total_blocking":0}},"#,
            r#""body":"{text}","closed_by":null,"reactions":{{"url":"{api}/reactions","total_count":0,"+1":0,"-1":0,"laugh":0,"#,
            r#""hooray":0,"confused":0,"heart":0,"rocket":0,"eyes":0}},"timeline_url":"{api}/timeline","#,
            r#""performed_via_github_app":null,"state_reason":null}}"#
        ),
        api = api,
        id = id,
        database = 3_000_000_000_u64 + id as u64,
        ada = ada,
        grace = grace,
        cart = label(1, "cart"),
        money = label(2, "money"),
        made = made,
        text = text,
    )
}

/// The repository, as whoever may push to it sees it.
pub(crate) fn repository() -> String {
    format!(
        concat!(
            r#"{{"id":{id},"node_id":"R_{id}","name":"shop","full_name":"octo/shop","private":false,"owner":{owner},"#,
            r#""html_url":"https://github.com/octo/shop","description":"The shop","fork":false,"#,
            r#""url":"https://api.github.com/repos/octo/shop","has_issues":true,"archived":false,"disabled":false,"#,
            r#""created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","pushed_at":"2026-01-01T00:00:00Z","#,
            r#""permissions":{{"admin":true,"maintain":true,"push":true,"triage":true,"pull":true}}}}"#
        ),
        id = NUMBER,
        owner = person(5, "ada"),
    )
}

/// Who we are.
pub(crate) fn user() -> String {
    person(5, "ada")
}

/// A page of the issues: the links to the others, and nothing but its head where the asker has it already.
pub(crate) struct Listing<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) page: usize,
    pub(crate) size: usize,
    pub(crate) count: usize,
}

impl Listing<'_> {
    /// Answers; the items are only put together where they are sent.
    pub(crate) fn answer(&self, items: impl FnOnce(usize, usize) -> String) -> Response {
        let tag = format!("W/\"{}-{}-{}\"", self.count, self.size, self.page);
        let has_it = self.headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
        let head = [(LINK, self.links()), (ETAG, tag), (axum::http::header::CACHE_CONTROL, "private".to_owned())];
        if has_it {
            return (StatusCode::NOT_MODIFIED, head).into_response();
        }
        let body = format!("[{}]", items((self.page - 1) * self.size, self.size));
        (head, [("content-type", "application/json; charset=utf-8")], body).into_response()
    }

    fn links(&self) -> String {
        let host = self.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let last = self.count.div_ceil(self.size).max(1);
        let link = |page: usize, rel: &str| {
            let query = format!("state=all&sort=created&direction=asc&per_page={}&page={page}", self.size);
            format!(r#"<http://{host}/repositories/{NUMBER}/issues?{query}>; rel="{rel}""#)
        };
        let next = (self.page < last).then(|| [link(self.page + 1, "next"), link(last, "last")]);
        let before = (self.page > 1).then(|| [link(self.page - 1, "prev"), link(1, "first")]);
        next.into_iter().chain(before).flatten().collect::<Vec<_>>().join(", ")
    }
}
