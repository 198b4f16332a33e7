//! Where in a row a value stands: a column, or `user.login`, `labels[].name`, `a.0.b`.

use std::fmt;

use serde_json::{Map, Value};

/// A place in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    text: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A member of an object, or an element of a list by its number.
    Into(String),
    /// Every element of a list.
    Each,
}

impl Path {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            let name = part.trim_end_matches("[]");
            if name.is_empty() && !(part.ends_with("[]") && steps.is_empty()) {
                return Err(format!(
                    "`{text}` is no path; allowed are names like `user.login`, `labels[].name`, `a.0.b`"
                ));
            }
            if !name.is_empty() {
                steps.push(Step::Into(name.to_owned()));
            }
            steps.extend((0..(part.len() - name.len()) / 2).map(|_| Step::Each));
        }
        Ok(Self { text: text.to_owned(), steps })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The column that it starts with.
    pub(super) fn is_in(&self, columns: &[String]) -> bool {
        columns.contains(&self.text)
    }

    /// The value at this place: `None` where the row has no such place.
    ///
    /// A member that is called like the whole path wins: columns may have dots in their names.
    pub(super) fn find(&self, row: &Map<String, Value>) -> Option<Value> {
        if let Some(value) = row.get(&self.text) {
            return Some(value.clone());
        }
        let (first, rest) = self.steps.split_first()?;
        match first {
            Step::Into(name) => walk(row.get(name)?, rest),
            Step::Each => None,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn walk(value: &Value, steps: &[Step]) -> Option<Value> {
    let Some((first, rest)) = steps.split_first() else { return Some(value.clone()) };
    match (first, value) {
        // Where nothing is, nothing is below: `user.login` of a user that is `null`.
        (_, Value::Null) => Some(Value::Null),
        (Step::Into(name), Value::Object(members)) => walk(members.get(name)?, rest),
        (Step::Into(number), Value::Array(elements)) => match elements.get(number.parse::<usize>().ok()?) {
            Some(element) => walk(element, rest),
            None => Some(Value::Null),
        },
        (Step::Each, Value::Array(elements)) => {
            Some(Value::Array(elements.iter().filter_map(|element| walk(element, rest)).collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn find(path: &str, row: Value) -> Option<Value> {
        let Value::Object(row) = row else { return None };
        Path::parse(path).unwrap().find(&row)
    }

    #[test]
    fn places_are_found() {
        let row = json!({
            "user": {"login": "ada"}, "nobody": null, "a.b": 7, "list": [{"b": 1}, {"b": 2}, {}], "deep": [[1], [2, 3]],
        });
        for (path, value) in [
            ("user.login", json!("ada")),
            ("user", json!({"login": "ada"})),
            ("nobody.login", json!(null)),
            ("a.b", json!(7)),
            ("list[].b", json!([1, 2])),
            ("list.1.b", json!(2)),
            ("list.9.b", json!(null)),
            ("deep[][]", json!([[1], [2, 3]])),
        ] {
            assert_eq!(find(path, row.clone()), Some(value), "{path}");
        }
        for path in ["none", "user.name", "list.b", "user.login.x", "user[]"] {
            assert_eq!(find(path, row.clone()), None, "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", ".", "a..b", "a.", ".a"] {
            assert!(Path::parse(text).unwrap_err().contains("is no path"), "{text}");
        }
    }
}
