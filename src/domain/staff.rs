//! Staff: tokens, and the sessions opened with them.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::permission::Permissions;
use super::scope::Scope;

/// A credential for the admin API. Its secret is shown once and stored only as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its identity.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The byline of what is posted with it, if it has one.
    pub display_name: Option<String>,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Token {
    /// Whether it is accepted at `now`.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires| now < expires)
    }

    /// What its holder may do.
    pub fn permissions(&self) -> Permissions {
        Permissions::of(&self.scopes)
    }
}

/// A session ends when it hasn't been used for this long.
pub const IDLE: Duration = Duration::hours(12);

/// A person signed in to the staff pages from one browser. The session has the permissions of the
/// token with which it was opened, as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, which isn't the cookie.
    pub id: String,
    /// The id of the token with which it was opened.
    pub token_id: String,
    /// The browser's name for itself, shortened.
    pub device: Option<String>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to a few minutes.
    pub seen_at: DateTime<Utc>,
    /// Forms that wait to be sent, newest last.
    pub kept: Vec<KeptForm>,
}

/// A filled-in form that couldn't be sent, or that is to be reviewed before it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptForm {
    /// The path of the form.
    pub path: String,
    /// The form's key, if it is to be reviewed; the preview is found by it.
    pub key: Option<String>,
    /// Names and values, as JSON.
    pub form: String,
}

/// How many forms are kept at most.
const MOST_KEPT: usize = 8;
/// How many bytes they have at most; the newest is kept whatever its size.
const MOST_KEPT_BYTES: usize = 256 * 1024;

impl KeptForm {
    fn is_for(&self, path: &str, key: Option<&str>) -> bool {
        self.path == path && self.key.as_deref() == key
    }
}

impl Session {
    /// The form kept under a path and a key.
    pub fn find_kept(&self, path: &str, key: Option<&str>) -> Option<&KeptForm> {
        self.kept.iter().find(|kept| kept.is_for(path, key))
    }

    /// Keeps a form, replacing its earlier version. The oldest are dropped if there are too many.
    pub fn keep(&mut self, form: KeptForm) {
        self.kept
            .retain(|kept| !kept.is_for(&form.path, form.key.as_deref()));
        self.kept.push(form);
        let mut bytes = 0;
        let fitting = self.kept.iter().rev().take(MOST_KEPT).take_while(|kept| {
            let is_newest = bytes == 0;
            bytes += kept.path.len() + kept.form.len();
            is_newest || bytes <= MOST_KEPT_BYTES
        });
        let gone = self.kept.len() - fitting.count();
        self.kept.drain(..gone);
    }

    /// Drops the form that was posted, and what was typed while nobody was signed in.
    pub fn forget(&mut self, path: &str, key: Option<&str>) {
        self.kept
            .retain(|kept| kept.key.is_some() && !kept.is_for(path, key));
    }

    /// Whether the session is still valid at `now`.
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        now - self.seen_at < IDLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::permission::Permission;

    fn session() -> Session {
        Session {
            id: "s".to_owned(),
            token_id: "t".to_owned(),
            device: None,
            created_at: DateTime::UNIX_EPOCH,
            seen_at: DateTime::UNIX_EPOCH,
            kept: Vec::new(),
        }
    }

    fn form(key: usize, bytes: usize) -> KeptForm {
        KeptForm {
            path: "/staff/a".to_owned(),
            key: Some(key.to_string()),
            form: "x".repeat(bytes),
        }
    }

    fn keys(session: &Session) -> Vec<&str> {
        let keys = session.kept.iter().filter_map(|kept| kept.key.as_deref());
        keys.collect()
    }

    #[test]
    fn the_newest_forms_are_kept_and_each_once() {
        let mut session = session();
        for key in 0..10 {
            session.keep(form(key, 1));
        }
        session.keep(form(4, 2));
        assert_eq!(keys(&session), ["2", "3", "5", "6", "7", "8", "9", "4"]);
        let found = session.find_kept("/staff/a", Some("4"));
        assert_eq!(found, Some(&form(4, 2)));
        assert_eq!(session.find_kept("/staff/b", Some("4")), None);
    }

    #[test]
    fn long_forms_leave_less_room_and_the_newest_always_stays() {
        let mut session = session();
        for key in 0..3 {
            session.keep(form(key, MOST_KEPT_BYTES / 2 - 100));
        }
        assert_eq!(keys(&session), ["1", "2"]);
        session.keep(form(3, MOST_KEPT_BYTES * 2));
        assert_eq!(keys(&session), ["3"]);
    }

    #[test]
    fn two_posts_as_long_as_people_write_are_both_kept() {
        let mut session = session();
        for key in 0..2 {
            session.keep(form(key, 100 * 1024));
        }
        assert_eq!(keys(&session), ["0", "1"]);
    }

    #[test]
    fn what_was_posted_is_forgotten_and_so_is_what_was_typed_while_nobody_was_signed_in() {
        let mut session = session();
        let typed = KeptForm {
            key: None,
            ..form(0, 1)
        };
        for form in [form(1, 1), typed, form(2, 1)] {
            session.keep(form);
        }
        session.forget("/staff/b", Some("1"));
        assert_eq!(session.kept, [form(1, 1), form(2, 1)]);
        session.forget("/staff/a", Some("1"));
        assert_eq!(session.kept, [form(2, 1)]);
    }

    #[test]
    fn a_session_ends_when_it_was_idle_for_long() {
        let session = session();
        let short = Duration::milliseconds(1);
        assert!(session.is_alive(DateTime::UNIX_EPOCH + IDLE - short));
        assert!(!session.is_alive(DateTime::UNIX_EPOCH + IDLE));
        assert!(!session.is_alive(DateTime::UNIX_EPOCH + IDLE + short));
    }

    #[test]
    fn a_token_works_until_it_expires_or_is_taken_back() {
        let at = |second: i64| DateTime::from_timestamp(second, 0).expect("in range");
        let mut token = Token {
            id: "t".to_owned(),
            name: "on call".to_owned(),
            display_name: None,
            scopes: vec![Permission::SetStates.scope()],
            created_at: at(0),
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
        };
        assert!(token.is_valid(at(100)));
        assert!(token.permissions().include(Permission::SetStates));
        token.expires_at = Some(at(100));
        let valid = [99, 100, 101].map(|second| token.is_valid(at(second)));
        assert_eq!(valid, [true, false, false]);
        token.revoked_at = Some(at(50));
        assert!(!token.is_valid(at(60)));
    }
}
