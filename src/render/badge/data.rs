//! A badge as data, in the form that shields.io draws (shields.io/badges/endpoint-badge).

use serde::Serialize;

use super::Badge;
use crate::render::mail::colours::of_tone;

#[derive(Serialize)]
struct Endpoint<'a> {
    #[serde(rename = "schemaVersion")]
    schema_version: u8,
    label: &'a str,
    message: &'a str,
    color: &'a str,
}

/// The badge as JSON.
///
/// # Errors
/// Never: everything in it is text.
pub fn render(badge: &Badge) -> serde_json::Result<String> {
    serde_json::to_string(&Endpoint {
        schema_version: 1,
        label: &badge.label,
        message: &badge.message,
        color: of_tone(badge.tone).light,
    })
}
