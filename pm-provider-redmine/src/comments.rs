//! Comments: the entries of an issue's history that hold a note.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_http::creating::{identity, is_since};
use pm_http::page::{Listing, slice};
use pm_http::{Creating, Made, Marker, Raw, marked, named};
use pm_provider::{
    Comment, CommentId, CommentPatch, CommentQuery, Comments, Cursor, DeleteOptions, Effect, Entity, Error, ErrorKind,
    Field, NewComment, Operation, Page, Result, TaskId, Visibility,
};
use serde_json::{Map, Value, json};

use crate::capabilities::MAX_PAGE_SIZE;
use crate::creates::or_found;
use crate::draft::not_permitted;
use crate::dto::JournalDto;
use crate::provider::RedmineProvider;
use crate::server::{Server, placed, undisturbed};
use crate::text::line_ends;
use crate::{NAME, endpoints, id};

impl Server {
    /// The history of an issue, oldest first: it comes newest first for users who prefer that.
    pub(crate) async fn journals(&self, task: u64) -> Result<Vec<Raw<JournalDto>>> {
        let mut journals = self.issue(task, "journals").await?.item.journals;
        journals.sort_by_key(|journal| journal.item.id);
        Ok(journals)
    }

    /// One note, of this issue and no other.
    pub(crate) async fn note(&self, task: &TaskId, comment: &CommentId) -> Result<Raw<JournalDto>> {
        let number = id::existing("task", task.as_str())?;
        let wanted = id::existing("comment", comment.as_str())?;
        let journals = self.journals(number).await?;
        let found = journals.into_iter().find(|journal| journal.item.id == wanted && is_note(&journal.item));
        found.ok_or_else(|| Error::not_found("comment", comment))
    }

    async fn comments_page(&self, query: &CommentQuery, cursor: Option<&Cursor>) -> Result<Page<Comment>> {
        self.capabilities.check_query(query)?;
        let size = query.page_size.unwrap_or(MAX_PAGE_SIZE).min(MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, "comments", query, size).direction(query.sort.direction);
        let Some(task) = &query.task else { return Ok(Page::default()) };
        listing.open::<u64>(cursor)?;
        let journals = self.journals(id::existing("task", task.as_str())?).await?;
        let comments: Vec<_> = journals.iter().filter_map(|journal| self.mapper.comment(task, journal)).collect();
        let total = comments.len() as u64;
        let key = |comment: &Comment| id::number(comment.id.as_str()).unwrap_or_default();
        Ok(slice(&listing, cursor, comments, key)?.total(Some(total)))
    }

