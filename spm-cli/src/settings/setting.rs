//! One setting: its value, and where it comes from.

use pm_core::{Exposure, SecretReference, SettingSpec, SettingValue};

use super::address;

/// Where a setting comes from, the first that has it wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// The command line.
    Flag,
    /// The named connection that was chosen.
    Connection,
    /// The environment of the process.
    Environment,
    /// The `.env` file in the working directory.
    DotEnv,
    /// The user's own file.
    UserFile,
    /// Nobody said anything.
    Default,
}

impl Origin {
    /// Whether the user said so: a `.env` file comes with the folder, which may be somebody else's.
    pub(crate) fn is_yours(self) -> bool {
        self != Self::DotEnv
    }

    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Connection => "connection",
            Self::Environment => "environment",
            Self::DotEnv => ".env",
            Self::UserFile => "user file",
            Self::Default => "default",
        }
    }
}

/// A setting that is set.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// What the backend declares of it.
    pub(crate) spec: SettingSpec,
    /// What it is set to.
    pub(crate) value: SettingValue,
    /// Where that comes from.
    pub(crate) origin: Origin,
    /// How it is called there: `PM_DATABASE_URL_FILE`.
    pub(crate) name: String,
}

impl Setting {
    /// Where it comes from, in words: `THIRD_TOKEN of the environment`.
    pub(crate) fn place(&self) -> String {
        match self.origin {
            Origin::Flag => format!("`{}`", self.name),
            Origin::Connection => format!("the connection `{}`", self.name),
            Origin::Environment => format!("`{}` of the environment", self.name),
            Origin::DotEnv => format!("`{}` in `.env`", self.name),
            Origin::UserFile => format!("`{}` in the user file", self.name),
            Origin::Default => self.name.clone(),
        }
    }

    /// The value as it may be shown: no secret, and no address with a password.
    pub(crate) fn shown(&self) -> String {
        match &self.value {
            SettingValue::Reference(reference) if self.spec.exposure == Exposure::Secret => {
                format!("set ({})", printable(&reference.to_string()))
            }
            _ if self.spec.exposure == Exposure::Secret => "set".to_owned(),
            SettingValue::Text(text) if self.spec.exposure == Exposure::Url || is_address(text) => address::shown(text),
            SettingValue::Text(text) => printable(text),
            SettingValue::Reference(reference) => printable(&reference.to_string()),
            _ => "set".to_owned(),
        }
    }

    /// The text, where it is no secret and no reference.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            SettingValue::Text(text) if self.spec.exposure != Exposure::Secret => Some(text),
            _ => None,
        }
    }
}

/// A setting as it is written down, as it may be shown.
pub(crate) fn shown_text(exposure: Exposure, text: &str) -> String {
    match exposure {
        // What is no reference is a raw secret, which does not belong there.
        Exposure::Secret => {
            text.parse::<SecretReference>().map_or_else(|_| "***".to_owned(), |it| printable(&it.to_string()))
        }
        Exposure::Url => address::shown(text),
        _ if is_address(text) => address::shown(text),
        _ => printable(text),
    }
}

/// A text with a host in it; what is merely unclear is shown.
fn is_address(text: &str) -> bool {
    text.contains("://") || matches!(address::destination(text), address::Destination::Origin(_))
}

/// A text without anything that moves a cursor: what a folder's file says is shown before anybody trusts it.
pub(crate) fn printable(text: &str) -> String {
    let is_plain = |c: char| {
        !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_plain(c) { c.to_string() } else { c.escape_unicode().to_string() }).collect()
}
