//! A trial message, to see whether the mail server takes one, and if not, why.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::compose::sender_of;
use super::dkim::Signer;
use super::email::{Connection, Identity, Refusal, write};
use crate::config::SmtpServer;
use crate::domain::email_address::EmailAddress;
use crate::domain::site::SiteSettings;
use crate::render::mail;

/// Sends a trial message.
///
/// # Errors
/// What went wrong, and what to look at.
pub async fn try_mail(
    server: &SmtpServer,
    signer: Option<Arc<Signer>>,
    site: &SiteSettings,
    to: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<(), String> {
    let Some(sender) = sender_of(site, signer) else {
        return Err(
            "site.toml names no sender; add the lines [delivery] and from = \"status@…\""
                .to_owned(),
        );
    };
    let id = Uuid::now_v7().to_string();
    let identity = Identity {
        id: &id,
        thread: None,
        at: now,
        unsubscribe_url: None,
    };
    let message = write(&sender, to, &mail::trial(site), &identity)?;
    let mut connection = Connection::new(server.clone(), &site.authority);
    let sent = connection.send(&message).await;
    connection.close().await;
    sent.map_err(|refusal| in_words(&refusal, server, &sender.from))
}

fn in_words(refusal: &Refusal, server: &SmtpServer, from: &EmailAddress) -> String {
    match refusal {
        Refusal::Unwritable(why) => why.clone(),
        Refusal::Server(why) => format!("{why}; {}", advice(why, server)),
        Refusal::Later { why, .. } => {
            format!("the server doesn't take it now: {why}; it may take it in a few minutes")
        }
        Refusal::Never(why) => format!(
            "the server took the connection, and refused the message: {why}; is {from} an address \
             that it may send from, and does the recipient exist?"
        ),
    }
}

/// What to look at, by what an error says.
fn advice(why: &str, server: &SmtpServer) -> String {
    let lower = why.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["corrupt message", "invalidcontenttype", "wrong version"]) {
        return format!(
            "{server} doesn't speak TLS from the start; write smtp:// instead of smtps://"
        );
    }
    if has(&["no compatible authentication"]) {
        return "the server offers no sign-in on this port; leave user and password out, or use the \
                port for submission (465 with smtps://, 587 with smtp://)"
            .to_owned();
    }
    if has(&["(421)", "421 "]) {
        return "the server is busy or being maintained; try again in a few minutes".to_owned();
    }
    if has(&["refused", "timed out", "no answer", "unreachable"]) {
        return format!(
            "is {server} right, does a mail server listen there, and does a firewall let it pass?"
        );
    }
    if has(&["lookup", "resolve", "name or service", "not known"]) {
        return format!("is {} the right name?", server.host);
    }
    if has(&["certificate", "tls", "starttls"]) {
        return "its certificate must be valid for this name; port 465 needs smtps://, and port 587 \
                smtp://"
            .to_owned();
    }
    if has(&["sign", "535", "auth"]) {
        return "are user and password right, with signs such as @ and : in them written as %40 and \
                %3A?"
            .to_owned();
    }
    "what it says comes from the mail server; its log may say more".to_owned()
}
