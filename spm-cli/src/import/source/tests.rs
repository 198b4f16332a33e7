#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{self, Cursor, Read};

use super::*;

/// A reader that hands out one byte at a time, as a slow pipe does.
struct Drops(Cursor<Vec<u8>>);

impl Read for Drops {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let end = target.len().min(1);
        self.0.read(&mut target[..end])
    }
}

/// What came out: rows with their lines (`Err` for those that are no rows), and how it ended.
type Rows = (Vec<(u64, Result<String, String>)>, Result<(), String>);

fn rows_of(mut messages: mpsc::Receiver<Message>) -> Rows {
    let mut rows = Vec::new();
    while let Some(message) = messages.blocking_recv() {
        match message {
            Message::Columns(_) => {}
            Message::Chunk(records, _) => rows.extend(records.into_iter().map(|record| {
                let json = record.json.map(|raw| raw.as_str().unwrap().to_owned());
                (record.line, json.map_err(|reason| reason.message))
            })),
            Message::End(ended) => return (rows, ended.map_err(|found| found.message)),
        }
    }
    panic!("no end");
}

fn read_bytes(bytes: impl Into<Vec<u8>>, format: Option<Format>) -> Rows {
    let bytes = bytes.into();
    let input = |reader| Input { name: "x".to_owned(), reader, format };
    let at_once = rows_of(read(input(Box::new(Cursor::new(bytes.clone())))));
    let in_drops = rows_of(read(input(Box::new(Drops(Cursor::new(bytes))))));
    assert_eq!(at_once, in_drops, "how the bytes arrive makes no difference");
    at_once
}

fn lines(rows: &Rows) -> Vec<u64> {
    rows.0.iter().map(|(line, _)| *line).collect()
}

fn good(rows: &Rows) -> Vec<&str> {
    rows.0.iter().filter_map(|(_, json)| json.as_deref().ok()).collect()
}

#[test]
fn arrays_are_cut_into_rows_byte_for_byte() {
    let rows = read_bytes("\n[ {\"a\": \"}]\\\"[\"},\n\n {\"b\" :\n [1, {\"c\": 2.50}]} ]\n", None);
    assert_eq!(good(&rows), ["{\"a\": \"}]\\\"[\"}", "{\"b\" :\n [1, {\"c\": 2.50}]}"]);
    assert_eq!((lines(&rows), rows.1), (vec![2, 4], Ok(())));
}

#[test]
fn pages_are_joined() {
    for text in ["[{\"a\":1},{\"a\":2}][{\"a\":3}]\n[]", "[[{\"a\":1}],[{\"a\":2},{\"a\":3}],[]]"] {
        let rows = read_bytes(text, None);
        assert_eq!(good(&rows), ["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"], "{text}");
        assert_eq!(rows.1, Ok(()), "{text}");
    }
}

#[test]
fn a_row_that_is_no_json_does_not_stop_the_others() {
    let rows = read_bytes("[{\"a\":1},\n{\"a\": nope},\n7, null,\n{\"a\":\n 01},{\"a\":2}]", None);
    assert_eq!(good(&rows), ["{\"a\":1}", "7", "null", "{\"a\":2}"]);
    assert_eq!(lines(&rows), [1, 2, 3, 3, 4, 5]);
    let problems: Vec<_> = rows.0.iter().filter_map(|(_, json)| json.as_ref().err()).collect();
    assert!(problems[0].starts_with("is no JSON: ") && problems[0].contains("(line 2, column "), "{problems:?}");
    assert!(problems[1].contains("(line 5, column "), "{problems:?}");
    let rows = read_bytes("{\"a\":1}\r\n\nnope\n  {\"a\":2}  \n[3]", None);
    assert_eq!(good(&rows), ["{\"a\":1}", "{\"a\":2}", "[3]"]);
    assert_eq!(lines(&rows), [1, 3, 4, 5]);
}

#[test]
fn what_breaks_the_input_is_said_with_its_line_and_keeps_what_came_before() {
    for (text, count, message) in [
        ("[{\"a\":1},\n{\"a\":", 1, "`x` is cut off in line 2: the row of line 2 is not closed"),
        ("\n[{\"a\":1}\n", 1, "`x` is cut off in line 3: the array of line 2 is not closed"),
        (
            "[{\"a\":1}\n{\"a\":2}]",
            1,
            "`x` is no JSON any more in line 2: expected a comma or `]` after a row, found `{`",
        ),
        ("[{\"a\":1},\n]", 1, "`x` is no JSON any more in line 2: expected a row, found `]`"),
        ("[{\"a\":1}]\nx", 1, "`x` is no JSON array: line 2 begins with `x`"),
        ("[{\"a\":1}]\n{}", 1, "`x` holds an object in line 2 where an array of rows is expected"),
        ("[}", 0, "`x` is no JSON any more in line 1: expected a row, found `}`"),
        ("", 0, "`x` is empty"),
        (" \n ", 0, "`x` is empty"),
    ] {
        let rows = read_bytes(text, (!text.trim().is_empty()).then_some(Format::Json));
        assert_eq!((rows.0.len(), rows.1), (count, Err(message.to_owned())), "{text}");
    }
}