    pub(crate) async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        self.capabilities.check_operation(Entity::Comment, Operation::Get)?;
        let journal = self.note(task, id).await?;
        self.shown(task, &journal)
    }

    fn shown(&self, task: &TaskId, journal: &Raw<JournalDto>) -> Result<Comment> {
        let gone = || Error::not_found("comment", journal.item.id);
        self.mapper.comment(task, journal).ok_or_else(gone)
    }

    async fn create_comment(&self, new: NewComment) -> Result<Comment> {
        self.capabilities.check_create(&new)?;
        let task = id::existing("task", new.task_id.as_str())?;
        let marker = Marker::of_key(Entity::Comment, new.idempotency_key.as_deref());
        let text = marked(&self.mapper.text.to_server(&new.body), marker.as_ref());
        let creating = self.creating_comment(task, &text, &new, marker.as_ref()).new_key(new.new_key);
        let made = self.http.create(&creating).await?;
        if creating.is_new() && new.visibility == Some(Visibility::Restricted) {
            self.check_privacy(&made.row).await?;
        }
        self.shown(&new.task_id, &made.row)
    }

    fn creating_comment<'a>(
        &'a self,
        task: u64,
        text: &'a str,
        new: &'a NewComment,
        marker: Option<&'a Marker>,
    ) -> Creating<'a, JournalDto> {
        let identity = identity(Entity::Comment, marker, task, &[text]);
        let place = format!("{}issues/{task}", self.mapper.root);
        let send = move || async move {
            // Nothing that was there before has a mark that is new.
            let newest = match marker {
                Some(_) if new.new_key => 0,
                _ => self.journals(task).await?.last().map(|journal| journal.item.id).unwrap_or_default(),
            };
            let sent = self.add_note(task, text, new.visibility, newest).await;
            if marker.is_some() || self.tells_time() {
                return sent;
            }
            or_found(sent, || self.notes_after(task, text, newest)).await
        };
        let find = move |since| async move {
            let found = match marker {
                Some(mark) => self.marked_notes(task, mark).await?,
                None => self.own_notes(task, text, since).await?,
            };
            Ok(found.into_iter().map(|journal| Made::new(journal.item.id, journal)).collect())
        };
        Creating::new(identity, marker, place, send, find)
    }

    /// Adds a note. The answer has no body, so that the note is looked up in the history, after what was there before: an
    /// equal one may be among that.
    async fn add_note(
        &self,
        task: u64,
        text: &str,
        visibility: Option<Visibility>,
        newest: u64,
    ) -> Result<Made<JournalDto>> {
        let me = self.me().await?;
        let mut attributes = Map::new();
        attributes.insert("notes".to_owned(), text.into());
        if visibility == Some(Visibility::Restricted) {
            attributes.insert("private_notes".to_owned(), true.into());
        }
        let body = json!({ "issue": attributes });
        let path = task.to_string();
        let segments = [path.as_str()];
        let added = undisturbed(|| self.write(&endpoints::ADD_NOTES, &segments, &body)).await;
        added.map_err(|error| named(error, "task", task))?;
        let journals = self.journals(task).await.map_err(|error| error.with_effect(Effect::Unknown))?;
        let mut added: Vec<_> = journals.into_iter().filter(|journal| journal.item.id > newest).collect();
        added.retain(|journal| is_text(&journal.item, text));
        // Who we are may have changed with the key a moment ago.
        added.sort_by_key(|journal| !is_by(&journal.item, me));
        match added.into_iter().next() {
            Some(journal) => Ok(Made::new(journal.item.id, journal)),
            // Notes that may not be added are dropped like any other attribute.
            None => {
                let failed = vec![Field::Body.word().to_owned()];
                Err(not_permitted(&path, "task", Vec::new(), failed, vec![Field::Body]))
            }
        }
    }

    /// The notes of an issue with a mark that we wrote, oldest first.
    pub(crate) async fn marked_notes(&self, task: u64, mark: &Marker) -> Result<Vec<Raw<JournalDto>>> {
        let mut found = self.journals(task).await?;
        found.retain(|journal| journal.item.notes.as_deref().is_some_and(|text| mark.matches(text)));
        if !found.is_empty() {
            let me = self.current_user().await?.item.id;
            found.retain(|journal| journal.item.user.is_none() || is_by(&journal.item, me));
        }
        Ok(found)
    }

    async fn notes_after(&self, task: u64, text: &str, newest: u64) -> Result<Vec<Made<JournalDto>>> {
        let found = self.own_notes(task, text, None).await?.into_iter();
        let later = found.filter(|journal| journal.item.id > newest);
        Ok(later.map(|journal| Made::new(journal.item.id, journal)).collect())
    }

    async fn own_notes(&self, task: u64, text: &str, since: Option<DateTime<Utc>>) -> Result<Vec<Raw<JournalDto>>> {
        let me = self.current_user().await?.item.id;
        let journals = self.journals(task).await?.into_iter();
        let ours = |item: &JournalDto| is_by(item, me) && is_text(item, text) && is_since(item.created_on, since);
        Ok(journals.filter(|journal| ours(&journal.item)).collect())
    }

    /// A note that was to be private and is not, because the role may not write such, must not stay.
    async fn check_privacy(&self, journal: &Raw<JournalDto>) -> Result<()> {
        if journal.item.private_notes == Some(true) {
            return Ok(());
        }
        let number = journal.item.id.to_string();
        let taken_back =
            self.write(&endpoints::UPDATE_JOURNAL, &[&number], &json!({ "journal": { "notes": "" } })).await;
        let failed = vec![Field::Visibility.word().to_owned()];
        let applied = if taken_back.is_ok() { Vec::new() } else { vec!["create".to_owned()] };
        let error = not_permitted(&number, "comment", applied, failed, vec![Field::Visibility]);
        Err(match taken_back {
            Ok(_) => error.hint("the role may not write private notes; the note was taken back"),
            Err(_) => {
                error.hint("the role may not write private notes, and the note could not be taken back: it is public")
            }
        })
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<Comment> {
        self.capabilities.check_update(&patch)?;
        let before = self.note(task, id).await?;
        let mut attributes = Map::new();
        if let Some(body) = patch.body.value() {
            let (_, marker) = Marker::take_out(before.item.notes.as_deref().unwrap_or_default());
            let text = marked(&self.mapper.text.to_server(body), marker.as_ref());
            attributes.insert("notes".to_owned(), text.into());
        }
        if let Some(visibility) = patch.visibility.value() {
            attributes.insert("private_notes".to_owned(), (*visibility == Visibility::Restricted).into());
        }
        attributes.retain(|name, value| !holds(&before.item, name, value));
        if attributes.is_empty() {
            return self.shown(task, &before);
        }
        self.write_note(before.item.id, &json!({ "journal": attributes })).await?;
        let after = self.note(task, id).await?;
        let (applied, failed): (Vec<_>, Vec<_>) =
            attributes.iter().partition(|(name, value)| holds(&after.item, name, value));
        if failed.is_empty() {
            return self.shown(task, &after);
        }
        let words =
            |some: &[(&String, &Value)]| some.iter().map(|(name, _)| field_of(name).word().to_owned()).collect();
        let fields = failed.iter().map(|(name, _)| field_of(name)).collect();
        Err(not_permitted(id.as_str(), "comment", words(&applied), words(&failed), fields))
    }

    async fn write_note(&self, number: u64, body: &Value) -> Result<()> {
        let written = self.write(&endpoints::UPDATE_JOURNAL, &[&number.to_string()], body).await;
        written.map(drop).map_err(|error| named(error, "comment", number))
    }

    /// Empties a note: the server deletes an entry that holds nothing else, and keeps the changes of others.
    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Comment, &options)?;
        let journal = self.note(task, id).await?;
        match self.write_note(journal.item.id, &json!({ "journal": { "notes": "" } })).await {
            Err(error) if error.kind() == ErrorKind::NotFound && *error.effect() == Effect::Unknown => return Ok(()),
            answer => answer?,
        }
        match self.note(task, id).await {
            Ok(_) => {
                let failed = vec!["delete".to_owned()];
                Err(not_permitted(id.as_str(), "comment", Vec::new(), failed, vec![Field::Body]))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.with_effect(Effect::Unknown)),
        }
    }
}

