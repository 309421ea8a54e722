//! Reads template files: name, front matter and text.

use std::path::Path;

use super::file_name::stem;
use super::file_parts::{missing_front_matter, split};
use super::files::{decode, read_file};
use super::front_matter::read_template;
use super::problem::{Problem, Severity};
use super::update_entries::Context;
use super::update_entries::report::Report;
use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::domain::template::Template;

/// The templates of a folder. Their errors don't affect posts.
#[derive(Debug, Default)]
pub(super) struct Templates {
    /// The templates that could be read.
    pub(super) templates: Vec<Template>,
    /// The names of the templates that can't be read for certain.
    pub(super) unreadable: Vec<Slug>,
    /// Everything that is wrong or doubtful.
    pub(super) problems: Vec<Problem>,
}

/// Reads the template files with these names.
pub(super) fn read_all(folder: &Path, names: Vec<String>, cx: &Context<'_>) -> Templates {
    let mut all = Templates::default();
    for file in names {
        let mut found = Vec::new();
        let text =
            read_file(folder, &file, &mut found).and_then(|bytes| decode(&file, bytes, &mut found));
        let mut template = None;
        if let Some(text) = text {
            let cx = Context {
                file: &file,
                ..cx.clone()
            };
            let (read, problems) = read(&file, &text, &cx);
            template = read;
            found.extend(problems);
        }
        match template {
            Some(template) if all.templates.iter().any(|it| it.name == template.name) => {
                let message = format!(
                    "another file defines the template {:?} too",
                    template.name.as_str()
                );
                let help = "rename one of the two";
                found.push(Problem::of_file(
                    Severity::Error,
                    &file,
                    message,
                    Some(help),
                ));
            }
            Some(template) => all.templates.push(template),
            None => {
                let name = Slug::from_title(stem(&file));
                all.unreadable.extend(name);
            }
        }
        all.problems.extend(found);
    }
    all
}

/// Reads a template whose text and name are known. Returns no template if there is an error in it.
fn read(file: &str, text: &str, cx: &Context<'_>) -> (Option<Template>, Vec<Problem>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let Some(parts) = split(&text) else {
        return (None, missing_front_matter(file, &text));
    };
    let mut report = Report::new(file, parts.yaml, parts.yaml_line);
    let front = read_template(parts.yaml, cx, &mut report);
    let kind = front.kind.unwrap_or(Kind::Disruption);
    if let Some(phase) = front.phase.filter(|phase| !kind.phases().contains(phase)) {
        let words: Vec<_> = kind.phases().iter().map(|phase| phase.as_str()).collect();
        let kind = kind.as_str();
        report.add(
            Severity::Error,
            0..0,
            format!("a {kind} can't be {}", phase.label().to_lowercase()),
            Some(format!("its phases are: {}", words.join(", "))),
        );
    }
    let mut problems = report.finish();
    let name = Slug::from_title(stem(file));
    if name.is_none() {
        let message = "the file's name has no letter or digit, so the template has no name";
        let help = "rename it, as in \"server-down.md\"";
        problems.push(Problem::of_file(Severity::Error, file, message, Some(help)));
    }
    let broken = problems.iter().any(|it| it.severity == Severity::Error);
    let (Some(name), Some(title), false) = (name, front.title, broken) else {
        return (None, problems);
    };
    let components = front.components.into_iter();
    let template = Template {
        name,
        title,
        kind,
        phase: front.phase,
        impact: front.impact,
        state: front.state,
        components: components
            .map(|line| (line.component, line.state))
            .collect(),
        markdown: parts.body.trim().to_owned(),
    };
    (Some(template), problems)
}
