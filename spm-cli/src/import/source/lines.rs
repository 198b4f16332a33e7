//! JSON Lines.

use std::io::BufRead;

use super::text::{Text, broken};
use super::{Break, Sink, Stop};

pub(super) fn read(mut text: Text, sink: &mut Sink) -> Result<(), Stop> {
    if text.skip_white_space()? == Some(b'[') {
        let message = format!("`{}` begins with `[` in line {}: it is a JSON array", text.name(), text.line());
        return Err(Break::new(message).hint("read it as such: --format json").into());
    }
    let mut bytes = Vec::new();
    loop {
        text.begin_row();
        let line = text.line();
        bytes.clear();
        // A line that is cut off in the middle of its text is no row: the error comes first.
        let count = text.read_until(b'\n', &mut bytes).map_err(|error| broken(text.name(), error))?;
        if count == 0 {
            return Ok(());
        }
        let json = String::from_utf8_lossy(&bytes);
        if !json.trim().is_empty() {
            sink.row(line, json.trim(), text.position())?;
        }
    }
}
