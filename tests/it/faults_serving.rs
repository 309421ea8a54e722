//! Whoever opens connections and keeps them for nothing, or makes us wait, takes the page from nobody;
//! and a stop ends, whatever is under way.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::time::timeout;

use crate::support::app::{TestApp, write};
use crate::support::database::new_database;
use crate::support::process::{Poster, Server, token};
use crate::support::wire::Served;

const SITE: &[u8] = b"name = \"Example status\"\ntime_zone = \"America/Denver\"\n";

/// A server with so many open files, and the folder that it lives in.
async fn server_with(files: u32) -> (Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    write(&content, "site.toml", SITE);
    let database = new_database(folder.path()).await;
    (
        Server::start_with(&database, &content, &[], Some(files)),
        folder,
    )
}

fn connect(server: &Server) -> TcpStream {
    let address: SocketAddr = server.url["http://".len()..].parse().expect("an address");
    TcpStream::connect_timeout(&address, Duration::from_secs(20)).expect("it is taken")
}

/// Whether somebody new gets the page while all these connections are there.
fn is_served(server: &Server) -> bool {
    let mut wire = connect(server);
    wire.set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a timeout");
    let asked = wire.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let mut answer = Vec::new();
    asked.is_ok() && wire.read_to_end(&mut answer).is_ok() && answer.starts_with(b"HTTP/1.1 200")
}

