#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod oracles;
mod properties;

use std::collections::BTreeMap;

use super::*;

/// Texts of a side `A` and a side `B` of these providers, whose projects have the ids `7` and `9` and two tasks with twins:
/// `WEB-3` or `#3`, and `WEB-4` or `#4`, on `A`; `OPS-13` or `#13`, and `OPS-14` or `#14`, on `B`.
fn texts(a: &str, b: &str) -> Texts {
    let providers = Pair::new(a, b);
    let keys = Pair::new(
        BTreeMap::from([3, 4].map(|n| (format!("WEB-{n}"), id(a, "7", n)))),
        BTreeMap::from([13, 14].map(|n| (format!("OPS-{n}"), id(b, "9", n)))),
    );
    Texts::new(&providers, Pair::new("7".to_owned(), "9".to_owned()), &keys)
}

fn id(provider: &str, project: &str, number: u64) -> String {
    match provider {
        "github" => format!("{project}#{number}"),
        "redmine" | "openproject" => number.to_string(),
        _ => format!("id{number}"),
    }
}

/// The twins of the tasks of a side.
fn twins(a: &str, b: &str, from: Side) -> References {
    let all = [(3, 13), (4, 14)].map(|(ours, theirs)| (id(a, "7", ours), id(b, "9", theirs)));
    let pairs = all.map(|(ours, theirs)| if from == Side::A { (ours, theirs) } else { (theirs, ours) });
    pairs.into_iter().map(|(item, twin)| (ItemKey::new(Kind::Task, item), Twin::new(twin, None))).collect()
}

const J: char = '\u{2060}';
const S: char = '\u{2063}';

fn over(a: &str, b: &str, text: &str) -> String {
    let texts = texts(a, b);
    let over = texts.carry(Side::A, text, &twins(a, b, Side::A), None);
    assert_eq!(texts.carry(Side::B, &over, &twins(a, b, Side::B), None), text, "back from {over:?}");
    over
}

#[test]
fn mentions_are_pulled_apart() {
    assert_eq!(over("internal", "github", "ask @ann"), format!("ask @{J}ann"));
    assert_eq!(over("internal", "github", "(@ann/core) **@ann**"), format!("(@{J}ann/core) **@{J}ann**"));
    assert_eq!(over("internal", "github", "ann@example.org"), "ann@example.org");
    assert_eq!(over("internal", "github", "&#64;ann &commat;ann"), format!("&#64;{J}ann &commat;{J}ann"));
    assert_eq!(over("internal", "jira", "[~ann] @ann"), format!("[{J}~ann] @ann"));
    let macros =
        "user#4 group#4 user:\"ann\" <mention class=\"mention\" data-id=\"4\" data-type=\"user\">@Ann</mention>";
    let apart = over("internal", "openproject", macros);
    for live in ["user#4", "group#4", "user:\"", "data-id=\""] {
        assert!(macros.contains(live) && !apart.contains(live), "{apart}");
    }
}

#[test]
fn what_was_written_over_there_is_live_there_again_and_not_here() {
    let texts = texts("internal", "github");
    let here = texts.carry(Side::B, "thanks @bob, see #99", &References::new(), None);
    assert_eq!(here, format!("thanks @{S}bob, see #{S}99"));
    let edited = format!("{here} and @ann");
    let there = texts.carry(Side::A, &edited, &References::new(), None);
    assert_eq!(there, format!("thanks @bob, see #99 and @{J}ann"));
}

#[test]
fn references_are_rewritten_where_both_sides_can_say_so() {
    assert_eq!(over("internal", "github", "see WEB-3, (WEB-4)."), "see #13, (#14).");
    assert_eq!(over("redmine", "jira", "see #3"), "see OPS-13");
    assert_eq!(over("jira", "openproject", "WEB-3"), "#13");
    assert_eq!(over("github", "redmine", "#3 and octo/web#3"), format!("#13 and octo/web#{J}3"));
    // ClickUp has no way to say it.
    assert_eq!(over("internal", "clickup", "see WEB-3"), format!("see WEB{J}-3"));
}

