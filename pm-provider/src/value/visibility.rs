//! Who may see an item.

use serde::{Deserialize, Serialize};

/// Who may see an item; restricted things never leave a system unless somebody said so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Visibility {
    /// Everyone who sees the project sees it.
    #[default]
    Public,
    /// The backend shows it to fewer people than the project (private notes, security levels).
    Restricted,
}
