//! The line on channels in `/readyz`. It informs; a channel that takes nothing makes nothing unready.

use crate::domain::channel_status::ChannelStatus;
use crate::metrics::ChannelGauges;

/// The line, which begins with `channels: `. It names none, because anybody can read it.
pub(super) fn channels_line(channels: &ChannelGauges) -> String {
    let each = ChannelStatus::ALL.map(|status| (status, channels.count(status)));
    let each = each.into_iter().filter(|(_, count)| *count > 0);
    let each: Vec<_> = each
        .map(|(status, count)| format!("{}: {count}", status.as_str()))
        .collect();
    match each.is_empty() {
        true => "channels: none".to_owned(),
        false => format!(
            "channels: {}, messages waiting: {}",
            each.join(", "),
            channels.messages()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_channels_by_how_they_fare() {
        let channels = ChannelGauges::default();
        assert_eq!(channels_line(&channels), "channels: none");
        channels.set(
            &[(ChannelStatus::Disabled, 1), (ChannelStatus::Working, 3)],
            14,
        );
        let line = "channels: working: 3, disabled: 1, messages waiting: 14";
        assert_eq!(channels_line(&channels), line);
        channels.set(&[(ChannelStatus::Paused, 1)], 0);
        let line = "channels: paused: 1, messages waiting: 0";
        assert_eq!(channels_line(&channels), line);
    }
}
