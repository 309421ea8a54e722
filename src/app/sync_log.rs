//! What the log says about the content folder: each thing once.

use std::collections::BTreeSet;

use super::disk::on_disk;
use crate::actions::sync_feeder::CONTENT_SOURCE;
use crate::actions::sync_report::SyncReport;
use crate::config::SourceConfig;
use crate::content::Content;
use crate::content::problem::{Problem, Severity};
use crate::store::Store;
use crate::store::settings::find_meta;

/// What the log has said about the content folder, so that it isn't repeated.
#[derive(Debug, Default)]
pub(super) struct SyncLog {
    problems: BTreeSet<String>,
    pub(super) refusal: Option<String>,
    is_absent: bool,
}

impl SyncLog {
    /// Whether there is no folder, and none is needed, because the database is fed from elsewhere
    /// or only through the API. That is logged once.
    pub(super) async fn is_absent(
        &mut self,
        store: &Store,
        source: &SourceConfig,
    ) -> anyhow::Result<bool> {
        let folder = source.content.clone();
        // A folder may hold only the pictures of a site that is fed from elsewhere.
        if on_disk(move || folder.join("site.toml").exists()).await? {
            self.is_absent = false;
            return Ok(false);
        }
        let mut tx = store.read().await?;
        let feeder = find_meta(&mut tx, CONTENT_SOURCE).await?;
        let is_needed = match feeder {
            Some(feeder) => feeder == source.feeder(),
            None => source.content.is_dir(),
        };
        if !is_needed && !std::mem::replace(&mut self.is_absent, true) {
            let folder = source.content.display().to_string();
            tracing::info!(
                folder,
                "there is no site.toml here; the page shows what the database has"
            );
        }
        if !is_needed {
            self.refusal = None;
        }
        Ok(!is_needed)
    }

    /// Logs the problems of a folder that was synced.
    pub(super) fn tell_report(&mut self, content: &Content, report: &SyncReport) {
        let problems = content.problems.iter();
        let problems = problems.chain(&report.moved).chain(&report.problems);
        self.tell_problems(problems, |file| what_is_shown(report, file));
    }

    /// Logs the problems of a folder that couldn't be synced.
    pub(super) fn tell_nothing_changed(&mut self, content: &Content) {
        self.tell_problems(&content.problems, |_| "nothing was changed");
    }

    /// Logs the problems that are new since the last time. `instead` says what is shown of a file
    /// with an error.
    fn tell_problems<'a>(
        &mut self,
        problems: impl IntoIterator<Item = &'a Problem>,
        instead: impl Fn(&str) -> &'static str,
    ) {
        let mut now = BTreeSet::new();
        for problem in problems {
            let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
            let text = format!("{place} {}", problem.message);
            if !self.problems.contains(&text) {
                tell_problem(problem, &place, instead(&problem.file));
            }
            now.insert(text);
        }
        self.problems = now;
    }

    pub(super) fn tell_refusal(&mut self, why: &str) {
        if self.refusal.as_deref() != Some(why) {
            tracing::error!(error = %why, "the content folder wasn't synced; the page stays as it \
                                           is");
            self.refusal = Some(why.to_owned());
        }
    }
}

/// What is shown of a file that can't be read with certainty.
fn what_is_shown(report: &SyncReport, file: &str) -> &'static str {
    if report.unread.contains(file) {
        "it isn't shown until that is fixed"
    } else {
        "the last good version stays"
    }
}

fn tell_problem(problem: &Problem, place: &str, instead: &str) {
    let help = problem.help.as_deref().unwrap_or_default();
    match problem.severity {
        Severity::Error => tracing::error!(%place, help, "{}; {instead}", problem.message),
        Severity::Warning => tracing::warn!(%place, help, "{}", problem.message),
        Severity::Hint => {}
    }
}

pub(super) fn tell_sync(report: &SyncReport) {
    tracing::info!(
        added = report.added,
        changed = report.changed,
        hidden = report.hidden,
        "the content folder is synced"
    );
}
