//! Asks for confirmation if an update's time is long before its incident began: probably a wrong
//! day, or am for pm.

use chrono::{DateTime, TimeDelta, Utc};

use super::console::Console;
use super::failure::Failure;
use super::times::Clockwork;
use super::unsent::Unsent;
use crate::client::Client;
use crate::render::time::duration;

/// An update this long before its incident is nothing unusual.
const USUAL: TimeDelta = TimeDelta::hours(1);

/// Asks about `at`, unless `yes` is set. A script gets an error that names the option.
pub(super) fn ask(
    unsent: &mut Unsent,
    at: Option<DateTime<Utc>>,
    yes: bool,
    client: &Client,
    console: &mut Console,
) -> Result<(), Failure> {
    let Some(at) = at.filter(|_| !yes) else {
        return Ok(());
    };
    match unsent.settle(client, console) {
        Ok(()) => {}
        // Sending will fail, too, and then the request is saved for later.
        Err(Failure::Server(_)) => return Ok(()),
        Err(other) => return Err(other),
    }
    let Some(began) = unsent.began.filter(|began| *began - at > USUAL) else {
        return Ok(());
    };
    let clockwork = Clockwork::or_utc(client, console);
    let message = format!(
        "{} is {} before the incident began, {}",
        clockwork.said(at),
        duration(began - at),
        clockwork.said(began)
    );
    if !console.interactive || console.json {
        return Err(Failure::Usage(format!(
            "--at: {message}; if you mean that, add --yes"
        )));
    }
    let answer = console
        .ask(&format!("{message}.\nIs that right? [y/N]"))
        .map_err(|error| Failure::io("couldn't read an answer", &error))?;
    match answer.as_deref().map(str::to_lowercase).as_deref() {
        Some("y" | "yes") => Ok(()),
        Some(_) | None => Err(Failure::Refused("nothing was sent".to_owned())),
    }
}
