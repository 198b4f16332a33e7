//! Values of fields, by the kind of the field.
//!
//! Which members a value has is shown by the example of `POST /rest/api/3/issue` and by the `schema` of create and edit
//! metadata: <https://developer.atlassian.com/server/jira/platform/jira-rest-api-examples/>.

use serde_json::Value;

use super::Flavor;

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line of text.
    Line,
    /// A text with formatting.
    Text,
    /// A number.
    Number,
    /// A day.
    Day,
    /// A moment.
    Moment,
    /// A person.
    Person,
    /// Something that is named by one of these members.
    Named(&'static [&'static str]),
    /// Original and remaining estimate.
    TimeTracking,
    /// A label.
    Label,
    /// The number of a sprint.
    Sprint,
    /// Several of a kind.
    ListOf(Box<Kind>),
    /// Comments, links, work: never replaced as a whole.
    OnlyByUpdate,
    /// What only the server writes.
    ReadOnly,
    /// Nothing is known of it.
    Anything,
}

const BY_ID_OR_NAME: &[&str] = &["id", "name"];
const BY_ID_OR_KEY: &[&str] = &["id", "key"];
const BY_ID_OR_VALUE: &[&str] = &["id", "value"];

/// The kind of a field that every site has.
pub(super) fn system_kind(field: &str) -> Option<Kind> {
    Some(match field {
        "summary" => Kind::Line,
        "description" | "environment" => Kind::Text,
        "issuetype" => Kind::Named(BY_ID_OR_NAME),
        "project" | "parent" => Kind::Named(BY_ID_OR_KEY),
        "priority" | "security" | "resolution" => Kind::Named(BY_ID_OR_NAME),
        "assignee" | "reporter" => Kind::Person,
        "labels" => Kind::ListOf(Box::new(Kind::Label)),
        "components" | "versions" | "fixVersions" => Kind::ListOf(Box::new(Kind::Named(BY_ID_OR_NAME))),
        "duedate" => Kind::Day,
        "timetracking" => Kind::TimeTracking,
        "comment" | "issuelinks" | "worklog" => Kind::OnlyByUpdate,
        "status"
        | "created"
        | "updated"
        | "resolutiondate"
        | "creator"
        | "votes"
        | "watches"
        | "subtasks"
        | "timeoriginalestimate"
        | "timeestimate"
        | "timespent"
        | "aggregatetimespent"
        | "progress"
        | "workratio"
        | "attachment"
        | "statuscategorychangedate"
        | "lastViewed" => Kind::ReadOnly,
        _ => return None,
    })
}

/// What needs no screen: no screen can leave it out, or it has other ways.
pub(super) fn is_on_any_screen(field: &str) -> bool {
    matches!(field, "summary" | "project" | "issuetype" | "parent") || system_kind(field) == Some(Kind::ReadOnly)
}

/// The kind of a custom field, by the `schema` of the metadata.
pub(super) fn custom_kind(schema: &Value) -> Kind {
    let text = |name: &str| schema[name].as_str().unwrap_or_default();
    let custom = text("custom");
    if custom.ends_with(":gh-sprint") {
        return Kind::Sprint;
    }
    match text("type") {
        "string" if custom.ends_with(":textarea") => Kind::Text,
        "array" => Kind::ListOf(Box::new(simple_kind(text("items")))),
        other => simple_kind(other),
    }
}

fn simple_kind(word: &str) -> Kind {
    match word {
        "string" => Kind::Line,
        "number" => Kind::Number,
        "date" => Kind::Day,
        "datetime" => Kind::Moment,
        "user" => Kind::Person,
        "option" => Kind::Named(BY_ID_OR_VALUE),
        "version" | "component" | "priority" | "resolution" | "group" => Kind::Named(BY_ID_OR_NAME),
        _ => Kind::Anything,
    }
}

/// Checks a value; null empties any field that may be empty.
pub(super) fn check(kind: &Kind, value: &Value, flavor: Flavor) -> Result<(), String> {
    if value.is_null() {
        return Ok(());
    }
    match kind {
        Kind::Line => has(value.is_string(), "a text is wanted"),
        Kind::Label => label(value),
        Kind::Number => has(value.is_number(), "a number is wanted"),
        Kind::Sprint => has(value.is_u64(), "the number of a sprint is wanted"),
        Kind::Day => has(value.as_str().is_some_and(is_day), "a day is wanted: `YYYY-MM-DD`"),
        Kind::Moment => {
            has(value.as_str().is_some_and(is_moment), "a moment is wanted: `YYYY-MM-DDThh:mm:ss.sss+hhmm`")
        }
        Kind::Person => person(value, flavor),
        Kind::Named(names) => named(value, names),
        Kind::TimeTracking => time_tracking(value),
        Kind::ListOf(element) => {
            let list = value.as_array().ok_or("a list is wanted")?;
            list.iter().try_for_each(|item| match item {
                Value::Null => Err("null is in the list".to_owned()),
                item => check(element, item, flavor),
            })
        }
        Kind::Text | Kind::OnlyByUpdate | Kind::ReadOnly | Kind::Anything => Ok(()),
    }
}

