//! Values in path and query.

use serde_json::Value;

use super::Check;
use crate::description::{Location, Parameter};
use crate::schema::parts;

impl Check<'_> {
    /// Every value in the path has to fit the parameter of its name.
    pub(super) fn path(&mut self, values: &[(String, String)]) {
        for (name, value) in values {
            match described(self, Location::Path, name) {
                Some(parameter) => self.value(parameter, value),
                // Clients cannot leave a part of the path away: what the file forgot to describe is only not checkable.
                None => self.unchecked(format!("path `{name}`"), "the description has no schema for it"),
            }
        }
    }

    /// Every value of the query has to be described and to fit; what is required has to be there.
    pub(super) fn query(&mut self) {
        let request = self.request;
        for (name, value) in &request.query {
            if self.is_credential(name) {
                continue;
            }
            match described(self, Location::Query, name) {
                Some(parameter) => self.query_value(parameter, name, value),
                None => self.violation(format!("query `{name}`"), "the operation has no such parameter"),
            }
        }
        self.missing(Location::Query, &request.query);
    }

    fn query_value(&mut self, parameter: &Parameter, name: &str, value: &str) {
        self.value(parameter, value);
        if let Err(problem) = self.description.vendor().check_text(name, value) {
            self.violation(format!("query `{name}`"), problem);
        }
    }

    /// What is required and not there.
    pub(super) fn missing(&mut self, location: Location, sent: &[(String, String)]) {
        let vendor = self.description.vendor();
        for parameter in self.operation.parameters.iter().filter(|it| it.required && it.location == location) {
            if !sent.iter().any(|(name, _)| vendor.is_named(&parameter.name, name)) {
                self.violation(format!("{} `{}`", location.word(), parameter.name), "required, but missing");
            }
        }
    }

    /// Checks one value against the schema of its parameter.
    pub(super) fn value(&mut self, parameter: &Parameter, value: &str) {
        let place = format!("{} `{}`", parameter.location.word(), parameter.name);
        let Ok(validator) = &parameter.validator else {
            return self.unchecked(place, "its schema does not compile");
        };
        let schema = parts(self.description.requests(), &parameter.schema);
        let candidates = if schema.type_name() == Some("array") { lists(value) } else { readings(value) };
        if !candidates.iter().any(|candidate| validator.is_valid(candidate)) {
            let problem = candidates.last().and_then(|candidate| validator.iter_errors(candidate).next());
            self.violation(place, problem.map_or_else(String::new, |problem| problem.to_string()));
        }
    }
}

/// The description of a parameter. What it borrows from outlives the check, so that findings can be noted meanwhile.
fn described<'a>(check: &Check<'a>, location: Location, name: &str) -> Option<&'a Parameter> {
    let (operation, vendor) = (check.operation, check.description.vendor());
    operation.parameters.iter().find(|it| it.location == location && vendor.is_named(&it.name, name))
}

/// What a text can mean where the schema knows types: the most specific reading last.
fn readings(text: &str) -> Vec<Value> {
    let parsed = serde_json::from_str(text).ok().filter(|value: &Value| value.is_number() || value.is_boolean());
    [Some(Value::String(text.to_owned())), parsed].into_iter().flatten().collect()
}

/// What a text can mean where the schema wants a list: words between commas.
fn lists(text: &str) -> Vec<Value> {
    let words = || text.split(',');
    let specific = words().map(|word| readings(word).pop().unwrap_or_default()).collect();
    vec![words().map(|word| Value::String(word.to_owned())).collect(), Value::Array(specific)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_may_be_a_number_or_a_truth() {
        assert_eq!(readings("12"), [json!("12"), json!(12)]);
        assert_eq!(readings("true"), [json!("true"), json!(true)]);
        assert_eq!(readings("null"), [json!("null")]);
        assert_eq!(lists("a,1"), [json!(["a", "1"]), json!(["a", 1])]);
    }
}
