//! The parts of forms. Each shows what was typed, shows errors beside the field, and works
//! without scripts.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::fields::{Fields, FormState};

/// A field's name and texts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ask<'a> {
    /// The name of the field in the form, which is also its id.
    pub name: &'a str,
    /// The label.
    pub label: &'a str,
    /// A line of help below the field.
    pub hint: &'a str,
    /// Whether it has the focus when the page opens, unless there are errors.
    pub first: bool,
}

/// The id of a field's element.
pub(super) fn id_of(name: &str) -> String {
    format!("field-{}", name.replace(['.', ':'], "-"))
}

/// The list of errors, at the top and with the focus; each line links to its field. `heading` says
/// what hasn't happened: "Not posted yet".
pub fn summary(form_state: &FormState, heading: &str) -> Markup {
    html! {
        @if let Some(path) = &form_state.sent_before {
            div #wrong .wrong role="alert" tabindex="-1" autofocus {
                h2 { "This form was already sent" }
                p {
                    "What you sent first "
                    a href=(path) { "was saved" }
                    ". What is in the form now wasn’t: send it if you want that, too."
                }
            }
        }
        @if form_state.is_lost {
            div #wrong .wrong role="alert" tabindex="-1" autofocus {
                h2 { "This preview is no longer kept" }
                p {
                    "A preview goes when you post it, sign out, or preview several other forms. You "
                    "can start again below."
                }
            }
        }
        @if !form_state.wrong.is_empty() {
            div #wrong .wrong role="alert" tabindex="-1" autofocus {
                h2 { (heading) }
                ul {
                    @for wrong in &form_state.wrong {
                        li {
                            @if wrong.field.is_empty() {
                                (wrong.detail)
                            } @else {
                                a href={ "#" (id_of(&wrong.field)) } { (wrong.detail) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The idempotency key of the form.
pub fn key(form_state: &FormState) -> Markup {
    hidden(Fields::KEY, form_state.fields.first(Fields::KEY))
}

/// A button that copies a text; it appears only if scripts run.
pub fn copy(text: &str, label: &str) -> Markup {
    html! { button.copy type="button" hidden data-copy=(text) { (label) } }
}

/// A hidden field.
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The description of a field: its hint and its error.
struct Description<'a> {
    id: String,
    hint: &'a str,
    wrong: Option<&'a str>,
}

impl<'a> Description<'a> {
    fn of(form_state: &'a FormState, ask: &Ask<'a>) -> Self {
        Self {
            id: id_of(ask.name),
            hint: ask.hint,
            wrong: form_state.wrong_with(ask.name),
        }
    }

    fn described_by(&self) -> Option<String> {
        let mut ids = Vec::new();
        if self.wrong.is_some() {
            ids.push(format!("{}-wrong", self.id));
        }
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.id));
        }
        Some(ids.join(" ")).filter(|ids| !ids.is_empty())
    }

    fn invalid(&self) -> Option<&'static str> {
        self.wrong.map(|_| "true")
    }

    fn wrong_line(&self) -> Markup {
        html! {
            @if let Some(wrong) = self.wrong {
                p.error id={ (self.id) "-wrong" } { (wrong) }
            }
        }
    }

    fn hint_line(&self) -> Markup {
        html! {
            @if !self.hint.is_empty() { p.hint id={ (self.id) "-hint" } { (self.hint) } }
        }
    }
}

/// A text area.
pub fn text_area(form_state: &FormState, ask: &Ask<'_>, rows: u8) -> Markup {
    let description = Description::of(form_state, ask);
    html! {
        div.field {
            label for=(description.id) { (ask.label) }
            (description.wrong_line())
            textarea id=(description.id) name=(ask.name) rows=(rows) dir="auto"
                aria-describedby=[description.described_by()] aria-invalid=[description.invalid()]
                autofocus[ask.first && form_state.wrong.is_empty()] {
                // HTML parsers drop a line break at the very beginning.
                "\n" (form_state.fields.first(ask.name))
            }
            (description.hint_line())
        }
    }
}

/// A field for one line of text; `kind` is the input's type.
pub fn line(form_state: &FormState, ask: &Ask<'_>, kind: &str) -> Markup {
    let description = Description::of(form_state, ask);
    let is_text = kind == "text";
    html! {
        div.field {
            label for=(description.id) { (ask.label) }
            (description.wrong_line())
            input id=(description.id) name=(ask.name) type=(kind) dir=[is_text.then_some("auto")]
                value=(form_state.fields.first(ask.name))
                aria-describedby=[description.described_by()] aria-invalid=[description.invalid()]
                autofocus[ask.first && form_state.wrong.is_empty()];
            @if ["date", "datetime-local"].contains(&kind) {
                output.hint.weekday for=(description.id) { (weekday(form_state.fields.first(ask.name))) }
            }
            (description.hint_line())
        }
    }
}

/// The weekday of the date in a field; empty if there is no date.
fn weekday(value: &str) -> String {
    let day = value.split('T').next().unwrap_or_default();
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d");
    day.map_or_else(|_| String::new(), |day| day.format("%A").to_string())
}

/// A field for one line of text, with suggestions.
pub fn suggested(form_state: &FormState, ask: &Ask<'_>, usual: &[String]) -> Markup {
    let description = Description::of(form_state, ask);
    let list = format!("{}-list", description.id);
    html! {
        div.field {
            label for=(description.id) { (ask.label) }
            (description.wrong_line())
            input id=(description.id) name=(ask.name) type="text" dir="auto" list=(list)
                value=(form_state.fields.first(ask.name)) autocomplete="off"
                aria-describedby=[description.described_by()] aria-invalid=[description.invalid()];
            datalist id=(list) { @for value in usual { option value=(value) {} } }
            (description.hint_line())
        }
    }
}

/// Several checkboxes under one heading, each as `(name, label, hint)`.
pub fn switches(form_state: &FormState, ask: &Ask<'_>, options: &[(String, &str, &str)]) -> Markup {
    let description = Description::of(form_state, ask);
    html! {
        fieldset #(description.id) tabindex=[description.wrong.map(|_| "-1")] aria-describedby=[description.described_by()] {
            legend { (ask.label) }
            (description.wrong_line())
            @for (name, label, hint) in options {
                (switch(form_state, name, &html! { (label) span.meta { " – " (hint) } }))
            }
            (description.hint_line())
        }
    }
}

