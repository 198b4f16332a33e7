//! The part of the server that plays Jira Cloud: what listing issues asks for, and no more.

use serde_json::{Value, json};

/// How many custom fields without a value each issue has.
const EMPTY_FIELDS: usize = 40;

/// An issue. Its text is a document of Atlassian's format.
pub(crate) fn issue(id: usize, made: &str, text: &str) -> String {
    // Jira's times have no colon in their offset, and are no RFC 3339.
    let made = made.replace('Z', "+0000");
    let person = |id: &str, name: &str| {
        format!(
            concat!(
                r#"{{"self":"https://x.example/rest/api/3/user?accountId={id}","accountId":"{id}","accountType":"atlassian","#,
                r#""active":true,"displayName":"{name}","timeZone":"Europe/London","avatarUrls":{{"#,
                r#""48x48":"https://x.example/48/{id}.png","24x24":"https://x.example/24/{id}.png"}}}}"#
            ),
            id = id,
            name = name,
        )
    };
    let empty: String = (0..EMPTY_FIELDS).map(|number| format!(r#","customfield_{}":null"#, 10_100 + number)).collect();
    format!(
        concat!(
            r#"{{"expand":"renderedFields,names,schema","id":"{id}","self":"https://x.example/rest/api/3/issue/{id}","#,
            r#""key":"SHOP-{id}","fields":{{"summary":"Correct the total of cart {id}","statuscategorychangedate":"{made}","#,
            r#""issuetype":{{"id":"10001","name":"Task","subtask":false,"hierarchyLevel":0}},"timespent":3600,"#,
            r#""project":{{"id":"10000","key":"SHOP","name":"Shop","projectTypeKey":"software"}},"#,
            r#""fixVersions":[],"resolution":null,"resolutiondate":null,"workratio":18,"labels":["cart","money"],"#,
            r#""priority":{{"id":"3","name":"Medium","iconUrl":"https://x.example/medium.svg"}},"#,
            r#""created":"{made}","updated":"{made}","duedate":"2026-02-05","timeoriginalestimate":19800,"#,
            r#""timetracking":{{"originalEstimate":"5h 30m","originalEstimateSeconds":19800,"timeSpentSeconds":3600}},"#,
            r#""status":{{"id":"10002","name":"To Do","statusCategory":{{"id":2,"key":"new","name":"To Do"}}}},"#,
            r#""assignee":{assignee},"reporter":{reporter},"creator":{reporter},"components":[],"subtasks":[],"issuelinks":[],"#,
            r#""customfield_10020":[{{"id":3,"name":"Sprint 3","state":"active","boardId":1}}],"customfield_10016":5.0,"#,
            r#""customfield_10015":"2026-01-05","description":{{"version":1,"type":"doc","content":["#,
            r#"{{"type":"heading","attrs":{{"level":2}},"content":[{{"type":"text","text":"What is wrong"}}]}},"#,
            r#"{{"type":"paragraph","content":[{{"type":"text","text":"{text}"}}]}},"#,
            r#"{{"type":"bulletList","content":[{{"type":"listItem","content":[{{"type":"paragraph","content":["#,
            r#"{{"type":"text","text":"cart","marks":[{{"type":"code"}}]}}]}}]}}]}}]}}{empty}}}}}"#
        ),
        id = id,
        made = made,
        assignee = person("5b10a2844c20165700ede21g", "Grace Hopper"),
        reporter = person("5b109f2e9729b51b54dc274d", "Ada Lovelace"),
        text = text,
        empty = empty,
    )
}

/// What every site answers, whoever asks.
pub(crate) fn fixed(path: &str) -> Option<Value> {
    let custom =
        |id: &str, name: &str, schema: Value| json!({"id": id, "name": name, "custom": true, "schema": schema});
    Some(match path.strip_prefix("/rest/api/3/")? {
        "myself" => json!({"accountId": "5b109f2e9729b51b54dc274d", "displayName": "Ada Lovelace", "active": true}),
        "serverInfo" => json!({"baseUrl": "https://x.example", "deploymentType": "Cloud", "version": "1001.0.0"}),
        "field" => json!([
            {"id": "summary", "name": "Summary", "schema": {"type": "string", "system": "summary"}},
            {"id": "description", "name": "Description", "schema": {"type": "string", "system": "description"}},
            custom("customfield_10020", "Sprint",
                json!({"type": "array", "items": "json", "custom": "com.pyxis.greenhopper.jira:gh-sprint"})),
            custom("customfield_10016", "Story point estimate",
                json!({"type": "number", "custom": "com.pyxis.greenhopper.jira:jsw-story-points"})),
            custom("customfield_10015", "Start date",
                json!({"type": "date", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"})),
        ]),
        "status" => {
            json!([{"id": "10002", "name": "To Do", "statusCategory": {"id": 2, "key": "new", "name": "To Do"}}])
        }
        "priority" => json!([{"id": "3", "name": "Medium"}]),
        "issuetype" => json!([{"id": "10001", "name": "Task", "subtask": false, "hierarchyLevel": 0}]),
        _ => return None,
    })
}

/// Which page a search asks for: the number of issues before it, and how many it wants at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) start: usize,
    pub(crate) size: usize,
}

impl Wanted {
    /// Reads the body of a `POST`, else the query of a `GET`. Tokens are what this server gave: the number of issues before.
    pub(crate) fn read(body: &[u8], query: &[(String, String)]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let queried = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let token = body["nextPageToken"].as_str().map(str::to_owned).or_else(|| queried("nextPageToken"));
        let size = body["maxResults"].as_u64().or_else(|| queried("maxResults")?.parse().ok()).unwrap_or(50);
        Self {
            start: token.and_then(|token| token.parse().ok()).unwrap_or(0),
            size: usize::try_from(size).unwrap_or(usize::MAX),
        }
    }
}

/// A page of a search.
pub(crate) fn page(wanted: Wanted, items: &[std::borrow::Cow<'_, str>], count: usize) -> String {
    let end = wanted.start + items.len();
    let token = if end < count { format!(r#","nextPageToken":"{end}""#) } else { String::new() };
    format!(r#"{{"issues":[{}],"isLast":{}{token}}}"#, items.join(","), end >= count)
}