fn is_note(journal: &JournalDto) -> bool {
    journal.notes.as_deref().is_some_and(|notes| !notes.is_empty())
}

fn is_by(journal: &JournalDto, user: u64) -> bool {
    journal.user.as_ref().is_some_and(|author| author.id == user)
}

fn is_text(journal: &JournalDto, text: &str) -> bool {
    line_ends(journal.notes.as_deref().unwrap_or_default()) == line_ends(text)
}

fn holds(journal: &JournalDto, attribute: &str, value: &Value) -> bool {
    match attribute {
        "notes" => is_text(journal, value.as_str().unwrap_or_default()),
        _ => value.as_bool() == Some(journal.private_notes == Some(true)),
    }
}

fn field_of(attribute: &str) -> Field {
    if attribute == "notes" { Field::Body } else { Field::Visibility }
}

#[async_trait]
impl Comments for RedmineProvider {
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<Cursor>) -> Result<Page<Comment>> {
        placed("list_comments", self.server().comments_page(query, cursor.as_ref())).await
    }

    async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        placed("get_comment", self.server().get_comment(task, id)).await
    }

    async fn create_comment(&self, new: NewComment) -> Result<Comment> {
        placed("create_comment", self.server().create_comment(new)).await
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<Comment> {
        placed("update_comment", self.server().update_comment(task, id, patch)).await
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: DeleteOptions) -> Result<()> {
        placed("delete_comment", self.server().delete_comment(task, id, options)).await
    }
}
