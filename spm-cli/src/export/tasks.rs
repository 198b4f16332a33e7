//! Tasks, in the order of their numbers.

use std::sync::Arc;

use futures_util::TryStreamExt;
use pm_core::{PMProject, PmProvider, PmProviderExt, TaskQuery};

use super::order::{Sorter, TaskOrder};
use super::record::Record;
use super::writer::Writer;
use crate::failure::Result;

/// Writes the tasks of a project. They come by creation and are put in order on disk: memory holds a few bytes of each.
pub(super) async fn write(
    provider: &Arc<dyn PmProvider>,
    project: &PMProject,
    order: &mut TaskOrder,
    writer: &mut Writer<'_, impl std::io::Write>,
) -> Result<()> {
    let mut sorter = Sorter::new();
    let mut tasks = provider.stream_tasks(TaskQuery::in_project(&project.id));
    while let Some(task) = tasks.try_next().await? {
        let number = super::number(task.key.as_deref());
        let place = order.add(&task.id, number);
        sorter.add(place, writer.prepare(&Record::Task(Box::new(task)))?)?;
    }
    order.next_project();
    sorter.each(|line| writer.line(Some("tasks"), line))
}
