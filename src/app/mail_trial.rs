//! A trial message with the settings that the server would have.

use anyhow::{Context as _, anyhow, bail};

use super::sending::signer_of;
use crate::clock::Clock;
use crate::config::{Config, SmtpServer};
use crate::content::{KnownSite, read_folder};
use crate::delivery;
use crate::domain::email_address::EmailAddress;
use crate::domain::site::Hosting;
use crate::snapshot::load::{Deployment, load_site};
use crate::store::{Store, without_password};

/// Sends a trial message, and returns the mail server that took it.
///
/// # Errors
/// What went wrong, in words.
pub async fn try_mail(config: &Config, to: &EmailAddress) -> anyhow::Result<SmtpServer> {
    let server = config.smtp.clone().ok_or_else(|| {
        anyhow!(
            "no mail server is configured; set LIGHTSHIP_SMTP or --smtp, such as \
             smtps://USER:PASSWORD@mail.example.com"
        )
    })?;
    let database = &config.source.database;
    let store = Store::open(database)
        .await
        .with_context(|| format!("opening the database {}", without_password(database)))?;
    let deployment = Deployment {
        base_url: config.base_url.clone(),
        fallback_url: format!("http://{}", config.listen),
        has_mail_server: true,
        hosting: Hosting::Server,
    };
    let mut tx = store.read().await?;
    let mut site = load_site(&mut tx, &deployment).await?;
    drop(tx);
    // What the file says now counts, also before it is synced.
    let content = config.source.folder();
    if let Some(content) = content.filter(|it| it.join("site.toml").is_file()) {
        let read = read_folder(content, &KnownSite::default(), Clock::System.now());
        let Some(stated) = read.site else {
            bail!(
                "site.toml can't be read; `lightship check --content {}` says why",
                content.display()
            );
        };
        site.delivery = stated.delivery;
        site.name = stated.name;
    }
    let signer = signer_of(config)?;
    let tried = delivery::try_mail(&server, signer, &site, to, Clock::System.now()).await;
    store.close().await;
    tried.map_err(|why| anyhow!("the trial message wasn't sent: {why}"))?;
    Ok(server)
}
