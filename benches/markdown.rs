//! Expensive Markdown, at one size and at twice that: linear time doubles, quadratic time takes
//! four times as long. `cargo bench --bench markdown`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use lightship::render::markdown::{plain_text, to_html};

#[path = "../tests/data/hostile_texts.rs"]
mod hostile;

const ROUNDS: usize = 5;

/// The approximate size of the smaller texts, in bytes.
const SIZE: usize = 100_000;

fn main() -> std::io::Result<()> {
    use std::io::Write as _;

    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:32} {:>10} {:>9} {:>10} {:>6}",
        "text", "bytes", "ms", "ms, twice", "ratio"
    )?;
    for ((name, once), (_, twice)) in hostile::texts(SIZE).iter().zip(hostile::texts(2 * SIZE)) {
        let mut took = [vec![], vec![]];
        for _ in 0..ROUNDS {
            took[0].push(time(once));
            took[1].push(time(&twice));
        }
        let [once_took, twice_took] = took.map(median);
        let ratio = twice_took.as_secs_f64() / once_took.as_secs_f64();
        let (a, b) = (
            once_took.as_secs_f64() * 1e3,
            twice_took.as_secs_f64() * 1e3,
        );
        writeln!(
            out,
            "{name:32} {:>10} {a:>9.2} {b:>10.2} {ratio:>6.2}",
            once.len()
        )?;
    }
    Ok(())
}

fn time(text: &str) -> Duration {
    let began = Instant::now();
    black_box(to_html(text, "p-", 3));
    black_box(plain_text(text));
    began.elapsed()
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}
