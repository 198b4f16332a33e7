//! Names of files, made safe: others chose them.

use std::collections::BTreeSet;

use pm_core::Attachment;

/// File systems allow 255 bytes, and the temporary name is longer than the final one.
const MOST_BYTES: usize = 200;
/// Names that Windows keeps for devices, with any ending.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// A name under which the file of an attachment can be written into any folder: no path, no hidden file, nothing that a
/// terminal or a file system would obey.
pub(super) fn safe(name: &str) -> String {
    let letters: String = name.chars().map(|letter| if is_safe(letter) { letter } else { '_' }).collect();
    let trimmed = letters.trim().trim_end_matches(['.', ' ']);
    let name = match trimmed.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => trimmed.to_owned(),
    };
    let (stem, ending) = split(&name);
    let stem = if DEVICES.contains(&stem.to_lowercase().as_str()) { format!("_{stem}") } else { stem.to_owned() };
    match (stem.is_empty(), ending.is_empty()) {
        (true, true) => "attachment".to_owned(),
        _ => shortened(&stem, ending),
    }
}

/// The names for some attachments: the same one twice gets the id behind it, without regard to case.
pub(super) fn all(attachments: &[Attachment]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::with_capacity(attachments.len());
    for attachment in attachments {
        let mut name = safe(&attachment.name);
        if !taken.insert(name.to_lowercase()) {
            let (stem, ending) = split(&name);
            name = shortened(&format!("{stem} ({})", safe(attachment.id.as_str())), ending);
            taken.insert(name.to_lowercase());
        }
        names.push(name);
    }
    names
}

fn is_safe(letter: char) -> bool {
    let is_shown = crate::output::one_line(letter.encode_utf8(&mut [0; 4])).starts_with(letter);
    is_shown && !letter.is_control() && !matches!(letter, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// A name and its ending, the dot included.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 20 => name.split_at(dot),
        _ => (name, ""),
    }
}

/// Cuts the name, never its ending.
fn shortened(stem: &str, ending: &str) -> String {
    let end = stem.floor_char_boundary(MOST_BYTES.saturating_sub(ending.len()));
    format!("{}{ending}", &stem[..end])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_name_leads_out_of_its_folder() {
        for (name, safe_name) in [
            ("plan.txt", "plan.txt"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            ("..\\..\\boot.ini", "_._.._boot.ini"),
            ("/etc/passwd", "_etc_passwd"),
            ("..", "attachment"),
            (".", "attachment"),
            ("", "attachment"),
            ("   ", "attachment"),
            (".bashrc", "_bashrc"),
            ("C:\\x.txt", "C__x.txt"),
            ("a\0b\n\u{1b}[2J\u{202e}gpj.exe", "a_b__[2J_gpj.exe"),
            ("con.txt", "_con.txt"),
            ("NUL", "_NUL"),
            ("name. . ", "name"),
            ("日本語 – Plan ä.pdf", "日本語 – Plan ä.pdf"),
        ] {
            assert_eq!(safe(name), safe_name, "{name:?}");
        }
    }

    #[test]
    fn long_names_keep_their_ending() {
        let long = safe(&format!("{}.tar.gz", "ä".repeat(500)));
        assert!(long.len() <= MOST_BYTES && long.ends_with(".gz") && long.starts_with("ää"), "{long}");
        assert_eq!(safe(&"x".repeat(500)).len(), MOST_BYTES);
    }

    #[test]
    fn whatever_it_is_called_it_is_one_plain_name() {
        for code in 0..=0x2100 {
            let Some(letter) = char::from_u32(code) else { continue };
            for name in [format!("{letter}"), format!("a{letter}b"), format!("{letter}{letter}/x")] {
                let name = safe(&name);
                let path = std::path::Path::new(&name);
                let parts: Vec<_> = path.components().collect();
                assert!(matches!(parts[..], [std::path::Component::Normal(_)]), "{code:x}: {name:?}");
                assert!(!name.starts_with('.') && !name.chars().any(char::is_control), "{code:x}: {name:?}");
            }
        }
    }

    #[test]
    fn the_same_name_twice_gets_the_id() {
        let of = |id: &str, name: &str| Attachment::new(id, "1", name);
        let files = [of("7", "a.txt"), of("8", "A.txt"), of("../9", "a.txt"), of("10", "b")];
        assert_eq!(all(&files), ["a.txt", "A (8).txt", "a (_._9).txt", "b"]);
    }
}
