//! The source of a post's text: the command line, a file, standard input, an editor.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use uuid::Uuid;

use super::console::Console;
use super::failure::{Failure, SavedAs, quoted};
use super::private_file;
use crate::render::markdown::of_typed;

/// The line above the hints in an editor; the text ends before it.
const CUT: &str = "-------- 8< -------- this line and everything below it is left out";

/// The source of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TextSource {
    /// The command line.
    Typed(String),
    /// A template.
    Template(String),
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// An editor, which is still to be opened.
    Editor,
}

impl TextSource {
    /// The source that the options name; `-` means standard input.
    pub(super) fn of(
        text: Option<&String>,
        file: Option<&PathBuf>,
        console: &Console,
    ) -> Result<Self, Failure> {
        match (text, file) {
            (Some(text), _) if text == "-" => Ok(Self::Stdin),
            (Some(text), _) => Ok(Self::Typed(text.clone())),
            (None, Some(file)) if file == Path::new("-") => Ok(Self::Stdin),
            (None, Some(file)) => Ok(Self::File(file.clone())),
            (None, None) if console.interactive => Ok(Self::Editor),
            (None, None) => Err(Failure::Usage(
                "there is no text, and no terminal to open an editor in; give the text, or --file \
                 FILE, or - for standard input"
                    .to_owned(),
            )),
        }
    }

    /// The text as far as it is known without reading.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Typed(text) | Self::Template(text) => text,
            Self::File(_) | Self::Stdin | Self::Editor => "",
        }
    }

    /// Whether this process has the only copy of the text.
    pub(super) fn is_only_copy(&self) -> bool {
        match self {
            Self::Stdin | Self::Editor => true,
            Self::Typed(_) | Self::Template(_) | Self::File(_) => false,
        }
    }

    /// Reads the text and trims it.
    pub(super) fn read(&self, hints: &str, console: &mut Console) -> Result<String, Failure> {
        self.read_from("", hints, console)
    }

    /// Like [`TextSource::read`], but an editor opens with `old` in it.
    pub(super) fn read_from(
        &self,
        old: &str,
        hints: &str,
        console: &mut Console,
    ) -> Result<String, Failure> {
        let text = match self {
            Self::Typed(text) => of_typed(text),
            Self::Template(text) => text.clone(),
            Self::File(file) => {
                fs::read_to_string(file).map_err(|error| Failure::io(file.display(), &error))?
            }
            Self::Stdin => {
                let mut text = String::new();
                let read = console.input.read_to_string(&mut text);
                read.map_err(|error| Failure::io("standard input", &error))?;
                if text.trim().is_empty() {
                    return Err(Failure::Usage(
                        "nothing was sent: standard input is empty".to_owned(),
                    ));
                }
                text
            }
            Self::Editor => edit(old, hints, console)?,
        };
        Ok(text.trim().to_owned())
    }
}

fn edit(old: &str, hints: &str, console: &Console) -> Result<String, Failure> {
    let folder = console.environment.state_folder().ok_or_else(|| {
        Failure::Refused("there is no home folder to write the text in; set HOME".to_owned())
    })?;
    let file = folder.join(format!("editing-{}.md", Uuid::now_v7()));
    let failed = |error| Failure::io(file.display(), &error);
    private_file::write(&file, &format!("{}\n\n{CUT}\n{hints}\n", old.trim())).map_err(failed)?;
    let editor = console.environment.editor();
    // Run by a shell, because an editor's command may have options of its own: "code --wait".
    let status = Command::new("sh")
        .arg("-c")
        .arg("eval \"$1\" '\"$2\"'")
        .args(["sh".as_ref(), editor.as_os_str(), file.as_os_str()])
        .status()
        .map_err(|error| Failure::io("the editor didn't start", &error))?;
    let whole = fs::read_to_string(&file).map_err(failed)?;
    let text = match whole.split_once(CUT) {
        Some((text, _)) => text.trim().to_owned(),
        None => whole.trim().to_owned(),
    };
    if !text.is_empty() && !status.success() {
        let editor = editor.display();
        let why = format!("nothing was sent: the editor ({editor}) ended with {status}");
        return Err(Failure::AfterTyping(
            Box::new(Failure::Refused(why)),
            SavedAs::Text(file),
        ));
    }
    let _ = fs::remove_file(&file);
    if !text.is_empty() {
        return Ok(text);
    }
    let editor = quoted(&editor.to_string_lossy());
    Err(Failure::Refused(if status.success() {
        "nothing was sent: the text is empty".to_owned()
    } else {
        format!("nothing was sent: the editor ({editor}) ended with {status}; set EDITOR")
    }))
}
