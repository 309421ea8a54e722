//! The record as comma-separated values (RFC 4180), safe to open in a spreadsheet.

use chrono::SecondsFormat;

use super::json::audit::AuditBody;
use crate::domain::record::field_changes;

const COLUMNS: [&str; 11] = [
    "at",
    "actor",
    "actor_kind",
    "action",
    "kind",
    "label",
    "changed",
    "before",
    "after",
    "subject",
    "id",
];

/// The line that names the columns.
pub fn heading() -> String {
    let mut table = String::new();
    push_cells(&mut table, &COLUMNS.map(str::to_owned));
    table
}

/// Adds a line of the record.
pub fn push_line(table: &mut String, entry: &AuditBody) {
    let json = |value: &Option<serde_json::Value>| {
        value.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    let changed: Vec<_> = field_changes(entry.before.as_ref(), entry.after.as_ref())
        .into_iter()
        .map(|change| change.field)
        .collect();
    let cells = [
        entry.at.to_rfc3339_opts(SecondsFormat::Secs, true),
        entry.actor.name.clone(),
        entry.actor.kind.clone(),
        entry.action.clone(),
        entry.kind.clone(),
        entry.label.clone(),
        changed.join(", "),
        json(&entry.before),
        json(&entry.after),
        entry.subject.clone(),
        entry.id.clone(),
    ];
    push_cells(table, &cells);
}

fn push_cells(table: &mut String, cells: &[String]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            table.push(',');
        }
        push_cell(table, cell);
    }
    table.push_str("\r\n");
}

/// A cell. Spreadsheets run what begins like a formula, whoever wrote it; an apostrophe in front
/// keeps it a text.
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
