//! Lists of issues as GitHub's REST API writes them, made up: open and closed, pull requests among them, several
//! assignees or none, milestones, missing bodies, letters of many scripts. The same seed gives the same list.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

const LOGINS: [&str; 7] = ["ada", "grace", "linus", "margaret", "dennis", "barbara", "ken"];
const LABELS: [&str; 6] = ["bug", "enhancement", "good first issue", "域名", "ünïcode", "p1"];
const WORDS: [&str; 8] = ["pool", "worker", "утечка", "死锁", "naïve", "🐜", "timeout", "O'Brien"];

/// A small generator of numbers: enough for made-up data, and the same everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }
}

/// Writes a list of `rows` issues, one a line inside the array.
pub(crate) fn write(path: &Path, rows: u32, seed: u64) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let mut dice = Dice::new(seed);
    for number in 1..=rows {
        let before = if number == 1 { "[" } else { ",\n" };
        write!(file, "{before}{}", issue(number, &mut dice)).unwrap();
    }
    writeln!(file, "]").unwrap();
    file.flush().unwrap();
}

/// A list of issues; with `pulls`, some of them are pull requests.
pub(crate) fn issues(rows: u32, seed: u64, pulls: bool) -> Vec<Value> {
    let mut dice = Dice::new(seed);
    let mut list: Vec<_> = (1..=rows).map(|number| issue(number, &mut dice)).collect();
    if pulls {
        for issue in list.iter_mut().skip(2).step_by(5) {
            let url = issue["html_url"].as_str().unwrap().replace("/issues/", "/pull/");
            issue["pull_request"] = json!({ "html_url": url });
        }
    }
    list
}

/// One issue.
pub(crate) fn issue(number: u32, dice: &mut Dice) -> Value {
    let assignees: Vec<_> = distinct(dice, &LOGINS, 4).into_iter().map(user).collect();
    let labels: Vec<_> = distinct(dice, &LABELS, 4).into_iter().map(label).collect();
    let closed = dice.one_in(2);
    let reason = match (closed, dice.roll(4)) {
        (false, _) => Value::Null,
        (true, 0) => json!("not_planned"),
        (true, _) => json!("completed"),
    };
    let day = 1 + number % 28;
    json!({
        "url": format!("https://api.github.com/repos/made/up/issues/{number}"),
        "html_url": format!("https://github.com/made/up/issues/{number}"),
        "id": 1_000_000 + u64::from(number),
        "node_id": format!("I_{number}"),
        "number": number,
        "title": title(number, dice),
        "user": user(LOGINS[dice.roll(LOGINS.len())]),
        "labels": labels,
        "state": if closed { "closed" } else { "open" },
        "state_reason": reason,
        "locked": false,
        "assignee": assignees.first(),
        "assignees": assignees,
        "milestone": if dice.one_in(3) { milestone(1 + dice.roll(3)) } else { Value::Null },
        "comments": dice.roll(5),
        "created_at": format!("2024-{:02}-{day:02}T08:{:02}:00Z", 1 + number % 12, number % 60),
        "updated_at": format!("2025-01-{day:02}T09:00:00Z"),
        "closed_at": if closed { json!(format!("2025-{:02}-{day:02}T10:00:01Z", 1 + number % 12)) } else { Value::Null },
        "author_association": "CONTRIBUTOR",
        "body": if dice.one_in(4) { Value::Null } else { json!(body(dice)) },
        "reactions": { "total_count": 0, "+1": 0, "-1": 0 },
    })
}

/// Up to `most - 1` different values.
fn distinct(dice: &mut Dice, values: &[&'static str], most: usize) -> Vec<&'static str> {
    let (count, first) = (dice.roll(most), dice.roll(values.len()));
    (0..count).map(|step| values[(first + step) % values.len()]).collect()
}

fn title(number: u32, dice: &mut Dice) -> String {
    // Every tenth title is the same: equal titles are different issues.
    if number.is_multiple_of(10) {
        return "It does not work".to_owned();
    }
    format!("{} {} #{number}", WORDS[dice.roll(WORDS.len())], WORDS[dice.roll(WORDS.len())])
}

fn body(dice: &mut Dice) -> String {
    let words: Vec<_> = (0..20 + dice.roll(120)).map(|_| WORDS[dice.roll(WORDS.len())]).collect();
    format!("## Steps\r\n\r\n1. {}\r\n\r\n```go\r\nfmt.Println(\"\\u0000 is no NUL\")\r\n```", words.join(" "))
}

fn user(login: &str) -> Value {
    let id = 100 + LOGINS.iter().position(|known| *known == login).unwrap_or_default();
    json!({ "login": login, "id": id, "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}"), "type": "User" })
}

fn label(name: &str) -> Value {
    json!({ "name": name, "color": "3eede7", "description": null })
}

fn milestone(number: usize) -> Value {
    json!({
        "url": format!("https://api.github.com/repos/made/up/milestones/{number}"),
        "html_url": format!("https://github.com/made/up/milestone/{number}"),
        "id": 7_000 + number,
        "number": number,
        "title": format!("v0.{number}"),
        "description": if number == 1 { Value::Null } else { json!("What comes next") },
        "state": if number == 1 { "closed" } else { "open" },
        "created_at": "2024-01-01T00:00:00Z",
        "due_on": if number == 2 { json!("2026-12-24T08:00:00Z") } else { Value::Null },
        "closed_at": if number == 1 { json!("2024-06-01T00:00:00Z") } else { Value::Null },
    })
}
