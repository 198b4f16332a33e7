//! Finds what Markdown has and Textile says in text: the boxes of tasks, the words of alerts.

use pm_markdown::{AlertKind, Block, Inline, Item, List};

/// Makes tasks and alerts of canonical items and quotes that say so.
pub(super) fn lift(blocks: Vec<Block>) -> Vec<Block> {
    blocks.into_iter().map(block).collect()
}

fn block(block: Block) -> Block {
    match block {
        Block::Quote(inner) => {
            let mut inner = lift(inner);
            match alert(&mut inner) {
                Some(kind) => Block::Alert(kind, inner),
                None => Block::Quote(inner),
            }
        }
        Block::List(List { start, items }) => Block::List(List { start, items: items.into_iter().map(item).collect() }),
        other => other,
    }
}

/// Takes the word of an alert away, when it stands on the first line alone.
fn alert(blocks: &mut Vec<Block>) -> Option<AlertKind> {
    let Some(Block::Paragraph(inlines)) = blocks.first_mut() else { return None };
    let Some(Inline::Text(text)) = inlines.first() else { return None };
    let kind = AlertKind::ALL.into_iter().find(|kind| *text == format!("[!{}]", kind.word()))?;
    match inlines.get(1) {
        None => drop(blocks.remove(0)),
        Some(Inline::Soft | Inline::Hard) => drop(inlines.drain(..2)),
        _ => return None,
    }
    Some(kind)
}

fn item(mut item: Item) -> Item {
    item.blocks = lift(item.blocks);
    if let Some(Block::Paragraph(inlines)) = item.blocks.first_mut()
        && let Some(Inline::Text(text)) = inlines.first_mut()
    {
        item.task = [("[ ]", false), ("[x]", true)].into_iter().find_map(|(mark, done)| {
            let rest = text.strip_prefix(mark).filter(|rest| rest.is_empty() || rest.starts_with(' '))?;
            *text = rest.to_owned();
            Some(done)
        });
    }
    item
}
