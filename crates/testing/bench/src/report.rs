//! The table and the JSON: each figure with its goal and whether it was met.

use anyhow::Result;
use serde_json::{Value, json};

/// One figure.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// What was done.
    pub(crate) work: String,
    /// What was measured, in words.
    pub(crate) figure: String,
    /// The measured number.
    pub(crate) value: f64,
    /// What it should be, in words; empty for a floor or a remark.
    pub(crate) goal: String,
    /// The measured number over the goal; none for a floor.
    pub(crate) ratio: Option<f64>,
    /// Whether the goal was met; none without a goal.
    pub(crate) met: Option<bool>,
}

/// Every figure of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// A figure without a goal.
    pub(crate) fn note(&mut self, work: &str, value: f64, figure: String) {
        self.push(Row { work: work.to_owned(), figure, value, goal: String::new(), ratio: None, met: None });
    }

    /// A figure that should be at most `most`.
    pub(crate) fn at_most(&mut self, work: &str, value: f64, most: f64, unit: &str) {
        self.goal(work, value, most, unit, "≤", value <= most);
    }

    /// A figure that should be at least `least`.
    pub(crate) fn at_least(&mut self, work: &str, value: f64, least: f64, unit: &str) {
        self.goal(work, value, least, unit, "≥", value >= least);
    }

    fn goal(&mut self, work: &str, value: f64, goal: f64, unit: &str, sign: &str, met: bool) {
        self.push(Row {
            work: work.to_owned(),
            figure: format!("{} {unit}", short(value)),
            value,
            goal: format!("{sign} {} {unit}", short(goal)),
            ratio: (goal != 0.0).then_some(value / goal),
            met: Some(met),
        });
    }

    fn push(&mut self, row: Row) {
        eprintln!("  {}: {}", row.work, row.figure);
        self.rows.push(row);
    }

    /// The table.
    pub(crate) fn table(&self) -> String {
        let mut text =
            String::from("| work | measured | goal | measured / goal | met |\n|---|---|---|---|---|\n");
        for row in &self.rows {
            let ratio = row.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
            let met = row.met.map(|met| if met { "yes" } else { "no" }).unwrap_or_default();
            text +=
                &["|", &row.work, "|", &row.figure, "|", &row.goal, "|", &ratio, "|", met, "|\n"].join(" ");
        }
        text
    }

    /// The same for programs.
    pub(crate) fn json(&self, circumstances: &Value) -> Result<String> {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({"work": row.work, "value": row.value, "figure": row.figure, "goal": row.goal,
                       "ratio": row.ratio, "met": row.met})
            })
            .collect();
        Ok(serde_json::to_string_pretty(&json!({"circumstances": circumstances, "rows": rows}))?)
    }

    /// How many goals were missed.
    pub(crate) fn missed(&self) -> usize {
        self.rows.iter().filter(|row| row.met == Some(false)).count()
    }
}

/// Three significant digits or so.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        medium if medium >= 10.0 => format!("{value:.1}"),
        small if small >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
