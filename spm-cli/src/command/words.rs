//! Statuses and priorities as people write them.

use std::sync::Arc;

use pm_core::{
    Error, ErrorKind, Native, PmProvider, PriorityRef, ProjectId, ProjectStatusRef, SprintStatusRef, StatusRef,
    Vocabulary, Wanted,
};

use crate::failure::Failure;

/// The words of a change that a project may not know.
#[derive(Debug, Default)]
pub(crate) struct Words {
    pub(crate) task_status: Option<StatusRef>,
    pub(crate) project_status: Option<ProjectStatusRef>,
    pub(crate) sprint_status: Option<SprintStatusRef>,
    pub(crate) priority: Option<PriorityRef>,
}

/// Says which statuses and priorities a project has, where a word that it does not know was the reason.
///
/// The project is only asked once something was refused: what is right costs no request.
pub(crate) async fn explain(
    provider: &Arc<dyn PmProvider>,
    project: &ProjectId,
    words: Words,
    error: Error,
) -> Failure {
    if error.kind() != ErrorKind::InvalidInput {
        return error.into();
    }
    let Ok(schema) = provider.project_schema(project).await else { return error.into() };
    unknown(words.task_status.as_ref(), &schema.statuses, "--status")
        .or_else(|| unknown(words.project_status.as_ref(), &schema.project_statuses, "--status"))
        .or_else(|| unknown(words.sprint_status.as_ref(), &schema.sprint_statuses, "--status"))
        .or_else(|| unknown(words.priority.as_ref(), &schema.priorities, "--priority"))
        .unwrap_or_else(|| error.into())
}

fn unknown<N: Native>(wanted: Option<&Wanted<N::Category>>, choices: &[N], option: &str) -> Option<Failure> {
    let word = match wanted {
        Some(Wanted::Word(word)) if wanted?.resolve(choices, &[]).is_err() => word,
        _ => return None,
    };
    let names: Vec<_> = choices.iter().map(|choice| format!("`{}`", choice.name())).collect();
    let message = format!("`{word}` is no {} here; there are {}", N::Category::WHAT, names.join(", "));
    Some(match nearest(word, choices) {
        Some(near) => Failure::usage(message).hint(format!("did you mean `{near}`?")),
        None => Failure::usage(message).hint(format!("{option} takes one of these names")),
    })
}

fn nearest<'a, N: Native>(word: &str, choices: &'a [N]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let scored =
        choices.iter().map(|choice| (strsim::jaro_winkler(&word, &choice.name().to_lowercase()), choice.name()));
    scored.filter(|(likeness, _)| *likeness > 0.8).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}
