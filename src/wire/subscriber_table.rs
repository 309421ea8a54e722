//! Subscribers as a table (CSV): what an import reads, also from an export.

use super::csv::{Record, records};
use super::fields::unknown;
use super::subscriber::{ImportedSubscriber, SetFollowing};
use crate::domain::email_address::EmailAddress;
use crate::domain::news_kind::NewsKind;
use crate::domain::slug::Slug;
use crate::domain::subscriber_status::SubscriberStatus;

/// The column with the address.
pub const EMAIL: &str = "email";
/// The column with the slugs or names of components, separated by semicolons.
pub const COMPONENTS: &str = "components";
/// The column with the names of groups, separated by semicolons.
pub const GROUPS: &str = "groups";
/// The column with the slugs of incidents, separated by semicolons.
pub const INCIDENTS: &str = "incidents";
/// The column with the kinds of news, separated by semicolons.
pub const KINDS: &str = "kinds";
/// The column that says where the subscriber stands. Only confirmed ones are imported.
pub const STATUS: &str = "status";

/// Other names of the column with the address.
const EMAIL_TOO: [&str; 5] = [
    "address",
    "e-mail",
    "mail",
    "email address",
    "e-mail address",
];

/// A table, as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The rows, each with its line.
    pub rows: Vec<(usize, ImportedSubscriber)>,
    /// How many rows have the same address as an earlier one; they are left out.
    pub repeated: usize,
    /// The rows that can't be imported.
    pub refused: Vec<RefusedLine>,
}

/// A row that can't be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// Its line, counted from 1.
    pub line: usize,
    /// The address as it was written.
    pub address: String,
    /// What is wrong with it, and how to fix it.
    pub detail: String,
}

/// Reads a table. Its first row names the columns; a list of addresses alone needs none. The error
/// says why it can't be read at all.
pub fn read(text: &str) -> Result<Table, String> {
    let records =
        records(text).map_err(|line| format!("the quotation mark on line {line} isn't closed"))?;
    let Some(first) = records.first() else {
        return Err("there is nothing in it; it needs a line for each address".to_owned());
    };
    let (columns, rows) = match first.cells.as_slice() {
        [only] if only.contains('@') => (Columns::of_addresses(), &records[..]),
        _ => (Columns::of(first)?, &records[1..]),
    };
    if rows.is_empty() {
        return Err("it has no line below the names of its columns".to_owned());
    }
    let mut table = Table::default();
    let mut known = std::collections::BTreeSet::new();
    for record in rows {
        match columns.read(record) {
            Ok((address, _)) if !known.insert(address.key()) => table.repeated += 1,
            Ok((address, following)) => {
                let row = ImportedSubscriber {
                    address: address.as_str().to_owned(),
                    following,
                };
                table.rows.push((record.line, row));
            }
            Err(detail) => table.refused.push(RefusedLine {
                line: record.line,
                address: columns.address(record).to_owned(),
                detail,
            }),
        }
    }
    Ok(table)
}

/// Which column is where.
struct Columns {
    email: usize,
    components: Option<usize>,
    groups: Option<usize>,
    incidents: Option<usize>,
    kinds: Option<usize>,
    status: Option<usize>,
}

impl Columns {
    fn of_addresses() -> Self {
        Self {
            email: 0,
            components: None,
            groups: None,
            incidents: None,
            kinds: None,
            status: None,
        }
    }

    fn of(header: &Record) -> Result<Self, String> {
        let names: Vec<_> = header.cells.iter().map(|it| it.to_lowercase()).collect();
        let place = |name: &str| names.iter().position(|it| it == name);
        let email = place(EMAIL).or_else(|| EMAIL_TOO.iter().find_map(|name| place(name)));
        let email = email.ok_or_else(|| {
            format!(
                "line {} must name the columns, and one of them \"email\", such as \
                 email,components,groups",
                header.line
            )
        })?;
        Ok(Self {
            email,
            components: place(COMPONENTS),
            groups: place(GROUPS),
            incidents: place(INCIDENTS),
            kinds: place(KINDS),
            status: place(STATUS),
        })
    }

    /// The address as it was written. An export puts an apostrophe before what a spreadsheet would
    /// take for a formula.
    fn address<'a>(&self, record: &'a Record) -> &'a str {
        let cell = record.cells.get(self.email).map_or("", String::as_str);
        match cell.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
            Some(_) | None => cell,
        }
    }

    fn read(&self, record: &Record) -> Result<(EmailAddress, Option<SetFollowing>), String> {
        let address = EmailAddress::parse(self.address(record)).map_err(|why| why.to_string())?;
        let cell = |column: Option<usize>| {
            let cell = column.and_then(|column| record.cells.get(column));
            cell.map(|cell| cell.split(';').map(str::trim).filter(|it| !it.is_empty()))
                .into_iter()
                .flatten()
        };
        if let Some(word) = cell(self.status).next()
            && word != SubscriberStatus::Confirmed.as_str()
        {
            return Err(format!(
                "the table says that this subscriber is {word:?}; only confirmed ones are imported"
            ));
        }
        let slugs = |column| cell(column).map(slug_of).collect::<Result<Vec<_>, _>>();
        let kinds = cell(self.kinds).map(kind_of);
        let kinds: Vec<_> = kinds.collect::<Result<_, _>>()?;
        let following = SetFollowing {
            everything: None,
            components: slugs(self.components)?,
            groups: cell(self.groups).map(str::to_owned).collect(),
            incidents: slugs(self.incidents)?,
            kinds: Some(kinds).filter(|it| !it.is_empty()),
        };
        let is_usual = following == SetFollowing::default();
        Ok((address, (!is_usual).then_some(following)))
    }
}

