//! HTTP requests to receivers: webhooks and chats.

pub mod exchange;
