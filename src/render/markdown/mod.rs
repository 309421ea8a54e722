//! Markdown to HTML that is safe to show.

/// HTML that was sanitised; the only way in which raw HTML enters a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// The HTML as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