#[test]
fn what_is_no_text_is_said_with_its_line() {
    let nul = "`x` holds a NUL byte in line 3: it is no text";
    let latin = "`x` is no UTF-8 in line 3";
    for (bytes, message) in [
        (&b"{\"a\":1}\n{\"a\":2}\n{\"a\0\":3}"[..], nul),
        (b"{\"a\":1}\n{\"a\":2}\n{\"a\":\"\xe4\"}", latin),
        (b"{\"a\":1}\n{\"a\":2}\n\"\xc3", latin),
    ] {
        let rows = read_bytes(bytes, Some(Format::Jsonl));
        assert_eq!((good(&rows), rows.1.clone()), (vec!["{\"a\":1}", "{\"a\":2}"], Err(message.to_owned())));
    }
    let rows = read_bytes(&b"a,b\n1,2\n\0,4\n"[..], Some(Format::Csv));
    assert_eq!((good(&rows), rows.1.clone()), (vec!["{\"a\":\"1\",\"b\":\"2\"}"], Err(nul.to_owned())));
    for (bytes, what) in [
        (&b"PK\x03\x04..."[..], "a ZIP archive, as spreadsheets are"),
        (b"\x1f\x8b\x08\x00", "compressed with gzip"),
        (b"\xff\xfea\0", "UTF-16, not UTF-8"),
    ] {
        assert_eq!(read_bytes(bytes, None), (vec![], Err(format!("`x` is {what}"))));
    }
}

#[test]
fn tables_become_objects_in_the_order_of_their_columns() {
    let rows = read_bytes("\u{FEFF}Name;b,c;\n\"x \"\"1\"\"\nz\";ü;\n\n1;2;3\n1;2\n", None);
    assert_eq!(
        good(&rows),
        [
            "{\"Name\":\"x \\\"1\\\"\\nz\",\"b,c\":\"ü\",\"column 3\":\"\"}",
            "{\"Name\":\"1\",\"b,c\":\"2\",\"column 3\":\"3\"}"
        ]
    );
    assert_eq!(lines(&rows), [2, 5, 6]);
    assert_eq!(rows.0[2].1, Err("has 2 cells; the header has 3".to_owned()));
    assert_eq!(rows.1, Ok(()));
    let rows = read_bytes("a,b\n1,\"2\n3,4\n", Some(Format::Csv));
    let open = "`x` has a row on line 2 with a quote that is never closed";
    assert_eq!(rows, (vec![], Err(open.to_owned())));
    let rows = read_bytes("a,b\n\"1,2\n3,4\n", Some(Format::Csv));
    assert_eq!(rows, (vec![], Err(open.to_owned())));
    let rows = read_bytes("a,b\n1,\"2in\n3,4\n5,\"6\"\n7,8\n", Some(Format::Csv));
    let stray = "has a quote that closes in the middle of a cell, and may hold other rows";
    assert_eq!(rows.0[0], (2, Err(stray.to_owned())));
    assert_eq!((rows.0.len(), rows.1), (2, Ok(())));
    let rows = read_bytes("\r\na,b\r\n\r\n1,\"2\r\n\"\r\n\n3,4\r\n5,6", Some(Format::Csv));
    assert_eq!((lines(&rows), good(&rows).len()), (vec![4, 7, 8], 3));
    let many: String = (0..9_000).map(|row| format!("{row},\"x\n\"\r\n")).collect();
    let rows = read_bytes(format!("a,b\r\n{many}"), None);
    assert!(lines(&rows).into_iter().eq((0..9_000).map(|row| 2 + 2 * row)));
    let twice = read_bytes("a,b,a\n1,2,3\n", None);
    assert_eq!(twice, (vec![], Err("`x` has two columns `a`".to_owned())));
}

#[test]
fn a_row_without_an_end_does_not_fill_the_memory() {
    for (begin, format) in [("[{\"a\":\"", Format::Json), ("{\"a\":\"", Format::Jsonl), ("a,b\n1,\"", Format::Csv)] {
        let endless = Cursor::new(begin.as_bytes().to_vec()).chain(io::repeat(b'x'));
        let input = Input { name: "x".to_owned(), reader: Box::new(endless), format: Some(format) };
        let (rows, ended) = rows_of(read(input));
        assert!(rows.is_empty());
        assert!(ended.unwrap_err().ends_with("is longer than 1 MiB"));
    }
}

#[test]
fn rows_come_in_chunks() {
    let text: String = (0..2 * CHUNK_ROWS + 34).map(|number| format!("{{\"n\":{number}}}\n")).collect();
    let bytes = text.len() as u64;
    let input = Input { name: "x".to_owned(), reader: Box::new(Cursor::new(text)), format: None };
    let mut messages = read(input);
    let mut sizes = Vec::new();
    let mut last = 0;
    while let Some(message) = messages.blocking_recv() {
        if let Message::Chunk(records, end) = message {
            sizes.push(records.len());
            last = end;
        }
    }
    assert_eq!((sizes, last), (vec![CHUNK_ROWS, CHUNK_ROWS, 34], bytes));
}
