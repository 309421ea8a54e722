//! E-mail: writes messages (RFC 5322) and hands them to the mail server (RFC 5321).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::dkim::Signer;
use super::header::HeaderText;
use crate::config::{Protection, SmtpServer};
use crate::domain::email_address::EmailAddress;
use crate::render::mail::Mail;

/// How long connecting may take, and each step of handing over a message.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who messages come from.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The name that readers see.
    pub name: HeaderText,
    /// The address.
    pub from: EmailAddress,
    /// The address that answers go to.
    pub reply_to: Option<EmailAddress>,
    /// The site's authority: messages and the list are named after it.
    pub authority: HeaderText,
    /// The `Feedback-ID`, if one is configured.
    pub feedback_id: Option<HeaderText>,
    /// Signs messages, if a key is configured.
    pub signer: Option<Arc<Signer>>,
}

/// A message, ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Who it comes from.
    pub from: EmailAddress,
    /// Who gets it.
    pub to: EmailAddress,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// What makes a message one of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The part of its `Message-ID` before the `@`.
    pub id: &'a str,
    /// The same of the thread that it belongs to.
    pub thread: Option<&'a str>,
    /// When it is sent.
    pub at: DateTime<Utc>,
    /// The absolute URL at which mail programs end the subscription with one click. `None` for a
    /// message to somebody who isn't subscribed.
    pub unsubscribe_url: Option<&'a str>,
}

/// Writes a message.
///
/// # Errors
/// Why it can't be written, in words.
pub fn write(
    sender: &Sender,
    to: &EmailAddress,
    mail: &Mail,
    identity: &Identity<'_>,
) -> Result<Outgoing, String> {
    let authority = sender.authority.as_str();
    let id_of = |id: &str| format!("<{}@{authority}>", HeaderText::new(id).as_str());
    let mailbox = |name: Option<&str>, address: &EmailAddress| {
        let read = address.as_str().parse();
        let read = read.map_err(|error| format!("{}: {error}", address.masked()))?;
        Ok::<_, String>(Mailbox::new(name.map(str::to_owned), read))
    };
    let mut builder = Message::builder()
        .from(mailbox(Some(sender.name.as_str()), &sender.from)?)
        .to(mailbox(None, to)?)
        .subject(HeaderText::new(&mail.subject).as_str())
        .date(SystemTime::from(identity.at))
        .message_id(Some(id_of(identity.id)));
    if let Some(reply_to) = &sender.reply_to {
        builder = builder.reply_to(mailbox(None, reply_to)?);
    }
    if let Some(thread) = identity.thread {
        // The thread's own id is of no message, but holds all of them together.
        let root = id_of(thread);
        builder = builder.in_reply_to(root.clone()).references(root);
    }
    let mut headers = vec![("Auto-Submitted", "auto-generated".to_owned())];
    if let Some(url) = identity.unsubscribe_url {
        headers.extend([
            ("List-Id", format!("<{authority}>")),
            ("List-Unsubscribe", format!("<{url}>")),
            (
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click".to_owned(),
            ),
        ]);
    }
    if let Some(feedback_id) = &sender.feedback_id {
        headers.push(("Feedback-ID", feedback_id.as_str().to_owned()));
    }
    for (name, value) in headers {
        let value = HeaderText::new(&value).as_str().to_owned();
        let name = HeaderName::new_from_ascii_str(name);
        builder = builder.raw_header(HeaderValue::new(name, value));
    }
    let body = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    let message = builder.multipart(body).map_err(|error| error.to_string())?;
    let mut bytes = message.formatted();
    if let Some(signer) = &sender.signer {
        let domain = sender.from.domain();
        bytes = signer.sign(&bytes, domain, identity.at.timestamp())?;
    }
    Ok(Outgoing {
        from: sender.from.clone(),
        to: to.clone(),
        bytes,
    })
}

/// A message that is still to be written; that fails with why it can't be.
pub(super) type Draft = Box<dyn FnOnce() -> Result<Outgoing, String> + Send>;

/// Why a message wasn't taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The mail server can't be reached, or takes nothing from us.
    Server(String),
    /// It isn't taken now, or it is unknown whether it was.
    Later { why: String, may_have_arrived: bool },
    /// It never will be: the address, or the message to it, is refused.
    Never(String),
    /// There is nothing to hand over: it can't be written.
    Unwritable(String),
}

/// A connection to the mail server, made when it is first needed.
pub struct Connection {
    server: SmtpServer,
    hello: ClientId,
    open: Option<AsyncSmtpConnection>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connection({})", self.server)
    }
}

impl Connection {
    /// A connection to be made later. `host` is the name that we give for ourselves.
    pub fn new(server: SmtpServer, host: &str) -> Self {
        let named = host.split(':').next().unwrap_or_default();
        let hello = match named.contains('.') {
            true => ClientId::Domain(named.to_owned()),
            false => ClientId::default(),
        };
        Self {
            server,
            hello,
            open: None,
        }
    }

    /// Hands over a message.
    ///
    /// # Errors
    /// Why it wasn't taken.
    pub async fn send(&mut self, message: &Outgoing) -> Result<(), Refusal> {
        let was_open = self.open.is_some();
        let mut connection = match self.open.take() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let mut sent = hand_over(&mut connection, message).await;
        if was_open && matches!(sent, Err(Refusal::Server(_))) {
            // The server may have closed a connection that had nothing to do.
            connection = self.connect().await?;
            sent = hand_over(&mut connection, message).await;
        }
        match &sent {
            Err(
                Refusal::Server(_)
                | Refusal::Later {
                    may_have_arrived: true,
                    ..
                },
            ) => {
                drop(connection);
            }
            Err(_) => {
                // The next message begins anew.
                let reset = timeout(PATIENCE, connection.command(Rset)).await;
                self.open = reset.is_ok_and(|it| it.is_ok()).then_some(connection);
            }
            Ok(()) => self.open = Some(connection),
        }
        sent
    }

