//! Headers: who asks, what is sent, what is accepted.

use serde_json::Value;

use super::Check;
use crate::description::Location;

/// Headers that HTTP itself knows: a description need not name them.
const COMMON: [&str; 16] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "authorization",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "host",
    "if-modified-since",
    "if-none-match",
    "te",
    "transfer-encoding",
    "upgrade-insecure-requests",
    "user-agent",
];

impl Check<'_> {
    /// Every header has to be HTTP's own, a credential or described; what is required has to be there.
    pub(super) fn headers(&mut self) {
        let operation = self.operation;
        let request = self.request;
        for (name, value) in &request.headers {
            let mut described = operation.parameters.iter().filter(|it| it.location == Location::Header);
            match described.find(|parameter| parameter.name.eq_ignore_ascii_case(name)) {
                Some(parameter) => self.value(parameter, value),
                None if COMMON.contains(&name.as_str()) || self.is_credential(name) => {}
                None => self.violation(format!("header `{name}`"), "the operation has no such header"),
            }
        }
        self.required_headers();
        self.acceptable();
        self.identified();
    }

    fn required_headers(&mut self) {
        for parameter in self.operation.parameters.iter().filter(|it| it.required && it.location == Location::Header) {
            if self.request.header(&parameter.name.to_lowercase()).is_none() {
                self.violation(format!("header `{}`", parameter.name), "required, but missing");
            }
        }
    }

    /// The client has to accept a form in which the server answers.
    fn acceptable(&mut self) {
        let Some(accepted) = self.request.header("accept") else { return };
        let offered = self.offered();
        let fits = |wish: &str| offered.iter().any(|offer| accepts(wish, offer));
        if !offered.is_empty() && !accepted.split(',').any(fits) {
            self.violation("header `accept`", format!("`{accepted}` leaves out `{}`", offered.join("`, `")));
        }
    }

    /// The forms of the answers when all went well.
    fn offered(&self) -> Vec<String> {
        let document = self.description.document();
        let responses = document.pointer(&format!("{}/responses", self.operation.pointer)).and_then(Value::as_object);
        let good = responses.into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
        let content =
            good.filter_map(|(_, response)| crate::schema::resolve(document, response).get("content")?.as_object());
        content.flat_map(|content| content.keys().cloned()).collect()
    }

    /// One of the ways to say who one is has to be used, where the description wants that.
    fn identified(&mut self) {
        let ways = &self.operation.security;
        let is_open = ways.is_empty() || ways.iter().any(Vec::is_empty);
        if !is_open && !ways.iter().any(|schemes| schemes.iter().all(|scheme| self.uses(scheme))) {
            let names: Vec<String> = ways.iter().map(|schemes| schemes.join(" and ")).collect();
            self.violation("credentials", format!("none of `{}` is used", names.join("`, `")));
        }
    }

    fn uses(&self, scheme: &str) -> bool {
        let Some(scheme) = self.scheme(scheme) else { return false };
        let text = |name: &str| scheme.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = text("name");
        match (text("type"), text("in")) {
            ("apiKey", "header") => self.request.header(&name.to_lowercase()).is_some(),
            ("apiKey", "query") => self.request.query.iter().any(|(known, _)| known == name),
            ("http", _) => self.authorization_begins(text("scheme")),
            _ => self.authorization_begins("bearer"),
        }
    }

    fn authorization_begins(&self, word: &str) -> bool {
        let sent = self.request.header("authorization").unwrap_or_default();
        sent.split(' ').next().is_some_and(|sent| sent.eq_ignore_ascii_case(word))
    }

    fn scheme(&self, name: &str) -> Option<&Value> {
        self.description.document().pointer("/components/securitySchemes")?.get(name)
    }

    /// Whether a header or query parameter carries a credential by one of the described ways.
    pub(super) fn is_credential(&self, name: &str) -> bool {
        let schemes = self.description.document().pointer("/components/securitySchemes").and_then(Value::as_object);
        let mut names = schemes.into_iter().flatten().filter_map(|(_, scheme)| scheme.get("name")?.as_str());
        names.any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// Whether a wish from `accept` takes an offer. `application/json` takes every JSON: OpenProject answers it with
/// `application/hal+json`.
fn accepts(wish: &str, offer: &str) -> bool {
    let wish = wish.split(';').next().unwrap_or_default().trim();
    let main = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
    let is_json = |name: &str| name == "application/json" || name.ends_with("+json");
    wish == "*/*"
        || offer == "*/*"
        || wish == offer
        || (is_json(wish) && is_json(offer))
        || (wish.ends_with("/*") && main(wish) == main(offer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_takes_every_json() {
        assert!(accepts("application/json", "application/hal+json"));
        assert!(accepts(" application/*;q=0.5", "application/hal+json"));
        assert!(accepts("*/*", "text/html"));
        assert!(!accepts("text/html", "application/hal+json"));
    }
}
