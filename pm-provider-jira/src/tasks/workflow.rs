//! Workflows as far as they are known: which transitions lead from which status to which other.
//!
//! Jira says where an issue can go from its present status, and nothing of what comes after. So what is learnt of one issue
//! is remembered for all issues of its project and type, and paths are looked for in what is known.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::dto::Screen;

/// The number of a status.
pub(crate) type StatusId = u64;

/// A transition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    /// The transition, as it is ordered.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    /// The status that it leads to.
    pub(crate) to: StatusId,
    /// What people call that.
    pub(crate) to_name: String,
    /// What its screen asks for; `None` where it has one that nobody has seen yet.
    pub(crate) screen: Option<Screen>,
}

/// The transitions of the issues of one project and type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workflow {
    steps: HashMap<StatusId, Vec<Step>>,
    /// The issue by which it was learnt where a status leads: conditions may let others go elsewhere.
    learnt_of: HashMap<StatusId, u64>,
}

impl Workflow {
    /// Remembers where an issue can go from a status.
    pub(crate) fn learn(&mut self, from: StatusId, steps: Vec<Step>, issue: u64) {
        self.steps.insert(from, steps);
        self.learnt_of.insert(from, issue);
    }

    /// Says whether it was this issue that showed where a status leads.
    pub(crate) fn is_learnt_of(&self, from: StatusId, issue: u64) -> bool {
        self.learnt_of.get(&from) == Some(&issue)
    }

    /// The same, of a source that knows no screens: what was seen of an issue is better.
    pub(crate) fn hear(&mut self, from: StatusId, steps: Vec<Step>) {
        self.steps.entry(from).or_insert(steps);
    }

    /// Forgets where issues can go from a status: it proved wrong.
    pub(crate) fn forget(&mut self, from: StatusId) {
        self.steps.remove(&from);
        self.learnt_of.remove(&from);
    }

    /// Where issues can go from a status; `None` where that is not known.
    pub(crate) fn from(&self, status: StatusId) -> Option<&[Step]> {
        self.steps.get(&status).map(Vec::as_slice)
    }

    /// The shortest known way from one status to another; of several the one that comes first in Jira's own order.
    ///
    /// Ways over steps that are `ready` (nothing that they ask for is missing) come before shorter ones over others.
    pub(crate) fn path(&self, from: StatusId, to: StatusId, ready: impl Fn(&Step) -> bool) -> Option<Vec<Step>> {
        self.search(from, to, ready).or_else(|| self.search(from, to, |_| true))
    }

    fn search(&self, from: StatusId, to: StatusId, may: impl Fn(&Step) -> bool) -> Option<Vec<Step>> {
        if from == to {
            return Some(Vec::new());
        }
        let mut came: HashMap<StatusId, (StatusId, &Step)> = HashMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(status) = queue.pop_front() {
            for step in self.from(status).unwrap_or_default().iter().filter(|step| may(step)) {
                if step.to == from || came.contains_key(&step.to) {
                    continue;
                }
                came.insert(step.to, (status, step));
                if step.to == to {
                    return Some(walk_back(&came, from, to));
                }
                queue.push_back(step.to);
            }
        }
        None
    }

    /// The nearest status on any way from here of which it is not known where it leads; none of those already tried.
    pub(crate) fn frontier(&self, from: StatusId, tried: &HashSet<StatusId>) -> Option<StatusId> {
        let mut seen = HashSet::from([from]);
        let mut queue = VecDeque::from([from]);
        while let Some(status) = queue.pop_front() {
            let Some(steps) = self.from(status) else {
                if tried.contains(&status) {
                    continue;
                }
                return Some(status);
            };
            queue.extend(steps.iter().map(|step| step.to).filter(|to| seen.insert(*to)));
        }
        None
    }
}

