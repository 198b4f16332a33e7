//! Which types of tasks stand below which, where a project says so.

use pm_provider::{NewTask, PMTask, ProjectId, ProjectSchema};

use super::Subject;
use super::expect::done;
use super::verdict::{Outcome, Stop};

/// The types of tasks of which each can be part of the one before; `None` where any can.
#[derive(Clone, Debug)]
pub(super) struct Ranks(Vec<Option<String>>);

impl Ranks {
    /// Tasks of whatever type, of which none is part of another.
    pub(super) fn flat() -> Self {
        Self(vec![None])
    }

    /// How many ranks there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Says whether a task of one rank can be put below a task of another.
    pub(super) fn fits(&self, schema: &ProjectSchema, part: usize, whole: usize) -> bool {
        match (self.0.get(part), self.0.get(whole)) {
            (Some(Some(part)), Some(Some(whole))) => schema.can_be_part_of(part, whole),
            (Some(None), Some(None)) => true,
            _ => false,
        }
    }

    /// A task of one of the ranks, the top one being 0.
    pub(super) fn task(&self, rank: usize, project: &ProjectId, title: &str) -> NewTask {
        let new = NewTask::new(project, title);
        match self.0.get(rank) {
            Some(Some(name)) => new.task_type(name),
            _ => new,
        }
    }
}

impl Subject {
    /// Types for so many ranks; of several choices one whose tasks can also stand alone.
    pub(super) async fn ranks(&self, project: &ProjectId, count: usize) -> Outcome<Ranks> {
        let schema = self.schema(project).await?;
        if schema.hierarchy.is_empty() {
            return Ok(Ranks(vec![None; count]));
        }
        let chains = chains(&schema, count);
        let chain =
            chains.into_iter().min_by_key(|chain| chain.iter().filter(|name| needs_parent(&schema, name)).count());
        match chain {
            Some(chain) => Ok(Ranks(chain.into_iter().map(Some).collect())),
            None => Err(Stop::Unsupported(format!("tasks below tasks, {count} ranks of them"))),
        }
    }

    /// Types for two or three ranks that come as near to a circle as the project's hierarchy lets them: where some type
    /// can be part of itself, say, it is not the types for which a circle is refused.
    pub(super) async fn ranks_for_circle(&self, project: &ProjectId) -> Outcome<Ranks> {
        let schema = self.schema(project).await?;
        if schema.hierarchy.is_empty() {
            return Ok(Ranks(vec![None; 3]));
        }
        nearest_to_circle(&schema).ok_or_else(|| Stop::Unsupported("tasks below tasks".to_owned()))
    }

    /// Creates tasks of which each is part of the one before.
    pub(super) async fn line(&self, project: &ProjectId, titles: &[&str]) -> Outcome<Vec<PMTask>> {
        let ranks = self.ranks(project, titles.len()).await?;
        self.line_of(&ranks, project, titles).await
    }

    /// The same with given types.
    pub(super) async fn line_of(&self, ranks: &Ranks, project: &ProjectId, titles: &[&str]) -> Outcome<Vec<PMTask>> {
        let mut line: Vec<PMTask> = Vec::with_capacity(titles.len());
        for (rank, title) in titles.iter().enumerate() {
            let new = ranks.task(rank, project, title);
            let new = match line.last() {
                Some(above) => new.parent_task_id(&above.id),
                None => new,
            };
            line.push(done("creating a task below another", self.create_task(new).await)?);
        }
        Ok(line)
    }
}

fn needs_parent(schema: &ProjectSchema, name: &str) -> bool {
    schema.hierarchy.get(name).is_some_and(|parents| parents.required)
}

/// All rows of types of which each can be part of the one before; the first one stands alone.
fn chains(schema: &ProjectSchema, count: usize) -> Vec<Vec<String>> {
    let names = &schema.task_types;
    let first = names.iter().filter(|name| !needs_parent(schema, name)).map(|name| vec![name.clone()]).collect();
    (1..count).fold(first, |chains: Vec<Vec<String>>, _| {
        let longer = chains.iter().flat_map(|chain| {
            let above = chain.last();
            let below = names.iter().filter(move |name| above.is_some_and(|above| schema.can_be_part_of(name, above)));
            below.map(|name| [chain.as_slice(), std::slice::from_ref(name)].concat())
        });
        longer.collect()
    })
}

fn nearest_to_circle(schema: &ProjectSchema) -> Option<Ranks> {
    let ranks = [2, 3].into_iter().flat_map(|count| chains(schema, count));
    ranks.map(|chain| Ranks(chain.into_iter().map(Some).collect())).max_by_key(|ranks| {
        let closed = (1..ranks.count()).filter(|below| ranks.fits(schema, 0, *below)).count();
        (closed, ranks.fits(schema, 2, 0), ranks.count())
    })
}

#[cfg(test)]
mod tests {
    use pm_provider::ParentTypes;

    use super::*;

    fn schema<const N: usize>(rows: [(&str, ParentTypes); N]) -> ProjectSchema {
        let mut schema = ProjectSchema::new("7");
        schema.task_types = rows.iter().map(|(name, _)| (*name).to_owned()).collect();
        schema.hierarchy(rows.map(|(name, parents)| (name.to_owned(), parents)))
    }

    #[test]
    fn a_circle_is_tried_with_types_that_could_close_it() {
        let names = |schema: &ProjectSchema| {
            nearest_to_circle(schema).map(|ranks| ranks.0.into_iter().flatten().collect::<Vec<_>>())
        };
        let levels = schema([
            ("Sub-task", ParentTypes::of(["Task"]).required(true)),
            ("Task", ParentTypes::of(["Epic"])),
            ("Epic", ParentTypes::none()),
        ]);
        assert_eq!(names(&levels), Some(vec!["Epic".to_owned(), "Task".to_owned(), "Sub-task".to_owned()]));
        let within = schema([
            ("Task", ParentTypes::of(["Epic"])),
            ("Epic", ParentTypes::none()),
            ("Work package", ParentTypes::of(["Work package", "Epic"])),
        ]);
        assert_eq!(names(&within), Some(vec!["Work package".to_owned(); 3]));
        let shallow = schema([("Task", ParentTypes::of(["Epic"])), ("Epic", ParentTypes::none())]);
        assert_eq!(names(&shallow), Some(vec!["Epic".to_owned(), "Task".to_owned()]), "two ranks are enough");
        assert_eq!(names(&schema([("Task", ParentTypes::none())])), None);
    }

    #[test]
    fn types_that_are_not_named_fit_anywhere() {
        let schema = ProjectSchema::new("7");
        let any = Ranks(vec![None; 3]);
        assert!(any.fits(&schema, 2, 0) && !any.fits(&schema, 3, 0));
        assert_eq!((Ranks::flat().count(), Ranks::flat().fits(&schema, 1, 0)), (1, false));
    }

    #[test]
    fn each_rank_can_be_part_of_the_one_above() {
        let mut schema = ProjectSchema::new("7").hierarchy([
            ("Sub-task".to_owned(), ParentTypes::of(["Task"]).required(true)),
            ("Task".to_owned(), ParentTypes::of(["Epic"])),
            ("Epic".to_owned(), ParentTypes::none()),
        ]);
        schema.task_types = ["Sub-task", "Task", "Epic"].map(str::to_owned).to_vec();
        assert_eq!(chains(&schema, 3), [["Epic", "Task", "Sub-task"]]);
        assert_eq!(chains(&schema, 2), [["Task", "Sub-task"], ["Epic", "Task"]]);
        assert!(chains(&schema, 4).is_empty());
    }
}
