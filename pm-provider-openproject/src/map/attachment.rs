//! Files that hang on work packages.

use pm_http::Raw;
use pm_provider::Attachment;
use pm_provider::value::micros;

use crate::dto;
use crate::places::Places;

/// Makes an attachment of a task.
pub(crate) fn attachment(raw: Raw<dto::Attachment>, task: u64, places: &Places) -> Attachment {
    let Raw { item, raw } = raw;
    let mut attachment = Attachment::new(item.id.to_string(), task.to_string(), item.file_name).raw_data(raw);
    attachment.size = item.file_size;
    attachment.content_type = item.content_type;
    let author = item.links.author.unwrap_or_default();
    attachment.author_id = author.id().map(|id| id.to_string().into());
    attachment.author_name = author.title;
    attachment.created_at = item.created_at.map(micros);
    // Browsers that are signed in are shown it.
    attachment.url = Some(places.page("api/v3/attachments", format!("{}/content", item.id)));
    attachment
}
