#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use pm_provider::{Capabilities, Entity, EntityCapabilities, Field, FieldSupport, PMUser, ProjectSchema};
use serde_json::json;

use super::*;
use crate::config::SyncConfig;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::record::Record;
use crate::side::Row;
use crate::store::{Seen, UserMatch};
use crate::translate::{Translator, TranslatorParts};

fn person(id: &str, login: &str, email: &str) -> PMUser {
    let mut user = PMUser::new(id, id);
    user.login = Some(login.to_owned()).filter(|login| !login.is_empty());
    user.email = Some(email.to_owned()).filter(|email| !email.is_empty());
    user
}

fn matched(config: &serde_json::Value, a: &[PMUser], b: &[PMUser]) -> Vec<(String, String, UserMatch)> {
    let config = SyncConfig::from_json(config).unwrap();
    match_users(&config, a, b).into_iter().map(|link| (link.ids.a, link.ids.b, link.how)).collect()
}

#[test]
fn people_are_found_by_mapping_then_address_then_login() {
    let a = [person("a1", "ann", "ann@x.org"), person("a2", "Bob", ""), person("a3", "cid", "cid@x.org")];
    let b = [person("b1", "", "ANN@x.org"), person("b2", "bob", "b@y.org"), person("b3", "carl", "")];
    let found = matched(&json!({"users": {"cid@x.org": "carl", "ghost": "bob"}}), &a, &b);
    let expected = [
        ("a3".to_owned(), "b3".to_owned(), UserMatch::Explicit),
        ("a1".to_owned(), "b1".to_owned(), UserMatch::Email),
        ("a2".to_owned(), "b2".to_owned(), UserMatch::Login),
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_two_people_share_tells_neither() {
    let a = [person("a1", "ann", "team@x.org"), person("a2", "eve", "team@x.org")];
    let b = [person("b1", "x", "team@x.org"), person("b2", "eve", "")];
    assert_eq!(matched(&json!({}), &a, &b), [("a2".to_owned(), "b2".to_owned(), UserMatch::Login)]);
}

#[test]
fn accounts_that_are_switched_off_are_nobodys_guess() {
    let mut gone = person("b1", "ann", "");
    gone.active = false;
    let a = [person("a1", "ann", "")];
    assert!(matched(&json!({}), &a, std::slice::from_ref(&gone)).is_empty());
    let explicit = matched(&json!({"users": {"ann": "ann"}}), &a, &[gone]);
    assert_eq!(explicit, [("a1".to_owned(), "b1".to_owned(), UserMatch::Explicit)]);
}

fn translator() -> Translator {
    let tasks = EntityCapabilities::new().fields([Field::Title, Field::Description], &FieldSupport::full());
    let of = |name: &str| Arc::new(Capabilities::new(name).with(Entity::Task, tasks.clone()));
    Translator::new(TranslatorParts {
        config: SyncConfig::default(),
        names: Pair::new("a".to_owned(), "b".to_owned()),
        capabilities: Pair::new(of("internal"), of("github")),
        schemas: Pair::of(|_| Arc::new(ProjectSchema::new("1"))),
        users: Vec::new(),
        people: Pair::default(),
        keys: Pair::default(),
    })
}

fn row(kind: Kind, id: &str, record: Record, minute: u32) -> Row {
    Row {
        item: ItemKey::new(kind, id),
        seen: Seen { hash: record.digest(), version: None, at: None },
        record,
        key: None,
        url: None,
        created_at: Some(format!("2026-01-01T00:{minute:02}:30Z").parse().unwrap()),
        author: None,
        restricted: false,
        elsewhere: false,
        told: crate::side::Told::default(),
    }
}

fn task(id: &str, title: &str, text: &str, minute: u32) -> Row {
    let record = Record::new().with(Field::Title, title);
    let record = if text.is_empty() { record } else { record.with(Field::Description, text) };
    row(Kind::Task, id, record, minute)
}

fn sure(pairs: &Pairs) -> Vec<(&str, &str)> {
    pairs.sure.iter().map(|(a, b)| (a.id.as_str(), b.id.as_str())).collect()
}

fn tasks(a: &[Row], b: &[Row]) -> Pairs {
    pair_up(Kind::Task, a, b, &translator())
}

#[test]
fn the_address_decides() {
    let mut a = task("a1", "Other title", "", 1);
    a.url = Some("https://x.org/1".to_owned());
    let mut b = task("b1", "Title", "", 50);
    b.url.clone_from(&a.url);
    assert_eq!(sure(&tasks(&[a], &[b])), [("a1", "b1")]);
    let a = task("a1", "title ", "From https://x.org/1.", 1);
    let mut b = [task("b1", "Title", "", 50), task("b2", "Title", "", 50)];
    b[0].url = Some("https://x.org/1".to_owned());
    b[1].url = Some("https://x.org/12".to_owned());
    let found = tasks(&[a], &b);
    assert_eq!((sure(&found), found.unsure.len()), (vec![("a1", "b1")], 0));
}

#[test]
fn a_key_needs_its_title() {
    let keyed = |id: &str, title: &str, minute| Row { key: Some("WEB-1".to_owned()), ..task(id, title, "", minute) };
    assert_eq!(sure(&tasks(&[keyed("a1", "T", 1)], &[keyed("b1", "t", 40)])), [("a1", "b1")]);
    assert_eq!(tasks(&[keyed("a1", "T", 1)], &[keyed("b1", "other", 40)]), Pairs::default());
}

#[test]
fn one_title_needs_one_time_or_one_text() {
    let a = [task("a1", "Paint", "", 1), task("a2", "Sand", "ask @ann", 1), task("a3", "Wash", "x", 1)];
    let b = [task("b1", "paint", "", 2), task("b2", "Sand", "ask @\u{2060}ann", 30), task("b3", "Wash", "y", 30)];
    let found = tasks(&a, &b);
    assert_eq!(sure(&found), [("a1", "b1"), ("a2", "b2")]);
    let unsure: Vec<_> =
        found.unsure.iter().map(|one| (one.side, one.item.id.as_str(), one.candidates.len())).collect();
    assert_eq!(unsure, [(Side::A, "a3", 1), (Side::B, "b3", 1)]);
}

#[test]
fn several_of_one_title_are_nobodys_guess() {
    let found = tasks(&[task("a1", "T", "x", 1)], &[task("b1", "T", "x", 1), task("b2", "t", "", 1)]);
    assert!(found.sure.is_empty());
    assert_eq!(found.unsure.len(), 3);
    assert_eq!(found.unsure[0].candidates.len(), 2);
    assert!(found.unsure[0].why.contains("several items over there"), "{}", found.unsure[0].why);
    assert!(found.unsure[1].why.contains("on this side") || found.unsure[1].candidates.len() == 1);
}

#[test]
fn comments_and_sprints() {
    let comment = |id: &str, body: &str, minute| row(Kind::Comment, id, Record::new().with(Field::Body, body), minute);
    let header = "\u{2064}\u{2064}Ann\u{2064}\u{2064}\n\n";
    let theirs = [comment("t/9", &format!("{header}+1"), 1), comment("t/8", "no", 9)];
    let found = pair_up(Kind::Comment, &[comment("t/1", "+1", 1), comment("t/2", "yes", 9)], &theirs, &translator());
    assert_eq!((sure(&found), found.unsure.len()), (vec![("t/1", "t/9")], 0));
    let sprint = |id: &str, minute| row(Kind::Sprint, id, Record::new().with(Field::Name, json!("v 1")), minute);
    assert_eq!(sure(&pair_up(Kind::Sprint, &[sprint("1", 3)], &[sprint("9", 3)], &translator())), [("1", "9")]);
    assert_eq!(pair_up(Kind::Sprint, &[sprint("1", 3)], &[sprint("9", 33)], &translator()).unsure.len(), 2);
}
