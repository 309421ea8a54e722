//! The trial message, which staff send to see whether the mail server takes one.

use maud::{DOCTYPE, html};

use super::broadcast::Mail;
use super::subject::{limited, line};
use crate::domain::site::SiteSettings;
use crate::render::messages::mail as messages;

/// The message.
pub fn trial(site: &SiteSettings) -> Mail {
    let name = line(&site.name);
    let subject = limited(&messages::trial_subject(&name));
    let text = messages::trial(&name);
    let html = html! {
        (DOCTYPE)
        html lang=(messages::LANGUAGE) {
            head {
                meta charset="utf-8";
                title { (subject) }
            }
            body { p { (text) } }
        }
    };
    Mail {
        text: format!("{text}\n"),
        html: html.into_string(),
        subject,
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    #[test]
    fn the_name_of_the_site_is_text_in_every_part() {
        let site = SiteSettings {
            name: "A <b>&\r\nB".to_owned(),
            ..SiteSettings::example(Tz::UTC)
        };
        let mail = trial(&site);
        assert!(mail.subject.starts_with("A <b>& B"), "{}", mail.subject);
        assert!(mail.text.contains("A <b>& B"), "{}", mail.text);
        assert!(mail.html.contains("A &lt;b&gt;&amp; B"), "{}", mail.html);
    }
}
