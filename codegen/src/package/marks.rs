//! The parts of a person's files that are kept up to date.

use std::fmt;

/// The lines around a part of a file that is kept up to date.
pub(super) struct Marks {
    pub(super) begin: &'static str,
    pub(super) end: &'static str,
}

/// The lines around the features in a manifest.
pub(super) const FEATURES: Marks = Marks {
    begin: "# One feature per service; `bindery generate` keeps this list.\n",
    end: "# End of the list.\n",
};

/// The lines around the table of features in a README.
pub(super) const TABLE: Marks = Marks {
    begin: "<!-- `bindery generate` keeps this table. -->\n",
    end: "<!-- End of the table. -->\n",
};

/// The lines around what else is kept in a README.
pub(super) const README: Marks = Marks {
    begin: "<!-- `bindery generate` keeps what follows. -->\n",
    end: "<!-- End of what it keeps. -->\n",
};

/// The lines around what is kept in a notice.
pub(super) const NOTICE: Marks = Marks {
    begin: "---- `bindery generate` keeps what follows. ----\n",
    end: "---- End of what it keeps. ----\n",
};

impl Marks {
    /// What stands before and after the marks.
    pub(super) fn find<'a>(&self, text: &'a str) -> Option<(&'a str, &'a str)> {
        let (before, rest) = text.split_once(self.begin)?;
        let (_, after) = rest.split_once(self.end)?;
        Some((before, after))
    }
}

/// The marks with nothing between them.
impl fmt::Display for Marks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.begin)?;
        formatter.write_str(self.end)
    }
}