fn walk_back(came: &HashMap<StatusId, (StatusId, &Step)>, from: StatusId, to: StatusId) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = to;
    while at != from {
        let Some((before, step)) = came.get(&at) else { break };
        steps.push((*step).clone());
        at = *before;
    }
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn step(to: StatusId) -> Step {
        Step { id: format!("t{to}"), to, screen: Some(Screen::default()), ..Step::default() }
    }

    fn workflow(edges: &[(StatusId, StatusId)]) -> Workflow {
        let mut workflow = Workflow::default();
        for (from, to) in edges {
            let mut steps = workflow.from(*from).unwrap_or_default().to_vec();
            steps.push(step(*to));
            workflow.learn(*from, steps, 7);
        }
        workflow
    }

    fn path(workflow: &Workflow, from: StatusId, to: StatusId) -> Option<Vec<StatusId>> {
        Some(workflow.path(from, to, |_| true)?.iter().map(|step| step.to).collect())
    }

    #[test]
    fn the_shortest_way_is_taken() {
        let workflow = workflow(&[(1, 2), (2, 3), (3, 4), (1, 3), (4, 1)]);
        assert_eq!(path(&workflow, 1, 4), Some(vec![3, 4]));
        assert_eq!(path(&workflow, 1, 1), Some(Vec::new()));
        assert_eq!(path(&workflow, 2, 1), Some(vec![3, 4, 1]));
        assert_eq!(path(&workflow, 1, 9), None);
    }

    #[test]
    fn a_way_on_which_nothing_is_missing_comes_first() {
        let mut workflow = workflow(&[(1, 3), (1, 2), (2, 3)]);
        let mut direct = workflow.from(1).unwrap().to_vec();
        direct[0].id = "asks".to_owned();
        workflow.learn(1, direct, 7);
        let ids = |ready: fn(&Step) -> bool| -> Vec<String> {
            workflow.path(1, 3, ready).unwrap().into_iter().map(|step| step.id).collect()
        };
        assert_eq!(ids(|step| step.id != "asks"), ["t2", "t3"]);
        assert_eq!(ids(|_| true), ["asks"]);
        assert_eq!(ids(|_| false), ["asks"], "to say what is missing");
    }

    #[test]
    fn the_frontier_is_the_nearest_status_that_nobody_knows() {
        let mut workflow = workflow(&[(1, 2), (1, 3), (2, 4)]);
        assert_eq!(workflow.frontier(1, &HashSet::new()), Some(3));
        assert_eq!(workflow.frontier(1, &HashSet::from([3])), Some(4));
        assert_eq!(workflow.frontier(1, &HashSet::from([3, 4])), None);
        workflow.learn(3, Vec::new(), 7);
        workflow.hear(3, vec![step(5)]);
        workflow.hear(4, vec![step(1)]);
        assert_eq!(workflow.frontier(1, &HashSet::new()), None, "what was seen is better than what was heard");
        workflow.forget(2);
        assert_eq!(workflow.frontier(1, &HashSet::new()), Some(2));
    }

    /// The length of the shortest way, by going on from all that was reached.
    fn distance(edges: &[(StatusId, StatusId)], from: StatusId, to: StatusId) -> Option<usize> {
        let mut reached = HashSet::from([from]);
        for length in 0..=edges.len() {
            if reached.contains(&to) {
                return Some(length);
            }
            let next: Vec<_> = edges.iter().filter(|(a, _)| reached.contains(a)).map(|(_, b)| *b).collect();
            reached.extend(next);
        }
        None
    }

    proptest! {
        #[test]
        fn a_way_is_found_where_there_is_one_and_is_as_short_as_can_be(
            edges in proptest::collection::vec((0_u64..8, 0_u64..8), 0..24), from in 0_u64..8, to in 0_u64..8,
        ) {
            let workflow = workflow(&edges);
            let found = path(&workflow, from, to);
            prop_assert_eq!(found.as_ref().map(Vec::len), distance(&edges, from, to));
            let stations: Vec<_> = std::iter::once(from).chain(found.unwrap_or_default()).collect();
            for pair in stations.windows(2) {
                prop_assert!(edges.contains(&(pair[0], pair[1])));
            }
        }
    }
}
