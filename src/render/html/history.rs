//! All incidents, by month.

use std::sync::Arc;

use maud::{Markup, html};

use crate::render::html::layout::{self, Nav, Page};
use crate::render::html::listing;
use crate::render::html::parts;
use crate::render::time;
use crate::snapshot::Snapshot;
use crate::snapshot::post::Post;
use crate::snapshot::posts::Month;
use crate::urls;

/// Renders the page: all incidents, newest first.
pub fn page(snapshot: &Snapshot) -> Markup {
    let months: Vec<_> = snapshot.posts.months().collect();
    let page = Page {
        title: Some("History"),
        description: &format!("Every incident on {}.", snapshot.site.name),
        path: Some(urls::HISTORY),
        nav: Nav::History,
        feeds: None,
        content: html! {
            h1 { "History" }
            p.lead {
                @match months.first() {
                    Some(((year, month), _)) => {
                        (parts::count(snapshot.posts.len(), "post"))
                        " since " (parts::month(*year, *month)) "."
                    }
                    None => "No incidents yet.",
                }
            }
            @let folded = folded(&months);
            @for ((year, month), posts) in months[folded..].iter().rev() {
                section {
                    h2 {
                        a href=(urls::month(*year, *month)) { (parts::month(*year, *month)) }
                        " " span.count { (parts::count(posts.len(), "post")) }
                    }
                    (listing::brief(snapshot, *posts))
                }
            }
            @if folded > 0 { (earlier(&months[..folded])) }
        },
    };
    layout::page(snapshot, &page)
}

/// How many posts are listed by name; older months show only a count.
const LISTED: usize = 150;

/// A month and its incidents.
type Posts<'a> = (Month, &'a [Arc<Post>]);

/// How many of the months, from the oldest on, show only a count.
fn folded(months: &[Posts<'_>]) -> usize {
    let mut listed = 0;
    let fits = |(_, posts): &&Posts<'_>| {
        let is_first = listed == 0;
        listed += posts.len();
        is_first || listed <= LISTED
    };
    months.len() - months.iter().rev().take_while(fits).count()
}

/// The older months by year, newest first, each with its number of posts.
fn earlier(months: &[Posts<'_>]) -> Markup {
    let by_year: Vec<&[Posts<'_>]> = months.chunk_by(|a, b| a.0.0 == b.0.0).collect();
    html! {
        @for months in by_year.iter().rev() {
            section {
                h2 { (months[0].0.0) }
                ul.chips {
                    @for ((year, month), posts) in months.iter().rev() {
                        li {
                            a href=(urls::month(*year, *month)) { (parts::month(*year, *month)) }
                            " " span.count { (parts::count(posts.len(), "post")) }
                        }
                    }
                }
            }
        }
    }
}

/// If a month has more posts than this, they are listed without summaries.
const FULL: usize = 60;

/// Renders the page of one month; `month` is 1 to 12.
pub fn month(snapshot: &Snapshot, year: i32, month: u32) -> Markup {
    let name = time::month(year, month);
    let posts = snapshot.posts.month((year, month));
    let (before, after) = snapshot.posts.neighbours((year, month));
    let page = Page {
        title: Some(&name),
        description: &format!("Incidents on {} in {name}.", snapshot.site.name),
        path: Some(&urls::month(year, month)),
        nav: Nav::History,
        feeds: None,
        content: html! {
            h1 { (parts::month(year, month)) }
            p.lead {
                @match posts.len() {
                    0 => "No posts in this month.",
                    some => { (parts::count(some, "post")) "." }
                }
            }
            @if !posts.is_empty() {
                section {
                    h2.unseen { "Posts" }
                    @if posts.len() > FULL {
                        (listing::brief(snapshot, posts))
                    } @else {
                        (listing::full(snapshot, posts))
                    }
                }
            }
            nav.pages aria-label="Months" {
                @if let Some((year, month)) = before {
                    a rel="prev" href=(urls::month(year, month)) { "← " (parts::month(year, month)) }
                }
                @if let Some((year, month)) = after {
                    a rel="next" href=(urls::month(year, month)) { (parts::month(year, month)) " →" }
                }
                a.all href=(urls::HISTORY) { "All months" }
            }
        },
    };
    layout::page(snapshot, &page)
}
