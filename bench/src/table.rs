//! Results as a table that reads well on a terminal and in Markdown.

/// Rows of cells, the first of which says what the row is about.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with its columns' titles.
    pub(crate) fn new(titles: Vec<String>) -> Self {
        Self { rows: vec![titles] }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as text, with the numbers right under each other.
    pub(crate) fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate();
            let cells = cells.map(|(column, (cell, &width))| match column {
                0 => format!("| {cell:<width$} "),
                _ => format!("| {cell:>width$} "),
            });
            format!("{}|", cells.collect::<Vec<_>>().concat())
        };
        let rule = widths.iter().enumerate().map(|(column, width)| {
            let end = if column == 0 { '-' } else { ':' };
            format!("|{}{end}", "-".repeat(width + 1))
        });
        let rule = format!("{}|", rule.collect::<Vec<_>>().concat());
        let mut lines: Vec<String> = self.rows.iter().map(line).collect();
        lines.insert(1, rule);
        lines.join("\n")
    }
}