/// The element around the preview. A preview gets the focus, because it stands far below the text.
pub fn preview(shown: Option<Markup>) -> Markup {
    let is_there = shown.is_some();
    html! {
        div #preview .preview aria-live="polite" tabindex=[is_there.then_some("-1")]
            autofocus[is_there] {
            @if let Some(shown) = shown { (shown) }
        }
    }
}

/// A select list.
pub fn choice(form_state: &FormState, ask: &Ask<'_>, options: &[(String, String)]) -> Markup {
    let description = Description::of(form_state, ask);
    html! {
        div.field {
            label for=(description.id) { (ask.label) }
            (description.wrong_line())
            (bare_choice(form_state, ask.name, options, &description))
            (description.hint_line())
        }
    }
}

fn bare_choice(
    form_state: &FormState,
    name: &str,
    options: &[(String, String)],
    description: &Description<'_>,
) -> Markup {
    let chosen = form_state.fields.first(name);
    html! {
        select id=(description.id) name=(name) aria-describedby=[description.described_by()]
            aria-invalid=[description.invalid()] {
            @for (value, label) in options {
                option value=(value) selected[value == chosen] { (label) }
            }
            // A value that isn't on the list is kept, so that the sender sees it.
            @if !options.iter().any(|(value, _)| value == chosen) {
                option value=(chosen) selected { (chosen) }
            }
        }
    }
}

/// Radio buttons in the shape of pills.
pub fn pills(form_state: &FormState, ask: &Ask<'_>, options: &[(&str, &str)]) -> Markup {
    let description = Description::of(form_state, ask);
    let chosen = form_state.fields.first(ask.name);
    html! {
        fieldset.pills aria-describedby=[description.described_by()] {
            legend { (ask.label) }
            (description.wrong_line())
            div {
                @for (index, (value, label)) in options.iter().enumerate() {
                    label {
                        input type="radio" name=(ask.name) value=(value)
                            id=[(index == 0).then_some(&description.id)] checked[*value == chosen];
                        span { (label) }
                    }
                }
            }
            (description.hint_line())
        }
    }
}

/// A checkbox on a line of its own.
pub fn switch(form_state: &FormState, name: &str, label: &Markup) -> Markup {
    html! {
        label.switch {
            input type="checkbox" id=(id_of(name)) name=(name) value="yes" checked[form_state.fields.has(name)];
            span { (label) }
        }
    }
}

/// A component with the states it can be set to, and a note that appears once one is chosen.
pub fn component_row(
    form_state: &FormState,
    slug: &str,
    name: &str,
    options: &[(String, String)],
) -> Markup {
    let field = format!("state.{slug}");
    let note = format!("note.{slug}");
    let ask = Ask {
        name: &field,
        label: name,
        ..Ask::default()
    };
    let description = Description::of(form_state, &ask);
    let note_ask = Ask {
        name: &note,
        label: "Note for customers",
        hint: "One line, shown beside the state. Optional.",
        ..Ask::default()
    };
    html! {
        li.component {
            div.pair {
                label for=(description.id) dir="auto" { (name) }
                (bare_choice(form_state, &field, options, &description))
            }
            (description.wrong_line())
            (line(form_state, &note_ask, "text"))
        }
    }
}

/// The button that sends the form, and further ones beside it: `(value, label)`.
pub fn buttons(main: &str, others: &[(&str, &str)]) -> Markup {
    html! {
        p.buttons {
            button.main type="submit" name=(Fields::BUTTON) value="post" { (main) }
            @for (value, label) in others {
                button type="submit" name=(Fields::BUTTON) value=(value) { (label) }
            }
        }
    }
}
