//! Reads what was delivered to a channel.

use super::error::ClientError;
use super::{Client, PAGE_SIZE, channel_path};
use crate::wire::channel::{DeliveryBody, DeliveryList};

impl Client {
    /// The attempts of the last week to deliver something to a channel, newest first, at most
    /// `limit`.
    pub fn deliveries(&self, id: &str, limit: usize) -> Result<Vec<DeliveryBody>, ClientError> {
        let size = limit.min(PAGE_SIZE);
        let first = format!("{}/deliveries?limit={size}", channel_path(id));
        self.list_from(first, |page: DeliveryList| page.deliveries, limit)
    }
}
