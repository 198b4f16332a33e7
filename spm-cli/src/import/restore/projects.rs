//! Projects and sprints of an export.

use pm_core::{Entity, NewProject, NewSprint, PMProject, PMSprint, ProjectId};

use super::super::ledger::{Ledger, Outcome, Remark};
use super::{Line, Restore, known, made};
use crate::failure::Result;

impl Restore {
    /// Makes projects.
    pub(super) async fn projects(&mut self, projects: Vec<Line<PMProject>>, ledger: &mut Ledger<'_>) -> Result<()> {
        self.ids.learn(Entity::Project, projects.iter().map(|(_, project)| project.id.as_str())).await?;
        let owners = projects.iter().filter_map(|(_, project)| Some(project.owner_id.as_ref()?.as_str()));
        self.ids.learn(Entity::User, owners).await?;
        for (line, project) in projects {
            let outcome = match self.ids.get(Entity::Project, project.id.as_str()) {
                Some(found) => known(found),
                None => self.project(&project, ledger).await,
            };
            self.tell(ledger, line, project.key.as_deref(), Some(&project.name), outcome)?;
        }
        Ok(())
    }

    async fn project(&mut self, project: &PMProject, ledger: &mut Ledger<'_>) -> Outcome {
        let old = project.id.as_str();
        if self.options.dry_run {
            self.ids.put(Entity::Project, old, old);
            return Outcome::Created;
        }
        let mut new = NewProject::copy_of(project).item.idempotency_key(self.ids.key(Entity::Project, old));
        if let Some(owner) = &project.owner_id {
            match self.ids.here(Entity::User, owner.as_str()) {
                Some(id) => new = new.owner_id(id),
                None => ledger.remark(Remark::UnknownPerson, owner.as_str()),
            }
        }
        let result = self.provider.create_project(self.fit(new, ledger)).await.map(|made| made.id.as_str().to_owned());
        if let Ok(id) = &result {
            self.ids.put(Entity::Project, old, id);
        }
        made(&result)
    }

    /// Makes sprints.
    pub(super) async fn sprints(&mut self, sprints: Vec<Line<PMSprint>>, ledger: &mut Ledger<'_>) -> Result<()> {
        self.ids.learn(Entity::Sprint, sprints.iter().map(|(_, sprint)| sprint.id.as_str())).await?;
        self.ids.learn(Entity::Project, sprints.iter().map(|(_, sprint)| sprint.project_id.as_str())).await?;
        let mut new = Vec::new();
        for (line, sprint) in sprints {
            let outcome = match self.ids.get(Entity::Sprint, sprint.id.as_str()) {
                Some(found) => known(found),
                None => match self.ids.here(Entity::Project, sprint.project_id.as_str()) {
                    Some(project) => {
                        let project = ProjectId::from(project);
                        new.push(((line, sprint), project));
                        continue;
                    }
                    None => super::tasks::homeless(),
                },
            };
            self.tell(ledger, line, sprint.key.as_deref(), Some(&sprint.name), outcome)?;
        }
        self.new_sprints(new, ledger).await
    }

    async fn new_sprints(&mut self, new: Vec<(Line<PMSprint>, ProjectId)>, ledger: &mut Ledger<'_>) -> Result<()> {
        let mut operations = Vec::new();
        for ((_, sprint), project) in &new {
            let mut copy = NewSprint::copy_of(sprint, project).item;
            copy.key.clone_from(&sprint.key);
            let copy = copy.idempotency_key(self.ids.key(Entity::Sprint, sprint.id.as_str()));
            operations.push(self.fit(copy, ledger).into());
        }
        let ids = new.iter().map(|((_, sprint), _)| sprint.id.as_str().to_owned()).collect();
        let results = self.create(Entity::Sprint, ids, operations).await;
        for (((line, sprint), _), outcome) in new.into_iter().zip(results) {
            self.tell(ledger, line, sprint.key.as_deref(), Some(&sprint.name), outcome)?;
        }
        Ok(())
    }
}
