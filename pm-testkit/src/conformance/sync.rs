//! What a sync engine needs: bulk reads, proofs of absence, previews.

use pm_provider::{
    DeleteOptions, Entity, Existence, Field, Item, ItemRef, NewComment, Operation, ProjectPatch, SprintId, SprintPatch,
    TaskPatch,
};
use serde_json::{Value, json};

use super::Subject;
use super::capable::NOWHERE;
use super::expect::{broken, done, ensure, same};
use super::items::{Place, agrees};
use super::verdict::Outcome;

/// Items of several kinds that are there.
async fn some_items(subject: &Subject) -> Outcome<Vec<ItemRef>> {
    let project = subject.own_project().await?;
    let task = subject.task(&project, "one").await?.id;
    let mut items = vec![ItemRef::Project(project.clone()), ItemRef::Task(task.clone())];
    if subject.provider.capabilities().can(Entity::Sprint, Operation::Create) {
        items.push(ItemRef::Sprint(subject.sprint(&project, "one").await?.id));
    }
    if let Ok(comments) = subject.comments() {
        items.push(ItemRef::Comment(task.clone(), comments.create_comment(NewComment::new(&task, "one")).await?.id));
    }
    if let Ok(person) = subject.person().await {
        items.push(ItemRef::User(person));
    }
    Ok(items)
}

fn absent_items() -> [ItemRef; 5] {
    [
        ItemRef::Project(NOWHERE.into()),
        ItemRef::Task(NOWHERE.into()),
        ItemRef::Sprint(NOWHERE.into()),
        ItemRef::Comment(NOWHERE.into(), NOWHERE.into()),
        ItemRef::User(NOWHERE.into()),
    ]
}

/// A bulk read gives the items that are there, as a get shows them; those that are not are left out.
pub(super) async fn get_many(subject: &Subject) -> Outcome {
    let sync = subject.sync_support()?;
    let mut wanted = some_items(subject).await?;
    let mut present = wanted.clone();
    wanted.splice(1..1, absent_items());
    let items = done("reading many items", sync.get_many(&wanted).await)?;
    let mut found: Vec<_> = items.iter().map(Item::reference).collect();
    found.sort();
    present.sort();
    same("the items that are there", &present, &found)?;
    for item in &items {
        if let Item::Task(task) = item {
            same("the task", &subject.provider.get_task(&task.id).await?, task)?;
        }
    }
    same("nothing out of nothing", &0, &sync.get_many(&[]).await?.len())
}

/// What is there is present; what is not is absent or hidden; what was deleted here is not present.
pub(super) async fn exists(subject: &Subject) -> Outcome {
    let sync = subject.sync_support()?;
    let (there, absent) = (some_items(subject).await?, absent_items());
    let all: Vec<ItemRef> = there.iter().chain(&absent).cloned().collect();
    let answers = done("asking for items", sync.exists(&all).await)?;
    same("one answer for each", &all.len(), &answers.len())?;
    for (item, existence) in there.iter().zip(&answers) {
        same(&format!("{item:?}"), &Existence::Present, existence)?;
    }
    for (item, existence) in absent.iter().zip(&answers[there.len()..]) {
        ensure(*existence != Existence::Present, format!("{item:?} not to be present"), existence)?;
        let alone = done(&format!("asking for {item:?}"), sync.exists(std::slice::from_ref(item)).await)?;
        same(&format!("{item:?} asked for alone"), &vec![*existence], &alone)?;
    }
    same("nothing of nothing", &0, &sync.exists(&[]).await?.len())?;
    subject.requires(Entity::Task, Operation::Delete).await?;
    let project = subject.own_project().await?;
    let task = subject.task(&project, "gone").await?.id;
    subject.provider.delete_task(&task, DeleteOptions::new()).await?;
    let existence = sync.exists(&[ItemRef::Task(task)]).await?;
    ensure(!existence.contains(&Existence::Present), "a deleted task not to be present", existence)
}

/// Makes sure that a read shows what the preview said.
fn foretold(preview: &Value, read: &Value) -> Outcome {
    for (member, value) in preview.as_object().into_iter().flatten() {
        let shown = &read[member];
        ensure(agrees(value, shown), format!("`{member}` as foretold: {value}"), shown)?;
    }
    Ok(())
}

