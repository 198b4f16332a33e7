//! The tables of projects, fields and items.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::model::{Content, Draft, Field, FieldKind, FieldValue, Item, Project, SelectOption};

/// The fields of a new project, beside its status.
const SHOWN: [(&str, &str); 9] = [
    ("Title", "TITLE"),
    ("Assignees", "ASSIGNEES"),
    ("Labels", "LABELS"),
    ("Linked pull requests", "LINKED_PULL_REQUESTS"),
    ("Milestone", "MILESTONE"),
    ("Repository", "REPOSITORY"),
    ("Reviewers", "REVIEWERS"),
    ("Parent issue", "PARENT_ISSUE"),
    ("Sub-issues progress", "SUB_ISSUES_PROGRESS"),
];

/// Projects with what is in them, by id.
#[derive(Debug, Default)]
pub(in crate::github) struct ProjectTables {
    pub(in crate::github) projects: BTreeMap<u64, Project>,
    pub(in crate::github) fields: BTreeMap<u64, Field>,
    pub(in crate::github) items: BTreeMap<u64, Item>,
    /// The fields that projects get which are made from now on.
    pub(in crate::github) template: Vec<super::ProjectV2FieldSeed>,
    last_id: u64,
}

impl ProjectTables {
    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A new id as options and iterations have them: eight hexadecimal digits that follow no order.
    pub(in crate::github) fn short_id(&mut self) -> String {
        let spread = self.next_id().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        format!("{spread:08x}")
    }

    /// A new project with the fields that every project has.
    pub(in crate::github) fn add_project(&mut self, owner: u64, title: &str, creator: u64, now: DateTime<Utc>) -> u64 {
        let id = self.next_id();
        let number =
            self.projects.values().filter(|project| project.owner == owner).map(|project| project.number).max();
        let project = Project {
            id,
            owner,
            number: number.unwrap_or(0) + 1,
            title: title.to_owned(),
            short_description: None,
            readme: None,
            public: false,
            closed: None,
            creator,
            created: now,
            updated: now,
        };
        self.projects.insert(id, project);
        for (index, (name, data_type)) in SHOWN.into_iter().enumerate() {
            if index == 2 {
                let colors = [("Todo", "GREEN"), ("In Progress", "YELLOW"), ("Done", "PURPLE")];
                let options = colors.map(|(name, color)| option(self.short_id(), name, color, ""));
                self.add_field(id, "Status", FieldKind::Select(options.to_vec()), now);
            }
            self.add_field(id, name, FieldKind::Shown(data_type), now);
        }
        id
    }

    pub(in crate::github) fn add_field(
        &mut self,
        project: u64,
        name: &str,
        kind: FieldKind,
        now: DateTime<Utc>,
    ) -> u64 {
        let id = self.next_id();
        self.fields.insert(id, Field { id, project, name: name.to_owned(), kind, created: now, updated: now });
        id
    }

    /// The fields of a project, in their order.
    pub(in crate::github) fn fields_of(&self, project: u64) -> impl Iterator<Item = &Field> {
        self.fields.values().filter(move |field| field.project == project)
    }

    /// A field by its name, which is the same in any case.
    pub(in crate::github) fn field_named(&self, project: u64, name: &str) -> Option<&Field> {
        self.fields_of(project).find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The items of a project, in their order.
    pub(in crate::github) fn items_of(&self, project: u64) -> impl Iterator<Item = &Item> {
        self.items.values().filter(move |item| item.project == project)
    }

    /// The item of an issue in a project.
    pub(in crate::github) fn item_of(&self, project: u64, issue: u64) -> Option<&Item> {
        self.items_of(project).find(|item| matches!(item.content, Content::Issue(id) if id == issue))
    }

    pub(in crate::github) fn add_item(
        &mut self,
        project: u64,
        content: Content,
        creator: u64,
        now: DateTime<Utc>,
    ) -> u64 {
        let id = self.next_id();
        let (values, written) = (BTreeMap::new(), BTreeMap::new());
        let item = Item { id, project, content, archived: false, creator, created: now, updated: now, values, written };
        self.items.insert(id, item);
        self.touch(project, now);
        id
    }

    pub(in crate::github) fn add_draft(&mut self, project: u64, draft: Draft) -> u64 {
        let (creator, now) = (draft.creator, draft.created);
        self.add_item(project, Content::Draft(draft), creator, now)
    }

    /// Removes a project with all that is in it. The issues stay.
    pub(in crate::github) fn remove_project(&mut self, id: u64) {
        self.items.retain(|_, item| item.project != id);
        self.fields.retain(|_, field| field.project != id);
        self.projects.remove(&id);
    }

    pub(in crate::github) fn remove_field(&mut self, id: u64) {
        self.clear_field(id);
        self.fields.remove(&id);
    }

    /// Takes a field's value from every item.
    pub(in crate::github) fn clear_field(&mut self, id: u64) {
        self.items.values_mut().for_each(|item| {
            item.values.remove(&id);
        });
    }

    /// What becomes of projects when an issue is deleted: its items go with it.
    pub(in crate::github) fn forget_issue(&mut self, issue: u64) {
        self.items.retain(|_, item| !matches!(item.content, Content::Issue(id) if id == issue));
    }

    pub(in crate::github) fn touch(&mut self, project: u64, now: DateTime<Utc>) {
        if let Some(project) = self.projects.get_mut(&project) {
            project.updated = now;
        }
    }
}

/// An option of a single select.
pub(in crate::github) fn option(id: String, name: &str, color: &str, description: &str) -> SelectOption {
    SelectOption { id, name: name.to_owned(), color: color.to_owned(), description: description.to_owned() }
}

/// Puts a value into a field of an item, or takes it out. The item changes with it, its issue does not.
pub(in crate::github) fn set_value(item: &mut Item, field: u64, value: Option<FieldValue>, now: DateTime<Utc>) {
    match value {
        Some(value) => item.values.insert(field, value),
        None => item.values.remove(&field),
    };
    item.written.insert(field, now);
    item.updated = now;
}
