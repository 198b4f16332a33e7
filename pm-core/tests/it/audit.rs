//! What is recorded of calls, and what is not.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeZone, Utc};
use pm_core::layers::{AuditLayer, AuditOutcome, AuditRecord, AuditSink, JsonLines, acting};
use pm_core::{
    Answered, BatchOperation, BatchOptions, Call, Clock, Error, ErrorKind, Interceptor, Layer, NewComment, NewProject,
    NewTask, NewUser, Next, PmProvider, PmProviderExt, ProjectQuery, Result, TaskPatch, TaskQuery,
};
use pm_testkit::fault::{Fault, FaultInjector};
use serde_json::{Value, json};

use crate::planted_tokens::{TOKEN, hides_it};
use crate::support::{memory, record_traces, traces_with};

/// Keeps records in memory.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<AuditRecord>>>);

impl AuditSink for Kept {
    fn record(&self, record: &AuditRecord) -> Result<()> {
        self.0.lock().unwrap().push(record.clone());
        Ok(())
    }
}

impl Kept {
    fn all(&self) -> Vec<AuditRecord> {
        self.0.lock().unwrap().clone()
    }

    fn last(&self) -> AuditRecord {
        self.all().pop().expect("nothing was recorded")
    }

    /// The last record as it stands in a file, without what differs from run to run.
    fn last_json(&self) -> Value {
        let mut record = serde_json::to_value(self.last()).unwrap();
        let object = record.as_object_mut().unwrap();
        assert!(object.remove("elapsed_ms").unwrap().as_f64().unwrap() >= 0.0);
        object.remove("at").unwrap();
        record
    }
}

#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 5, 4, 12, 30, 0).unwrap()
    }
}

fn audited(layer: impl Fn(AuditLayer) -> AuditLayer) -> (Kept, FaultInjector, Arc<dyn PmProvider>) {
    let (kept, faults) = (Kept::default(), FaultInjector::new());
    let provider = layer(AuditLayer::new(kept.clone())).wrap(faults.wrap(memory()));
    (kept, faults, provider)
}

#[tokio::test]
async fn a_write_is_recorded_with_who_when_and_which_item() {
    let (kept, _, provider) = audited(|audit| audit.actor("importer").clock(Arc::new(Stopped)));
    let project = provider.create_project(NewProject::new("Shed")).await.unwrap();
    let record = kept.last();
    assert_eq!(record.at, Stopped.now());
    assert_eq!(
        kept.last_json(),
        json!({
            "actor": "importer", "provider": "memory", "operation": "create_project", "item": project.id.as_str(),
            "writes": true, "outcome": "ok"
        })
    );
    let task = provider.create_task(NewTask::new(&project.id, "Paint it")).await.unwrap();
    let patch = TaskPatch::new().title("Paint it blue");
    acting("ada", provider.update_task(&task.id, patch)).await.unwrap();
    let record = kept.last();
    assert_eq!(
        (record.actor.as_deref(), record.operation.as_str(), record.item.as_deref()),
        (Some("ada"), "update_task", Some(task.id.as_str()))
    );
}

#[tokio::test]
async fn every_ability_that_writes_is_recorded_and_reads_are_on_request() {
    let (kept, _, provider) = audited(|audit| audit);
    let project = provider.create_project(NewProject::new("Shed")).await.unwrap().id;
    let task = provider.create_task(NewTask::new(&project, "Paint it")).await.unwrap().id;
    let comment = provider.comments().unwrap().create_comment(NewComment::new(&task, "blue")).await.unwrap();
    assert_eq!(kept.last().item.as_deref(), Some(comment.id.as_str()));
    let user = provider.user_admin().unwrap().create_user(NewUser::new("Ada").login("ada")).await.unwrap();
    assert_eq!(kept.last().item.as_deref(), Some(user.id.as_str()));
    provider.list_projects(ProjectQuery::new()).await.unwrap();
    provider.health_check().await.unwrap();
    let operations: Vec<_> = kept.all().into_iter().map(|record| record.operation).collect();
    assert_eq!(operations, ["create_project", "create_task", "create_comment", "create_user"]);

    let (kept, _, provider) = audited(AuditLayer::with_reads);
    provider.list_projects(ProjectQuery::new()).await.unwrap();
    let record = kept.last();
    assert_eq!((record.operation.as_str(), record.writes, record.item), ("list_projects", false, None));
}

#[tokio::test]
async fn a_failure_says_what_it_may_have_left_behind() {
    let (kept, faults, provider) = audited(|audit| audit);
    let project = provider.create_project(NewProject::new("Shed")).await.unwrap();
    let update = async || provider.update_project(&project.id, pm_core::ProjectPatch::new().name("Barn")).await;
    let call =
        json!({ "provider": "memory", "operation": "update_project", "item": project.id.as_str(), "writes": true });
    let with = |more: Value| {
        let mut whole = call.clone();
        whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        whole
    };

    faults.always(Fault::Refuse(ErrorKind::PermissionDenied));
    update().await.unwrap_err();
    assert_eq!(kept.last_json(), with(json!({ "outcome": "failed", "kind": "PermissionDenied" })));
    faults.heal();
    faults.always(Fault::FailAfter);
    update().await.unwrap_err();
    assert_eq!(kept.last_json(), with(json!({ "outcome": "unknown", "kind": "Timeout" })));
    faults.heal();
    faults.always(Fault::partial(["name"], ["owner"]));
    let error = update().await.unwrap_err();
    let kind = format!("{:?}", error.kind());
    let partial = json!({ "outcome": "partial", "applied": ["name"], "left_out": ["owner"], "kind": kind });
    assert_eq!(kept.last_json(), with(partial));

    // A create that got half-way: the item that is there now.
    faults.heal();
    let half = Fault::Partial { id: Some("77".into()), applied: vec!["title".into()], failed: vec!["labels".into()] };
    faults.always(half);
    provider.create_task(NewTask::new(&project.id, "Paint it")).await.unwrap_err();
    assert_eq!(kept.last().item.as_deref(), Some("77"));
}

