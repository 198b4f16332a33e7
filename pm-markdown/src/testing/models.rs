//! Documents as programs make them: whatever the model can hold, sensible or not.

use proptest::prelude::*;

use crate::model::{AlertKind, Alignment, Block, Code, Inline, Item, List, Mark, Table, Target};

/// Documents with any text anywhere, empty pieces, and marks inside marks; without HTML, which must be as Markdown
/// would read it.
pub fn models() -> impl Strategy<Value = Vec<Block>> {
    prop::collection::vec(block(), 0..5)
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Zäß日 .,]{0,10}",
        2 => r#"[*_@#|"'!:()<>&;~^+%?=\\\[\]{}$`/x1 -]{0,8}"#,
        1 => any::<String>(),
        1 => prop::sample::select(vec!["1.", "- ", "# x", "[ ] x", "[!NOTE]", "[^1]: x", "<div>", "&amp;", "a\nb", "> ", "---", "| a |"])
            .prop_map(str::to_owned),
    ]
}

fn target() -> impl Strategy<Value = Target> {
    (prop_oneof!["https://[a-z./()_?&=*~|-]{0,10}", any_text()], prop_oneof![3 => Just(String::new()), 1 => any_text()])
        .prop_map(|(url, title)| Target { url, title })
}

fn inline() -> impl Strategy<Value = Inline> {
    let leaf = prop_oneof![
        6 => any_text().prop_map(Inline::Text),
        1 => any_text().prop_map(Inline::Code),
        1 => Just(Inline::Soft),
        1 => Just(Inline::Hard),
        1 => (target(), any_text()).prop_map(|(target, text)| Inline::Image(target, text)),
        1 => "https://[a-z]{1,4}".prop_map(|url| Inline::Link(Target::new(url.clone()), vec![Inline::Text(url)])),
    ];
    leaf.prop_recursive(4, 12, 4, |inner| {
        let inner = prop::collection::vec(inner, 0..4);
        prop_oneof![
            4 => (prop::sample::select(vec![Mark::Strong, Mark::Emphasis, Mark::Deleted]), inner.clone())
                .prop_map(|(mark, inner)| Inline::Span(mark, inner)),
            1 => (target(), inner).prop_map(|(target, inner)| Inline::Link(target, inner)),
        ]
    })
}

fn inlines() -> impl Strategy<Value = Vec<Inline>> {
    prop::collection::vec(inline(), 0..5)
}

fn table() -> impl Strategy<Value = Table> {
    let alignment = prop::sample::select(vec![Alignment::None, Alignment::Left, Alignment::Center, Alignment::Right]);
    let row = || prop::collection::vec(inlines(), 0..4);
    (prop::collection::vec(alignment, 0..4), row(), prop::collection::vec(row(), 0..3))
        .prop_map(|(alignments, head, rows)| Table { alignments, head, rows })
}

fn block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![
        6 => inlines().prop_map(Block::Paragraph),
        1 => (0_u8..9, inlines()).prop_map(|(level, text)| Block::Heading(level, text)),
        1 => (any_text(), "([a-z`~<> ]{0,6}\n?){0,4}").prop_map(|(info, text)| Block::Code(Code { info, text })),
        1 => table().prop_map(Block::Table),
        1 => Just(Block::Rule),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let blocks = prop::collection::vec(inner, 0..4);
        let item = (prop_oneof![2 => Just(None), 1 => any::<bool>().prop_map(Some)], blocks.clone())
            .prop_map(|(task, blocks)| Item { task, blocks });
        let start = prop_oneof![2 => Just(None), 2 => Just(Some(1)), 1 => any::<u32>().prop_map(|start| Some(u64::from(start)))];
        prop_oneof![
            1 => blocks.clone().prop_map(Block::Quote),
            1 => (prop::sample::select(AlertKind::ALL.to_vec()), blocks).prop_map(|(kind, inner)| Block::Alert(kind, inner)),
            2 => (start, prop::collection::vec(item, 0..4)).prop_map(|(start, items)| Block::List(List { start, items })),
        ]
    })
}
