//! The tasks that the server has: 5 kB each, those of Jira, GitHub and ClickUp 6 kB, and each a second younger than the one before.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::vendor::Vendor;
use crate::{clickup, github, jira};

/// How long the JSON of a task is, about.
const LENGTH: usize = 5_000;
/// Jira's are longer: people with all of their pictures, and hundreds of fields without a value.
const JIRA_LENGTH: usize = 6_000;
/// GitHub's have three people and three dozen addresses each.
const GITHUB_LENGTH: usize = 6_000;
/// ClickUp's tell their text three times.
const CLICKUP_LENGTH: usize = 6_000;
const SENTENCE: &str =
    "Customers see the old total after they removed an item from the cart; the cache key lacks its version. ";

/// When the first task was made.
pub(crate) fn first() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default()
}

/// Makes the JSON of a task.
pub(crate) fn json(vendor: Vendor, number: usize) -> String {
    let time = first() + TimeDelta::seconds(i64::try_from(number).unwrap_or_default());
    let made = time.to_rfc3339_opts(SecondsFormat::Millis, true);
    let id = number + 1;
    match vendor {
        // OpenProject tells a text twice, as it was written and as HTML.
        Vendor::OpenProject => filled(LENGTH, 2, |text| open_project(id, &made, text)),
        Vendor::Redmine => filled(LENGTH, 1, |text| redmine(id, &made, text)),
        Vendor::Jira => filled(JIRA_LENGTH, 1, |text| jira::issue(id, &made, text)),
        // GitHub's times have no fractions.
        Vendor::GitHub => filled(GITHUB_LENGTH, 1, |text| github::issue(id, &made.replace(".000Z", "Z"), text)),
        Vendor::ClickUp => filled(CLICKUP_LENGTH, 3, |text| clickup::task(id, time.timestamp_millis(), text)),
    }
}

/// Makes a JSON as long as wanted, by a text that it holds so many times.
fn filled(length: usize, copies: usize, json: impl Fn(&str) -> String) -> String {
    let text: String = SENTENCE.chars().cycle().take(length.saturating_sub(json("").len()) / copies).collect();
    json(&text)
}

fn open_project(id: usize, made: &str, text: &str) -> String {
    let link =
        |name: &str, path: &str, title: &str| format!(r#""{name}":{{"href":"/api/v3/{path}","title":"{title}"}}"#);
    let action =
        |name: &str, path: &str| format!(r#""{name}":{{"href":"/api/v3/work_packages/{id}/{path}","method":"post"}}"#);
    let links = [
        link("self", &format!("work_packages/{id}"), "Correct the total"),
        link("schema", "work_packages/schemas/1-1", ""),
        action("update", "form"),
        action("logTime", "time_entries"),
        action("addWatcher", "watchers"),
        action("addRelation", "relations"),
        action("addComment", "activities"),
        link("type", "types/1", "Task"),
        link("priority", "priorities/2", "Normal"),
        link("project", "projects/1", "Shop"),
        link("status", "statuses/1", "New"),
        link("author", "users/5", "Ada Lovelace"),
        link("assignee", "users/6", "Grace Hopper"),
        link("version", "versions/3", "Sprint 3"),
        r#""responsible":{"href":null},"parent":{"href":null,"title":null},"ancestors":[],"children":[],"customActions":[]"#.to_owned(),
    ];
    format!(
        concat!(
            r#"{{"_type":"WorkPackage","id":{id},"lockVersion":3,"subject":"Correct the total of cart {id}","#,
            r#""description":{{"format":"markdown","raw":"{text}","html":"{text}"}},"scheduleManually":true,"#,
            r#""startDate":"2026-01-05","dueDate":"2026-02-05","derivedStartDate":null,"derivedDueDate":null,"#,
            r#""estimatedTime":"PT5H30M","derivedEstimatedTime":null,"spentTime":"PT1H","remainingTime":"PT4H30M","#,
            r#""duration":"P24D","percentageDone":20,"ignoreNonWorkingDays":false,"readonly":false,"#,
            r#""createdAt":"{made}","updatedAt":"{made}","_links":{{{links}}}}}"#
        ),
        id = id,
        text = text,
        made = made,
        links = links.join(","),
    )
}

fn redmine(id: usize, made: &str, text: &str) -> String {
    // Redmine tells whole seconds.
    let made = made.replace(".000Z", "Z");
    format!(
        concat!(
            r#"{{"id":{id},"project":{{"id":1,"name":"Shop"}},"tracker":{{"id":2,"name":"Feature"}},"#,
            r#""status":{{"id":1,"name":"New","is_closed":false}},"priority":{{"id":2,"name":"Normal"}},"#,
            r#""author":{{"id":5,"name":"Ada Lovelace"}},"assigned_to":{{"id":6,"name":"Grace Hopper"}},"#,
            r#""fixed_version":{{"id":3,"name":"Sprint 3"}},"subject":"Correct the total of cart {id}","#,
            r#""description":"{text}","start_date":"2026-01-05","due_date":"2026-02-05","done_ratio":20,"#,
            r#""is_private":false,"estimated_hours":5.5,"total_estimated_hours":5.5,"spent_hours":1.0,"#,
            r#""total_spent_hours":1.0,"custom_fields":[{{"id":1,"name":"Customer","value":"Analytical Engines"}}],"#,
            r#""created_on":"{made}","updated_on":"{made}","closed_on":null}}"#
        ),
        id = id,
        text = text,
        made = made,
    )
}
