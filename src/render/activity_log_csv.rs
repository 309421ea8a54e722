//! The activity log as comma-separated values (RFC 4180), safe to open in a spreadsheet.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SecondsFormat;

use crate::domain::field_change::{FieldChange, field_changes, value_in_words};
use crate::wire::audit::AuditBody;

/// The columns that every row has. Two more follow for each field that any row changes.
const COLUMNS: [&str; 9] = [
    "at",
    "actor",
    "actor_kind",
    "action",
    "kind",
    "label",
    "changed",
    "subject",
    "id",
];

/// A table under construction.
#[derive(Debug, Default)]
pub struct Table {
    lines: Vec<Line>,
    fields: BTreeSet<String>,
    size_bytes: usize,
}

/// A row: the cells of [`COLUMNS`], and the old and new value of each changed field.
#[derive(Debug)]
struct Line {
    cells: [String; COLUMNS.len()],
    changed: BTreeMap<String, [String; 2]>,
}

impl Table {
    /// Adds an entry of the activity log as a row.
    pub fn push(&mut self, entry: &AuditBody) {
        let changes = field_changes(entry.before.as_ref(), entry.after.as_ref());
        let said = |change: &FieldChange| {
            [
                value_in_words(&change.before),
                value_in_words(&change.after),
            ]
        };
        let names: Vec<&str> = changes.iter().map(|it| it.field.as_str()).collect();
        let cells = [
            entry.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            entry.actor.name.clone(),
            entry.actor.kind.clone(),
            entry.action.clone(),
            entry.kind.clone(),
            entry.label.clone(),
            names.join(", "),
            entry.subject.clone(),
            entry.id.clone(),
        ];
        let changed: BTreeMap<_, _> = changes
            .iter()
            .map(|change| (change.field.clone(), said(change)))
            .filter(|(_, sides)| sides.iter().any(|side| !side.is_empty()))
            .collect();
        self.fields.extend(changed.keys().cloned());
        let sides = changed.values().flatten();
        self.size_bytes += cells.iter().chain(sides).map(String::len).sum::<usize>();
        self.lines.push(Line { cells, changed });
    }

    /// The size of the table so far: a lower bound.
    pub fn size_bytes(&self) -> usize {
        self.size_bytes + self.lines.len() * 2 * self.fields.len()
    }

    /// The table as CSV text.
    pub fn finish(self) -> String {
        let mut table = String::new();
        let sides = |field: &String| [format!("{field} before"), format!("{field} after")];
        let heading: Vec<String> = COLUMNS
            .map(str::to_owned)
            .into_iter()
            .chain(self.fields.iter().flat_map(sides))
            .collect();
        push_cells(&mut table, &heading);
        for mut line in self.lines {
            let mut cells: Vec<String> = line.cells.into();
            for field in &self.fields {
                cells.extend(line.changed.remove(field).unwrap_or_default());
            }
            push_cells(&mut table, &cells);
        }
        table
    }
}

/// Writes a row.
pub(super) fn push_cells(table: &mut String, cells: &[String]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            table.push(',');
        }
        push_cell(table, cell);
    }
    table.push_str("\r\n");
}

/// Writes a cell. Spreadsheets run a cell that begins like a formula, whoever wrote it. A leading
/// apostrophe makes it text.
fn push_cell(table: &mut String, cell: &str) {
    const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    let guard = if cell.starts_with(FORMULA) { "'" } else { "" };
    if cell.contains([',', '"', '\r', '\n']) {
        let doubled = cell.replace('"', "\"\"");
        table.push_str(&format!("\"{guard}{doubled}\""));
    } else {
        table.push_str(guard);
        table.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stays_one_cell_and_never_a_formula() {
        let check = |cell: &str, wanted: &str| {
            let mut table = String::new();
            push_cell(&mut table, cell);
            assert_eq!(table, wanted, "{cell}");
        };
        check("Selma is down", "Selma is down");
        check("", "");
        check("a,b", "\"a,b\"");
        check("say \"no\"", "\"say \"\"no\"\"\"");
        check("two\nlines", "\"two\nlines\"");
        check("=1+1", "'=1+1");
        check("+1", "'+1");
        check("-1", "'-1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\tx", "'\tx");
        check("＝1", "'＝1");
        check("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"");
        check("a=b", "a=b");
    }
}
