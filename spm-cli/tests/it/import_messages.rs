//! What a person reads who holds `spm import` wrong.

use std::fmt::Write;

use crate::import_support::{Ended, Place};

/// A file, the arguments, and what came of it.
fn tell(text: &mut String, case: &str, place: &Place, bytes: &[u8], arguments: &[&str]) -> Ended {
    place.write("rows", bytes);
    let ended = place.run(&[&["import", "rows", "--project", "ants"], arguments].concat());
    writeln!(
        text,
        "## {case}\n$ spm import rows --project ants {}\n{}[{}]\n",
        arguments.join(" "),
        ended.stderr,
        ended.code
    )
    .unwrap();
    ended
}

#[test]
fn every_bad_input_is_said_with_its_line_and_what_to_do() {
    let cases: [(&str, &[u8], &[&str]); 22] = [
        ("an empty file", b"", &["--preset", "github"]),
        ("blanks alone", b" \n\n", &["--key", "id"]),
        ("a spreadsheet", b"PK\x03\x04\x14\x00\x06\x00", &["--key", "id"]),
        ("a compressed file", b"\x1f\x8b\x08\x00", &["--key", "id"]),
        ("UTF-16", b"\xff\xfei\x00d\x00", &["--key", "id"]),
        ("a picture as CSV", b"\x89PNG\r\n\x1a\n\x00\x00", &["--key", "id", "--format", "csv"]),
        ("a NUL byte in line 3", b"id,title\n1,a\n2,\x00b\n", &["--key", "id"]),
        ("Latin-1 in line 3", b"id,title\n1,a\n2,M\xfcller\n", &["--key", "id"]),
        ("cut off in a row", b"[{\"id\":1,\"title\":\"a\"},\n{\"id\":2,\"ti", &["--key", "id"]),
        ("cut off between rows", b"[{\"id\":1,\"title\":\"a\"},\n", &["--key", "id"]),
        ("a comma is missing", b"[{\"id\":1,\"title\":\"a\"}\n{\"id\":2}]", &["--key", "id"]),
        ("an error of GitHub's", b"{\n\"message\": \"Not Found\"}", &["--preset", "github", "--format", "json"]),
        ("an array as lines", b"[{\"id\":1}]", &["--key", "id", "--format", "jsonl"]),
        ("a text as array", b"hello", &["--key", "id", "--format", "json"]),
        (
            "bad lines among good ones",
            b"{\"id\":1,\"title\":\"a\"}\n{\"id\":\n7\n{\"id\":2,\"title\":\"b\",}\n",
            &["--key", "id"],
        ),
        (
            "other things than issues",
            b"[{\"login\":\"ada\"}, [], {\"url\":\"x\",\"title\":\"y\",\"state\":\"OPEN\"}]",
            &["--preset", "github"],
        ),
        ("no key", b"ID,Summary\n1,a\n", &["--map", "title=Summary"]),
        ("no key in JSON", b"[{\"number\":1,\"name\":\"a\"}]", &[]),
        ("no such field", b"ID,Summary\n1,a\n", &["--key", "ID", "--map", "titel=Summary"]),
        ("no such column", b"ID,Summary\n1,a\n", &["--key", "ID", "--map", "title=Sumary"]),
        (
            "a path in no row",
            b"[{\"id\":1,\"name\":\"a\"}]",
            &["--key", "id", "--map", "title=name", "--map", "url=link"],
        ),
        ("two columns of one name", b"id,title,id\n1,a,2\n", &["--key", "id"]),
    ];
    let mut text = String::new();
    for (case, bytes, arguments) in cases {
        tell(&mut text, case, &Place::new(), bytes, arguments);
    }
    let values = "id,title,due_date,estimated_hours,status,created_at\n1,a,31.12.2024,,,\n2,b,,many,,\n3,c,,,someday,\n4,d,,,,noon\n5,e\n6,f,,,,\n1,other,,,,\n";
    let place = Place::new();
    tell(&mut text, "bad values", &place, values.as_bytes(), &["--key", "id"]);
    tell(&mut text, "bad values, strictly", &Place::new(), values.as_bytes(), &["--key", "id", "--strict"]);
    insta::assert_snapshot!("messages", text);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let place = Place::new();
    std::fs::create_dir(place.path("folder")).unwrap();
    let said = |arguments: &[&str]| {
        let ended = place.run(&[&["import", "--key", "id"], arguments].concat());
        (ended.code, ended.stderr)
    };
    let missing = said(&["none.csv", "--project", "ants"]);
    assert_eq!(missing, (3, "error: reading `none.csv`: no such file or directory\n".to_owned()));
    assert_eq!(said(&["folder", "--project", "ants"]), (2, "error: `folder` is a folder\n".to_owned()));
    place.write("x.csv", "id,title\n1,a\n");
    let nowhere = said(&["x.csv"]);
    assert_eq!(nowhere, (2, "error: which project do the rows come into?\nhint: say --project NAME\n".to_owned()));
    let report = said(&["x.csv", "--project", "ants", "--report", "none/report"]);
    assert_eq!(report, (3, "error: writing the report `none/report`: no such file or directory\n".to_owned()));
    assert_eq!(place.names(), ["folder", "x.csv"], "nothing was made");
}

#[test]
fn the_help_says_how() {
    insta::assert_snapshot!("help", Place::new().ok(&["import", "--help"]).stdout);
}
