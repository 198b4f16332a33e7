//! How a command ends: one table for all of them.

use std::process::ExitCode;

use pm_core::{Effect, Error, ErrorKind};

/// How a command ended, as the number that the shell sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// All was done.
    Success = 0,
    /// Something else went wrong.
    Failure = 1,
    /// The command or its input makes no sense.
    Usage = 2,
    /// There is no such item.
    NotFound = 3,
    /// The backend does not know who we are, or refuses.
    Denied = 4,
    /// The backend's present state forbids it, or somebody was faster.
    Conflict = 5,
    /// This backend cannot do it.
    Unsupported = 6,
    /// The backend is out of reach, out of order, or asks us to come back later.
    Unavailable = 7,
    /// Settings are missing or wrong, or there is no database.
    Settings = 8,
    /// Some of it was done, some was not.
    Partial = 9,
    /// Something is to be done, or differs: what was asked for was to look.
    Changes = 10,
    /// It is too much to be done without somebody's yes.
    Refused = 11,
    /// The person said no, or pressed Ctrl-C.
    Cancelled = 130,
    /// Whoever read the output went away (`| head`).
    BrokenPipe = 141,
}

impl Code {
    /// Every way to end, with what it means: help and manual pages print it.
    pub const TABLE: [(Self, &str); 14] = [
        (Self::Success, "all was done"),
        (Self::Failure, "something else went wrong"),
        (Self::Usage, "the command or its input makes no sense"),
        (Self::NotFound, "there is no such item"),
        (Self::Denied, "not signed in, or not allowed to"),
        (Self::Conflict, "the present state forbids it, or somebody was faster"),
        (Self::Unsupported, "this backend cannot do it"),
        (Self::Unavailable, "the backend is out of reach or asks to come back later"),
        (Self::Settings, "settings are missing or wrong, or there is no database"),
        (Self::Partial, "some of it was done, some was not"),
        (Self::Changes, "there is something to do, or a difference (`spm sync plan`, `parity`)"),
        (Self::Refused, "too much to do without a yes (`spm sync run`)"),
        (Self::Cancelled, "the answer was no, or Ctrl-C"),
        (Self::BrokenPipe, "the reader of the output went away (`| head`)"),
    ];

    /// The number that the shell sees.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code.number())
    }
}

impl From<&Error> for Code {
    fn from(error: &Error) -> Self {
        if matches!(error.effect(), Effect::Partial { .. }) {
            return Self::Partial;
        }
        match error.kind() {
            ErrorKind::InvalidInput => Self::Usage,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Unauthenticated | ErrorKind::PermissionDenied | ErrorKind::ReadOnly => Self::Denied,
            ErrorKind::Conflict | ErrorKind::VersionConflict => Self::Conflict,
            ErrorKind::Unsupported => Self::Unsupported,
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Timeout => Self::Unavailable,
            ErrorKind::Configuration => Self::Settings,
            _ => Self::Failure,
        }
    }
}
