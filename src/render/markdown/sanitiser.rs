//! The sanitiser: the list of what is allowed on pages.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ammonia::{Builder, UrlRelative};

use super::{attributes, raw_html};

thread_local! {
    /// Building the list takes longer than cleaning most updates.
    static SANITISER: RefCell<Sanitiser> = RefCell::new(Sanitiser::new());
}

/// Sanitises HTML. `ids` are the ids generated for it, each of which may occur only once; `without`
/// lists attributes to omit.
pub(super) fn cleaned(
    html: &str,
    ids: HashSet<String>,
    without: &'static [&str],
    relative: UrlRelative<'static>,
) -> String {
    SANITISER.with_borrow_mut(|sanitiser| {
        *locked(&sanitiser.text) = Text { ids, without };
        sanitiser.builder.url_relative(relative);
        sanitiser.builder.clean(html).to_string()
    })
}

struct Sanitiser {
    builder: Builder<'static>,
    text: Arc<Mutex<Text>>,
}

/// State for the text that is being sanitised.
#[derive(Default)]
struct Text {
    /// The generated ids that haven't occurred yet.
    ids: HashSet<String>,
    without: &'static [&'static str],
}

impl Text {
    fn may_have(&mut self, attribute: &str, value: &str) -> bool {
        if self.without.contains(&attribute) {
            return false;
        }
        if attribute == "id" {
            return self.ids.remove(value);
        }
        attributes::is_valid(attribute, value)
    }
}

/// Ignores poisoning: each text replaces the state of the one before.
fn locked(text: &Mutex<Text>) -> MutexGuard<'_, Text> {
    text.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sanitiser {
    fn new() -> Self {
        let mut builder = allowed();
        let text = Arc::<Mutex<Text>>::default();
        let cleaned = text.clone();
        builder.attribute_filter(move |_, attribute, value| {
            let may = locked(&cleaned).may_have(attribute, value);
            may.then(|| value.into())
        });
        Self { builder, text }
    }
}

fn allowed() -> Builder<'static> {
    let set = |words: &[&'static str]| words.iter().copied().collect::<HashSet<_>>();
    let mut tags = set(raw_html::TAGS);
    tags.extend(["h2", "h3", "h4", "h5", "h6", "tbody", "thead"]);
    let attributes: HashMap<_, _> = [
        ("a", set(&["href", "title", "id", "aria-label"])),
        ("abbr", set(&["title"])),
        ("details", set(&["open"])),
        ("h2", set(&["id"])),
        ("h3", set(&["id"])),
        ("h4", set(&["id"])),
        ("h5", set(&["id"])),
        ("h6", set(&["id"])),
        ("img", set(&["src", "alt", "title", "width", "height"])),
        ("li", set(&["id"])),
        ("ol", set(&["start"])),
        ("td", set(&["colspan", "rowspan"])),
        ("th", set(&["colspan", "rowspan"])),
        ("time", set(&["datetime"])),
    ]
    .into();
    let values: HashMap<_, _> = [
        ("a", HashMap::from([("rel", set(&["nofollow noopener"]))])),
        ("img", HashMap::from([("loading", set(&["lazy"]))])),
        (
            "div",
            HashMap::from([
                ("tabindex", set(&["0"])),
                ("role", set(&["group"])),
                ("aria-label", set(&["Table"])),
            ]),
        ),
        ("th", HashMap::from([("scope", set(&["col", "row"]))])),
    ]
    .into();
    let classes: HashMap<_, _> = [
        ("a", set(&["anchor"])),
        ("div", set(&["scroll"])),
        ("section", set(&["footnotes"])),
        ("td", set(&["center", "right"])),
        ("th", set(&["center", "right"])),
    ]
    .into();
    let mut builder = Builder::empty();
    builder
        .tags(tags)
        .clean_content_tags(set(&["script", "style"]))
        .tag_attributes(attributes)
        .tag_attribute_values(values)
        .allowed_classes(classes)
        .url_schemes(set(&["http", "https", "mailto", "tel"]))
        .generic_attributes(set(&["dir", "lang"]))
        .link_rel(None);
    builder
}
