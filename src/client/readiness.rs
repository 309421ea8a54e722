//! What the server says about itself at `/readyz`.

use super::Client;

/// A longer report doesn't come from Lightship.
const MAX_BYTES: u64 = 64 * 1024;

impl Client {
    /// What the server says about mail to subscribers; `None` if it says nothing.
    pub fn mail_status(&self) -> Option<String> {
        let asked = self.agent.get(self.address.join("/readyz")).call();
        let mut body = asked.ok()?.into_body();
        let text = body.with_config().limit(MAX_BYTES).read_to_string().ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("mail: "))?;
        Some(line.to_owned())
    }
}
