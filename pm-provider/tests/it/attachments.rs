//! Attachments: content that comes whole or fails, helpers of callers, layers, JSON.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use pm_provider::*;

fn chunks(parts: &[&str]) -> Vec<Result<Vec<u8>>> {
    parts.iter().map(|part| Ok(part.as_bytes().to_vec())).collect()
}

fn content(parts: &[&str]) -> AttachmentContent {
    AttachmentContent::new("a.txt", stream::iter(chunks(parts))).located("toy", "download_attachment")
}

fn broken_off() -> Error {
    Error::new(ErrorKind::Unavailable, "the connection broke")
}

#[tokio::test]
async fn chunks_come_in_order_and_never_empty() {
    let mut all = content(&["one ", "", "two"]).size(7_u64);
    assert_eq!(all.next_chunk().await.unwrap().as_deref(), Some(b"one ".as_slice()));
    assert_eq!(all.next_chunk().await.unwrap().as_deref(), Some(b"two".as_slice()));
    assert_eq!(all.next_chunk().await.unwrap(), None);
    assert_eq!(all.next_chunk().await.unwrap(), None);
    assert_eq!(content(&[]).size(0_u64).into_bytes(0).await.unwrap(), b"");
}

#[tokio::test]
async fn a_short_or_long_content_is_an_error_that_says_where() {
    for (size, says) in [(8_u64, "has 8 bytes, and 7 came"), (6, "has 6 bytes, and more came")] {
        let error = content(&["one ", "two"]).size(size).into_bytes(100).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert_eq!((error.provider(), error.operation()), (Some("toy"), Some("download_attachment")));
        assert!(error.message().contains(says), "{error}");
    }
}

#[tokio::test]
async fn nothing_comes_after_an_error() {
    let parts = [Ok(b"half".to_vec()), Err(broken_off()), Ok(b"more".to_vec())];
    let mut content = AttachmentContent::new("a", stream::iter(parts)).located("toy", "download_attachment");
    assert!(content.next().await.unwrap().is_ok());
    let error = content.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.provider()), (ErrorKind::Unavailable, Some("toy")));
    assert!(content.next().await.is_none());
}

#[tokio::test]
async fn the_limit_is_for_what_is_announced_and_for_what_comes() {
    assert_eq!(content(&["one ", "two"]).into_bytes(7).await.unwrap(), b"one two");
    assert_eq!(content(&["one ", "two"]).into_bytes(6).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    let announced = AttachmentContent::new("a", stream::pending()).size(9_u64);
    assert_eq!(announced.into_bytes(8).await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn debug_shows_no_content() {
    assert!(!format!("{:?}", AttachmentContent::of_bytes("a.txt", *b"hidden")).contains("hidden"));
}

#[derive(Debug)]
struct Drawer;

#[async_trait]
impl Attachments for Drawer {
    async fn attachments_page(&self, query: &AttachmentQuery, cursor: Option<Cursor>) -> Result<Page<Attachment>> {
        let at = |id: &str| vec![Attachment::new(id, &query.task, "a.txt")];
        Ok(match cursor {
            None => Page::new(at("1")).next(Some(Cursor::seal("toy", "attachments", query, "1"))),
            Some(_) => Page::new(at("2")),
        })
    }

    async fn download_attachment(&self, _task: &TaskId, id: &AttachmentId) -> Result<AttachmentContent> {
        Ok(AttachmentContent::of_bytes("a.txt", id.as_str()))
    }
}

fn with_drawer() -> Arc<dyn PmProvider> {
    let mut mock = MockPmProvider::new();
    mock.expect_name().return_const("toy".to_owned());
    mock.expect_capabilities().return_const(Capabilities::new("toy").abilities([Ability::Attachments]));
    mock.expect_attachments().returning(|| Some(Arc::new(Drawer)));
    Arc::new(mock)
}

#[tokio::test]
async fn callers_list_all_pages_and_download_with_a_limit() {
    let provider = with_drawer();
    let listed = provider.list_attachments("7").await.unwrap();
    let ids: Vec<_> = listed.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(provider.attachment_bytes("7", "12", 2).await.unwrap(), b"12");
    let error = provider.attachment_bytes("7", "12", 1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn without_the_ability_it_is_unsupported() {
    let provider = Arc::new(mock_provider());
    for error in
        [provider.list_attachments("7").await.unwrap_err(), provider.attachment_bytes("7", "1", 10).await.unwrap_err()]
    {
        assert_eq!((error.kind(), error.provider()), (ErrorKind::Unsupported, Some("mock")));
    }
}

#[derive(Clone, Debug)]
struct NoWrites;

#[async_trait]
impl Interceptor for NoWrites {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        assert!(["list_attachments", "download_attachment"].contains(&call.operation.as_str()), "{call:?}");
        assert!(call.subject.is_some());
        if call.writes {
            return Err(Error::new(ErrorKind::ReadOnly, call.operation.clone()));
        }
        next.await
    }

    fn capabilities(&self, inner: Capabilities) -> Capabilities {
        inner.read_only()
    }
}

#[tokio::test]
async fn a_layer_sees_both_reads_and_lets_them_through() {
    let provider = NoWrites.wrap(with_drawer());
    assert!(provider.capabilities().abilities.contains(&Ability::Attachments));
    assert_eq!(provider.list_attachments("7").await.unwrap().len(), 2);
    assert_eq!(provider.attachment_bytes("7", "1", 10).await.unwrap(), b"1");
}

#[test]
fn an_attachment_survives_a_trip_through_json() {
    let raw = RawData::from_json(r#"{"b": 1,  "a": [2.50]}"#).unwrap();
    let one =
        Attachment::new("1", "7", "../a.txt").size(3_u64).content_type("text/plain").author_id("u1").raw_data(raw);
    let text = serde_json::to_string(&one).unwrap();
    assert!(text.contains(r#"{"b": 1,  "a": [2.50]}"#), "{text}");
    assert_eq!(serde_json::from_str::<Attachment>(&text).unwrap(), one);
    let least: Attachment = serde_json::from_str(r#"{"id":"1","task_id":"7","name":"n"}"#).unwrap();
    assert_eq!(least, Attachment::new("1", "7", "n"));
}