#[test]
fn other_references_are_pulled_apart() {
    assert_eq!(over("internal", "github", "see WEB-5, #12, GH-7"), format!("see WEB{J}-5, #{J}12, GH{J}-7"));
    assert_eq!(over("internal", "redmine", "##12 #12-3"), format!("##{J}12 #{J}12-3"));
    assert_eq!(over("internal", "jira", "OPS-13 XY-1 UTF-8"), format!("OPS{J}-13 XY{J}-1 UTF-8"));
    assert_eq!(over("internal", "openproject", "#WEB-3 &#123;"), format!("#{J}WEB{J}-3 &#123;"));
    assert_eq!(over("internal", "github", "C# 12, #hash, PRE-WEB-3"), "C# 12, #hash, PRE-WEB-3");
}

#[test]
fn words_that_do_something_do_nothing() {
    for word in ["fixes", "Closes:", "RESOLVED", "duplicate of", "fix "] {
        let text = format!("{word} WEB-3");
        assert_eq!(over("internal", "github", &text), format!("{word} WEB{J}-3"));
    }
    assert_eq!(over("internal", "github", "prefixes WEB-3"), "prefixes #13");
}

#[test]
fn code_stays_as_it_is_where_nobody_looks_at_it() {
    for code in ["`@ann #12`", "a ``@ann` #12`` b", "```sh\n@ann #12\n```\n", "~~~\n@ann\n~~~"] {
        assert_eq!(over("internal", "github", code), code);
    }
    for doubtful in
        ["\\`@ann`", "`@ann", "<a title=\"`\">@ann`</a>", "`a\nb` @ann `c`", "| `a | @ann` |", "  ```\n@ann\n```"]
    {
        assert!(over("internal", "github", doubtful).contains(&format!("@{J}ann")), "{doubtful}");
    }
    assert_eq!(over("internal", "redmine", "`@ann`\n```\n@ann\n```"), format!("`@{J}ann`\n```\n@ann\n```"));
    assert_eq!(over("internal", "openproject", "```\nuser#4 #12\n```"), format!("```\nuser#{J}4 #12\n```"));
}

#[test]
fn addresses_still_lead_where_they_lead() {
    for address in ["https://example.org/x#12", "https://example.org/@ann/WEB-3", "[a](https://x.org/#12)"] {
        assert_eq!(over("internal", "github", address), address);
    }
    assert_eq!(over("internal", "redmine", "https://unpkg.com/@a/b@1.2"), "https://unpkg.com/@a/b@1.2");
    // Redmine looks there as well.
    assert_eq!(over("internal", "redmine", "https://m.example/@ann"), format!("https://m.example/@{J}ann"));
}

#[test]
fn addresses_of_issues_make_no_entry_on_github() {
    let issue = "see https://github.com/octo/web/issues/7#issuecomment-1 and https://github.com/octo/web";
    let expected = "see https://redirect.github.com/octo/web/issues/7#issuecomment-1 and https://github.com/octo/web";
    assert_eq!(over("internal", "github", issue), expected);
    assert_eq!(over("internal", "redmine", issue), issue);
    let texts = texts("internal", "github");
    let kept = texts.carry(Side::A, issue, &References::new(), Some(issue));
    assert_eq!(kept, issue, "what stands there already makes no new entry");
}

#[test]
fn titles_are_looked_at_by_openproject_alone() {
    let title = "Ask @ann or user#4 about #12";
    assert_eq!(texts("internal", "github").carry_title(Side::A, title), title);
    let openproject = texts("internal", "openproject");
    let over = openproject.carry_title(Side::A, title);
    assert_eq!(over, format!("Ask @ann or user#{J}4 about #12"));
    assert_eq!(openproject.carry_title(Side::B, &over), title);
}

#[test]
fn the_tasks_in_a_text_are_known() {
    let texts = texts("internal", "github");
    let found = |from, text| texts.tasks_in(from, text).into_iter().map(|item| item.id).collect::<Vec<_>>();
    assert_eq!(found(Side::A, "WEB-3 `WEB-4` fixes WEB-4, WEB-9 #3"), ["id3"]);
    assert_eq!(found(Side::B, "#13 #99 octo/web#14"), ["9#13", "9#99"]);
}
