//! Reads server-sent events.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;

/// A stream of events.
pub(crate) struct Stream {
    lines: BufReader<TcpStream>,
    /// The status line and the headers.
    pub(crate) head: Vec<String>,
}

/// An event: its kind, its id and its data.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) data: String,
}

impl Event {
    /// The parts of the page.
    pub(crate) fn html(&self) -> &str {
        self.data.split_once('\n').expect("a hash and HTML").1
    }

    /// What recognises the page from now on.
    pub(crate) fn hash(&self) -> &str {
        self.data.split_once('\n').expect("a hash and HTML").0
    }
}

impl Stream {
    /// Reads the head of what comes from `wire`.
    pub(crate) fn new(wire: TcpStream) -> Self {
        let mut stream = Self {
            lines: BufReader::new(wire),
            head: Vec::new(),
        };
        while let Some(line) = stream.line().filter(|line| !line.is_empty()) {
            stream.head.push(line);
        }
        stream
    }

    pub(crate) fn wire(&self) -> &TcpStream {
        self.lines.get_ref()
    }

    /// The next line; `None` at the end.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let len = self.lines.read_line(&mut line).expect("in time");
        (len > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// The next event that has data; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        let mut data: Option<String> = None;
        loop {
            let line = self.line()?;
            match line.split_once(": ") {
                Some(("event", kind)) => event.kind = kind.to_owned(),
                Some(("id", id)) => event.id = id.to_owned(),
                Some(("data", text)) => {
                    data = Some(data.map_or(text.to_owned(), |data| format!("{data}\n{text}")));
                }
                _ if line.is_empty() => {
                    if let Some(data) = data.take() {
                        return Some(Event { data, ..event });
                    }
                }
                _ => {}
            }
        }
    }

    /// The next event.
    pub(crate) fn expect(&mut self) -> Event {
        self.next().expect("an event")
    }
}