/// This process opens many files itself.
fn allow_many_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("it may be raised");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_begun_bodies_keep_the_page_from_nobody() {
    allow_many_files();
    let (server, _folder) = server_with(1024).await;
    let begun = b"POST /staff/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\na";
    let kept: Vec<TcpStream> = (0..1020)
        .map(|_| {
            let mut wire = connect(&server);
            let _ = wire.write_all(begun);
            wire
        })
        .collect();
    for _ in 0..3 {
        assert!(is_served(&server));
    }
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_say_nothing_keep_the_page_from_nobody() {
    let (server, _folder) = server_with(64).await;
    let kept: Vec<TcpStream> = (0..80).map(|_| connect(&server)).collect();
    for _ in 0..3 {
        assert!(is_served(&server));
    }
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_nobody_who_makes_it_wait() {
    let served = Served::start(TestApp::new().start().await);
    let begun = |text: &str| {
        let mut wire = served.connect();
        wire.send(text);
        wire
    };
    let mut half_asked = [
        begun("GET / HTTP/1.1\r\nHo"),
        begun("POST /staff/sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na"),
        begun("POST /api/v1/incidents HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na"),
    ];
    // Ready answers and such as hyper sends, more than the system takes, and nobody reads them.
    let _unread = [
        begun(&"GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3000)),
        begun(&"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3000)),
    ];
    // It has seen them once it has answered somebody who came later.
    served.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let start = Instant::now();
    let running = served.tell_to_stop();
    for wire in &mut half_asked[..1] {
        assert!(wire.ends());
    }
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "half-asked ones end at once"
    );
    let ended = timeout(Duration::from_secs(15), running)
        .await
        .expect("it ends");
    ended.expect("no panic").expect("in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_only_sends_drop_by_drop_is_answered_nothing() {
    let (server, _folder) = server_with(1024).await;
    let mut wire = connect(&server);
    wire.write_all(
        b"POST /staff/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n",
    )
    .expect("taken");
    wire.set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a timeout");
    let mut dripping = wire.try_clone().expect("the same connection");
    std::thread::spawn(move || {
        // A byte now and then never becomes the body within anybody's patience; that is what is tried.
        while dripping.write_all(b"a").is_ok() {
            std::thread::sleep(Duration::from_millis(800));
        }
    });
    let start = Instant::now();
    let mut answer = Vec::new();
    let ended = wire.read_to_end(&mut answer);
    let is_reset = |error: &std::io::Error| error.kind() == std::io::ErrorKind::ConnectionReset;
    assert!(ended.as_ref().map_or_else(is_reset, |_| true), "{ended:?}");
    let was_refused = answer.is_empty() || answer.starts_with(b"HTTP/1.1 400");
    assert!(was_refused, "{answer:?}");
    // Ninety-nine of them would have taken eighty seconds.
    assert!(start.elapsed() < Duration::from_secs(45));
}

/// Starts the program on a socket that stays open between two starts, as a service manager does.
const ACTIVATION: &str = r#"
import atexit, os, signal, socket, subprocess, sys, tempfile
program, database, content = sys.argv[1:]
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(64)
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
place = os.path.join(tempfile.mkdtemp(), "notify")
told.bind(place)
told.settimeout(40)

def start():
    def pass_on():
        if listener.fileno() != 3:
            os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), NOTIFY_SOCKET=place)
        os.execv(program, [program, "serve", "--database", database, "--content", content,
                           "--machine", "test", "--listen", "127.0.0.1:1"])
    child = os.fork()
    if child == 0:
        # Whatever becomes of us, nobody waits for what it writes.
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        pass_on()
    children.append(child)
    hear("READY=1")
    return child

def hear(wanted):
    heard = told.recv(4096).decode().strip()
    assert heard == wanted, heard

children = []
atexit.register(lambda: [os.kill(child, signal.SIGKILL) for child in children])

def end(child, how):
    os.kill(child, how)
    hear("STOPPING=1")
    assert os.waitpid(child, 0)[1] == 0, "it ends in order"
    children.remove(child)

def ask(wire):
    wire.settimeout(40)
    wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    answer = b""
    while part := wire.recv(4096):
        answer += part
    assert answer.startswith(b"HTTP/1.1 200"), answer

first = start()
ask(socket.create_connection(listener.getsockname()))
end(first, signal.SIGHUP)
# Nobody serves now, and yet nobody is refused.
waiting = socket.create_connection(listener.getsockname())
second = start()
ask(waiting)
end(second, signal.SIGTERM)
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_on_a_socket_that_is_passed_on_refuses_nobody() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    write(&content, "site.toml", SITE);
    let database = new_database(folder.path()).await;
    let done = Command::new("python3")
        .args(["-c", ACTIVATION, env!("CARGO_BIN_EXE_lightship"), &database])
        .arg(&content)
        .output()
        .expect("python3 runs");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_failed_sign_ins_are_noted_without_what_is_secret() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    write(&content, "site.toml", SITE);
    let database = new_database(folder.path()).await;
    let mut server = Server::start_with(&database, &content, &["--access-log", "common"], None);
    let poster = Poster::new("lsp_wrong");
    assert_eq!(poster.read(&server.url, "/?secret=1").0, 200);
    assert_eq!(poster.read(&server.url, "/nowhere?secret=2").0, 404);
    let body = serde_json::json!({"title": "a"});
    assert_eq!(poster.send(&server.url, "/incidents", &body).0, 401);
    let right = Poster::new(&token(&database).await);
    assert_eq!(right.send(&server.url, "/incidents", &body).0, 201);
    assert!(server.stop().success());
    let lines: Vec<String> = server.output.iter().collect();
    let ends = [
        "\"GET / HTTP/1.1\" 200 ",
        "\"GET /nowhere HTTP/1.1\" 404 ",
        "\"POST /api/v1/incidents HTTP/1.1\" 401 ",
        "\"POST /api/v1/incidents HTTP/1.1\" 201 ",
    ];
    assert_eq!(lines.len(), ends.len(), "{lines:?}");
    for (line, end) in lines.iter().zip(ends) {
        assert!(
            line.starts_with("127.0.0.1 - - [") && line.contains(end),
            "{line}"
        );
        assert!(!line.contains("secret"), "{line}");
    }
    let log: Vec<serde_json::Value> = server.log.iter().collect();
    let said = |message: &str| {
        let mut found = log
            .iter()
            .filter(|line| line["fields"]["message"] == message);
        let line = found
            .next()
            .unwrap_or_else(|| panic!("no line {message:?}: {log:?}"));
        assert!(found.next().is_none(), "{message:?} is said once");
        line["fields"].clone()
    };
    assert_eq!(said("failed sign-in")["address"], "127.0.0.1");
    assert_eq!(said("create_incident")["actor.name"], "test");
    assert!(!format!("{log:?}").contains("lsp_"), "no secret is logged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_closed_connection_still_gets_its_answer() {
    let served = Served::start(TestApp::new().start().await);
    let mut wire = served.connect();
    wire.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    wire.finish();
    assert!(wire.answer(false).status.contains("200"));
}