#[tokio::test]
async fn a_batch_says_how_many_of_its_parts_failed() {
    let (kept, _, provider) = audited(|audit| audit);
    let project = provider.create_project(NewProject::new("Shed")).await.unwrap();
    let parts = |last: &str| -> Vec<BatchOperation> {
        let ids = [project.id.as_str(), project.id.as_str(), last];
        ids.map(|project| BatchOperation::from(NewTask::new(project, "Paint it"))).into()
    };
    let batch = provider.batch().unwrap();
    batch.apply_batch(parts(project.id.as_str()), BatchOptions::new()).await.unwrap();
    assert_eq!(kept.last().outcome, AuditOutcome::Ok);
    batch.apply_batch(parts("nowhere"), BatchOptions::new()).await.unwrap();
    assert_eq!(kept.last().outcome, AuditOutcome::Parts { done: 2, failed: 1 });
}

#[derive(Clone, Debug)]
struct Trouble;

#[async_trait]
impl Interceptor for Trouble {
    async fn around<'a>(&'a self, call: &'a Call, _next: Next<'a>) -> Result<Answered> {
        assert_ne!(call.subject.as_deref(), Some("panics"));
        pending().await
    }
}

#[tokio::test]
async fn a_call_whose_caller_went_away_is_recorded() {
    let kept = Kept::default();
    let provider = AuditLayer::new(kept.clone()).wrap(Trouble.wrap(memory()));
    let id = "dropped".into();
    let write = provider.update_task(&id, TaskPatch::new().title("?"));
    assert!(tokio::time::timeout(Duration::from_millis(20), write).await.is_err());
    let record = kept.last();
    assert_eq!((record.item.as_deref(), &record.outcome), (Some("dropped"), &AuditOutcome::Cancelled));
    assert!(record.elapsed_ms >= 15.0, "{record:?}");

    let other = Arc::clone(&provider);
    let panics = tokio::spawn(async move { other.delete_task(&"panics".into(), Default::default()).await });
    assert!(panics.await.unwrap_err().is_panic());
    let record = kept.last();
    assert_eq!((record.item.as_deref(), &record.outcome), (Some("panics"), &AuditOutcome::Panicked));
    assert_eq!(kept.all().len(), 2, "each once");
}

#[derive(Debug)]
struct FullDisk;

impl AuditSink for FullDisk {
    fn record(&self, _record: &AuditRecord) -> Result<()> {
        Err(Error::new(ErrorKind::Internal, "no space left on the device of the audit test"))
    }
}

#[tokio::test]
async fn a_sink_that_fails_fails_no_call_and_is_reported() {
    record_traces();
    let audit = AuditLayer::new(FullDisk);
    let provider = audit.wrap(memory());
    let project = provider.create_project(NewProject::new("Shed")).await.unwrap();
    provider.get_project(&project.id).await.unwrap();
    assert_eq!(audit.lost(), 1);
    let told = traces_with("no space left on the device of the audit test");
    assert!(told.len() == 1 && told[0].contains("an audit record is lost"), "{told:?}");
}

#[tokio::test]
async fn contents_and_secrets_are_in_no_record() {
    for messages in [false, true] {
        let (kept, _, provider) =
            audited(|audit| if messages { audit.with_messages().with_reads() } else { audit.with_reads() });
        let project = provider.create_project(NewProject::new(TOKEN).description(TOKEN)).await.unwrap();
        let new = NewTask::new(&project.id, TOKEN).description(TOKEN).labels([TOKEN]).idempotency_key(TOKEN);
        let task = provider.create_task(new).await.unwrap();
        provider.update_task(&task.id, TaskPatch::new().custom_field(TOKEN, TOKEN)).await.unwrap();
        provider.list_tasks(TaskQuery::in_project(&project.id).text(TOKEN)).await.unwrap();
        provider.comments().unwrap().create_comment(NewComment::new(&task.id, TOKEN)).await.unwrap();
        hides_it(&serde_json::to_string(&kept.all()).unwrap());
        hides_it(&format!("{:?}", kept.all()));
        // This error quotes what was written: in the record only where somebody asked for that.
        let error = provider.update_task(&task.id, TaskPatch::new().status("unheard-of")).await.unwrap_err();
        assert!(error.to_string().contains("unheard-of"), "{error}");
        assert_eq!(serde_json::to_string(&kept.last()).unwrap().contains("unheard-of"), messages);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_gets_one_whole_line_for_each_call() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let (one, two) = (JsonLines::append(&path).unwrap(), JsonLines::append(&path).unwrap());
    let providers = [one, two].map(|sink| AuditLayer::new(sink).wrap(memory()));
    let writers = (0..40).map(|number| {
        let provider = Arc::clone(&providers[number % 2]);
        tokio::spawn(async move { provider.create_project(NewProject::new(format!("{number}"))).await.unwrap() })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 40);
    assert!(lines.iter().all(|line| line["operation"] == "create_project" && line["outcome"] == "ok"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let error = JsonLines::append(folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.message().contains("cannot be opened"), "{error}");
}
