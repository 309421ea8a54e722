//! Values to text. Pure: the same snapshot gives the same bytes; no store, no HTTP, no clock.

pub mod html;
pub mod markdown;
pub mod time;
