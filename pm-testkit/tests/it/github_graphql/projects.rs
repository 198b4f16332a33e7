//! Projects are made, filled and changed.

use serde_json::{Value, json};

use super::Api;

const FIELDS: &str = "query($id: ID!) { node(id: $id) { ... on ProjectV2 { fields(first: 50) { nodes { __typename
    ... on ProjectV2FieldCommon { id name dataType }
    ... on ProjectV2SingleSelectField { options { id name } }
    ... on ProjectV2IterationField { configuration { duration startDay iterations { id title startDate duration } completedIterations { id title } } } } } } } }";

const ITEM: &str = "query($id: ID!) { node(id: $id) { ... on ProjectV2Item { type isArchived updatedAt
    fieldValues(first: 20) { nodes { __typename
      ... on ProjectV2ItemFieldTextValue { text } ... on ProjectV2ItemFieldNumberValue { number }
      ... on ProjectV2ItemFieldDateValue { date } ... on ProjectV2ItemFieldSingleSelectValue { name optionId }
      ... on ProjectV2ItemFieldIterationValue { title iterationId startDate duration }
      ... on ProjectV2ItemFieldUserValue { users(first: 5) { nodes { login } } }
      ... on ProjectV2ItemFieldValueCommon { field { ... on ProjectV2FieldCommon { name } } } } } } } }";

const SET: &str = "mutation($p: ID!, $i: ID!, $f: ID!, $v: ProjectV2FieldValue!) {
    updateProjectV2ItemFieldValue(input: { projectId: $p, itemId: $i, fieldId: $f, value: $v }) { projectV2Item { id } } }";

impl Api {
    async fn field(&self, name: &str) -> Value {
        let data = self.data(FIELDS, json!({ "id": self.project })).await;
        let fields = data["node"]["fields"]["nodes"].as_array().unwrap().clone();
        fields.into_iter().find(|field| field["name"] == name).unwrap()
    }

    async fn draft(&self, title: &str) -> String {
        let query = "mutation($p: ID!, $t: String!) { addProjectV2DraftIssue(input: { projectId: $p, title: $t }) { projectItem { id } } }";
        let data = self.data(query, json!({ "p": self.project, "t": title })).await;
        data["addProjectV2DraftIssue"]["projectItem"]["id"].as_str().unwrap().to_owned()
    }

    async fn set(&self, item: &str, field: &Value, value: Value) -> Value {
        self.ask(SET, json!({ "p": self.project, "i": item, "f": field["id"], "v": value })).await
    }

