//! The projects of a seed with what is in them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::attachments;
use super::super::model::{
    Board, Comment, Component, Issue, Project, Role, Screens, Sprint, SprintState, Stage, Version,
};
use super::super::seed::{SeedBoard, SeedError, SeedIssue, SeedProject, SeedScreens};
use super::Gardener;
use crate::file_store::StoredFile;

impl Gardener<'_> {
    pub(super) fn project(&mut self, seed: &SeedProject) -> Result<(), SeedError> {
        let id = self.store.next_id("projects");
        let project = self.project_row(id, seed)?;
        self.store.projects.insert(id, project);
        for name in &seed.components {
            let component = self.store.next_id("components");
            self.store.components.insert(component, Component { id: component, project: id, name: name.clone() });
        }
        for name in &seed.versions {
            let version = self.store.next_id("versions");
            let row = Version { id: version, project: id, name: name.clone(), released: false, archived: false };
            self.store.versions.insert(version, row);
        }
        for board in &seed.boards {
            self.board(id, board)?;
        }
        for issue in &seed.issues {
            self.issue(id, issue)?;
        }
        Ok(())
    }

    fn project_row(&self, id: u64, seed: &SeedProject) -> Result<Project, SeedError> {
        let mut members = BTreeMap::new();
        for (names, role) in [(&seed.viewers, Role::Viewer), (&seed.members, Role::Member), (&seed.admins, Role::Admin)]
        {
            for name in names {
                members.insert(self.user_named(name)?, role);
            }
        }
        let types: Vec<u64> = match seed.issue_types.is_empty() {
            true => self.store.issue_types.keys().copied().collect(),
            false => seed.issue_types.iter().map(|name| self.type_named(name)).collect::<Result<_, _>>()?,
        };
        let workflows = seed.workflows.iter().map(|(kind, workflow)| {
            let row = self.store.workflows.values().find(|row| row.name == *workflow);
            Ok((self.type_named(kind)?, row.ok_or_else(|| SeedError::missing("the workflow", workflow))?.id))
        });
        let screens =
            seed.screens.iter().map(|(kind, screens)| Ok((self.type_named(kind)?, self.screens_of(screens)?)));
        Ok(Project {
            id,
            key: seed.key.clone(),
            old_keys: seed.old_keys.clone(),
            name: if seed.name.is_empty() { seed.key.clone() } else { seed.name.clone() },
            description: seed.description.clone(),
            kind: seed.kind.clone().unwrap_or_else(|| "software".to_owned()),
            lead: self.user_named(seed.lead.as_deref().unwrap_or("admin"))?,
            url: String::new(),
            default_assignee: "UNASSIGNED",
            stage: if seed.archived { Stage::Archived } else { Stage::Live },
            issue_types: types,
            workflows: workflows.collect::<Result<_, SeedError>>()?,
            screens: screens.collect::<Result<_, SeedError>>()?,
            everyone: (!seed.private).then_some(Role::Member),
            members,
            public: seed.public,
            last_number: 0,
            properties: BTreeMap::new(),
        })
    }

    fn screens_of(&self, seed: &SeedScreens) -> Result<Screens, SeedError> {
        let mut screens = self.store.screens.clone();
        for name in &seed.off_create {
            screens.create.remove(&self.field_named(name)?);
        }
        for name in &seed.off_edit {
            screens.edit.remove(&self.field_named(name)?);
        }
        for name in &seed.required {
            screens.required.insert(self.field_named(name)?);
        }
        Ok(screens)
    }

    fn board(&mut self, project: u64, seed: &SeedBoard) -> Result<(), SeedError> {
        let id = self.store.next_small_id("boards");
        let kind = seed.kind.clone().unwrap_or_else(|| "scrum".to_owned());
        let owner = seed.owner.as_ref().map(|name| self.user_named(name)).transpose()?;
        self.store.boards.insert(id, Board { id, name: seed.name.clone(), kind, project, owner });
        for sprint in &seed.sprints {
            let number = self.store.next_small_id("sprints");
            let state = match sprint.state.as_deref() {
                Some("active") => SprintState::Active,
                Some("closed") => SprintState::Closed,
                _ => SprintState::Future,
            };
            let row = Sprint {
                id: number,
                name: sprint.name.clone(),
                goal: sprint.goal.clone(),
                state,
                board: id,
                start: sprint.start.or((state != SprintState::Future).then_some(self.now)),
                end: sprint.end.or((state != SprintState::Future).then(|| self.now + chrono::TimeDelta::days(14))),
                completed: (state == SprintState::Closed).then_some(self.now),
                created: self.now,
            };
            self.store.sprints.insert(number, row);
        }
        Ok(())
    }

    fn issue(&mut self, project: u64, seed: &SeedIssue) -> Result<(), SeedError> {
        let kind = match &seed.kind {
            Some(name) => self.type_named(name)?,
            None => self.default_type(project),
        };
        let initial = self.store.workflow_of(project, kind).map(|workflow| workflow.initial).unwrap_or_default();
        let status = seed.status.as_ref().map_or(Ok(initial), |name| self.status_named(name))?;
        let (id, key) = (self.store.next_id("issues"), self.next_key(project));
        let created = seed.created.unwrap_or(self.now);
        let resolution = seed.resolution.as_ref().map(|name| self.resolution_named(name)).transpose()?;
        let issue = Issue {
            id,
            key,
            old_keys: seed.old_keys.clone(),
            project,
            kind,
            status,
            parent: seed.parent.as_ref().map(|name| self.issue_named(name)).transpose()?,
            creator: Some(self.user_named(seed.reporter.as_deref().unwrap_or("admin"))?),
            created,
            updated: created,
            status_changed: created,
            resolution,
            resolved: resolution.map(|_| created),
            sprints: seed.sprint.iter().map(|name| self.sprint_named(name)).collect::<Result<_, _>>()?,
            original_estimate: None,
            remaining_estimate: None,
            values: self.values(seed)?,
            properties: seed.properties.clone(),
        };
        self.store.save(issue);
        seed.comments.iter().for_each(|text| self.comment(id, text));
        for file in &seed.attachments {
            let kind = file.content_type.as_deref().unwrap_or("text/plain");
            let file = StoredFile::new(&file.name, kind, file.content.as_bytes());
            attachments::add(&mut self.store, id, file, self.now);
        }
        Ok(())
    }

    fn values(&self, seed: &SeedIssue) -> Result<BTreeMap<String, Value>, SeedError> {
        let mut values = BTreeMap::new();
        let mut put = |field: &str, value: Option<Value>| value.map(|value| values.insert(field.to_owned(), value));
        put("summary", Some(seed.summary.clone().into()));
        put("description", (!seed.description.is_empty()).then(|| self.rich(&seed.description)));
        put("reporter", Some(self.user_named(seed.reporter.as_deref().unwrap_or("admin"))?.into()));
        put("assignee", seed.assignee.as_ref().map(|name| self.user_named(name)).transpose()?.map(Value::from));
        put("labels", (!seed.labels.is_empty()).then(|| seed.labels.clone().into()));
        put("duedate", seed.due.clone().map(Value::from));
        let priority = seed.priority.as_ref().map(|name| self.priority_named(name)).transpose()?;
        put("priority", priority.or(self.store.default_priority).map(Value::from));
        for (name, value) in &seed.fields {
            put(&self.field_named(name)?, Some(value.clone()));
        }
        Ok(values)
    }

    fn comment(&mut self, issue: u64, text: &str) {
        let id = self.store.next_id("comments");
        let author = self.user_named("admin").ok();
        let comment = Comment {
            id,
            issue,
            author: author.clone(),
            update_author: author,
            body: self.rich(text),
            created: self.now,
            updated: self.now,
            visibility: None,
            public: true,
            properties: BTreeMap::new(),
        };
        self.store.comments.insert(id, comment);
    }

    fn next_key(&mut self, project: u64) -> String {
        let Some(project) = self.store.projects.get_mut(&project) else { return String::new() };
        project.last_number += 1;
        format!("{}-{}", project.key, project.last_number)
    }

    fn default_type(&self, project: u64) -> u64 {
        let types = self.store.projects.get(&project).map(|project| project.issue_types.as_slice()).unwrap_or_default();
        let rows = || types.iter().filter_map(|id| self.store.issue_types.get(id));
        let task = rows().find(|kind| kind.name == "Task").or_else(|| rows().find(|kind| kind.level == 0));
        task.map(|kind| kind.id).unwrap_or_default()
    }

    fn type_named(&self, name: &str) -> Result<u64, SeedError> {
        let kind = self.store.issue_types.values().find(|kind| kind.name == name);
        kind.map(|kind| kind.id).ok_or_else(|| SeedError::missing("the issue type", name))
    }

    fn priority_named(&self, name: &str) -> Result<u64, SeedError> {
        let priority = self.store.priorities.values().find(|priority| priority.name == name);
        priority.map(|priority| priority.id).ok_or_else(|| SeedError::missing("the priority", name))
    }

    fn resolution_named(&self, name: &str) -> Result<u64, SeedError> {
        let resolution = self.store.resolutions.values().find(|resolution| resolution.name == name);
        resolution.map(|resolution| resolution.id).ok_or_else(|| SeedError::missing("the resolution", name))
    }

    fn sprint_named(&self, name: &str) -> Result<u64, SeedError> {
        let sprint = self.store.sprints.values().find(|sprint| sprint.name == name);
        sprint.map(|sprint| sprint.id).ok_or_else(|| SeedError::missing("the sprint", name))
    }

    fn issue_named(&self, name: &str) -> Result<u64, SeedError> {
        let issue = self.store.issues().values().find(|issue| issue.key == name || issue.text("summary") == Some(name));
        issue.map(|issue| issue.id).ok_or_else(|| SeedError::missing("the issue", name))
    }
}
