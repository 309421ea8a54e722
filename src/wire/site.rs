//! The site itself on the wire: what programs need to read and show times as it does.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteBody {
    /// The company as customers know it.
    #[schema(example = "Example Hosting status")]
    pub name: String,
    /// The zone for reading and showing times, by its IANA name.
    #[schema(example = "America/Denver")]
    pub time_zone: String,
    /// The clock for showing times: `12h` or `24h`.
    #[serde(default)]
    #[schema(required, example = "12h")]
    pub clock: String,
    /// The sentence that says how things stand.
    #[serde(default)]
    #[schema(required, example = "Selma is down.")]
    pub headline: String,
    /// Its home page.
    #[schema(format = "uri")]
    pub url: String,
}
