//! The reference for delivery: the same number of messages, built and handed to the same mail server
//! by `lettre` alone, over as many connections. Prints the seconds that it took.
//!
//! `bare_lettre PORT MESSAGES CONNECTIONS BODY_FILE`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use lettre::message::MultiPart;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use lettre::{Message, address::Envelope};

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [port, messages, connections, body] = words.as_slice() else {
        // `cargo test` and `cargo bench` run it without these.
        return ExitCode::SUCCESS;
    };
    let run = || -> Result<f64, Failure> {
        let body = std::fs::read_to_string(body)?;
        let runtime = tokio::runtime::Runtime::new()?;
        let (port, count, lanes) = (port.parse()?, messages.parse()?, connections.parse()?);
        runtime.block_on(send_all(port, count, lanes, body))
    };
    match run() {
        Ok(seconds) => {
            anstream::println!("{seconds:.3}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            anstream::eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn send_all(port: u16, count: usize, lanes: usize, body: String) -> Result<f64, Failure> {
    let begun = Instant::now();
    let body: Arc<str> = body.into();
    let mut tasks = tokio::task::JoinSet::new();
    for lane in 0..lanes {
        let body = body.clone();
        tasks.spawn(async move {
            let place = ("127.0.0.1", port);
            let hello = ClientId::default();
            let mut connection =
                AsyncSmtpConnection::connect_tokio1(place, None, &hello, None, None).await?;
            for number in (lane..count).step_by(lanes) {
                let (envelope, message) = message(number, &body)?;
                connection.send(&envelope, &message).await?;
            }
            connection.quit().await?;
            Ok::<_, Failure>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(begun.elapsed().as_secs_f64())
}

fn message(number: usize, body: &str) -> Result<(Envelope, Vec<u8>), Failure> {
    let message = Message::builder()
        .from("Status <status@example.com>".parse()?)
        .to(format!("reader{number}@example.com").parse()?)
        .subject("Selma: Migrating – Selma, Nelson, blacklists and shared SSL certificates")
        .multipart(MultiPart::alternative_plain_html(
            body.to_owned(),
            format!("<!doctype html><html lang=\"en\"><p>{body}</p></html>"),
        ))?;
    Ok((message.envelope().clone(), message.formatted()))
}
