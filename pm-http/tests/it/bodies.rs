//! Bodies that are not what was expected.

use std::time::Duration;

use pm_http::{Client, Endpoint, RetryPolicy};
use pm_provider::{Effect, Error, ErrorKind};
use serde_json::Value;

use crate::server::{Act, Server, answer, json};

const READ: Endpoint = Endpoint::get("items");
const CREATE: Endpoint = Endpoint::create("items");

async fn ask(endpoint: &Endpoint, bytes: Vec<u8>) -> (Result<Value, Error>, usize) {
    let server = Server::start(move |_, _| Act::BreakOff(bytes.clone())).await;
    let policy = RetryPolicy::new().attempts(2).first_pause(Duration::from_millis(1));
    let client = Client::builder("test", &server.url).retry(policy).build().unwrap();
    let read = client.request(endpoint, &[]).send().await.and_then(|reply| reply.json());
    (read, server.count())
}

async fn refusal(endpoint: &Endpoint, bytes: Vec<u8>) -> Error {
    ask(endpoint, bytes).await.0.unwrap_err()
}

const LOGIN: &str =
    "<!DOCTYPE html>\n<html><head><title>\n Please   sign in \u{7}</title></head><body>secret plans</body></html>";

#[tokio::test]
async fn a_login_page_is_no_data() {
    for kind in ["text/html; charset=utf-8", "application/json"] {
        let page = answer(200, &[("content-type", kind)], LOGIN);
        let error = refusal(&READ, page.clone()).await;
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert_eq!(error.effect(), &Effect::NotExecuted);
        assert!(error.message().contains("`Please sign in`") && !error.to_string().contains("plans"), "{error}");
        assert_eq!(refusal(&CREATE, page).await.effect(), &Effect::Unknown);
    }
}

#[tokio::test]
async fn a_page_of_a_proxy_is_named() {
    let page = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>";
    let bytes = answer(502, &[("content-type", "text/html")], page);
    let (read, sends) = ask(&READ, bytes.clone()).await;
    let error = read.unwrap_err();
    assert_eq!((error.kind(), sends, error.http_status()), (ErrorKind::Unavailable, 2, Some(502)));
    assert!(error.message().contains("a web page (`502 Bad Gateway`)"), "{error}");
    assert_eq!(refusal(&CREATE, bytes).await.effect(), &Effect::Unknown);
}

#[tokio::test]
async fn a_text_is_cut_and_cleaned() {
    let text = format!("no\r\nsuch\u{1b}[31m thing {}", "x".repeat(500));
    let error = refusal(&READ, answer(400, &[("content-type", "text/plain")], text)).await;
    assert!(error.message().contains("`no such [31m thing xxx"), "{error}");
    assert!(error.message().chars().count() < 300);
}

#[tokio::test]
async fn an_empty_body_is_no_json() {
    for body in ["", " \r\n"] {
        let error = refusal(&READ, json(200, body)).await;
        assert_eq!((error.kind(), error.message()), (ErrorKind::InvalidResponse, "the answer is empty"));
    }
}

#[tokio::test]
async fn another_type_of_content_is_named_only_where_it_is_no_json() {
    let (read, _) = ask(&READ, answer(200, &[("content-type", "text/plain")], "[1]")).await;
    assert_eq!(read.unwrap(), serde_json::json!([1]));
    let error = refusal(&READ, answer(200, &[("content-type", "application/xml")], "<a/>")).await;
    assert!(error.hint_text().unwrap().contains("`application/xml`"), "{error}");
}

#[tokio::test]
async fn a_body_that_is_cut_is_asked_for_again() {
    let whole = json(200, r#"{"title": "something long enough to be cut"}"#);
    let (read, sends) = ask(&READ, whole[..whole.len() - 10].to_vec()).await;
    let error = read.unwrap_err();
    assert_eq!((error.kind(), sends), (ErrorKind::Unavailable, 2));
    assert!(error.message().contains("broke off"), "{error}");
    let (_, sends) = ask(&CREATE, whole[..whole.len() - 10].to_vec()).await;
    assert_eq!(sends, 1);
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1,2,\r\n".to_vec();
    assert_eq!(ask(&READ, chunked).await.1, 2);
}

#[tokio::test]
async fn a_length_that_lies_is_noticed() {
    let short = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n[1,2,3]".to_vec();
    let error = refusal(&READ, short).await;
    assert!(error.message().ends_with("it ends too early"), "{error}");
}

#[tokio::test]
async fn compressed_bodies_are_read() {
    let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &deflated_zeros(0, b'7'), &trailer(0x6abf_4a82, 1)].concat();
    let (read, _) = ask(&READ, answer(200, &[("content-encoding", "gzip")], gzip)).await;
    assert_eq!(read.unwrap(), serde_json::json!(7));
    // Brotli: a window size, one uncompressed metablock, an empty last one.
    let brotli = [0x0b, 0x00, 0x80, b'7', 0x03];
    let (read, _) = ask(&READ, answer(200, &[("content-encoding", "br")], brotli)).await;
    assert_eq!(read.unwrap(), serde_json::json!(7));
}

#[tokio::test]
async fn a_body_that_cannot_be_unpacked_is_no_answer() {
    for encoding in ["gzip", "br"] {
        let plain = answer(200, &[("content-encoding", encoding)], "{\"plain\": true}");
        let error = refusal(&READ, plain).await;
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{encoding}: {error:?}");
        assert!(error.message().contains("decompressed"), "{error}");
    }
}

#[tokio::test]
async fn a_small_body_that_unpacks_without_end_is_stopped() {
    let bomb =
        [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &deflated_zeros(80 * 1024 * 1024 / 258, b' '), &[0; 8]].concat();
    assert!(bomb.len() < 1024 * 1024);
    let (read, sends) = ask(&READ, answer(200, &[("content-encoding", "gzip")], bomb)).await;
    let error = read.unwrap_err();
    assert_eq!((error.kind(), sends), (ErrorKind::InvalidResponse, 1));
    assert!(error.message().contains("larger than 64 MiB"), "{error}");
}

/// One byte, and then 258 times the same as many times as wanted, as deflate writes it with its fixed codes.
fn deflated_zeros(times: usize, byte: u8) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.low_first(0b011, 3);
    bits.high_first(0x30 + u32::from(byte), 8);
    for _ in 0..times {
        bits.high_first(0b1100_0101, 8);
        bits.high_first(0, 5);
    }
    bits.high_first(0, 7);
    bits.bytes
}

fn trailer(crc: u32, length: u32) -> Vec<u8> {
    [crc.to_le_bytes(), length.to_le_bytes()].concat()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn low_first(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().unwrap();
            *last |= u8::from(value >> bit & 1 == 1) << (self.used % 8);
            self.used += 1;
        }
    }

    fn high_first(&mut self, value: u32, count: u32) {
        for bit in (0..count).rev() {
            self.low_first(value >> bit & 1, 1);
        }
    }
}
