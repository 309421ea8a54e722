//! `lightship correct --withdraw` and `--bring-back`: takes something off the page, and puts it back.

use serde_json::{Value, json};
use uuid::Uuid;

use super::confirm;
use super::console::{BOLD, Console, styled};
use super::failure::Failure;
use super::output;
use crate::client::Client;
use crate::domain::slug::Slug;
use crate::urls;
use crate::wire::incident::IncidentBody;
use crate::wire::update::UpdateBody;

/// Asks whether a whole incident is to be withdrawn.
///
/// # Errors
/// If not.
pub(super) fn ask(incident: &IncidentBody, console: &mut Console) -> Result<(), Failure> {
    let title = output::clean(&incident.title);
    let question = format!("Withdraw the whole incident {title:?}, for good?");
    confirm::ask(&question, "the incident is kept", console)
}

/// Brings a withdrawn update back.
pub(super) fn bring_back(
    slug: &Slug,
    id: &str,
    client: &Client,
    console: &mut Console,
) -> Result<(), Failure> {
    let path = format!("{}/restore", urls::api_update(slug, id.trim()));
    let key = Uuid::now_v7().to_string();
    let answer = client.post(&path, &json!({}), &key)?;
    output::corrected_update(slug, &answer, console);
    Ok(())
}

/// Says that it is withdrawn, and how to bring it back.
pub(super) fn tell(
    slug: &Slug,
    update: Option<&UpdateBody>,
    answer: &Value,
    console: &mut Console,
) {
    if console.json {
        output::json(answer, console);
        return;
    }
    console.print(&format!("Withdrawn: {}", styled(BOLD, slug.as_str())));
    if let Some(update) = update {
        console.print("  To bring it back:");
        console.print(&format!(
            "  lightship correct --incident {slug} --bring-back {}",
            update.id
        ));
    }
}
