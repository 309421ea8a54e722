//! What the program says in messages to subscribers. As beside it, each language is a file with the
//! same functions.

mod english;
mod hears;

pub use self::hears::Hears;
pub use english::{
    LANGUAGE, already_subject, already_title, back_to, because, change, change_what_you_hear,
    changed_at, changes, confirm, confirm_button, confirm_subject, confirm_title, corrected_at,
    correction, corrects, earlier, hears_of, incident_withdrawn, is_already_subscribed,
    is_subscribed, kind, lasted, more_changes, need_help, not_you, nothing_open, now_planned,
    open_now, overall, planned, planned_for, read_all, reads, remind, reminder, see_component,
    see_site, starts, still_going_on, subject, subject_of_text, subscribed_to, this_incident,
    trial, trial_in_chat, trial_subject, unsubscribe, update, update_withdrawn, welcome_subject,
    welcome_title, when_it_starts,
};
