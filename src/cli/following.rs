//! What a subscriber or a channel follows, in words.

use super::output::clean;
use crate::domain::news_kind::NewsKind;
use crate::domain::slug::Slug;
use crate::wire::subscriber::FollowingBody;

/// The news that whoever chooses none hears of.
const USUAL: [NewsKind; 2] = [NewsKind::Incidents, NewsKind::Maintenance];

/// What is followed: `everything`, or names; with the kinds of news, unless they are the usual ones.
pub(super) fn follows(following: &FollowingBody) -> String {
    let slugs = following.components.iter().chain(&following.incidents);
    let slugs = slugs.map(Slug::to_string);
    let groups = following.groups.iter().map(|it| clean(it));
    let what = match following.everything {
        true => "everything".to_owned(),
        false => groups.chain(slugs).collect::<Vec<_>>().join(", "),
    };
    if following.kinds == USUAL {
        return what;
    }
    let kinds: Vec<_> = following.kinds.iter().map(|it| it.as_str()).collect();
    match kinds.as_slice() {
        [] => what,
        kinds => format!("{what} ({})", kinds.join(", ")),
    }
}
