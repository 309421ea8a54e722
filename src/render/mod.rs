//! Values to text. Pure: no store, no HTTP, no clock; the same snapshot gives the same bytes.

pub mod feeds;
pub mod json;
pub mod xml;
