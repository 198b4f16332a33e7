//! What becomes of each field.

use pm_provider::{CustomFieldKind, Field};
use serde_json::Value;

use super::{Carried, Journey, custom, header, words};
use crate::item::{ItemKey, Kind};
use crate::record::{FieldKey, Record};

/// The parent and the sprint that a task has.
pub(super) fn linked(record: &Record) -> impl Iterator<Item = ItemKey> {
    [(Field::ParentTaskId, Kind::Task), (Field::SprintId, Kind::Sprint)].into_iter().filter_map(|(field, kind)| {
        let id = record.get(&field.into()).as_str()?;
        Some(ItemKey::new(kind, id))
    })
}

impl Journey<'_> {
    /// Says one field. Fields that the other side does not have at all are left out without a reason: the plan has it.
    pub(super) fn field(&self, key: &FieldKey, value: &Value, carried: &mut Carried) {
        let field = match key {
            FieldKey::Of(field) => *field,
            FieldKey::Custom(name) => return self.custom(name, value, carried),
        };
        if !self.has(field) {
            return;
        }
        match field {
            Field::Status if self.kind == Kind::Sprint => {
                keep_or_set(field, words::sprint_status(value, self.schema(), self.name()), carried);
            }
            Field::Status => {
                let explicit = words::Explicit::new(&self.translator.config.statuses, self.from);
                keep_or_set(field, words::status(value, &explicit, self.schema(), self.name()), carried);
            }
            Field::Priority => {
                let explicit = words::Explicit::new(&self.translator.config.priorities, self.from);
                keep_or_set(field, words::priority(value, &explicit, self.schema(), self.name()), carried);
            }
            Field::TaskType => keep_or_set(field, words::task_type(value, self.schema(), self.name()), carried),
            Field::ParentTaskId => self.twin_of(field, Kind::Task, value, carried),
            Field::SprintId => self.twin_of(field, Kind::Sprint, value, carried),
            Field::Assignees => self.assignees(value, carried),
            Field::AuthorId | Field::AuthorName | Field::CreatedAt if self.kind == Kind::Comment => {}
            Field::Title => carried.record.set(field, self.title(value)),
            _ if key.is_text() => carried.record.set(field, self.text(field, value)),
            _ => carried.record.set(field, value.clone()),
        }
    }

    fn custom(&self, name: &str, value: &Value, carried: &mut Carried) {
        let Some(theirs) = self.schema().custom_fields.iter().find(|field| field.name == name) else { return };
        let key = FieldKey::Custom(name.to_owned());
        let people = |id: &str| self.translator.people.twin(self.from, id).map(str::to_owned);
        match custom::carry(value, theirs, self.name(), people) {
            Ok(value) => carried.record.set(key, value),
            Err(reason) => {
                if let (CustomFieldKind::User, Some(id)) = (theirs.kind, value.as_str()) {
                    carried.strangers.insert(id.to_owned());
                }
                carried.keep(key, reason);
            }
        }
    }

    fn twin_of(&self, field: Field, kind: Kind, value: &Value, carried: &mut Carried) {
        let Some(id) = value.as_str() else { return };
        if !self.translator.config.kinds.contains(&kind) {
            carried.keep(field, format!("items of the kind `{kind}` are not synchronised"));
            return;
        }
        let item = ItemKey::new(kind, id);
        match self.references.twin(&item) {
            Some(twin) => carried.record.set(field, twin.id.clone().into()),
            None => {
                carried.keep(field, format!("the {item} has no twin in `{}` yet", self.name()));
                carried.waits_for.push(item);
            }
        }
    }

    fn title(&self, value: &Value) -> Value {
        let title = value.as_str().map(|title| self.translator.texts.carry_title(self.from, title));
        title.map_or_else(|| value.clone(), Value::from)
    }

    fn text(&self, field: Field, value: &Value) -> Value {
        let shown = self.shown(field);
        let text = value.as_str().map(|text| self.translator.texts.carry(self.from, text, self.references, shown));
        text.map_or_else(|| value.clone(), Value::from)
    }

    /// What stands in a field over there.
    fn shown(&self, field: Field) -> Option<&str> {
        self.present.map(|present| present.get(&field.into()).as_str().unwrap_or_default())
    }

    /// Who wrote a comment, and when: said in fields where there is room for both, else in the body's header.
    pub(super) fn comment(&self, carried: &mut Carried) {
        let translator = self.translator;
        let holds = super::Pair::of(|side| header::holds(translator.capabilities.get(side)));
        let text = self.record.get(&Field::Body.into()).as_str().unwrap_or_default();
        let (found, body) = if *holds.get(self.from) { (None, text) } else { header::split(text) };
        let origin = found.unwrap_or_else(|| self.origin());
        let mut body = translator.texts.carry(self.from, body, self.references, self.shown(Field::Body));
        if !holds.get(self.to) && self.wants_header() {
            body = header::join(&origin, &body);
        }
        if !self.record.get(&Field::Body.into()).is_null() {
            carried.record.set(Field::Body, body.into());
        }
        self.tell_origin(&origin, carried);
    }

    /// A comment that was written over there has no header, and gets none.
    fn wants_header(&self) -> bool {
        self.shown(Field::Body).is_none_or(|body| header::split(body).0.is_some())
    }

    fn origin(&self) -> header::Origin {
        let text = |field: Field| self.record.get(&field.into()).as_str().map(str::to_owned);
        let named = || self.translator.people.name(self.from, &text(Field::AuthorId)?).map(str::to_owned);
        header::Origin { author: text(Field::AuthorName).or_else(named), at: text(Field::CreatedAt) }
    }

    fn tell_origin(&self, origin: &header::Origin, carried: &mut Carried) {
        let author = self.record.get(&Field::AuthorId.into()).as_str();
        let twin = author.and_then(|id| self.translator.people.twin(self.from, id));
        let told = [
            (Field::AuthorId, twin.map(str::to_owned)),
            (Field::AuthorName, origin.author.clone()),
            (Field::CreatedAt, origin.at.clone()),
        ];
        for (field, value) in told {
            if let (Some(value), true) = (value, self.support(field).on_create.is_possible()) {
                carried.record.set(field, value.into());
            }
        }
    }
}

fn keep_or_set(field: Field, said: Result<Value, String>, carried: &mut Carried) {
    match said {
        Ok(value) => carried.record.set(field, value),
        Err(reason) => carried.keep(field, reason),
    }
}
