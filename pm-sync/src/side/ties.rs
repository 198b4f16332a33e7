//! Relations of a side's tasks.

use std::sync::Arc;

use pm_provider::{
    Entity, Error, ErrorKind, Filter, NewRelation, Operation, Relation, RelationKind, RelationQuery, Relations, Result,
    TaskId,
};

use super::Tracker;

impl Tracker {
    /// Whether relations can be read.
    #[must_use]
    pub fn has_relations(&self) -> bool {
        self.relations().is_some() && self.capabilities().can(Entity::Relation, Operation::List)
    }

    /// Whether those of all tasks are listed without going task by task.
    #[must_use]
    pub fn lists_all_relations(&self) -> bool {
        self.capabilities().entity(Entity::Relation).filters.contains(&Filter::Project)
    }

    /// Whether relations of a kind can be made and taken away.
    #[must_use]
    pub fn writes_relations(&self, kind: RelationKind) -> bool {
        let can = |operation| self.capabilities().can(Entity::Relation, operation);
        can(Operation::Create) && can(Operation::Delete) && self.capabilities().takes_relations(kind)
    }

    fn relations(&self) -> Option<Arc<dyn Relations>> {
        self.provider().relations()
    }

    fn related(&self) -> Result<Arc<dyn Relations>> {
        self.relations().ok_or_else(|| Error::unsupported(format!("`{}` has no relations", self.name())))
    }

    /// The relations of all tasks of the project.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn all_relations(&self) -> Result<Vec<Relation>> {
        self.read_relations(&RelationQuery::in_project(self.project())).await
    }

    /// The relations of a task in both directions; none if the task is not shown.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn relations_of(&self, task: &str) -> Result<Vec<Relation>> {
        if self.is_only_played(task) {
            return Ok(Vec::new());
        }
        match self.read_relations(&RelationQuery::of_task(task)).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        }
    }

    async fn read_relations(&self, query: &RelationQuery) -> Result<Vec<Relation>> {
        let (relations, mut cursor, mut found) = (self.related()?, None, Vec::new());
        loop {
            self.counted();
            let page = relations.relations_page(query, cursor).await?;
            found.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(found),
            }
        }
    }

    /// Relates two tasks; a relation that is there already stays as it is.
    ///
    /// # Errors
    /// What the provider says: `Conflict` where there is no room for one more between these two.
    pub async fn relate(&self, kind: RelationKind, from: &str, to: &str) -> Result<()> {
        if self.is_recording() {
            return Ok(());
        }
        let relations = self.related()?;
        self.counted();
        relations.create_relation(NewRelation::new(kind, from, to)).await.map(drop)
    }

    /// Takes a relation away; one that is gone already is no error.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn unrelate(&self, relation: &Relation) -> Result<()> {
        if self.is_recording() {
            return Ok(());
        }
        let relations = self.related()?;
        self.counted();
        match relations.delete_relation(&TaskId::from(relation.from.as_str()), &relation.id).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}
