//! What a mail provider reports of an address, on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request_macro::request;
use super::words;
use crate::domain::bounce::BounceKind;

request! {
    /// What a provider reports of an address.
    pub struct ReportBounce {
        /// The address.
        #[schema(example = "dana@example.com")]
        required address: String = line,
        /// `hard` (refused for good; the third in a row suppresses the address), `soft` (refused for
        /// a while; nothing follows) or `complaint` (suppresses it at once).
        #[schema(schema_with = words::bounce_kind)]
        required kind: BounceKind = bounce_kind,
        /// What the server said.
        #[schema(example = "550 5.1.1 no such user")]
        optional reason: String = text,
    }
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BounceBody {
    /// `unknown` (nobody with this address), `ignored`, `counted` (as a refusal) or `suppressed`.
    #[schema(example = "counted")]
    pub outcome: String,
}