fn has(is_right: bool, wanted: &str) -> Result<(), String> {
    if is_right { Ok(()) } else { Err(wanted.to_owned()) }
}

fn label(value: &Value) -> Result<(), String> {
    let text = value.as_str().ok_or("a label is a text")?;
    has(!text.is_empty() && !text.contains(char::is_whitespace), "a label has no blank")
}

fn person(value: &Value, flavor: Flavor) -> Result<(), String> {
    match flavor {
        Flavor::Cloud => named(value, &["accountId", "id"]),
        Flavor::DataCenter => named(value, &["name"]),
    }
}

/// An object with a text under one of these names, and nothing else; a wanted text of which nothing is named is empty.
fn named(value: &Value, names: &[&str]) -> Result<(), String> {
    let wanted = || format!("an object is wanted with `{}`, a text", names.join("` or `"));
    let object = value.as_object().ok_or_else(wanted)?;
    let is_right = object.len() == 1 && names.iter().any(|name| object.get(*name).is_some_and(is_text_or_null));
    if is_right { Ok(()) } else { Err(wanted()) }
}

fn is_text_or_null(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| !text.is_empty())
}

fn time_tracking(value: &Value) -> Result<(), String> {
    let wanted = "an object is wanted with `originalEstimate` or `remainingEstimate`, such as `1h 30m`";
    let object = value.as_object().ok_or(wanted)?;
    let is_right = object.iter().all(|(name, value)| {
        matches!(name.as_str(), "originalEstimate" | "remainingEstimate") && value.as_str().is_some_and(is_duration)
    });
    has(is_right && !object.is_empty(), wanted)
}

/// `1w 2d 3h 30m`, or a number alone, in the site's unit; empty takes the estimate away.
fn is_duration(text: &str) -> bool {
    text.split_whitespace().all(|part| {
        let number = part.strip_suffix(['w', 'd', 'h', 'm']).unwrap_or(part);
        !number.is_empty() && number.parse::<f64>().is_ok_and(|number| number >= 0.0)
    })
}

fn is_day(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let number = |part: &str, digits: usize| (part.len() == digits).then(|| part.parse::<u32>().ok()).flatten();
    match parts.as_slice() {
        [year, month, day] => {
            let (month, day) = (number(month, 2), number(day, 2));
            number(year, 4).is_some()
                && month.is_some_and(|month| (1..=12).contains(&month))
                && day.is_some_and(|day| (1..=31).contains(&day))
        }
        _ => false,
    }
}

fn is_moment(text: &str) -> bool {
    text.split_once('T').is_some_and(|(day, time)| {
        is_day(day) && time.len() >= 8 && (time.ends_with('Z') || time.contains('+') || time.contains('-'))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_come_from_the_metadata() {
        let kind = |schema: Value| custom_kind(&schema);
        assert_eq!(kind(json!({"type": "string", "custom": "com.x:textarea"})), Kind::Text);
        assert_eq!(kind(json!({"type": "string", "custom": "com.x:textfield"})), Kind::Line);
        assert_eq!(
            kind(json!({"type": "array", "items": "option"})),
            Kind::ListOf(Box::new(Kind::Named(BY_ID_OR_VALUE)))
        );
        assert_eq!(kind(json!({"type": "array", "items": "json", "custom": "com.pyxis:gh-sprint"})), Kind::Sprint);
        assert_eq!(kind(json!({"type": "any"})), Kind::Anything);
    }

    #[test]
    fn each_kind_has_its_form() {
        let check = |kind: &Kind, value: &Value| check(kind, value, Flavor::Cloud).is_ok();
        let cases = [
            (Kind::Number, json!(1.5), json!("1.5")),
            (Kind::Sprint, json!(7), json!([7])),
            (Kind::Day, json!("2026-11-21"), json!("2026-13-21")),
            (Kind::Moment, json!("2026-11-21T09:40:00.000+0000"), json!("2026-11-21")),
            (Kind::Person, json!({"accountId": "5b10"}), json!({"name": "ada"})),
            (Kind::Named(BY_ID_OR_NAME), json!({"id": "3"}), json!({"id": 3})),
            (Kind::Named(BY_ID_OR_NAME), json!({"name": "High"}), json!({"name": "High", "id": "3"})),
            (Kind::TimeTracking, json!({"originalEstimate": "1h 30m"}), json!({"originalEstimateSeconds": 5400})),
            (Kind::TimeTracking, json!({"originalEstimate": "90m"}), json!({"originalEstimate": "90 minutes"})),
            (Kind::Label, json!("ab"), json!("a b")),
            (Kind::ListOf(Box::new(Kind::Line)), json!(["a"]), json!([null])),
        ];
        for (kind, right, wrong) in cases {
            assert!(check(&kind, &right), "{kind:?}: {right}");
            assert!(!check(&kind, &wrong), "{kind:?}: {wrong}");
            assert!(check(&kind, &Value::Null), "{kind:?}");
        }
    }
}