    /// Takes leave of the server, if there is a connection.
    pub async fn close(&mut self) {
        if let Some(mut connection) = self.open.take() {
            let _ = timeout(Duration::from_secs(1), connection.quit()).await;
        }
    }

    /// Connects, and signs in if that is configured.
    ///
    /// # Errors
    /// `Server`, with what to look at.
    pub async fn connect(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let server = &self.server;
        let failed = |what: &str, error: &dyn std::fmt::Display| {
            Refusal::Server(format!("{server}: {what}: {error}"))
        };
        let tls = || {
            let tls = TlsParameters::new(server.host.clone());
            tls.map_err(|error| failed("TLS", &error))
        };
        let place = (server.host.as_str(), server.port);
        let connecting = async {
            if server.protection == Protection::Tls {
                let (hello, tls) = (&self.hello, Some(tls()?));
                return Ok(AsyncSmtpConnection::connect_tokio1(
                    place,
                    Some(PATIENCE),
                    hello,
                    tls,
                    None,
                )
                .await);
            }
            let stream = TcpStream::connect(place).await;
            let stream = stream.map_err(|error| failed("connecting", &error))?;
            // A message and its end are two writes. Without this, the second would wait until the
            // server has acknowledged the first, which takes 40 milliseconds.
            let _ = stream.set_nodelay(true);
            let stream = Box::new(stream);
            Ok(AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await)
        };
        let connected = timeout(PATIENCE, connecting).await;
        let mut connection = connected
            .map_err(|_| failed("connecting", &"no answer within a minute"))??
            .map_err(|error| failed("connecting", &in_full(&error)))?;
        if server.protection == Protection::StartTls {
            if !connection.can_starttls() {
                let how = "it doesn't offer STARTTLS, so nothing is sent; is smtps:// meant?";
                return Err(failed("connecting", &how));
            }
            let secured = timeout(PATIENCE, connection.starttls(tls()?, &self.hello)).await;
            secured
                .map_err(|_| failed("STARTTLS", &"no answer within a minute"))?
                .map_err(|error| failed("STARTTLS", &in_full(&error)))?;
        }
        if let Some((user, password)) = &server.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            let signing_in = connection.auth(DEFAULT_MECHANISMS, &credentials);
            let signed_in = timeout(PATIENCE, signing_in).await;
            signed_in
                .map_err(|_| failed("signing in", &"no answer within a minute"))?
                .map_err(|error| failed("signing in", &in_full(&error)))?;
        }
        Ok(connection)
    }
}

/// Hands a message over, step by step, because what a refusal means depends on the step.
async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    message: &Outgoing,
) -> Result<(), Refusal> {
    let address = |address: &EmailAddress| {
        let read = address.as_str().parse::<lettre::Address>();
        read.map_err(|error| Refusal::Never(error.to_string()))
    };
    let (from, to) = (address(&message.from)?, address(&message.to)?);
    let is_plain = |address: &EmailAddress| address.as_str().is_ascii();
    let mut options = Vec::new();
    if !is_plain(&message.from) || !is_plain(&message.to) {
        let server = connection.server_info();
        if !server.supports_feature(Extension::SmtpUtfEight) {
            let why = "the mail server takes no addresses with such letters (SMTPUTF8)";
            return Err(Refusal::Never(why.to_owned()));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    step(connection.command(MailFrom::new(Some(from), options)))
        .await
        .map_err(of_server)?;
    step(connection.command(Rcpt::new(to, Vec::new())))
        .await
        .map_err(of_recipient)?;
    step(connection.command(Data)).await.map_err(of_recipient)?;
    match timeout(PATIENCE, connection.message(&message.bytes)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) if error.status().is_some() => Err(of_recipient(Broken::Answer(error))),
        Ok(Err(error)) => Err(uncertain(&in_full(&error))),
        Err(_) => Err(uncertain("no answer within a minute")),
    }
}

/// What went wrong in a step.
enum Broken {
    Silence,
    Answer(Error),
}

async fn step<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Broken> {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(Broken::Answer),
        Err(_) => Err(Broken::Silence),
    }
}

/// Whatever is refused before the recipient is named isn't about the recipient.
fn of_server(broken: Broken) -> Refusal {
    match broken {
        Broken::Silence => Refusal::Server("the mail server fell silent".to_owned()),
        Broken::Answer(error) => Refusal::Server(in_full(&error)),
    }
}

fn of_recipient(broken: Broken) -> Refusal {
    match broken {
        Broken::Answer(error) if error.is_permanent() => Refusal::Never(in_full(&error)),
        Broken::Answer(error) if error.is_transient() => Refusal::Later {
            why: in_full(&error),
            may_have_arrived: false,
        },
        other => of_server(other),
    }
}

fn uncertain(why: &str) -> Refusal {
    Refusal::Later {
        why: format!("the connection broke before the answer came: {why}"),
        may_have_arrived: true,
    }
}

/// An error with its causes, on one line.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    HeaderText::new(&text).as_str().to_owned()
}
