//! Times for people and for machines.
