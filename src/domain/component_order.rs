//! The groups in which components are listed, and how moving one changes their order.
//!
//! Components in `site.toml` have the position that it gives them. The others follow, in the list
//! and in each group, and only they can be moved.

use super::component::Component;
use super::slug::Slug;

/// A heading, and the components under it.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'a> {
    /// The heading, if it has one.
    pub name: Option<&'a str>,
    /// The components, in order.
    pub components: Vec<&'a Component>,
}

impl Group<'_> {
    /// Whether it can be moved as a whole: `site.toml` has none of its components.
    fn is_own(&self) -> bool {
        self.components.iter().all(|it| !it.from_file)
    }
}

/// Which way something moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

/// The components that aren't retired, in their groups, in page order.
pub fn groups(components: &[Component]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for component in components.iter().filter(|it| it.retired_at.is_none()) {
        let name = component.group.as_deref();
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.components.push(component),
            None => groups.push(Group {
                name,
                components: vec![component],
            }),
        }
    }
    groups
}

/// The order of all movable components after one has moved past its neighbour in its group; `None`
/// if it can't move that way.
pub fn component_moved(
    groups: &[Group<'_>],
    slug: &Slug,
    direction: Direction,
) -> Option<Vec<Slug>> {
    let mut groups = groups.to_vec();
    let group = groups
        .iter_mut()
        .find(|group| group.components.iter().any(|it| it.slug == *slug))?;
    let own: Vec<usize> = indexes(&group.components, |it| !it.from_file);
    let index = group.components.iter().position(|it| it.slug == *slug)?;
    let other = neighbour(&own, index, direction)?;
    group.components.swap(index, other);
    Some(order(&groups))
}

/// The same after a whole group has moved past its neighbour.
pub fn group_moved(
    groups: &[Group<'_>],
    name: Option<&str>,
    direction: Direction,
) -> Option<Vec<Slug>> {
    let own: Vec<usize> = indexes(groups, Group::is_own);
    let index = groups.iter().position(|group| group.name == name)?;
    let other = neighbour(&own, index, direction)?;
    let mut groups = groups.to_vec();
    groups.swap(index, other);
    Some(order(&groups))
}

fn indexes<T>(list: &[T], is_own: impl Fn(&T) -> bool) -> Vec<usize> {
    (0..list.len())
        .filter(|index| is_own(&list[*index]))
        .collect()
}

/// The index before or after `index` among the movable ones, if `index` is one of them.
fn neighbour(own: &[usize], index: usize, direction: Direction) -> Option<usize> {
    let index = own.iter().position(|it| *it == index)?;
    let index = match direction {
        Direction::Up => index.checked_sub(1)?,
        Direction::Down => index + 1,
    };
    own.get(index).copied()
}

fn order(groups: &[Group<'_>]) -> Vec<Slug> {
    groups
        .iter()
        .flat_map(|group| &group.components)
        .filter(|component| !component.from_file)
        .map(|component| component.slug.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    /// `"a:G"` is in the group G; `"A:G"` is, too, and stated by the file.
    fn components(list: &str) -> Vec<Component> {
        let words = list.split_whitespace().enumerate();
        let made = words.map(|(index, word)| {
            let (name, group) = word.split_once(':').unwrap_or((word, ""));
            Component {
                slug: Slug::trusted(name.to_lowercase()),
                name: name.to_owned(),
                group: Some(group.to_owned()).filter(|group| !group.is_empty()),
                description: None,
                position: i64::try_from(index).expect("few"),
                since: None,
                created_at: DateTime::UNIX_EPOCH,
                retired_at: (name == "gone").then_some(DateTime::UNIX_EPOCH),
                from_file: name.starts_with(char::is_uppercase),
            }
        });
        made.collect()
    }

    fn told(order: Option<Vec<Slug>>) -> String {
        let order = order.map(|order| order.iter().map(Slug::to_string).collect::<Vec<_>>());
        order.map_or("stays".to_owned(), |order| order.join(" "))
    }

    #[test]
    fn a_component_goes_past_its_neighbour_in_its_group() {
        let check = |list: &str, slug: &str, direction: Direction, expected: &str| {
            let list = components(list);
            let slug = Slug::trusted(slug.to_owned());
            let moved = component_moved(&groups(&list), &slug, direction);
            assert_eq!(told(moved), expected, "{slug}");
        };
        check("a b c", "b", Direction::Up, "b a c");
        check("a b c", "b", Direction::Down, "a c b");
        check("a b c", "a", Direction::Up, "stays");
        check("a b c", "c", Direction::Down, "stays");
        check("a b c", "x", Direction::Down, "stays");
        check("a:G x:H b:G", "b", Direction::Up, "b a x");
        check("x:H a:G b:G", "b", Direction::Up, "x b a");
        check("F a b", "a", Direction::Up, "stays");
        check("F a b", "f", Direction::Down, "stays");
        check("a gone b", "b", Direction::Up, "b a");
    }

    #[test]
    fn a_group_goes_past_its_neighbour() {
        let check = |list: &str, name: &str, direction: Direction, expected: &str| {
            let list = components(list);
            let name = Some(name).filter(|name| !name.is_empty());
            assert_eq!(
                told(group_moved(&groups(&list), name, direction)),
                expected,
                "{name:?}"
            );
        };
        check("a:G b:H c:G", "H", Direction::Up, "b a c");
        check("a:G b:H c", "H", Direction::Down, "a c b");
        check("a:G b:H", "G", Direction::Up, "stays");
        check("a b:H", "", Direction::Down, "b a");
        check("F:G a:G b:H c:I", "H", Direction::Up, "stays");
        check("F:G a:G b:H c:I", "H", Direction::Down, "a c b");
    }
}
