//! Where a document is made that somebody asks for: on one thread for all, one after the other.
//!
//! What is kept of a document comes to lie in the memory of the thread that copied it (see `aside`
//! beside [`Site`]). If each thread of the runtime did that, a machine with many cores would have
//! the gaps between kept documents many times. And whatever has to be made, what is ready doesn't
//! wait for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::{io, thread};

use tokio::sync::oneshot;

use super::{Found, Site};

/// The way to that thread; clones share it.
#[derive(Debug, Clone)]
pub struct Renderer(mpsc::Sender<Order>);

#[derive(Debug)]
struct Order {
    site: Arc<Site>,
    path: String,
    done: oneshot::Sender<Found>,
}

impl Renderer {
    /// Starts the thread. It ends with the last clone.
    pub fn start() -> io::Result<Self> {
        let (orders, taken) = mpsc::channel();
        let thread = thread::Builder::new().name("renderer".to_owned());
        thread.spawn(move || work(&taken))?;
        Ok(Self(orders))
    }

    /// What `path` leads to on a site. `None` if the document couldn't be made.
    pub async fn find(&self, site: Arc<Site>, path: &str) -> Option<Found> {
        if let Some(found) = site.find_made(path) {
            return Some(found);
        }
        let (done, found) = oneshot::channel();
        let path = path.to_owned();
        self.0.send(Order { site, path, done }).ok()?;
        found.await.ok()
    }
}

fn work(orders: &mpsc::Receiver<Order>) {
    for order in orders {
        // Whoever asked may have gone meanwhile.
        if order.done.is_closed() {
            continue;
        }
        // A page that can't be made ends the request for it and no other.
        let make = AssertUnwindSafe(|| order.site.find(&order.path));
        if let Ok(found) = catch_unwind(make) {
            let _ = order.done.send(found);
        }
    }
}