    async fn values(&self, item: &str) -> Vec<Value> {
        let data = self.data(ITEM, json!({ "id": item })).await;
        data["node"]["fieldValues"]["nodes"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn values_are_set_one_by_one_and_cleared() {
    let api = Api::start().await;
    let item = api.draft("Think").await;
    let (status, estimate, start, sprint) = (
        api.field("Status").await,
        api.field("Estimate").await,
        api.field("Start date").await,
        api.field("Sprint").await,
    );
    let done = &status["options"][2];
    assert_eq!(done["name"], "Done");
    let iteration = &sprint["configuration"]["iterations"][0]["id"];
    for (field, value) in [
        (&status, json!({ "singleSelectOptionId": done["id"] })),
        (&estimate, json!({ "number": 2.5 })),
        (&start, json!({ "date": "2026-05-04" })),
        (&sprint, json!({ "iterationId": iteration })),
    ] {
        assert_eq!(api.set(&item, field, value).await["errors"], Value::Null);
    }
    let values = api.values(&item).await;
    let of = |name: &str| values.iter().find(|value| value["field"]["name"] == name).unwrap();
    assert_eq!(of("Title")["text"], "Think");
    assert_eq!(of("Status")["name"], "Done");
    assert_eq!(of("Estimate")["number"], 2.5);
    assert_eq!(of("Start date")["date"], "2026-05-04");
    assert_eq!((&of("Sprint")["title"], &of("Sprint")["duration"]), (&json!("To come"), &json!(7)));

    let clear = "mutation($p: ID!, $i: ID!, $f: ID!) { clearProjectV2ItemFieldValue(input: { projectId: $p, itemId: $i, fieldId: $f }) { projectV2Item { id } } }";
    api.data(clear, json!({ "p": api.project, "i": item, "f": estimate["id"] })).await;
    assert!(!api.values(&item).await.iter().any(|value| value["field"]["name"] == "Estimate"));
}

#[tokio::test]
async fn values_of_another_kind_are_refused() {
    let api = Api::start().await;
    let item = api.draft("Think").await;
    let (status, title) = (api.field("Status").await, api.field("Title").await);
    let wrong = api.set(&item, &status, json!({ "singleSelectOptionId": "00000000" })).await;
    assert_eq!(wrong["errors"][0]["message"], "The single select option Id does not belong to the field");
    assert_eq!(wrong["data"], json!({ "updateProjectV2ItemFieldValue": null }));
    assert_ne!(api.set(&item, &status, json!({ "number": 1 })).await["errors"], Value::Null);
    assert_ne!(api.set(&item, &title, json!({ "text": "Other" })).await["errors"], Value::Null);
}

#[tokio::test]
async fn iterations_that_are_over_stand_in_a_list_of_their_own() {
    let api = Api::start().await;
    let configuration = api.field("Sprint").await["configuration"].clone();
    assert_eq!(configuration["iterations"][0]["title"], "To come");
    assert_eq!(configuration["completedIterations"][0]["title"], "Over");
}

#[tokio::test]
async fn writing_iterations_takes_them_from_every_item() {
    let api = Api::start().await;
    let item = api.draft("Think").await;
    let sprint = api.field("Sprint").await;
    let before = sprint["configuration"]["iterations"][0]["id"].clone();
    api.set(&item, &sprint, json!({ "iterationId": before })).await;
    let query = "mutation($f: ID!) { updateProjectV2Field(input: { fieldId: $f, iterationConfiguration: {
        startDate: \"2120-01-06\", duration: 7, iterations: [{ title: \"To come\", startDate: \"2120-01-06\", duration: 7 }] } }) {
        projectV2Field { ... on ProjectV2IterationField { configuration { iterations { id title } } } } } }";
    let data = api.data(query, json!({ "f": sprint["id"] })).await;
    let after = &data["updateProjectV2Field"]["projectV2Field"]["configuration"]["iterations"][0];
    assert_eq!(after["title"], "To come");
    assert_ne!(after["id"], before);
    assert!(!api.values(&item).await.iter().any(|value| value["field"]["name"] == "Sprint"));
}

#[tokio::test]
async fn an_issue_is_in_a_project_once() {
    let api = Api::start().await;
    let issue =
        api.data("{ repository(owner: \"acme\", name: \"site\") { issue(number: 2) { id } } }", json!({})).await;
    let add = "mutation($p: ID!, $c: ID!) { addProjectV2ItemById(input: { projectId: $p, contentId: $c, clientMutationId: \"m\" }) { clientMutationId item { id type content { ... on Issue { number } } } } }";
    let variables = json!({ "p": api.project, "c": issue["repository"]["issue"]["id"] });
    let first = api.data(add, variables.clone()).await;
    assert_eq!(first["addProjectV2ItemById"]["item"]["content"]["number"], 2);
    assert_eq!(first["addProjectV2ItemById"]["clientMutationId"], "m");
    assert_eq!(api.data(add, variables).await, first);
}

#[tokio::test]
async fn several_mutations_are_done_each_for_itself() {
    let api = Api::start().await;
    let query = "mutation($p: ID!) {
        m0: addProjectV2DraftIssue(input: { projectId: $p, title: \"One\" }) { projectItem { content { ... on DraftIssue { title } } } }
        m1: addProjectV2DraftIssue(input: { projectId: $p, title: \" \" }) { projectItem { id } }
        m2: addProjectV2DraftIssue(input: { projectId: $p, title: \"Three\" }) { projectItem { content { ... on DraftIssue { title } } } } }";
    let answer = api.ask(query, json!({ "p": api.project })).await;
    assert_eq!(answer["data"]["m0"]["projectItem"]["content"]["title"], "One");
    assert_eq!(answer["data"]["m1"], Value::Null);
    assert_eq!(answer["data"]["m2"]["projectItem"]["content"]["title"], "Three");
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1);
    assert_eq!(answer["errors"][0]["path"], json!(["m1"]));
}

#[tokio::test]
async fn drafts_are_changed_converted_archived_and_deleted() {
    let api = Api::start().await;
    let item = api.draft("Think").await;
    let draft = "query($id: ID!) { node(id: $id) { ... on ProjectV2Item { type content { __typename ... on DraftIssue { id title body } ... on Issue { number title } } } } }";
    let content = api.data(draft, json!({ "id": item })).await["node"]["content"].clone();
    assert!(content["id"].as_str().unwrap().starts_with("DI_"));
    let update = "mutation($d: ID!) { updateProjectV2DraftIssue(input: { draftIssueId: $d, body: \"Hard\" }) { draftIssue { title body } } }";
    let data = api.data(update, json!({ "d": content["id"] })).await;
    assert_eq!(data["updateProjectV2DraftIssue"]["draftIssue"], json!({ "title": "Think", "body": "Hard" }));

    let repository =
        api.data("{ repository(owner: \"acme\", name: \"site\") { id } }", json!({})).await["repository"]["id"].clone();
    let convert = "mutation($i: ID!, $r: ID!) { convertProjectV2DraftIssueItemToIssue(input: { itemId: $i, repositoryId: $r }) { item { id type } } }";
    let data = api.data(convert, json!({ "i": item, "r": repository })).await;
    assert_eq!(data["convertProjectV2DraftIssueItemToIssue"]["item"], json!({ "id": item, "type": "ISSUE" }));
    let content = api.data(draft, json!({ "id": item })).await["node"]["content"].clone();
    assert_eq!(content, json!({ "__typename": "Issue", "number": 3, "title": "Think" }));

    let archive = "mutation($p: ID!, $i: ID!) { archiveProjectV2Item(input: { projectId: $p, itemId: $i }) { item { isArchived } } }";
    let variables = json!({ "p": api.project, "i": item });
    assert_eq!(api.data(archive, variables.clone()).await["archiveProjectV2Item"]["item"]["isArchived"], true);
    let delete =
        "mutation($p: ID!, $i: ID!) { deleteProjectV2Item(input: { projectId: $p, itemId: $i }) { deletedItemId } }";
    assert_eq!(api.data(delete, variables.clone()).await["deleteProjectV2Item"]["deletedItemId"], item);
    assert_eq!(api.error(delete, variables).await["type"], "NOT_FOUND");
}

#[tokio::test]
async fn projects_are_made_changed_and_deleted() {
    let api = Api::start().await;
    let owner = api.data("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    let create = "mutation($o: ID!) { createProjectV2(input: { ownerId: $o, title: \"Mine\" }) { projectV2 { id number url closed owner { ... on User { login } } } } }";
    let project = api.data(create, json!({ "o": owner })).await["createProjectV2"]["projectV2"].clone();
    assert_eq!((&project["number"], &project["url"]), (&json!(1), &json!("https://github.com/users/ada/projects/1")));
    let update = "mutation($p: ID!) { updateProjectV2(input: { projectId: $p, closed: true, shortDescription: \"Short\" }) { projectV2 { title closed closedAt shortDescription } } }";
    let changed = api.data(update, json!({ "p": project["id"] })).await["updateProjectV2"]["projectV2"].clone();
    assert_eq!((&changed["title"], &changed["closed"]), (&json!("Mine"), &json!(true)));
    assert_ne!(changed["closedAt"], Value::Null);
    let listed = api
        .data("{ user(login: \"ada\") { projectsV2(first: 5, query: \"is:open\") { totalCount } } }", json!({}))
        .await;
    assert_eq!(listed["user"]["projectsV2"]["totalCount"], 0);
    let delete = "mutation($p: ID!) { deleteProjectV2(input: { projectId: $p }) { projectV2 { id } } }";
    assert_eq!(
        api.data(delete, json!({ "p": project["id"] })).await["deleteProjectV2"]["projectV2"]["id"],
        project["id"]
    );
    let missing = api.error("{ user(login: \"ada\") { projectV2(number: 1) { id } } }", json!({})).await;
    assert_eq!(missing["message"], "Could not resolve to a ProjectV2 with the number 1.");
}

#[tokio::test]
async fn a_deleted_issue_is_gone_from_projects_too() {
    let api = Api::start().await;
    let issue =
        api.data("{ repository(owner: \"acme\", name: \"site\") { issue(number: 1) { id } } }", json!({})).await;
    let delete = "mutation($i: ID!) { deleteIssue(input: { issueId: $i }) { repository { nameWithOwner } } }";
    api.data(delete, json!({ "i": issue["repository"]["issue"]["id"] })).await;
    assert_eq!(api.rest(reqwest::Method::GET, "/repos/acme/site/issues/1", None).await.0, 410);
    let items = api
        .data(
            "query($p: ID!) { node(id: $p) { ... on ProjectV2 { items(first: 5) { totalCount } } } }",
            json!({ "p": api.project }),
        )
        .await;
    assert_eq!(items["node"]["items"]["totalCount"], 0);
}
