//! Pages, filters, orders and the choice of properties.

use std::io::Write as _;

use base64::Engine as _;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pm_testkit::openproject::FakeOpenProject;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Api, encode, error, href, ids, read};

/// A server with tasks 1 to 25, of which the last is closed.
async fn many() -> Api {
    let task = |n: u32| json!({ "subject": format!("Task {n}"), "status": if n == 25 { "Closed" } else { "New" } });
    let tasks: Vec<Value> = (1..=25).map(task).collect();
    Api::seeded(json!({ "projects": [{ "identifier": "garden", "members": ["ada"], "work_packages": tasks }] })).await
}

#[tokio::test]
async fn offset_is_a_page_number_from_one_and_the_default_is_twenty() {
    let api = many().await;
    let (_, first) = api.get("/work_packages?filters=%5B%5D").await;
    assert_eq!(
        (&first["total"], &first["count"], &first["pageSize"], &first["offset"]),
        (&json!(25), &json!(20), &json!(20), &json!(1))
    );
    let next = first["_links"]["nextByOffset"]["href"].as_str().unwrap();
    let (_, second) = api.get(next.strip_prefix("/api/v3").unwrap()).await;
    assert_eq!((ids(&second), second["offset"].as_u64()), ((21..=25).collect(), Some(2)));
    assert_eq!(second["_links"].get("nextByOffset"), None);
    assert!(second["_links"]["previousByOffset"]["href"].is_string());
    // A row number taken for a page leads far beyond the end.
    let (_, beyond) = api.get("/work_packages?filters=%5B%5D&offset=20").await;
    assert_eq!((beyond["count"].as_u64(), beyond["total"].as_u64()), (Some(0), Some(25)));
}

#[tokio::test]
async fn the_page_size_is_cut_to_the_maximum_and_told() {
    let seed = read(&json!({ "projects": [{ "identifier": "a" }, { "identifier": "b" }, { "identifier": "c" }] }));
    let api = Api::with(FakeOpenProject::builder().maximum_page_size(2).seed(seed)).await;
    let (_, page) = api.get("/projects?pageSize=1000").await;
    assert_eq!((page["pageSize"].as_u64(), ids(&page), page["total"].as_u64()), (Some(2), vec![1, 2], Some(3)));
}

#[tokio::test]
async fn without_filters_only_open_work_packages_show() {
    let api = many().await;
    assert_eq!(api.get("/work_packages?pageSize=100").await.1["total"], 24);
    assert_eq!(api.get("/projects/1/work_packages?pageSize=100").await.1["total"], 24);
    assert_eq!(api.filtered("/work_packages", json!([])).await.len(), 25);
    assert_eq!(
        api.filtered("/work_packages", json!([{ "status": { "operator": "*", "values": [] } }])).await.len(),
        25
    );
    assert_eq!(api.filtered("/work_packages", json!([{ "status": { "operator": "c", "values": [] } }])).await, [25]);
}

#[tokio::test]
async fn of_two_filters_with_one_name_the_last_is_kept() {
    let api = many().await;
    let id = |id: &str| json!({ "id": { "operator": "=", "values": [id] } });
    assert_eq!(api.filtered("/work_packages", json!([id("3"), id("4")])).await, [4]);
}

