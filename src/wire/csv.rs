//! Reads comma-separated values (RFC 4180), as programs and spreadsheets write them.

/// A record: the line on which it begins, counted from 1, and its cells without spaces around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
}

/// The signs that separate cells. Spreadsheets of some countries write semicolons.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// Reads all records; blank ones are left out. Cells are separated by the sign that occurs most
/// often in the first line. The error is the line of a quotation mark that nothing ends.
pub(super) fn records(text: &str) -> Result<Vec<Record>, usize> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let delimiter = delimiter_of(text);
    let mut records = Vec::new();
    let mut reader = Reader::at(1);
    let mut chars = text.chars().peekable();
    let mut line = 1;
    let mut quote: Option<usize> = None;
    while let Some(sign) = chars.next() {
        let is_break = sign == '\n' || sign == '\r' && chars.peek() != Some(&'\n');
        line += usize::from(is_break);
        if quote.is_some() {
            match sign {
                '"' if chars.peek() == Some(&'"') => {
                    chars.next();
                    reader.cell.push('"');
                }
                '"' => quote = None,
                _ => reader.cell.push(sign),
            }
        } else if sign == '"' && reader.cell.trim().is_empty() {
            quote = Some(line);
        } else if sign == delimiter {
            reader.end_cell();
        } else if is_break {
            records.extend(reader.end());
            reader = Reader::at(line);
        } else {
            reader.cell.push(sign);
        }
    }
    records.extend(reader.end());
    quote.map_or(Ok(records), Err)
}

/// A record while it is read.
struct Reader {
    record: Record,
    cell: String,
}

impl Reader {
    fn at(line: usize) -> Self {
        Self {
            record: Record {
                line,
                cells: Vec::new(),
            },
            cell: String::new(),
        }
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        self.record.cells.push(cell.trim().to_owned());
    }

    /// The record, unless it is blank.
    fn end(mut self) -> Option<Record> {
        self.end_cell();
        let is_blank = self.record.cells.iter().all(String::is_empty);
        (!is_blank).then_some(self.record)
    }
}

fn delimiter_of(text: &str) -> char {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let count = |sign: &char| first.unwrap_or_default().matches(*sign).count();
    // Of equals, `max_by_key` takes the last one.
    let found = DELIMITERS.into_iter().rev().max_by_key(count);
    found.unwrap_or(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, wanted: &[(usize, &[&str])]) {
        let found = records(text).expect("readable");
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.line, it.cells.iter().map(String::as_str).collect()))
            .collect();
        let wanted: Vec<(usize, Vec<&str>)> = wanted
            .iter()
            .map(|(line, it)| (*line, it.to_vec()))
            .collect();
        assert_eq!(found, wanted, "{text:?}");
    }

    #[test]
    fn records_are_read_as_programs_and_spreadsheets_write_them() {
        check("", &[]);
        check("\n \n;;\n", &[]);
        check("a,b\n1,2", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check(
            "\u{feff}a;b\r\n\r\n1 ; 2\r\n",
            &[(1, &["a", "b"]), (3, &["1", "2"])],
        );
        check("a\tb\r1\t2\r", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a;b,c;d\n", &[(1, &["a", "b,c", "d"])]);
        check("a\n", &[(1, &["a"])]);
    }

    #[test]
    fn what_is_quoted_is_one_cell() {
        check(
            "a,b\n\"x, \"\"y\"\"\", \"1\n2\"\nz,\n",
            &[
                (1, &["a", "b"]),
                (2, &["x, \"y\"", "1\n2"]),
                (4, &["z", ""]),
            ],
        );
        check(
            "a,b\n5\" disk,x\n",
            &[(1, &["a", "b"]), (2, &["5\" disk", "x"])],
        );
        assert_eq!(records("a\n\"b\nc\n"), Err(2));
    }
}
