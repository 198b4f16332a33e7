//! Blocks that open at a click: `expand` in ADF, `<details>` in Markdown.

use pm_markdown::Block;

/// A block, or blocks under a title.
#[derive(Debug)]
pub(super) enum Section {
    Block(Block),
    Details(String, Vec<Block>),
}

/// Finds the blocks that stand between `<details>` and `</details>`, each alone with an empty line around it.
pub(super) fn sections(blocks: Vec<Block>) -> Vec<Section> {
    let ends = pairs(&blocks);
    let mut done = Vec::new();
    let mut rest = blocks.into_iter().enumerate();
    while let Some((at, block)) = rest.next() {
        match (title_of(&block), ends[at]) {
            (Some(title), Some(end)) => {
                let inner = rest.by_ref().take(end - at - 1).map(|(_, block)| block).collect();
                rest.next();
                done.push(Section::Details(title, inner));
            }
            _ => done.push(Section::Block(block)),
        }
    }
    done
}

/// For each block that opens a section, which one closes it.
fn pairs(blocks: &[Block]) -> Vec<Option<usize>> {
    let mut ends = vec![None; blocks.len()];
    let mut open = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        if title_of(block).is_some() {
            open.push(at);
        } else if is_close(block)
            && let Some(start) = open.pop()
        {
            ends[start] = Some(at);
        }
    }
    ends
}

/// The title of the section that a block opens (empty: none).
pub(super) fn title_of(block: &Block) -> Option<String> {
    let Block::Html(html) = block else { return None };
    let rest = html.strip_prefix("<details>").or_else(|| html.strip_prefix("<details open>"))?.trim();
    if rest.is_empty() {
        return Some(String::new());
    }
    let title = rest.strip_prefix("<summary>")?.strip_suffix("</summary>")?;
    (!title.contains(['<', '>', '\n']))
        .then(|| title.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").trim().to_owned())
}

/// Tells whether a block closes a section.
pub(super) fn is_close(block: &Block) -> bool {
    matches!(block, Block::Html(html) if html.trim() == "</details>")
}

/// The block that opens a section.
pub(super) fn opened(title: &str) -> Block {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Block::Html(if title.is_empty() {
        "<details>".to_owned()
    } else {
        format!("<details>\n<summary>{title}</summary>")
    })
}

/// The block that closes a section.
pub(super) fn closed() -> Block {
    Block::Html("</details>".to_owned())
}
