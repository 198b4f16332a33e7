//! Fills a database: with what every site has, and with what a seed asks for.

mod projects;

use chrono::{DateTime, FixedOffset, Offset, Utc};
use serde_json::{Value, json};

use super::Flavor;
use super::builder::Options;
use super::model::{
    Category, Condition, Field, FieldKind, FieldOption, IssueType, LinkType, Priority, Resolution, Screens, Status,
    Transition, User, WorkflowRow,
};
use super::seed::{Seed, SeedError, SeedKind, SeedUser, Workflow};
use super::store::Store;
use super::vocabulary::{self, EPIC_NAME, LINK_TYPES, PRIORITIES, RESOLUTIONS, STATUSES};
use crate::secrets;

/// What somebody signs in with.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) name: String,
    pub(super) token: String,
    pub(super) password: String,
}

/// The credentials of the two users that every server has.
pub(super) struct Keys {
    pub(super) admin: Credentials,
    pub(super) member: Credentials,
}

/// Makes the database of a new site with the contents of a seed.
pub(super) fn plant(options: &Options, seed: &Seed) -> Result<(Store, Keys), SeedError> {
    let mut store = Store::default();
    store.index_lag = options.index_lag;
    let mut gardener = Gardener { store, now: options.clock.now(), options };
    gardener.vocabulary(seed);
    let keys = gardener.people(seed);
    gardener.workflows(seed)?;
    gardener.store.screens = gardener.screens();
    for project in &seed.projects {
        gardener.project(project)?;
    }
    gardener.store.index_now();
    Ok((gardener.store, keys))
}

struct Gardener<'a> {
    store: Store,
    now: DateTime<Utc>,
    options: &'a Options,
}

