//! Custom fields: set in one form, shown in another.

use serde_json::{Value, json};

use super::{Api, code, named};

#[tokio::test]
async fn values_are_shown_otherwise_than_they_are_set() {
    let api = Api::new().await;
    let task = api.plant(named("A"));
    let ada = api.server.user_id("ada").unwrap().parse::<u64>().unwrap();
    let field = |kind: &str, options: &[&str]| api.server.add_field(&api.space, kind, kind, options);
    let set = async |field: &str, value: Value| {
        api.post(&format!("/task/{task}/field/{field}"), json!({ "value": value })).await
    };
    let shown = |name: &str| {
        let task = api.server.task(&task).unwrap();
        let fields = task["custom_fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == name).unwrap()["value"].clone()
    };
    let choice = field("drop_down", &["North", "South"]);
    let (_, definitions) = api.get(&format!("/list/{}/field", api.list)).await;
    let south = definitions["fields"][0]["type_config"]["options"][1]["id"].clone();
    assert_eq!(code(&set(&choice, json!("South")).await), (400, "FIELD_011".to_owned()), "never by its name");
    assert_eq!(set(&choice, south).await.0, 200);
    assert_eq!(shown("drop_down"), 1, "the place of the option");
    let cases = [
        ("number", json!(2.5), json!("2.5")),
        ("short_text", json!("x"), json!("x")),
        ("checkbox", json!(true), json!("true")),
        ("date", json!(1_779_883_200_000_i64), json!("1779883200000")),
        ("url", json!("https://example.net"), json!("https://example.net")),
        ("currency", json!(8), json!("8")),
    ];
    for (kind, given, told) in cases {
        let id = field(kind, &[]);
        assert_eq!(set(&id, given).await.0, 200, "{kind}");
        assert_eq!(shown(kind), told, "{kind}");
        assert_eq!(api.delete(&format!("/task/{task}/field/{id}")).await.0, 200);
        assert_eq!(shown(kind), Value::Null, "{kind}");
    }
    let people = field("users", &[]);
    assert_eq!(set(&people, json!([ada])).await.0, 400);
    assert_eq!(set(&people, json!({ "add": [ada], "rem": [] })).await.0, 200);
    assert_eq!(shown("users")[0]["id"], json!(ada));
    let computed = field("formula", &[]);
    assert_eq!(set(&computed, json!(1)).await.0, 400);
    let labels = field("labels", &["a", "b"]);
    assert_eq!(set(&labels, json!(["a"])).await.0, 400);
}

#[tokio::test]
async fn fields_belong_to_places() {
    let api = Api::new().await;
    let here = api.server.add_field(&api.list, "Here", "short_text", &[]);
    let there = api.server.add_field(&api.other, "There", "short_text", &[]);
    let everywhere = api.server.add_field(&api.team, "Everywhere", "short_text", &[]);
    let (_, shown) = api.get(&format!("/list/{}/field", api.list)).await;
    let names: Vec<&str> =
        shown["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Here", "Everywhere"]);
    let body =
        json!({ "name": "A", "custom_fields": [{ "id": here, "value": "x" }, { "id": everywhere, "value": "y" }] });
    let (status, task) = api.post(&format!("/list/{}/task", api.list), body).await;
    assert_eq!((status, &task["custom_fields"][0]["value"]), (200, &json!("x")));
    let path = format!("/task/{}/field/{there}", task["id"].as_str().unwrap());
    assert_eq!(code(&api.post(&path, json!({ "value": "z" })).await), (400, "FIELD_115".to_owned()));
}
