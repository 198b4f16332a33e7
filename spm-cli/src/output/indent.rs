//! JSON with line breaks, for people.

/// Breaks JSON into lines; order, numbers and texts stay letter by letter.
pub(super) fn indent(json: &str) -> String {
    let mut shown = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut letters = json.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => text(&mut shown, &mut letters),
            '{' | '[' => {
                shown.push(letter);
                while letters.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(end) = letters.next_if(|next| matches!(next, '}' | ']')) {
                    shown.push(end);
                } else {
                    depth += 1;
                    line(&mut shown, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut shown, depth);
                shown.push(letter);
            }
            ',' => {
                shown.push(letter);
                line(&mut shown, depth);
            }
            ':' => shown.push_str(": "),
            space if space.is_ascii_whitespace() => {}
            other => shown.push(other),
        }
    }
    shown
}

fn line(shown: &mut String, depth: usize) {
    shown.push('\n');
    shown.extend(std::iter::repeat_n("  ", depth));
}

/// Copies the rest of a text, up to its closing quote.
fn text(shown: &mut String, letters: &mut impl Iterator<Item = char>) {
    shown.push('"');
    while let Some(letter) = letters.next() {
        shown.push(letter);
        match letter {
            '\\' => shown.extend(letters.next()),
            '"' => break,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_numbers_and_texts_stay() {
        let json = r#"[{"b":1.50,"a":{ },"t":"x{\"y\":[1,2]}"},{"n":[ ],"l":[1,{"k":null}]}]"#;
        let expected = r#"[
  {
    "b": 1.50,
    "a": {},
    "t": "x{\"y\":[1,2]}"
  },
  {
    "n": [],
    "l": [
      1,
      {
        "k": null
      }
    ]
  }
]"#;
        assert_eq!(indent(json), expected);
        assert_eq!(indent("[]"), "[]");
    }
}
