//! The line on mail in `/readyz`. It informs; mail that doesn't work makes nothing unready.

use crate::domain::site::SiteSettings;
use crate::metrics::{MailGauges, MailServer};

/// The line, which begins with `mail: `. It says neither what the mail server is called nor what it
/// answered, because anybody can read it.
pub(super) fn mail_line(site: &SiteSettings, mail: &MailGauges) -> String {
    let queue = mail.queue();
    let server = match (mail.server(), &site.delivery.from) {
        (MailServer::NotConfigured, None) => return "mail: not configured".to_owned(),
        (MailServer::NotConfigured, Some(_)) => {
            return "mail: not configured: site.toml names a sender, but there is no mail server \
                    (--smtp)"
                .to_owned();
        }
        (_, None) => {
            return "mail: not configured: there is a mail server, but site.toml names no sender \
                    ([delivery] from)"
                .to_owned();
        }
        (MailServer::Untried, Some(_)) => "the mail server wasn't tried yet",
        (MailServer::Takes, Some(_)) => "the mail server takes messages",
        (MailServer::TakesNothing, Some(_)) => "the mail server takes nothing, and is tried again",
    };
    let held = match queue.is_held {
        true => "; all of it is held until staff decide on the dashboard",
        false => "",
    };
    format!(
        "mail: configured; announcements waiting: {}, messages waiting: {}{held}; {server}",
        queue.dispatches,
        queue.messages(),
    )
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::metrics::Queue;

    #[test]
    fn it_says_what_is_missing_what_waits_and_how_the_server_is() {
        let mail = MailGauges::default();
        let mut site = SiteSettings::example(Tz::UTC);
        let check = |site: &SiteSettings, mail: &MailGauges, expected: &str| {
            assert_eq!(mail_line(site, mail), expected);
        };
        check(&site, &mail, "mail: not configured");
        mail.set_server(MailServer::Untried);
        let no_sender = "mail: not configured: there is a mail server, but site.toml names no \
                         sender ([delivery] from)";
        check(&site, &mail, no_sender);
        site.delivery.from = Some("status@example.com".to_owned());
        let untried = "mail: configured; announcements waiting: 0, messages waiting: 0; the mail \
                       server wasn't tried yet";
        check(&site, &mail, untried);
        mail.set_server(MailServer::TakesNothing);
        mail.set_queue(Queue {
            dispatches: 1,
            deliveries: 2,
            letters: 3,
            is_held: true,
        });
        let held = "mail: configured; announcements waiting: 1, messages waiting: 5; all of it is \
                    held until staff decide on the dashboard; the mail server takes nothing, and \
                    is tried again";
        check(&site, &mail, held);
        let no_server = "mail: not configured: site.toml names a sender, but there is no mail \
                         server (--smtp)";
        check(&site, &MailGauges::default(), no_server);
    }
}
