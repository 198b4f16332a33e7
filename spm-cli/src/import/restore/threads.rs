//! What hangs on tasks: comments and relations of an export.

use std::collections::{HashMap, HashSet};

use futures_util::TryStreamExt;
use pm_core::{Comment, Entity, NewComment, NewRelation, PmProviderExt, Relation, RelationKind, RelationQuery, TaskId};

use super::super::ledger::{Ledger, Outcome};
use super::{Found, Line, Restore, known, made};
use crate::failure::Result;

/// Relations that are here already, by the task that they start from.
#[derive(Debug, Default)]
pub(super) struct Present(HashMap<TaskId, HashSet<(RelationKind, TaskId)>>);

impl Restore {
    /// Writes comments, with the time and the author that they had.
    pub(super) async fn comments(&mut self, comments: Vec<Line<Comment>>, ledger: &mut Ledger<'_>) -> Result<()> {
        self.ids.learn(Entity::Comment, comments.iter().map(|(_, comment)| comment.id.as_str())).await?;
        self.ids.learn(Entity::Task, comments.iter().map(|(_, comment)| comment.task_id.as_str())).await?;
        let own = comments.iter().filter_map(|(_, comment)| {
            let task = self.ids.here(Entity::Task, comment.task_id.as_str())?;
            Some((task.into(), comment.id.clone()))
        });
        self.ids.learn_comments(own.collect()).await?;
        let authors = comments.iter().filter_map(|(_, comment)| Some(comment.author_id.as_ref()?.as_str()));
        self.ids.learn(Entity::User, authors).await?;
        let (mut new, mut operations) = (Vec::new(), Vec::new());
        for (line, comment) in comments {
            let outcome = match self.ids.get(Entity::Comment, comment.id.as_str()) {
                Some(found) => known(found),
                None => match self.new_comment(&comment) {
                    Some(copy) => {
                        operations.push(self.fit(copy, ledger).into());
                        new.push((line, comment.id.as_str().to_owned()));
                        continue;
                    }
                    None => self.without_task(&comment),
                },
            };
            self.tell(ledger, line, None, None, outcome)?;
        }
        let olds = new.iter().map(|(_, old)| old.clone()).collect();
        let results = self.create(Entity::Comment, olds, operations).await;
        for ((line, _), outcome) in new.into_iter().zip(results) {
            self.tell(ledger, line, None, None, outcome)?;
        }
        Ok(())
    }

    fn without_task(&self, comment: &Comment) -> Outcome {
        self.ids.get(Entity::Task, comment.task_id.as_str()).map_or_else(no_task, known)
    }

    fn new_comment(&self, comment: &Comment) -> Option<NewComment> {
        let task = self.ids.here(Entity::Task, comment.task_id.as_str())?;
        let mut new = NewComment::copy_of(comment, &task.into()).item;
        let author = comment.author_id.as_ref().and_then(|user| self.ids.here(Entity::User, user.as_str()));
        new.author_id = author.map(Into::into);
        Some(new.idempotency_key(self.ids.key(Entity::Comment, comment.id.as_str())))
    }

    /// Relates tasks, unless they are related already.
    pub(super) async fn relations(&mut self, relations: Vec<Line<Relation>>, ledger: &mut Ledger<'_>) -> Result<()> {
        let ends = relations.iter().flat_map(|(_, relation)| [relation.from.as_str(), relation.to.as_str()]);
        self.ids.learn(Entity::Task, ends).await?;
        for (line, relation) in relations {
            let outcome = self.relation(&relation).await?;
            self.tell(ledger, line, None, None, outcome)?;
        }
        Ok(())
    }

    async fn relation(&mut self, relation: &Relation) -> Result<Outcome> {
        let ends = [&relation.from, &relation.to].map(|old| self.ids.get(Entity::Task, old.as_str()).cloned());
        let (from, to) = match ends {
            [Some(Found::Here(from)), Some(Found::Here(to))] => (TaskId::from(from), TaskId::from(to)),
            [None, _] | [_, None] => return Ok(no_task()),
            _ => return Ok(known(&Found::Gone)),
        };
        let Some(ability) = self.provider.relations() else {
            return Ok(Outcome::LeftOut { reason: "this backend has no relations".to_owned() });
        };
        if self.is_related(&from, &to, relation.kind).await? {
            return Ok(Outcome::Unchanged { changed_in_source: false });
        }
        if self.options.dry_run {
            return Ok(Outcome::Created);
        }
        let result = ability.create_relation(NewRelation::new(relation.kind, from, to)).await;
        Ok(made(&result.map(|made| made.id.as_str().to_owned())))
    }

    /// Looks at the relations of a task once.
    async fn is_related(&mut self, from: &TaskId, to: &TaskId, kind: RelationKind) -> Result<bool> {
        if self.options.dry_run && !self.is_real(from) {
            return Ok(false);
        }
        if !self.relations.0.contains_key(from) {
            let all = self.provider.stream_relations(RelationQuery::of_task(from));
            let all: Vec<Relation> = all.try_collect().await?;
            let present = all.into_iter().filter(|one| &one.from == from).map(|one| (one.kind, one.to)).collect();
            self.relations.0.clear();
            self.relations.0.insert(from.clone(), present);
        }
        Ok(self.relations.0.get(from).is_some_and(|present| present.contains(&(kind, to.clone()))))
    }

    /// In a dry run, tasks that would be made go by their old ids.
    fn is_real(&self, task: &TaskId) -> bool {
        self.ids.here(Entity::Task, task.as_str()) != Some(task.as_str())
    }
}

fn no_task() -> Outcome {
    Outcome::Failed { kind: "no task", reason: "its task is not here".to_owned() }
}
