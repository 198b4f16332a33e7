//! One line of the file, read and written.

use std::fmt;

use chrono::NaiveDate;
use pm_core::{PMTask, Status, StatusCategory, TaskId};

/// The signs before a line that say how far it has come; none is needed for what is still to do.
const SIGNS: [(&str, StatusCategory); 2] = [("x ", StatusCategory::Done), ("> ", StatusCategory::InProgress)];

/// A task as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) status: StatusCategory,
    pub(super) labels: Vec<String>,
    pub(super) due: Option<NaiveDate>,
    /// Rises from line to line, so that it gives the order in which they were written; 0 while there is none.
    pub(super) id: u64,
    pub(super) title: String,
}

impl Line {
    /// A line that is still to do.
    pub(super) fn new(id: u64, title: String) -> Self {
        Self { status: StatusCategory::Todo, labels: Vec::new(), due: None, id, title }
    }

    /// Reads a line; one that was written by hand may have its tags anywhere and no id.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim_end_matches('\r');
        let mut line = Self::new(0, String::new());
        let mut rest = text;
        if let Some((sign, status)) = SIGNS.into_iter().find(|(sign, _)| text.starts_with(sign)) {
            line.status = status;
            rest = &text[sign.len()..];
        }
        let mut words = Vec::new();
        while !rest.is_empty() {
            let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
            rest = after;
            match word.strip_prefix("id:").and_then(|id| id.parse().ok()) {
                Some(id) if words.is_empty() => {
                    line.id = id;
                    line.title = rest.to_owned();
                    return line;
                }
                _ if line.take_tag(word) => {}
                _ => words.push(word),
            }
        }
        line.title = if words.is_empty() { text.to_owned() } else { words.join(" ") };
        line
    }

    fn take_tag(&mut self, word: &str) -> bool {
        if let Some(due) = word.strip_prefix("due:").and_then(|date| date.parse().ok()) {
            self.due = Some(due);
            return true;
        }
        match word.strip_prefix('@') {
            Some(label) if !label.is_empty() => {
                self.labels.push(unescape(label));
                true
            }
            _ => false,
        }
    }

    /// The task that the line is.
    pub(super) fn task(&self, project: &str) -> PMTask {
        let task = PMTask::new(self.id(), project, self.title.clone(), self.status()).labels(self.labels.clone());
        match self.due {
            Some(due) => task.due_date(due),
            None => task,
        }
    }

    pub(super) fn id(&self) -> TaskId {
        TaskId::new(self.id.to_string())
    }

    fn status(&self) -> Status {
        let known = super::statuses().into_iter().find(|status| status.category == self.status);
        known.unwrap_or_else(|| self.status.into())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((sign, _)) = SIGNS.iter().find(|(_, status)| *status == self.status) {
            f.write_str(sign)?;
        }
        for label in &self.labels {
            write!(f, "@{} ", escape(label))?;
        }
        if let Some(due) = self.due {
            write!(f, "due:{due} ")?;
        }
        write!(f, "id:{} {}", self.id, self.title)
    }
}

/// What ends a label or a line, and the sign that says so.
const ESCAPES: [(&str, &str); 4] = [("%", "%25"), (" ", "%20"), ("\n", "%0A"), ("\r", "%0D")];

fn escape(label: &str) -> String {
    ESCAPES.iter().fold(label.to_owned(), |label, (plain, escaped)| label.replace(plain, escaped))
}

fn unescape(label: &str) -> String {
    ESCAPES.iter().rev().fold(label.to_owned(), |label, (plain, escaped)| label.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let mut line = Line::new(7, "x @no due:2026-01-01 id:3  tag ".to_owned());
        line.labels = vec!["two words".to_owned(), "100%20".to_owned(), "@".to_owned()];
        line.due = NaiveDate::from_ymd_opt(2026, 12, 1);
        for status in crate::todo_txt::statuses() {
            line.status = status.category;
            assert_eq!(Line::parse(&line.to_string()), line);
        }
    }

    #[test]
    fn a_line_of_another_program_has_its_tags_anywhere() {
        let line = Line::parse("Paint the @garden fence due:2026-12-01\r");
        assert_eq!((line.title.as_str(), line.labels.as_slice()), ("Paint the fence", &["garden".to_owned()][..]));
        assert_eq!((line.status, line.id, line.due), (StatusCategory::Todo, 0, NaiveDate::from_ymd_opt(2026, 12, 1)));
    }
}
