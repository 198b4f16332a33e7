//! Tables: which columns fit, how wide each is, what is cut.

use comfy_table::{
    Attribute, Cell as TableCell, Color, ColumnConstraint, ContentArrangement, Row, Table, Width, presets,
};

use super::present::{Cell, Column, Tone};
use super::{Style, safe};

/// The space between two columns.
const GAP: u16 = 2;

/// Lays a table out: a header, one line a row, no wider than the terminal.
pub(crate) fn render(columns: &[Column], rows: &[Vec<Cell>], style: Style) -> String {
    let mut table = Table::new();
    // A NUL is in no cell: texts are cut where the column ends, not between words.
    table.load_style(presets::NOTHING).set_delimiter('\0').set_truncation_indicator("…");
    table.set_content_arrangement(ContentArrangement::Disabled);
    if style.colours {
        table.enforce_styling();
        table.style_text_only();
    } else {
        table.force_no_tty();
    }
    table.set_header(columns.iter().map(|column| TableCell::new(column.title).add_attribute(Attribute::Dim)));
    for cells in rows {
        let mut row = Row::from(cells.iter().map(coloured).collect::<Vec<_>>());
        row.max_height(1);
        table.add_row(row);
    }
    let natural = table.column_max_content_widths();
    for (place, width) in fit(columns, &natural, style.width).into_iter().enumerate() {
        if let Some(column) = table.column_mut(place) {
            column.set_padding((0, GAP));
            column.set_constraint(width.map_or(ColumnConstraint::Hidden, |width| {
                ColumnConstraint::Absolute(Width::Fixed(width.saturating_add(GAP)))
            }));
        }
    }
    table.trim_fmt()
}

/// The width of each column, `None` for those that there is no room for.
///
/// Columns give way down to their least width; then the least important one is left out, and so on. What is free in the
/// end goes to the columns from the most important one on.
fn fit(columns: &[Column], natural: &[u16], width: usize) -> Vec<Option<u16>> {
    let least = |place: usize| {
        let column = &columns[place];
        let floor = column.least.max(u16::try_from(column.title.len()).unwrap_or(u16::MAX));
        if column.shrinks { natural[place].min(floor) } else { natural[place] }
    };
    let mut widths: Vec<Option<u16>> = (0..columns.len()).map(|place| Some(least(place))).collect();
    while total(&widths) > width {
        let shown = (0..columns.len()).filter(|place| widths[*place].is_some() && columns[*place].rank > 0);
        let Some(dropped) = shown.max_by_key(|place| columns[*place].rank) else { break };
        widths[dropped] = None;
    }
    let mut order: Vec<_> = (0..columns.len()).filter(|place| widths[*place].is_some()).collect();
    order.sort_by_key(|place| columns[*place].rank);
    for place in order {
        let free = u16::try_from(width.saturating_sub(total(&widths))).unwrap_or(u16::MAX);
        widths[place] = widths[place].map(|width| natural[place].min(width.saturating_add(free)));
    }
    widths
}

fn total(widths: &[Option<u16>]) -> usize {
    let shown: Vec<_> = widths.iter().flatten().collect();
    shown.iter().map(|width| usize::from(**width)).sum::<usize>() + usize::from(GAP) * shown.len().saturating_sub(1)
}

fn coloured(cell: &Cell) -> TableCell {
    let shown = TableCell::new(safe::one_line(&cell.short));
    match cell.tone {
        Tone::Plain => shown,
        Tone::Bold => shown.add_attribute(Attribute::Bold),
        Tone::Dim => shown.add_attribute(Attribute::Dim),
        Tone::Good => shown.fg(Color::DarkGreen),
        Tone::Bad => shown.fg(Color::DarkRed),
        Tone::Busy => shown.fg(Color::DarkYellow),
        Tone::Closed => shown.fg(Color::DarkMagenta),
        Tone::Key => shown.fg(Color::DarkCyan),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] = [
        Column::fixed("KEY"),
        Column::wide("TITLE").least(16),
        Column::fixed("STATUS").rank(1),
        Column::wide("LABELS").rank(2),
    ];

    fn shown(width: usize, title: &str) -> String {
        let cells = ["WEB-1", title, "To Do", "paint, outdoors"];
        let row = cells.into_iter().map(|text| Cell::text(Tone::Plain, text)).collect();
        render(&COLUMNS, &[row], Style { colours: false, terminal: true, width })
    }

    #[test]
    fn what_fits_is_shown_as_it_is() {
        let expected = "KEY    TITLE            STATUS  LABELS\nWEB-1  Paint the fence  To Do   paint, outdoors";
        assert_eq!(shown(80, "Paint the fence"), expected);
    }

    #[test]
    fn the_least_important_column_gives_way_first() {
        let title = "Paint the fence before the winter comes";
        assert_eq!(
            shown(60, title).lines().last(),
            Some("WEB-1  Paint the fence before the winter co…  To Do   paint…")
        );
        assert_eq!(shown(36, title).lines().last(), Some("WEB-1  Paint the fence befo…  To Do"));
        assert_eq!(shown(28, title).lines().last(), Some("WEB-1  Paint the fence befo…"));
    }

    #[test]
    fn wide_characters_count_twice_and_are_never_halved() {
        let line = shown(28, "日本語のとても長いタイトルです。まだ続きます");
        assert_eq!(line.lines().last(), Some("WEB-1  日本語のとても長いタ…"));
        assert_eq!(shown(28, "👩‍👩‍👧 family").lines().last(), Some("WEB-1  👩‍👩‍👧 family  To Do"));
    }

    #[test]
    fn a_hostile_title_moves_no_cursor() {
        let line = shown(80, "a\u{1b}[2J\nb\tc\u{202e}d");
        assert_eq!(line.lines().count(), 2);
        assert!(line.lines().last().is_some_and(|row| row.starts_with("WEB-1  a\u{fffd}[2J b c\u{fffd}d  ")), "{line}");
    }
}
