//! A folder as other systems leave it: names used again, signs and capitals in them, keys of
//! cState, Jekyll and Hugo. Whatever can be read is shown.

use std::collections::{BTreeMap, BTreeSet};

use lightship::app::content_sync;
use lightship::content::problem::Severity;

use crate::support::app::TestApp;

const POSTS: usize = 387;

/// Those that no one can read for certain: a colon in a plain title, a month that there isn't.
const BROKEN: usize = 4;

const WORDS: [&str; 12] = [
    "network",
    "Networking_problems v1.2",
    "Störung im Rechenzentrum",
    "MySQL-restart",
    "e-mail & spam",
    "Résolu",
    "network",
    "power",
    "db01.example",
    "Kernel Update (all)",
    "сбой",
    "network",
];

/// The day of a post, a week or so after the one before.
fn day(number: usize) -> String {
    let days = number * 9 % 365;
    format!(
        "{}-{:02}-{:02}",
        2012 + number / 28,
        days / 31 + 1,
        days % 28 + 1
    )
}

fn cstate(number: usize, day: &str) -> String {
    let severity = ["down", "disrupted", "notice"][number % 3];
    format!(
        "---\ntitle: Outage {number}\ndate: {day}T8:00:00-00:00\nresolved: true\n\
         resolvedWhen: {day}T9:30:00-00:00\nseverity: {severity}\naffected:\n  - API\n\
         section: issue\ninformational: false\n---\n\n\
         *Resolved* - It is over. {{{{< track \"{day} 09:30:00\" >}}}}\n\n\
         *Investigating* - We look. {{{{< track \"{day} 08:00:00\" >}}}}\n"
    )
}

fn jekyll(number: usize, day: &str) -> String {
    // Jekyll takes the date from the name, so that many have none.
    let date = if number.is_multiple_of(2) {
        String::new()
    } else {
        format!("date: {day} 10:00:00 +0000\n")
    };
    format!(
        "---\nlayout: post\ntitle: \"Work no. {number}\"\n{date}categories: [status, network]\n\
         tags: outage\npublished: true\n---\n\nThe network was down.\n\nUPDATE {day} 12:00 UTC: It is back.\n"
    )
}

fn hugo(number: usize, day: &str) -> String {
    format!(
        "---\ntitle: \"Post {number}\"\ndate: {day}T10:00:00Z\nlastmod: {day}T12:00:00Z\n\
         aliases: [/old/{number}]\nweight: 1\ndraft: false\nphase: resolved\n---\n\n\
         ![](media/there.png)\n\nSee https://example.com/{number}.\n"
    )
}

fn broken(number: usize, day: &str) -> String {
    match number % 2 {
        0 => format!("---\ntitle: Network: down\ndate: {day}\n---\n\nText.\n"),
        _ => "---\ntitle: Network\ndate: 2013-13-41\n---\n\nText.\n".to_owned(),
    }
}

/// The title at each address.
fn addresses(app: &TestApp) -> BTreeMap<String, String> {
    let site = app.app.state().site.current();
    let posts = site.snapshot().posts.iter().map(|post| post.read());
    posts
        .map(|post| (post.slug.to_string(), post.title))
        .collect()
}

#[tokio::test]
async fn whatever_can_be_read_is_shown_and_each_has_its_address() {
    let mut app = TestApp::new()
        .at("2026-11-28T10:00:00Z")
        .with_component("api")
        .start()
        .await;
    app.write("media/there.png", "x");
    for number in 0..POSTS {
        let day = day(number);
        let name = format!("incidents/{day}-{}.md", WORDS[number % WORDS.len()]);
        let text = match number % 3 {
            _ if number >= POSTS - BROKEN => broken(number, &day),
            0 => cstate(number, &day),
            1 => jekyll(number, &day),
            _ => hugo(number, &day),
        };
        app.write(&name, text);
    }
    let store = &app.app.state().store;
    let folder = app.content();
    let content = content_sync::read(store, &app.clock, &folder, Default::default());
    let content = content.await.expect("read");
    let report = app.sync(&[]).await.expect("synced");
    let errors: BTreeSet<_> = content
        .problems
        .iter()
        .chain(&report.problems)
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| (problem.file.as_str(), problem.message.as_str()))
        .collect();
    assert_eq!(report.added, POSTS - BROKEN, "{errors:#?}");
    assert_eq!(errors.len(), BROKEN, "{errors:#?}");
    // Each under an address of its own, where it stays.
    let addresses = addresses(&app);
    assert_eq!(addresses.len(), POSTS - BROKEN);
    let report = app.sync(&[]).await.expect("synced");
    assert_eq!((report.added, report.changed, report.hidden), (0, 0, 0));
    assert_eq!(self::addresses(&app), addresses);
}
