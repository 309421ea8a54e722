//! Renders requested documents: on one thread for all, one after the other.
//!
//! A cached document lies in the memory arena of the thread that copied it (see
//! `on_separate_thread` beside [`Site`]). If each thread of the runtime copied documents, a machine
//! with many cores would have the gaps between them many times. And a document that is ready never
//! waits for one being rendered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::{io, thread};

use tokio::sync::oneshot;

use super::{Found, Site};

/// A handle to that thread; clones share it.
#[derive(Debug, Clone)]
pub struct Renderer(mpsc::Sender<Order>);

#[derive(Debug)]
struct Order {
    site: Arc<Site>,
    path: String,
    done: oneshot::Sender<Found>,
}

impl Renderer {
    /// Starts the thread. It ends when the last clone is dropped.
    pub fn start() -> io::Result<Self> {
        let (orders, taken) = mpsc::channel();
        let thread = thread::Builder::new().name("renderer".to_owned());
        thread.spawn(move || work(&taken))?;
        Ok(Self(orders))
    }

    /// What `path` leads to on a site. `None` if the document couldn't be rendered.
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
        // The client may have gone in the meantime.
        if order.done.is_closed() {
            continue;
        }
        // A panic while rendering ends only the request for that page.
        let make = AssertUnwindSafe(|| order.site.find(&order.path));
        if let Ok(found) = catch_unwind(make) {
            let _ = order.done.send(found);
        }
    }
}