/// The preview of a patch of a task is what a read shows after it; the preview of a preview is the same.
pub(super) async fn preview_of_a_task(subject: &Subject) -> Outcome {
    let sync = subject.sync_support()?;
    subject.requires(Entity::Task, Operation::Update).await?;
    let project = subject.own_project().await?;
    let task = subject.task(&project, "before").await?.id;
    let writable = |field| subject.can(Entity::Task).field(field).on_update == pm_provider::Support::Yes;
    let mut patch = TaskPatch::new().title("after");
    if writable(Field::Description) {
        patch = patch.description("with *marks*\r\nand lines");
    }
    if writable(Field::Status) {
        patch = patch.status("DONE");
    }
    if writable(Field::Priority) {
        patch = patch.priority("urgent");
    }
    if writable(Field::Labels) {
        patch = patch.labels(["b", "a", "b"]);
    }
    let preview = done("a preview", sync.preview_task(&project, patch.clone()).await)?;
    same("the preview of the preview", &preview, &sync.preview_task(&project, preview.clone()).await?)?;
    let before = subject.provider.get_task(&task).await?;
    same("the title after a preview", "before", before.title.as_str())?;
    let touched = serde_json::to_value(&patch)?;
    let told = serde_json::to_value(&preview)?;
    let lost = touched.as_object().into_iter().flatten().find(|(member, _)| told[member.as_str()].is_null());
    ensure(lost.is_none(), "every field of the patch in the preview", lost)?;
    subject.provider.update_task(&task, patch).await?;
    foretold(&told, &serde_json::to_value(subject.provider.get_task(&task).await?)?)
}

/// The same for projects and sprints.
pub(super) async fn preview_of_projects_and_sprints(subject: &Subject) -> Outcome {
    let sync = subject.sync_support()?;
    let project = subject.other_project().await?;
    subject.requires(Entity::Project, Operation::Update).await?;
    // A status that follows from something else is not written.
    let renamed = |entity| {
        let says_status = subject.can(entity).field(Field::Status).on_update.is_possible();
        if says_status { json!({ "name": "after", "status": "active" }) } else { json!({ "name": "after" }) }
    };
    let patch: ProjectPatch = serde_json::from_value(renamed(Entity::Project))?;
    let preview = done("a preview", sync.preview_project(&project, patch.clone()).await)?;
    same("the preview of the preview", &preview, &sync.preview_project(&project, preview.clone()).await?)?;
    subject.provider.update_project(&project, patch).await?;
    let read = serde_json::to_value(subject.provider.get_project(&project).await?)?;
    foretold(&serde_json::to_value(&preview)?, &read)?;
    subject.requires(Entity::Sprint, Operation::Update).await?;
    subject.requires(Entity::Sprint, Operation::Create).await?;
    let before = subject.ready(Entity::Sprint, json!({ "project_id": project, "name": "before" }));
    let sprint: SprintId = Place::of(Entity::Sprint, &subject.create_json(Entity::Sprint, before).await?).id.into();
    let patch: SprintPatch = serde_json::from_value(renamed(Entity::Sprint))?;
    let preview = done("a preview", sync.preview_sprint(&project, patch.clone()).await)?;
    same("the preview of the preview", &preview, &sync.preview_sprint(&project, preview.clone()).await?)?;
    subject.provider.update_sprint(&sprint, patch).await?;
    let read = serde_json::to_value(subject.provider.get_sprint(&sprint).await?)?;
    foretold(&serde_json::to_value(&preview)?, &read)
}

/// What a write would refuse, its preview refuses too.
pub(super) async fn preview_refuses_what_a_write_refuses(subject: &Subject) -> Outcome {
    let sync = subject.sync_support()?;
    let project = subject.own_project().await?;
    let patch = TaskPatch::new().status("conformance-no-such-status");
    match sync.preview_task(&project, patch).await {
        Err(error) => same("the kind of error", &pm_provider::ErrorKind::InvalidInput, &error.kind()),
        Ok(preview) => Err(broken("an unknown status to be refused", format!("{preview:?}"))),
    }
}
