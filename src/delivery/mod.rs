//! The outbox goes out: what is due is spread to subscribers, and sent.
