//! Values to text. Pure: no store, no HTTP, no clock; the same snapshot gives the same bytes.

pub mod feeds;
pub mod html;
pub mod json;
pub mod markdown;
pub mod time;
pub mod xml;
