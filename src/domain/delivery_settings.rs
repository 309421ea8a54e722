//! How the site tells its subscribers: `[delivery]` in `site.toml`.

use chrono::Duration;
use serde::{Deserialize, Serialize};

/// The default for [`DeliverySettings::delay_secs`].
const DELAY_SECS: i64 = 30;
/// The default for [`DeliverySettings::remind_minutes`]: a day and an hour.
const REMIND_MINUTES: [i64; 2] = [24 * 60, 60];

/// How subscribers are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverySettings {
    /// The address that mail comes from; without one, no mail is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The address that answers go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The `Feedback-ID` of mail, which some providers count complaints by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback_id: Option<String>,
    /// How long to wait after a post before it goes out, in seconds, so that staff can still mend
    /// or stop it.
    pub delay_secs: i64,
    /// How long before a maintenance to remind of it, in minutes, longest first.
    pub remind_minutes: Vec<i64>,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            from: None,
            reply_to: None,
            feedback_id: None,
            delay_secs: DELAY_SECS,
            remind_minutes: REMIND_MINUTES.to_vec(),
        }
    }
}

impl DeliverySettings {
    /// How long to wait after a post before it goes out.
    pub fn delay(&self) -> Duration {
        Duration::seconds(self.delay_secs)
    }
}

/// Reads a length of time such as `30s`, `5m`, `24h` or `7d`; returns seconds.
pub fn parse_seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let number: u32 = text[..text.len() - 1].trim_end().parse().ok()?;
    i64::from(number).checked_mul(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_with_their_unit() {
        for (text, seconds) in [
            ("0s", Some(0)),
            ("30s", Some(30)),
            (" 5 m ", Some(300)),
            ("24h", Some(86_400)),
            ("7d", Some(604_800)),
            ("4294967295d", Some(371_085_174_288_000)),
            ("30", None),
            ("s", None),
            ("", None),
            ("-1s", None),
            ("1.5h", None),
            ("1 week", None),
            ("99999999999s", None),
            ("30″", None),
        ] {
            assert_eq!(parse_seconds(text), seconds, "{text:?}");
        }
    }

    #[test]
    fn without_settings_there_is_half_a_minute_and_two_reminders() {
        let settings = DeliverySettings::default();
        assert_eq!(settings.delay(), Duration::seconds(30));
        assert_eq!(settings.remind_minutes, [1440, 60]);
        assert_eq!(settings.from, None);
    }
}
