//! A TCP proxy that falls silent, like a host that has lost power: it passes nothing on any more,
//! and closes nothing.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// How it treats connections and data.
#[derive(Default)]
struct Manner {
    /// Connections with a lower number are silent.
    silent_before: usize,
    /// Once these bytes are sent to the server, nothing comes back on any existing connection.
    swallow_after: Option<Vec<u8>>,
    /// The number of connections so far.
    made: usize,
}

/// The proxy.
pub(crate) struct SilentProxy {
    /// Host and port.
    pub(crate) address: String,
    manner: Arc<Mutex<Manner>>,
}

impl SilentProxy {
    /// Starts a proxy for `server` (host and port), on a free port.
    pub(crate) fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let manner = Arc::new(Mutex::new(Manner::default()));
        let (own, server) = (manner.clone(), server.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let number = {
                    let mut manner = own.lock().expect("no panic");
                    manner.made += 1;
                    manner.made
                };
                let Ok(server) = TcpStream::connect(&server) else {
                    continue;
                };
                pass(&client, &server, number, own.clone(), true);
                pass(&server, &client, number, own.clone(), false);
            }
        });
        Self { address, manner }
    }

    /// Silences all existing and new connections from now on.
    pub(crate) fn silence(&self) {
        self.manner.lock().expect("no panic").silent_before = usize::MAX;
    }

    /// Loses the server's answer to a message with these bytes, and everything after it.
    pub(crate) fn swallow_answer_to(&self, bytes: &[u8]) {
        self.manner.lock().expect("no panic").swallow_after = Some(bytes.to_vec());
    }

    /// Lets new connections work again; silent ones stay silent.
    pub(crate) fn speak(&self) {
        let mut manner = self.manner.lock().expect("no panic");
        manner.silent_before = manner.made + 1;
        manner.swallow_after = None;
    }
}

fn pass(
    from: &TcpStream,
    to: &TcpStream,
    number: usize,
    manner: Arc<Mutex<Manner>>,
    is_to_server: bool,
) {
    let mut from = from.try_clone().expect("a stream");
    let mut to = to.try_clone().expect("a stream");
    thread::spawn(move || {
        let mut room = [0; 16 * 1024];
        loop {
            let Ok(count) = from.read(&mut room) else {
                return;
            };
            let is_silent = {
                let mut manner = manner.lock().expect("no panic");
                let swallows = manner.swallow_after.as_ref().is_some_and(|bytes| {
                    let wanted = |part: &[u8]| part.eq_ignore_ascii_case(bytes);
                    is_to_server && room[..count].windows(bytes.len()).any(wanted)
                });
                let was_silent = number < manner.silent_before;
                if swallows {
                    manner.silent_before = manner.made + 1;
                }
                was_silent
            };
            if is_silent {
                // Neither passed on nor closed: both ends stay open as long as the process runs.
                std::mem::forget((from, to));
                return;
            }
            if count == 0 {
                let _ = to.shutdown(std::net::Shutdown::Write);
                return;
            }
            if to.write_all(&room[..count]).is_err() {
                return;
            }
        }
    });
}
