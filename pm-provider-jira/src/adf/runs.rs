//! Text as ADF has it: a row of pieces, each with all its marks.

use pm_markdown::{Inline, Lines, Mark, Target, tidy_inlines};

use super::write_inline::PICTURE;

/// A piece and its marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) piece: Piece,
    pub(super) marks: Marks,
}

/// What a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Code(String),
    Break,
    /// An image among text: where it is, what it shows.
    Image(Target, String),
}

/// How a run is marked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Marks {
    pub(super) strong: bool,
    pub(super) emphasis: bool,
    pub(super) deleted: bool,
    pub(super) underlined: bool,
    pub(super) script: Option<Script>,
    pub(super) link: Option<Target>,
}

/// Small text above or below the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Below,
    Above,
}

impl Marks {
    fn with(&self, mark: Mark) -> Self {
        let mut marks = self.clone();
        match mark {
            Mark::Strong => marks.strong = true,
            Mark::Emphasis => marks.emphasis = true,
            Mark::Deleted => marks.deleted = true,
        }
        marks
    }

    /// The marks that a link alone leaves: code and images have no others.
    fn only_link(&self) -> Self {
        Self { link: self.link.clone(), ..Self::default() }
    }
}

/// What stands in a row before it is known which tags have another one.
enum Part {
    Run(Run),
    Tag(String, Marks),
}

/// Lays inlines out as a row. A line end that means nothing is a space; `<u>`, `<sub>` and `<sup>` are marks, other
/// HTML is text.
pub(super) fn runs(inlines: &[Inline]) -> Vec<Run> {
    let mut parts = Vec::new();
    lay_out(inlines, &Marks::default(), &mut parts);
    joined(settle(parts)).into_iter().map(pictured).collect()
}

/// A link whose text says that it is an image is one.
pub(super) fn pictured(run: Run) -> Run {
    let shown = if let Piece::Text(text) = &run.piece { text.strip_prefix(PICTURE) } else { None };
    match (shown, &run.marks.link) {
        (Some(shown), Some(target)) => {
            let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            Run { piece: Piece::Image(target.clone(), shown), marks: Marks::default() }
        }
        _ => run,
    }
}

fn lay_out(inlines: &[Inline], marks: &Marks, parts: &mut Vec<Part>) {
    for inline in inlines {
        let piece = match inline {
            Inline::Text(text) => Piece::Text(text.clone()),
            Inline::Code(text) => Piece::Code(text.clone()),
            Inline::Soft => Piece::Text(" ".to_owned()),
            Inline::Hard => Piece::Break,
            Inline::Html(html) => {
                parts.push(Part::Tag(html.clone(), marks.clone()));
                continue;
            }
            Inline::Span(mark, inner) => {
                lay_out(inner, &marks.with(*mark), parts);
                continue;
            }
            Inline::Link(target, inner) => {
                lay_out_link(target, inner, marks, parts);
                continue;
            }
            Inline::Image(target, text) => Piece::Image(target.clone(), text.clone()),
        };
        parts.push(Part::Run(run(piece, marks)));
    }
}

/// A link without text shows its target. One that only a script can follow is text, with the target behind it.
fn lay_out_link(target: &Target, inner: &[Inline], marks: &Marks, parts: &mut Vec<Part>) {
    let scheme = target.url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if ["javascript", "data", "vbscript"].contains(&scheme.as_str()) || target.url.is_empty() {
        lay_out(inner, marks, parts);
        if !target.url.is_empty() {
            parts.push(Part::Run(run(Piece::Text(format!(" ({})", target.url)), marks)));
        }
        return;
    }
    let linked = Marks { link: Some(target.clone()), ..marks.clone() };
    if inner.is_empty() {
        parts.push(Part::Run(run(Piece::Text(target.url.clone()), &linked)));
    } else {
        lay_out(inner, &linked, parts);
    }
}

/// Code has no marks but a link. An image inside a link is its text.
fn run(piece: Piece, marks: &Marks) -> Run {
    match piece {
        Piece::Code(_) => Run { piece, marks: marks.only_link() },
        Piece::Break => Run { piece, marks: Marks::default() },
        Piece::Image(target, text) if target.url.is_empty() => Run { piece: Piece::Text(text), marks: marks.clone() },
        Piece::Image(target, text) if marks.link.is_some() => {
            let shown = if text.is_empty() { target.url } else { text };
            Run { piece: Piece::Text(shown), marks: marks.clone() }
        }
        Piece::Image(..) => Run { piece, marks: Marks::default() },
        Piece::Text(_) => Run { piece, marks: marks.clone() },
    }
}

/// The tags that are marks.
const TAGS: [(&str, &str); 3] = [("<u>", "</u>"), ("<sub>", "</sub>"), ("<sup>", "</sup>")];

/// Makes marks of tags that have another one, text of all others.
fn settle(parts: Vec<Part>) -> Vec<Run> {
    let is = |part: &Part, tag: &str| matches!(part, Part::Tag(html, _) if html.eq_ignore_ascii_case(tag));
    let last: Vec<_> = TAGS.iter().map(|(_, close)| parts.iter().rposition(|part| is(part, close))).collect();
    let mut open: [bool; TAGS.len()] = [false; TAGS.len()];
    let mut runs = Vec::with_capacity(parts.len());
    for (at, part) in parts.into_iter().enumerate() {
        let opened = TAGS.iter().position(|(tag, _)| is(&part, tag)).filter(|tag| {
            let small = *tag > 0 && (open[1] || open[2]);
            !open[*tag] && !small && last[*tag].is_some_and(|last| last > at)
        });
        let closed = TAGS.iter().position(|(_, tag)| is(&part, tag)).filter(|tag| open[*tag]);
        if let Some(tag) = opened {
            open[tag] = true;
        } else if let Some(tag) = closed {
            open[tag] = false;
        } else {
            let mut run = match part {
                Part::Run(run) => run,
                Part::Tag(html, marks) => Run { piece: Piece::Text(html), marks },
            };
            if matches!(run.piece, Piece::Text(_)) {
                run.marks.underlined = open[0];
                run.marks.script = if open[1] { Some(Script::Below) } else { open[2].then_some(Script::Above) };
            }
            runs.push(run);
        }
    }
    runs
}

