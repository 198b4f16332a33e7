//! Filters of every listing: <https://www.openproject.org/docs/api/filters/>.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;

use super::errors::{Answer, Problem};
use super::request::Parameters;

/// What a filter looks at, and with that which operators it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of known values: `=`, `!`, and where it can be empty `*`, `!*`.
    List,
    /// Status: the same, `o`, `c` and `*` for any.
    Status,
    /// A number.
    Number,
    /// A date, whole days.
    Date,
    /// A point in time.
    Time,
    /// Text: `~`, `!~`, `=`, `!`.
    Text,
    /// Text in several places: `**` and `~`.
    Search,
    /// `t` or `f`.
    Flag,
}

impl Kind {
    fn operators(self) -> &'static [&'static str] {
        match self {
            Self::List => &["=", "!", "*", "!*", "&="],
            Self::Status => &["o", "=", "c", "!", "*"],
            Self::Number => &["=", ">=", "<=", "!*", "*"],
            Self::Date => &["<t+", ">t+", "t+", "t", "w", ">t-", "<t-", "t-", "=d", "<>d", "!*"],
            Self::Time => &["t", "w", ">t-", "<t-", "t-", "=d", "<>d"],
            Self::Text => &["~", "=", "!", "!~"],
            Self::Search => &["**", "~"],
            Self::Flag => &["=", "!"],
        }
    }
}

/// One condition; all of them have to hold.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    /// The name as the tables here write it: `updated_at`.
    pub(super) name: String,
    pub(super) operator: String,
    pub(super) values: Vec<String>,
}

/// A value of an item, for a filter to look at.
#[derive(Clone, Debug)]
pub(super) enum Facet {
    Ids(Vec<u64>),
    Words(Vec<String>),
    Number(Option<f64>),
    Date(Option<NaiveDate>),
    Time(DateTime<Utc>),
    Text(Vec<String>),
    Flag(bool),
    Closed { id: u64, closed: bool },
}

impl Facet {
    pub(super) fn id(id: impl Into<Option<u64>>) -> Self {
        Self::Ids(id.into().into_iter().collect())
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Text(vec![text.to_owned()])
    }
}

/// Reads the `filters` property; `None` where there is none, which is not the same as an empty list.
///
/// Names are taken in both spellings, `updatedAt` and `updated_at`. Unknown names, operators that a filter does not
/// have and values that are not an array of strings are `InvalidQuery`; the last one is super-productivity#4628.
pub(super) fn read(parameters: &Parameters, kinds: &[(&str, Kind)]) -> Answer<Option<Vec<Filter>>> {
    let Some(text) = parameters.get("filters") else { return Ok(None) };
    let unreadable = || Problem::invalid_query("Filters is not valid JSON.");
    let Ok(Value::Array(list)) = serde_json::from_str(text) else { return Err(unreadable()) };
    let conditions = list.into_iter().map(|entry| match entry {
        Value::Object(entry) => Ok(entry),
        _ => Err(unreadable()),
    });
    let mut filters = Vec::new();
    for condition in conditions {
        for (name, condition) in condition? {
            match one(&name, &condition, kinds) {
                Err(_) if takes_valid_subset(parameters) => {}
                read => filters.push(read?),
            }
        }
    }
    Ok(Some(filters))
}

/// Whether invalid filters are dropped instead of refused. What is left then may be everything: opf/openproject#20097.
pub(super) fn takes_valid_subset(parameters: &Parameters) -> bool {
    ["valid_subset", "validSubset"].iter().any(|name| parameters.get(name) == Some("true"))
}

fn one(given: &str, condition: &Value, kinds: &[(&str, Kind)]) -> Answer<Filter> {
    let name = snake(given);
    let custom = name.starts_with("custom_field").then_some(Kind::Text);
    let kind = kinds.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind).or(custom);
    let kind = kind.ok_or_else(|| Problem::invalid_query(format!("Filters {given} filter does not exist.")))?;
    let operator = condition["operator"].as_str().unwrap_or_default();
    if !kind.operators().contains(&operator) {
        return Err(Problem::invalid_query(format!("Filters {given} filter has an invalid operator.")));
    }
    let invalid = || Problem::invalid_query(format!("Filters {given} filter has invalid values."));
    let values = match &condition["values"] {
        Value::Array(values) => values.iter().map(|value| value.as_str().map(str::to_owned)).collect(),
        // Operators that need no values may come with null.
        Value::Null => Some(Vec::new()),
        _ => None,
    };
    let filter = Filter { name, operator: operator.to_owned(), values: values.ok_or_else(invalid)? };
    match filter.has_good_values(kind) {
        true => Ok(filter),
        false => Err(invalid()),
    }
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