impl Gardener<'_> {
    fn vocabulary(&mut self, seed: &Seed) {
        let types: Vec<(String, i64)> = match seed.issue_types.is_empty() {
            true => vocabulary::issue_types(self.options.flavor).map(|(name, level)| (name.to_owned(), level)).to_vec(),
            false => seed.issue_types.iter().map(|kind| (kind.name.clone(), kind.level)).collect(),
        };
        for (name, level) in types {
            let id = self.store.next_id("issue types");
            self.store.issue_types.insert(id, IssueType { id, description: String::new(), name, level });
        }
        self.priorities(seed);
        for name in RESOLUTIONS {
            let id = self.store.next_id("resolutions");
            self.store.resolutions.insert(id, Resolution { id, name: name.to_owned() });
        }
        for (name, inward, outward) in LINK_TYPES {
            let id = self.store.next_id("link types");
            let kind = LinkType { id, name: name.into(), inward: inward.into(), outward: outward.into() };
            self.store.link_types.insert(id, kind);
        }
        self.fields(seed);
    }

    fn priorities(&mut self, seed: &Seed) {
        let names: Vec<(String, &'static str)> = match seed.priorities.is_empty() {
            true => PRIORITIES.map(|(name, color)| (name.to_owned(), color)).to_vec(),
            false => seed.priorities.iter().map(|name| (name.clone(), "#707070")).collect(),
        };
        for (name, color) in names {
            let id = self.store.next_small_id("priorities");
            self.store.priorities.insert(id, Priority { id, name, color });
        }
        let medium = self.store.priorities.values().find(|priority| priority.name == "Medium");
        self.store.default_priority = medium.or(self.store.priorities.values().next()).map(|priority| priority.id);
    }

    fn fields(&mut self, seed: &Seed) {
        self.store.fields = vocabulary::system_fields(self.options.flavor);
        for (name, kind, options) in vocabulary::custom_fields(self.options.flavor) {
            self.custom_field(name, kind, options);
        }
        for field in &seed.custom_fields {
            let options: Vec<&str> = field.options.iter().map(String::as_str).collect();
            self.custom_field(&field.name, kind_of(field.kind), &options);
        }
    }

    fn custom_field(&mut self, name: &str, kind: FieldKind, options: &[&str]) {
        // The numbers of a site are its own: these begin at 10110.
        let number = self.store.next_id("custom fields") + 110;
        let (mut custom, mut schema, items) = vocabulary::custom_type(self.options.flavor, kind);
        match (name, self.options.flavor) {
            ("Story Points", Flavor::Cloud) => custom = "com.pyxis.greenhopper.jira:jsw-story-points".to_owned(),
            ("Epic Name", Flavor::DataCenter) => (custom, schema) = (EPIC_NAME.to_owned(), "string"),
            _ => {}
        }
        let option = |store: &mut Store, value: &str| {
            let id = store.next_id("options");
            FieldOption { id, value: value.to_owned(), disabled: false }
        };
        let options = options.iter().map(|value| option(&mut self.store, value)).collect();
        let (id, name) = (format!("customfield_{number}"), name.to_owned());
        self.store.fields.push(Field { id, name, kind, schema, items, custom: Some((number, custom)), options });
    }

    fn people(&mut self, seed: &Seed) -> Keys {
        let admin = SeedUser { display_name: "Ada Admin".into(), admin: true, ..named("admin") };
        let india = Some("Asia/Kolkata".to_owned());
        let member =
            SeedUser { display_name: "Mel Member".into(), time_zone: india, offset_minutes: 330, ..named("mel") };
        let keys = Keys { admin: self.person(&admin), member: self.person(&member) };
        for user in &seed.users {
            self.person(user);
        }
        keys
    }

    fn person(&mut self, seed: &SeedUser) -> Credentials {
        let number = self.store.next_id("users") + 100;
        let id = match self.options.flavor {
            Flavor::Cloud => format!("712020:{}", uuid::Uuid::now_v7()),
            Flavor::DataCenter => format!("JIRAUSER{number}"),
        };
        let token = seed.token.clone().unwrap_or_else(|| format!("ATATT-{}", secrets::random(3)));
        let password = seed.password.clone().unwrap_or_else(|| secrets::random(3));
        let email = if seed.email.is_empty() { format!("{}@example.com", seed.name) } else { seed.email.clone() };
        let zone = seed.time_zone.clone().unwrap_or_else(|| "Etc/UTC".to_owned());
        let offset = FixedOffset::east_opt(seed.offset_minutes * 60).unwrap_or_else(|| Utc.fix());
        let user = User {
            id: id.clone(),
            name: seed.name.clone(),
            display_name: if seed.display_name.is_empty() { seed.name.clone() } else { seed.display_name.clone() },
            email: email.clone(),
            hides_email: seed.hides_email,
            active: !seed.inactive,
            kind: match seed.kind.as_deref() {
                Some("app") => "app",
                Some("customer") => "customer",
                _ => "atlassian",
            },
            admin: seed.admin,
            time_zone: (zone, offset),
            token: Some(token.clone()),
            password: Some(password.clone()),
        };
        self.store.users.insert(id, user);
        let name = if self.options.flavor == Flavor::Cloud { email } else { seed.name.clone() };
        Credentials { name, token, password }
    }

    fn workflows(&mut self, seed: &Seed) -> Result<(), SeedError> {
        match &self.options.workflow {
            Some(workflow) => self.workflow("Site workflow", workflow)?,
            None => self.simplified_workflow(),
        }
        for (name, workflow) in &seed.workflows {
            self.workflow(name, workflow)?;
        }
        Ok(())
    }

    /// Everything can become everything: one global transition to each status.
    fn simplified_workflow(&mut self) {
        let statuses: Vec<u64> = STATUSES.iter().map(|(name, category)| self.status(name, category)).collect();
        let transition = |(place, to): (usize, &u64)| Transition {
            id: 11 + 10 * place as u64,
            name: STATUSES[place].0.to_owned(),
            from: None,
            to: *to,
            screen: None,
            condition: None,
        };
        let transitions = statuses.iter().enumerate().map(transition).collect();
        let id = self.store.next_id("workflows");
        let name = "Software Simplified Workflow".to_owned();
        let initial = statuses.first().copied().unwrap_or_default();
        self.store.workflows.insert(id, WorkflowRow { id, name, statuses, initial, transitions });
    }

    /// The status of a name; it is made where there is none.
    fn status(&mut self, name: &str, category: &str) -> u64 {
        if let Some(status) = self.store.statuses.values().find(|status| status.name == name) {
            return status.id;
        }
        let id = self.store.next_id("statuses");
        let category = Category::of_key(category).unwrap_or(Category::Undefined);
        self.store.statuses.insert(id, Status { id, name: name.to_owned(), category });
        id
    }

    fn workflow(&mut self, name: &str, workflow: &Workflow) -> Result<(), SeedError> {
        let statuses: Vec<u64> =
            workflow.statuses.iter().map(|status| self.status(&status.name, &status.category)).collect();
        let mut transitions = Vec::new();
        for (place, transition) in workflow.transitions.iter().enumerate() {
            let from = transition.from.as_ref();
            let from = from.map(|names| names.iter().map(|name| self.status_named(name)).collect()).transpose()?;
            let screen = transition.screen.as_ref().map(|screen| {
                let fields = screen.iter().map(|field| Ok((self.field_named(&field.field)?, field.required)));
                fields.collect::<Result<Vec<_>, SeedError>>()
            });
            transitions.push(Transition {
                id: 11 + 10 * place as u64,
                name: transition.name.clone(),
                from,
                to: self.status_named(&transition.to)?,
                screen: screen.transpose()?,
                condition: match transition.condition.as_deref() {
                    None => None,
                    Some("assignee") => Some(Condition::Assignee),
                    Some("admin") => Some(Condition::Admin),
                    Some(other) => return Err(SeedError::missing("the condition", other)),
                },
            });
        }
        let id = self.store.next_id("workflows");
        let initial = *statuses.first().ok_or_else(|| SeedError::missing("the first status of", name))?;
        self.store.workflows.insert(id, WorkflowRow { id, name: name.to_owned(), statuses, initial, transitions });
        Ok(())
    }

    /// The usual screens: everything that can be written, less what the options take away.
    fn screens(&self) -> Screens {
        let named = |field: &Field, names: &std::collections::BTreeSet<String>| {
            names.contains(&field.id) || names.contains(&field.name)
        };
        let on = |off: &std::collections::BTreeSet<String>, also_off: &[&str]| {
            let shown = self.store.fields.iter().filter(|field| is_written(field) && !named(field, off));
            shown.map(|field| field.id.clone()).filter(|id| !also_off.contains(&id.as_str())).collect()
        };
        let required = self.store.fields.iter().filter(|field| named(field, &self.options.required));
        let required = required.map(|field| field.id.clone());
        // On Data Center sub-tasks get another parent by a move alone (unverified).
        let off_edit: &[&str] = match self.options.flavor {
            Flavor::Cloud => &["project", "worklog", "resolution"],
            Flavor::DataCenter => &["project", "worklog", "resolution", "parent"],
        };
        Screens {
            // Comments have no place on the create screen, nor has the resolution.
            create: on(&self.options.off_create, &["comment", "worklog", "resolution"]),
            edit: on(&self.options.off_edit, off_edit),
            required: required.chain(["summary", "issuetype", "project"].map(str::to_owned)).collect(),
        }
    }

    fn status_named(&self, name: &str) -> Result<u64, SeedError> {
        let status = self.store.statuses.values().find(|status| status.name == name);
        status.map(|status| status.id).ok_or_else(|| SeedError::missing("the status", name))
    }

    fn field_named(&self, name: &str) -> Result<String, SeedError> {
        let field = self.store.fields.iter().find(|field| field.id == name || field.name == name);
        field.map(|field| field.id.clone()).ok_or_else(|| SeedError::missing("the field", name))
    }

    fn user_named(&self, name: &str) -> Result<String, SeedError> {
        let user = self.store.users.values().find(|user| user.name == name);
        user.map(|user| user.id.clone()).ok_or_else(|| SeedError::missing("the user", name))
    }

    /// Plain text as the database keeps it: a document on Cloud, itself on Data Center.
    fn rich(&self, text: &str) -> Value {
        match self.options.flavor {
            Flavor::Cloud => json!({ "version": 1, "type": "doc", "content": [
                { "type": "paragraph", "content": [{ "type": "text", "text": text }] }
            ] }),
            Flavor::DataCenter => text.into(),
        }
    }
}

fn named(name: &str) -> SeedUser {
    SeedUser { name: name.to_owned(), ..SeedUser::default() }
}

fn kind_of(kind: SeedKind) -> FieldKind {
    match kind {
        SeedKind::Text => FieldKind::Text,
        SeedKind::TextArea => FieldKind::Rich,
        SeedKind::Number => FieldKind::Number,
        SeedKind::Date => FieldKind::Date,
        SeedKind::DateTime => FieldKind::DateTime,
        SeedKind::User => FieldKind::User,
        SeedKind::Select => FieldKind::Select,
        SeedKind::MultiSelect => FieldKind::MultiSelect,
        SeedKind::Labels => FieldKind::Labels,
    }
}

fn is_written(field: &Field) -> bool {
    field.kind != FieldKind::ReadOnly
}
