//! Filters and orders as the API takes them: JSON in the query.
//!
//! What goes wrong elsewhere: leaving `filters` out hides what is closed (opf/OpenProjectExcel#11), `values` that are no
//! array of texts break the request (super-productivity/super-productivity#4628), there is no *or*, and of two filters with
//! one name the server keeps the last (`Query#filter_for` of its source).

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use pm_provider::Direction;
use serde_json::{Value, json};

/// A list of filters, all of which must hold. The empty one is sent as `[]`: it takes everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Filters(Vec<Filter>);

#[derive(Clone, Debug, PartialEq)]
struct Filter {
    name: String,
    operator: String,
    values: Vec<String>,
}

/// Between two times, both included; either may be open. `=d`, `>t-` and `t-` go by whole days.
const BETWEEN: &str = "<>d";

impl Filters {
    /// Takes everything.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Adds a filter with values.
    pub(crate) fn with<T: ToString>(mut self, name: &str, operator: &str, values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(|value| value.to_string()).collect();
        self.0.push(Filter { name: name.to_owned(), operator: operator.to_owned(), values });
        self
    }

    /// Takes items whose field is one of these.
    pub(crate) fn is<T: ToString>(self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.with(name, "=", values)
    }

    /// Takes items whose field is empty.
    pub(crate) fn unset(self, name: &str) -> Self {
        self.with(name, "!*", [] as [&str; 0])
    }

    /// Takes items whose text holds this one.
    pub(crate) fn holds(self, name: &str, text: &str) -> Self {
        self.with(name, "~", [text])
    }

    /// Takes items whose time is this one or later.
    pub(crate) fn since(self, name: &str, time: DateTime<Utc>) -> Self {
        self.between(name, iso(time), String::new())
    }

    /// Takes items whose time is this one or earlier, all of its second included: answers are cut to milliseconds, those of
    /// old servers to seconds.
    pub(crate) fn until(self, name: &str, time: DateTime<Utc>) -> Self {
        self.between(name, String::new(), iso(time + Duration::microseconds(999_999)))
    }

    /// Narrows the time down. It goes into the filter that is there already, because the server would forget that one.
    fn between(mut self, name: &str, from: String, to: String) -> Self {
        let present = self.0.iter_mut().find(|filter| filter.name == name && filter.operator == BETWEEN);
        let Some(present) = present else { return self.with(name, BETWEEN, [from, to]) };
        if let [earliest, latest] = present.values.as_mut_slice() {
            // Texts of one form: they sort as the times do.
            if from > *earliest {
                *earliest = from;
            }
            if latest.is_empty() || (!to.is_empty() && to < *latest) {
                *latest = to;
            }
        }
        self
    }
}

impl std::fmt::Display for Filters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let filter =
            |Filter { name, operator, values }: &Filter| json!({ name: { "operator": operator, "values": values } });
        f.write_str(&Value::from(self.0.iter().map(filter).collect::<Vec<_>>()).to_string())
    }
}

fn iso(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// An order: by a field, then by id.
pub(crate) fn sort_by(field: &str, direction: Direction) -> String {
    let word = match direction {
        Direction::Descending => "desc",
        _ => "asc",
    };
    json!([[field, word], ["id", word]]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_filter_is_sent_as_an_empty_list() {
        assert_eq!(Filters::none().to_string(), "[]");
    }

    #[test]
    fn values_are_arrays_of_texts() {
        let filters = Filters::none().is("project", [7_u64]).unset("assignee").holds("description", "a \"b\" & ü");
        let expected = r#"[{"project":{"operator":"=","values":["7"]}},{"assignee":{"operator":"!*","values":[]}},{"description":{"operator":"~","values":["a \"b\" & ü"]}}]"#;
        assert_eq!(filters.to_string(), expected);
    }

    #[test]
    fn times_are_exact_and_open_at_one_end() {
        let time = DateTime::from_timestamp_millis(1_600_000_000_123).unwrap_or_default();
        let since = Filters::none().since("updatedAt", time).to_string();
        assert_eq!(since, r#"[{"updatedAt":{"operator":"<>d","values":["2020-09-13T12:26:40.123000Z",""]}}]"#);
        let until = Filters::none().until("updatedAt", time).to_string();
        assert_eq!(until, r#"[{"updatedAt":{"operator":"<>d","values":["","2020-09-13T12:26:41.122999Z"]}}]"#);
    }

    #[test]
    fn trap_of_two_filters_with_one_name_the_last_is_kept() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        let filters = Filters::none().since("updatedAt", at(5)).until("updatedAt", at(20));
        let narrowed = filters.since("updatedAt", at(10)).since("updatedAt", at(7)).until("updatedAt", at(30));
        let expected = r#"[{"updatedAt":{"operator":"<>d","values":["1970-01-01T00:00:10.000000Z","1970-01-01T00:00:20.999999Z"]}}]"#;
        assert_eq!(narrowed.to_string(), expected);
    }

    #[test]
    fn ties_of_an_order_go_by_id_in_its_direction() {
        assert_eq!(sort_by("createdAt", Direction::Ascending), r#"[["createdAt","asc"],["id","asc"]]"#);
        assert_eq!(sort_by("updatedAt", Direction::Descending), r#"[["updatedAt","desc"],["id","desc"]]"#);
    }
}