impl Filter {
    fn has_good_values(&self, kind: Kind) -> bool {
        match self.operator.as_str() {
            "*" | "!*" | "o" | "c" | "t" | "w" => true,
            "<>d" => {
                self.values.len() == 2 && self.values.iter().all(|value| value.is_empty() || bound(value).is_some())
            }
            "=d" => self.values.len() == 1 && bound(&self.values[0]).is_some(),
            "<t+" | ">t+" | "t+" | ">t-" | "<t-" | "t-" => {
                self.values.len() == 1 && self.values[0].parse::<u32>().is_ok()
            }
            _ if self.values.is_empty() => false,
            _ if kind == Kind::Number => self.values.iter().all(|value| value.parse::<f64>().is_ok()),
            _ if kind == Kind::Flag => self.values.iter().all(|value| value == "t" || value == "f"),
            _ => true,
        }
    }

    /// The values as ids.
    pub(super) fn ids(&self) -> Vec<u64> {
        self.values.iter().filter_map(|value| value.parse().ok()).collect()
    }

    /// Whether an item passes.
    pub(super) fn passes(&self, facet: &Facet, now: DateTime<Utc>) -> bool {
        match facet {
            Facet::Ids(ids) => self.among(&ids.iter().map(u64::to_string).collect::<Vec<_>>()),
            Facet::Words(words) => self.among(words),
            Facet::Closed { id, closed } => match self.operator.as_str() {
                "o" => !closed,
                "c" => *closed,
                _ => self.among(&[id.to_string()]),
            },
            Facet::Number(number) => self.number(*number),
            Facet::Date(date) => self.date(*date, now.date_naive()),
            Facet::Time(time) => self.time(*time, now),
            Facet::Text(texts) => self.text(texts),
            Facet::Flag(flag) => {
                self.values.contains(&(if *flag { "t" } else { "f" }).to_owned()) == (self.operator == "=")
            }
        }
    }

    fn among(&self, held: &[String]) -> bool {
        match self.operator.as_str() {
            "=" => self.values.iter().any(|value| held.contains(value)),
            "&=" => self.values.iter().all(|value| held.contains(value)),
            "!" => !self.values.iter().any(|value| held.contains(value)),
            "!*" => held.is_empty(),
            _ => !held.is_empty(),
        }
    }

    fn number(&self, held: Option<f64>) -> bool {
        let values: Vec<f64> = self.values.iter().filter_map(|value| value.parse().ok()).collect();
        match (self.operator.as_str(), held) {
            ("!*", held) => held.is_none(),
            (_, None) => false,
            ("=", Some(held)) => values.contains(&held),
            (">=", Some(held)) => values.first().is_some_and(|least| held >= *least),
            ("<=", Some(held)) => values.first().is_some_and(|most| held <= *most),
            _ => true,
        }
    }

    /// `<>d` is inclusive at both ends, and either end may be blank (`between_date_time.rb` of the vendor's source).
    fn time(&self, held: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        if self.operator != "<>d" {
            return self.date(Some(held.date_naive()), now.date_naive());
        }
        let [from, to] = [&self.values[0], &self.values[1]].map(|value| bound(value));
        from.is_none_or(|from| held >= from) && to.is_none_or(|to| held <= to)
    }

    /// Operators that count days look at whole days.
    fn date(&self, held: Option<NaiveDate>, today: NaiveDate) -> bool {
        let Some(held) = held else { return self.operator == "!*" };
        let ahead = (held - today).num_days();
        let days: i64 = self.values.first().and_then(|value| value.parse().ok()).unwrap_or_default();
        let day = |value: &String| bound(value).map(|time| time.date_naive());
        match self.operator.as_str() {
            "t" => ahead == 0,
            "w" => held.format("%G-%V").to_string() == today.format("%G-%V").to_string(),
            "t+" => ahead == days,
            "t-" => ahead == -days,
            "<t+" => (0..=days).contains(&ahead),
            ">t+" => ahead >= days,
            ">t-" => (-days..=0).contains(&ahead),
            "<t-" => ahead <= -days,
            "=d" => day(&self.values[0]) == Some(held),
            "<>d" => {
                let [from, to] = [&self.values[0], &self.values[1]].map(day);
                from.is_none_or(|from| held >= from) && to.is_none_or(|to| held <= to)
            }
            _ => false,
        }
    }

    /// `~` wants all words of a value, wherever they stand, and no matter the case (SQL `LIKE` of each word).
    fn text(&self, held: &[String]) -> bool {
        let held: Vec<String> = held.iter().map(|text| text.to_lowercase()).collect();
        let contains = |value: &String| {
            let value = value.to_lowercase();
            value.split_whitespace().all(|word| held.iter().any(|text| text.contains(word)))
        };
        match self.operator.as_str() {
            "=" => self.values.iter().any(|value| held.contains(&value.to_lowercase())),
            "!" => !self.values.iter().any(|value| held.contains(&value.to_lowercase())),
            "!~" => !self.values.iter().any(contains),
            _ => self.values.iter().any(contains),
        }
    }
}

/// A bound of a range: a date stands for its first moment (UTC).
fn bound(value: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(value).map(|time| time.to_utc());
    time.ok().or_else(|| value.parse::<NaiveDate>().ok().map(|date| date.and_time(NaiveTime::MIN).and_utc()))
}
