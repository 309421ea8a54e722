//! The commands, run against a small server of our own.
