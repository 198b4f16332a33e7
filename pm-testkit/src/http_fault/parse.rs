//! Rules as people write them on a command line.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::{FaultRule, HttpFault};

const FORM: &str =
    "a fault is written `NAME[=VALUE][:METHOD[:PATH[:NTH[:TIMES]]]]`: `drop-reply:POST:/work_packages:1`";
const NAMES: &str = "`drop-request`, `drop-reply`, `status=CODE`, `status-after=CODE`, `too-many-requests=SECONDS`, \
     `unavailable[=SECONDS]`, `unavailable-after[=SECONDS]`, `latency=TIME`, `slow-reply=TIME`, `truncate`, \
     `html[=CODE]`, `redirect=URL`, `wrong-content-type`, `garbage`";
const METHODS: [&str; 7] = ["*", "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"];

/// A rule that could not be read: the message says what was wrong and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFaultError {
    message: String,
}

impl ParseFaultError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for ParseFaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseFaultError {}

impl FromStr for FaultRule {
    type Err = ParseFaultError;

    /// Reads `NAME[=VALUE][:METHOD[:PATH[:NTH[:TIMES]]]]`; `*` stands for any method, an empty path for any path.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (fault, place) = split(text);
        let mut parts = place.map(|place| place.split(':')).into_iter().flatten();
        let mut rule = Self::new(self::fault(fault)?);
        match parts.next() {
            None | Some("*") => {}
            Some(method) if METHODS.contains(&method) => rule = rule.method(method),
            Some(other) => return Err(ParseFaultError::new(format!("`{other}` is not a method; {FORM}"))),
        }
        if let Some(path) = parts.next().filter(|path| !path.is_empty()) {
            rule = rule.path(path);
        }
        if let Some(nth) = parts.next() {
            rule = rule.nth(count(nth)?);
        }
        if let Some(times) = parts.next() {
            rule = rule.times(count(times)?);
        }
        match parts.next() {
            None => Ok(rule),
            Some(rest) => Err(ParseFaultError::new(format!("`{rest}` is too much; {FORM}"))),
        }
    }
}

/// Splits the fault from the place. An address has colons of its own, so that it ends where a method stands.
fn split(text: &str) -> (&str, Option<&str>) {
    if !text.starts_with("redirect=") {
        return text.split_once(':').map_or((text, None), |(fault, place)| (fault, Some(place)));
    }
    let ends = text.match_indices(':').map(|(at, _)| at);
    let is_place = |at: &usize| METHODS.contains(&text[at + 1..].split(':').next().unwrap_or_default());
    ends.into_iter().find(is_place).map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])))
}

fn fault(text: &str) -> Result<HttpFault, ParseFaultError> {
    let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
    let needed = || value.ok_or_else(|| ParseFaultError::new(format!("`{name}` needs a value: one of {NAMES}")));
    let unwanted = |fault: HttpFault| match value {
        None => Ok(fault),
        Some(value) => Err(ParseFaultError::new(format!("`{name}` takes no value, not `{value}`"))),
    };
    match name {
        "drop-request" => unwanted(HttpFault::DropRequest),
        "drop-reply" => unwanted(HttpFault::DropReply),
        "truncate" => unwanted(HttpFault::Truncate),
        "wrong-content-type" => unwanted(HttpFault::WrongContentType),
        "garbage" => unwanted(HttpFault::Garbage),
        "status" | "status-after" => {
            Ok(HttpFault::Status { status: status(needed()?)?, applied: name.ends_with("after") })
        }
        "too-many-requests" => Ok(HttpFault::TooManyRequests { retry_after: seconds(needed()?)? }),
        "unavailable" | "unavailable-after" => {
            let retry_after = value.map(seconds).transpose()?;
            Ok(HttpFault::ServiceUnavailable { retry_after, applied: name.ends_with("after") })
        }
        "latency" => time(needed()?).map(HttpFault::Latency),
        "slow-reply" => time(needed()?).map(HttpFault::SlowReply),
        "html" => status(value.unwrap_or("200")).map(HttpFault::Html),
        "redirect" => needed().map(|address| HttpFault::Redirect(address.to_owned())),
        _ => Err(ParseFaultError::new(format!("`{name}` is not a fault: one of {NAMES}"))),
    }
}

fn status(text: &str) -> Result<u16, ParseFaultError> {
    let allowed = text.parse().ok().filter(|status| (100..=599).contains(status));
    allowed.ok_or_else(|| ParseFaultError::new(format!("`{text}` is not an HTTP status: 100 to 599")))
}

fn seconds(text: &str) -> Result<Duration, ParseFaultError> {
    let number = text.parse().map(Duration::from_secs);
    number.map_err(|_| ParseFaultError::new(format!("`{text}` is not a number of whole seconds")))
}

fn time(text: &str) -> Result<Duration, ParseFaultError> {
    let milliseconds = text.strip_suffix("ms").and_then(|number| number.parse().ok().map(Duration::from_millis));
    let time =
        milliseconds.or_else(|| text.strip_suffix('s').and_then(|number| number.parse().ok().map(Duration::from_secs)));
    time.ok_or_else(|| ParseFaultError::new(format!("`{text}` is not a time: `200ms` or `2s`")))
}

fn count(text: &str) -> Result<usize, ParseFaultError> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| ParseFaultError::new(format!("`{text}` does not count requests: 1, 2, 3, …; {FORM}")))
}
