//! Durations of work.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::error::{Error, ErrorKind, Result};

/// A duration of work, held in whole seconds and written in JSON as hours (`2.5`).
///
/// A third of an hour survives the trip through JSON: reading rounds to the nearest second.
///
/// ```
/// use pm_provider::Hours;
/// let estimate = Hours::from_seconds(9_000);
/// assert_eq!(estimate.as_hours(), 2.5);
/// assert_eq!(Hours::from_hours(2.5)?, estimate);
/// assert!(Hours::from_hours(-1.0).is_err());
/// # Ok::<(), pm_provider::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours {
    seconds: u64,
}

impl Hours {
    /// The longest duration accepted, a thousand years of seconds: exact in JSON and in every database.
    pub const MAX_SECONDS: u64 = 31_557_600_000;

    /// Takes whole seconds, at most [`Hours::MAX_SECONDS`] (more is cut to it).
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        let seconds = if seconds > Self::MAX_SECONDS { Self::MAX_SECONDS } else { seconds };
        Self { seconds }
    }

    /// Takes hours, rounded to the nearest second.
    ///
    /// # Errors
    /// `InvalidInput` when the number is negative, not finite, or beyond [`Hours::MAX_SECONDS`].
    pub fn from_hours(hours: f64) -> Result<Self> {
        let seconds = (hours * 3600.0).round();
        if !(0.0..=Self::MAX_SECONDS as f64).contains(&seconds) {
            let message = format!("`{hours}` is not a duration in hours; allowed is 0 to 8766000");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        // In range and rounded, so the conversion is exact.
        Ok(Self { seconds: seconds as u64 })
    }

    /// Returns the whole seconds.
    #[must_use]
    pub const fn as_seconds(self) -> u64 {
        self.seconds
    }

    /// Returns the duration in hours.
    #[must_use]
    pub fn as_hours(self) -> f64 {
        self.seconds as f64 / 3600.0
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} h", self.as_hours())
    }
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_hours())
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::from_hours(f64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
