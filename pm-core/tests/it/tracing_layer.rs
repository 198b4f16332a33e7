//! What is written about calls.

use std::future::pending;

use async_trait::async_trait;
use pm_core::layers::TracingLayer;
use pm_core::{Answered, Call, Interceptor, Layer, NewProject, NewTask, Next, Result};
use serde_json::Value;

use crate::support::{memory, record_traces, traces_with};

/// The closing event of the call about a subject that no other test has.
fn ending(subject: &str) -> Value {
    let lines = traces_with(subject);
    let events = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut endings = events.filter(|event| event["fields"]["message"] == "call ended");
    let ending = endings.next().unwrap_or_else(|| panic!("no call about `{subject}` has ended: {lines:?}"));
    assert!(endings.next().is_none(), "a call about `{subject}` has ended twice");
    ending
}

#[tokio::test]
async fn a_call_has_a_span_and_an_event_at_its_end() {
    record_traces();
    let provider = TracingLayer.wrap(memory());
    let project = provider.create_project(NewProject::new("Shed")).await.unwrap();
    // Ids are the same in every provider in memory: only an unknown one belongs to this test alone.
    provider.get_project(&project.id).await.unwrap();
    provider.project_schema(&"unheard-of-project".into()).await.unwrap_err();

    let ending = ending("unheard-of-project");
    assert_eq!(ending["level"], "WARN");
    assert_eq!(ending["fields"]["outcome"], "failed");
    assert_eq!(ending["fields"]["kind"], "NotFound");
    assert!(ending["fields"]["elapsed_ms"].as_f64().unwrap() >= 0.0);
    assert_eq!(ending["span"]["name"], "pm_call");
    assert_eq!(ending["span"]["provider"], "memory");
    assert_eq!(ending["span"]["operation"], "project_schema");
    assert_eq!(ending["span"]["subject"], "unheard-of-project");
}

#[derive(Clone, Debug)]
struct Fine;

#[async_trait]
impl Interceptor for Fine {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        if call.subject.as_deref() == Some("cancelled-task") {
            pending::<()>().await;
        }
        assert_ne!(call.subject.as_deref(), Some("panicking-task"));
        next.await
    }
}

#[tokio::test]
async fn a_call_that_succeeds_is_told_at_debug_level() {
    record_traces();
    let provider = TracingLayer.wrap(memory());
    let project = provider.create_project(NewProject::new("Shed").key("TRACED")).await.unwrap();
    let task = provider.create_task(NewTask::new(&project.id, "Paint it")).await.unwrap();
    let sync = provider.sync_support().unwrap();
    let nobody = pm_core::ItemRef::Task("nobody-at-all".into());
    assert_eq!(sync.exists(&[nobody]).await.unwrap(), [pm_core::Existence::Absent]);
    let ending = ending("nobody-at-all");
    assert_eq!((&ending["level"], &ending["fields"]["outcome"]), (&"DEBUG".into(), &"ok".into()));
    assert_eq!(ending["span"]["operation"], "exists");
    assert!(traces_with("Paint it").is_empty(), "contents of {} are in the traces", task.id);
}

#[tokio::test]
async fn a_cancelled_call_is_told_too() {
    record_traces();
    let provider = TracingLayer.wrap(Fine.wrap(memory()));
    let call = tokio::spawn(async move { provider.get_task(&"cancelled-task".into()).await });
    while traces_with("cancelled-task").is_empty() {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(ending("cancelled-task")["fields"]["outcome"], "cancelled");
}

#[tokio::test]
async fn a_panicking_call_is_told_too() {
    record_traces();
    let provider = TracingLayer.wrap(Fine.wrap(memory()));
    let call = tokio::spawn(async move { provider.get_task(&"panicking-task".into()).await });
    assert!(call.await.unwrap_err().is_panic());
    assert_eq!(ending("panicking-task")["fields"]["outcome"], "panicked");
}