#[tokio::test]
async fn bad_filters_are_invalid_queries() {
    let api = many().await;
    for filters in [
        json!([{ "colour": { "operator": "=", "values": ["1"] } }]),
        json!([{ "status": { "operator": "~", "values": ["1"] } }]),
        json!([{ "status": { "operator": "=", "values": "1" } }]),
        json!([{ "status": { "operator": "=", "values": [1] } }]),
        json!([{ "status": { "operator": "=", "values": [] } }]),
        json!([{ "status": { "operator": "=", "values": ["99"] } }]),
        json!([{ "updatedAt": { "operator": "<>d", "values": ["2026-01-01T00:00:00Z"] } }]),
        json!({ "status": { "operator": "o" } }),
    ] {
        assert_eq!(
            error(&api.refused("/work_packages", filters.clone()).await),
            (400, "InvalidQuery", ""),
            "{filters}"
        );
    }
    let updated = json!([{ "updatedAt": { "operator": "<>d", "values": ["", ""] } }]);
    assert_eq!(error(&api.refused("/projects", updated).await), (400, "InvalidQuery", ""));
    let sort = encode(r#"[["colour","asc"]]"#);
    assert_eq!(error(&api.get(&format!("/work_packages?sortBy={sort}")).await), (400, "InvalidQuery", ""));
}

#[tokio::test]
async fn a_valid_subset_of_filters_can_be_everything() {
    let api = many().await;
    let unknown = encode(r#"[{"id":{"operator":"=","values":["999"]}}]"#);
    assert_eq!(api.get(&format!("/work_packages?filters={unknown}")).await.1["total"], 0);
    assert_eq!(api.get(&format!("/work_packages?filters={unknown}&valid_subset=true")).await.1["total"], 25);
}

#[tokio::test]
async fn changes_are_found_by_a_closed_range_with_full_precision() {
    let api = many().await;
    let old = api.get("/work_packages/1").await.1["updatedAt"].as_str().unwrap().to_owned();
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let (_, changed) = api.patch("/work_packages/1", json!({ "lockVersion": 0, "subject": "New" })).await;
    let new = changed["updatedAt"].as_str().unwrap();
    assert!(new > old.as_str() && new.len() == "2026-01-01T00:00:00.000Z".len(), "{new}");
    let since = |from: &str, to: &str| json!([{ "updatedAt": { "operator": "<>d", "values": [from, to] } }]);
    assert_eq!(api.filtered("/work_packages", since(new, "")).await, [1]);
    assert_eq!(api.filtered("/work_packages", since(&old, "")).await.len(), 25);
    assert_eq!(api.filtered("/work_packages", since("", "2020-01-01T00:00:00Z")).await.len(), 0);
    // What was deleted shows nowhere.
    assert_eq!(api.delete("/work_packages/1").await.0, 204);
    assert_eq!(api.filtered("/work_packages", since(new, "")).await.len(), 0);
}

#[tokio::test]
async fn results_are_sorted_selected_and_searched() {
    let api = Api::seeded(json!({ "projects": [{ "identifier": "garden", "work_packages": [
        { "subject": "Paint the fence", "due_date": "2026-05-02" },
        { "subject": "Mow the lawn", "description": "before paint dries", "due_date": "2026-05-01" },
        { "subject": "Rest" },
    ] }] }))
    .await;
    let sort = encode(r#"[["dueDate","asc"],["id","desc"]]"#);
    assert_eq!(ids(&api.get(&format!("/work_packages?sortBy={sort}")).await.1), [2, 1, 3]);
    let find = |name: &str, operator: &str, value: &str| json!([{ name: { "operator": operator, "values": [value] } }]);
    assert_eq!(api.filtered("/work_packages", find("search", "**", "PAINT")).await, [1, 2]);
    assert_eq!(api.filtered("/work_packages", find("subject", "~", "the fence")).await, [1]);
    assert_eq!(api.filtered("/work_packages", find("dueDate", "=d", "2026-05-01")).await, [2]);
    let (_, selected) = api.get("/work_packages?select=total,elements/id").await;
    assert_eq!(selected, json!({ "total": 3, "_embedded": { "elements": [{ "id": 1 }, { "id": 2 }, { "id": 3 }] } }));
    assert_eq!(error(&api.get("/work_packages?select=elements/colour").await), (400, "InvalidSignal", ""));
}

#[tokio::test]
async fn a_project_lists_its_sub_projects_unless_told_otherwise() {
    let api = Api::seeded(json!({ "projects": [
        { "identifier": "parent", "work_packages": [{ "subject": "above" }] },
        { "identifier": "child", "parent": "parent", "work_packages": [{ "subject": "below" }] },
        { "identifier": "other", "work_packages": [{ "subject": "beside" }] },
    ] }))
    .await;
    assert_eq!(api.filtered("/projects/1/work_packages", json!([])).await, [1, 2]);
    let alone = json!([{ "subprojectId": { "operator": "!*", "values": [] } }]);
    assert_eq!(api.filtered("/projects/1/work_packages", alone).await, [1]);
    let project = json!([{ "project": { "operator": "=", "values": ["1"] } }]);
    assert_eq!(api.filtered("/work_packages", project).await, [1, 2]);
    assert_eq!(api.get("/projects/2").await.1["_links"]["parent"]["title"], "parent");
}

#[tokio::test]
async fn long_queries_come_packed() {
    let api = many().await;
    let query = json!({ "filters": "[{\"id\":{\"operator\":\"=\",\"values\":[\"3\",\"25\"]}}]", "pageSize": 1 });
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(query.to_string().as_bytes()).unwrap();
    let packed = base64::engine::general_purpose::STANDARD.encode(packer.finish().unwrap());
    let (_, page) = api.get(&format!("/work_packages?eprops={}", encode(&packed))).await;
    assert_eq!((ids(&page), page["total"].as_u64()), (vec![3], Some(2)));
    assert_eq!(error(&api.get("/work_packages?eprops=nonsense").await), (400, "InvalidQuery", ""));
}

#[tokio::test]
async fn small_dictionaries_come_whole() {
    let api = Api::garden().await;
    for (path, total) in
        [("/statuses", 14), ("/types", 7), ("/priorities", 4), ("/projects/1/types", 3), ("/versions", 0)]
    {
        let (_, list) = api.get(path).await;
        assert_eq!((list["total"].as_u64(), list.get("pageSize")), (Some(total), None), "{path}");
    }
    assert_eq!(api.get("/statuses/12").await.1["isClosed"], true);
    assert_eq!(api.get("/types/2").await.1["isMilestone"], true);
    assert_eq!(api.get("/priorities/8").await.1["isDefault"], true);
}

#[tokio::test]
async fn versions_are_checked_shared_and_closed() {
    let api = Api::garden().await;
    let project = href("/projects/1");
    let (status, version) =
        api.post("/versions", json!({ "name": "Spring", "_links": { "definingProject": project } })).await;
    assert_eq!((status, version["status"].as_str()), (201, Some("open")));
    let refused = api.post("/versions", json!({ "name": "Spring" })).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "definingProject"));
    let refused = api.patch("/versions/1", json!({ "status": "finished" })).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "status"));
    let refused = api.patch("/versions/1", json!({ "startDate": "2026-05-02", "endDate": "2026-05-01" })).await;
    assert_eq!(error(&refused), (422, "PropertyConstraintViolation", "endDate"));
    assert_eq!(api.patch("/versions/1", json!({ "status": "closed" })).await.0, 200);
    let refused =
        api.post("/projects/1/work_packages", json!({ "subject": "x", "_links": { "version": href("/versions/1") } }));
    assert_eq!(error(&refused.await), (422, "PropertyConstraintViolation", "version"));
    let refused = api.as_ada(Method::DELETE, "/versions/1", None).await;
    assert_eq!(error(&refused), (403, "MissingPermission", ""));
}