/// Joins neighbours that are marked alike.
pub(super) fn joined(runs: Vec<Run>) -> Vec<Run> {
    let mut done: Vec<Run> = Vec::with_capacity(runs.len());
    for run in runs {
        match (done.last_mut(), run) {
            (_, Run { piece: Piece::Text(text) | Piece::Code(text), .. }) if text.is_empty() => {}
            (Some(Run { piece: Piece::Text(before), marks }), Run { piece: Piece::Text(text), marks: other })
                if *marks == other =>
            {
                before.push_str(&text);
            }
            (_, run) => done.push(run),
        }
    }
    done
}

/// Brings inlines into the form that comes back from a row of runs.
pub(super) fn settled(read: &[Inline], lines: Lines) -> Vec<Inline> {
    if let [Inline::Text(_)] = read {
        return tidy_inlines(read.to_vec(), lines);
    }
    let mut done = inlines(&runs(read), lines);
    // White space that leaves a mark can let another mark go further.
    for _ in 0..MOST_ROUNDS {
        let again = inlines(&runs(&done), lines);
        if again == done {
            break;
        }
        done = again;
    }
    done
}

const MOST_ROUNDS: usize = 4;

/// Makes tidy inlines of a row: marks that go furthest stand outside.
pub(super) fn inlines(runs: &[Run], lines: Lines) -> Vec<Inline> {
    let mut done = Vec::new();
    group(runs, &mut done);
    tidy_inlines(done, lines)
}

/// A mark that a group of runs shares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shared {
    Link,
    Marked(Mark),
    Underlined,
    Script,
}

const SHARED: [Shared; 6] = [
    Shared::Link,
    Shared::Marked(Mark::Strong),
    Shared::Marked(Mark::Emphasis),
    Shared::Marked(Mark::Deleted),
    Shared::Underlined,
    Shared::Script,
];

impl Shared {
    /// Tells whether a run has the mark as the first one has it.
    fn has(self, run: &Run, first: &Run) -> bool {
        match self {
            Shared::Link => run.marks.link.is_some() && run.marks.link == first.marks.link,
            Shared::Marked(Mark::Strong) => run.marks.strong,
            Shared::Marked(Mark::Emphasis) => run.marks.emphasis,
            Shared::Marked(Mark::Deleted) => run.marks.deleted,
            Shared::Underlined => run.marks.underlined,
            Shared::Script => run.marks.script.is_some() && run.marks.script == first.marks.script,
        }
    }

    fn take_off(self, run: &Run) -> Run {
        let mut run = run.clone();
        match self {
            Shared::Link => run.marks.link = None,
            Shared::Marked(Mark::Strong) => run.marks.strong = false,
            Shared::Marked(Mark::Emphasis) => run.marks.emphasis = false,
            Shared::Marked(Mark::Deleted) => run.marks.deleted = false,
            Shared::Underlined => run.marks.underlined = false,
            Shared::Script => run.marks.script = None,
        }
        run
    }
}

fn group(runs: &[Run], done: &mut Vec<Inline>) {
    let mut rest = runs;
    while let Some(first) = rest.first() {
        let reach = |shared: Shared| rest.iter().take_while(|run| shared.has(run, first)).count();
        let mut furthest: Option<(Shared, usize)> = None;
        for shared in SHARED {
            let length = reach(shared);
            if length > furthest.map_or(0, |(_, length)| length) {
                furthest = Some((shared, length));
            }
        }
        match furthest {
            None => {
                done.push(plain(&first.piece));
                rest = &rest[1..];
            }
            Some((shared, length)) => {
                let inner: Vec<_> = rest[..length].iter().map(|run| shared.take_off(run)).collect();
                let mut grouped = Vec::new();
                group(&inner, &mut grouped);
                wrap(shared, first, grouped, done);
                rest = &rest[length..];
            }
        }
    }
}

fn wrap(shared: Shared, first: &Run, inner: Vec<Inline>, done: &mut Vec<Inline>) {
    let tag = match (shared, first.marks.script) {
        (Shared::Link, _) => {
            done.push(Inline::Link(first.marks.link.clone().unwrap_or_default(), inner));
            return;
        }
        (Shared::Marked(mark), _) => {
            done.push(Inline::Span(mark, inner));
            return;
        }
        (Shared::Script, Some(Script::Below)) => "sub",
        (Shared::Script, _) => "sup",
        (Shared::Underlined, _) => "u",
    };
    done.push(Inline::Html(format!("<{tag}>")));
    done.extend(inner);
    done.push(Inline::Html(format!("</{tag}>")));
}

fn plain(piece: &Piece) -> Inline {
    match piece {
        Piece::Text(text) => Inline::Text(text.clone()),
        Piece::Code(text) => Inline::Code(text.clone()),
        Piece::Break => Inline::Hard,
        Piece::Image(target, text) => Inline::Image(target.clone(), text.clone()),
    }
}
