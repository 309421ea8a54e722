//! The user's environment: folders, editor, colour preference.
//!
//! They are hidden options, because only clap may read the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

/// The variables that every program of a desktop heeds.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct UserEnvironment {
    #[arg(long = "env-home", env = "HOME", hide = true, global = true)]
    home: Option<OsString>,
    #[arg(
        long = "env-config-home",
        env = "XDG_CONFIG_HOME",
        hide = true,
        global = true
    )]
    config_home: Option<OsString>,
    #[arg(
        long = "env-state-home",
        env = "XDG_STATE_HOME",
        hide = true,
        global = true
    )]
    state_home: Option<OsString>,
    #[arg(long = "env-visual", env = "VISUAL", hide = true, global = true)]
    visual: Option<OsString>,
    #[arg(long = "env-editor", env = "EDITOR", hide = true, global = true)]
    editor: Option<OsString>,
    #[arg(long = "env-no-color", env = "NO_COLOR", hide = true, global = true)]
    no_color: Option<OsString>,
}

/// Treats an empty variable as not set.
fn filled(variable: Option<&OsString>) -> Option<&OsString> {
    variable.filter(|value| !value.is_empty())
}

impl UserEnvironment {
    fn folder(&self, variable: Option<&OsString>, fallback: &str) -> Option<PathBuf> {
        // The XDG Base Directory Specification says to ignore relative paths.
        let said = filled(variable).map(PathBuf::from);
        let base = said.filter(|path| path.is_absolute()).or_else(|| {
            let home = filled(self.home.as_ref())?;
            Some(PathBuf::from(home).join(fallback))
        });
        base.map(|base| base.join("lightship"))
    }

    /// The folder of the login.
    pub(super) fn config_folder(&self) -> Option<PathBuf> {
        self.folder(self.config_home.as_ref(), ".config")
    }

    /// The folder of unsent requests.
    pub(super) fn state_folder(&self) -> Option<PathBuf> {
        self.folder(self.state_home.as_ref(), ".local/state")
    }

    /// The command that starts the user's editor.
    pub(super) fn editor(&self) -> OsString {
        filled(self.visual.as_ref())
            .or(filled(self.editor.as_ref()))
            .cloned()
            .unwrap_or_else(|| "vi".into())
    }

    /// Whether colours are unwanted (no-color.org).
    pub(super) fn wants_no_colour(&self) -> bool {
        filled(self.no_color.as_ref()).is_some()
    }
}
