//! Prometheus's text format, version 0.0.4.

use std::fmt::{Display, Write as _};

/// A report in the making.
#[derive(Debug, Default)]
pub(super) struct Exposition(String);

/// What kind of metric it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum MetricType {
    Counter,
    Gauge,
    Histogram,
}

impl MetricType {
    fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Exposition {
    /// Begins a metric. `help` is one line.
    pub(super) fn begin(&mut self, name: &str, metric_type: MetricType, help: &str) {
        let metric_type = metric_type.as_str();
        self.write(format_args!(
            "# HELP {name} {help}\n# TYPE {name} {metric_type}\n"
        ));
    }

    /// Adds a sample of the metric that was begun last.
    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: &dyn Display) {
        self.0.push_str(name);
        for (number, (label, text)) in labels.iter().enumerate() {
            let before = if number == 0 { '{' } else { ',' };
            self.write(format_args!("{before}{label}=\""));
            for sign in text.chars() {
                match sign {
                    '\\' => self.0.push_str("\\\\"),
                    '"' => self.0.push_str("\\\""),
                    '\n' => self.0.push_str("\\n"),
                    sign => self.0.push(sign),
                }
            }
            self.0.push('"');
        }
        let end = if labels.is_empty() { "" } else { "}" };
        self.write(format_args!("{end} {value}\n"));
    }

    /// A metric with one sample.
    pub(super) fn single(
        &mut self,
        (name, metric_type): (&str, MetricType),
        help: &str,
        value: &dyn Display,
    ) {
        self.begin(name, metric_type, help);
        self.sample(name, &[], value);
    }

    /// The finished text.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string never fails.
        let _ = self.0.write_fmt(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_quoted_and_numbers_have_no_exponent() {
        let mut text = Exposition::default();
        text.begin("a_seconds", MetricType::Gauge, "What it is.");
        text.sample("a_seconds", &[], &0.000_001_f64);
        text.sample("a_seconds", &[("b", "c\"\\\n"), ("d", "é")], &1e21_f64);
        assert_eq!(
            text.into_text(),
            "# HELP a_seconds What it is.\n# TYPE a_seconds gauge\na_seconds 0.000001\n\
             a_seconds{b=\"c\\\"\\\\\\n\",d=\"é\"} 1000000000000000000000\n"
        );
    }
}