/// The slug that a cell says, or the one that is made from the name in it.
fn slug_of(text: &str) -> Result<Slug, String> {
    let slug = Slug::parse(text).ok().or_else(|| Slug::from_title(text));
    slug.ok_or_else(|| format!("{text:?} can't be the name of a component or an incident"))
}

fn kind_of(word: &str) -> Result<NewsKind, String> {
    let found = NewsKind::ALL.into_iter().find(|it| it.as_str() == word);
    found.ok_or_else(|| unknown("kind", word, &NewsKind::ALL.map(NewsKind::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows as `line address follows…`, and the refused ones as `line address: detail`.
    fn told(text: &str) -> (Vec<String>, Vec<String>) {
        let table = read(text).expect("a table");
        let rows = table.rows.iter().map(|(line, row)| {
            let following = row.following.clone().unwrap_or_default();
            let components = following.components.iter().map(Slug::to_string);
            let kinds = following.kinds.unwrap_or_default().into_iter();
            let follows: Vec<_> = components
                .chain(following.groups)
                .chain(following.incidents.iter().map(Slug::to_string))
                .chain(kinds.map(|kind| kind.as_str().to_owned()))
                .collect();
            [vec![line.to_string(), row.address.clone()], follows]
                .concat()
                .join(" ")
        });
        let refused = table.refused.iter();
        let refused = refused.map(|it| format!("{} {}: {}", it.line, it.address, it.detail));
        (rows.collect(), refused.collect())
    }

    #[test]
    fn a_list_of_addresses_needs_no_names_of_columns() {
        let (rows, refused) = told("dana@example.com\n\n lee@example.com \n");
        assert_eq!(rows, ["1 dana@example.com", "3 lee@example.com"]);
        assert_eq!(refused, [""; 0]);
    }

    #[test]
    fn columns_are_found_by_their_names() {
        let (rows, _) = told(
            "Name;E-Mail;Components;Groups\nDana;dana@example.com;\"selma; Mail Delivery\";\n\
             Lee;lee@example.com;;\"Web, mail;Servers\"\n",
        );
        assert_eq!(
            rows,
            [
                "2 dana@example.com selma mail-delivery",
                "3 lee@example.com Web, mail Servers"
            ]
        );
        let (rows, _) = told("address,kinds,incidents\na@b.example,changes,selma-is-down\n");
        assert_eq!(rows, ["2 a@b.example selma-is-down changes"]);
        for (text, why) in [
            ("", "nothing in it"),
            ("name,phone\nDana,1\n", "one of them \"email\""),
            ("dana@example.com,selma\n", "must name the columns"),
            ("email\n", "no line below"),
            ("email\n\"dana@example.com\n", "line 2 isn't closed"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains(why), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_row_that_can_t_be_read_is_named_with_its_line_and_the_others_stay() {
        let (rows, refused) = told(
            "email,components,kinds,status\n\
             dana,,,\n\
             lee@example.com,selma,,confirmed\n\
             kim@example.com,!!!,,\n\
             sam@example.com,,maintainance,\n\
             pat@example.com,,,suppressed\n",
        );
        assert_eq!(rows, ["3 lee@example.com selma"]);
        assert_eq!(refused.len(), 4);
        for (refused, start, part) in [
            (&refused[0], "2 dana: ", "has a name, an @"),
            (&refused[1], "4 kim@", "\"!!!\" can't be"),
            (&refused[2], "5 sam@", "did you mean \"maintenance\"?"),
            (&refused[3], "6 pat@", "is \"suppressed\""),
        ] {
            assert!(refused.starts_with(start), "{refused}");
            assert!(refused.contains(part), "{refused}");
        }
    }

    #[test]
    fn an_address_counts_once_and_the_apostrophe_of_an_export_isn_t_part_of_it() {
        let table = read("email\n'+dana@example.com\n+DANA@example.com\n'lee@example.com\n");
        let table = table.expect("a table");
        let addresses: Vec<_> = table.rows.iter().map(|it| it.1.address.as_str()).collect();
        assert_eq!(addresses, ["+dana@example.com", "'lee@example.com"]);
        assert_eq!(table.repeated, 1);
    }
}
