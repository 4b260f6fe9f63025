//! "Did you mean": the known name that a misspelt one is closest to.

use crate::hostile::quote;

/// Longer names are not compared; nobody misspells them, and it would take long.
const MAX_LENGTH: usize = 80;

/// How many candidates are compared; no vendor has more in one place, but a hostile file may.
const MAX_CANDIDATES: usize = 1_000;

/// The candidate that is closest to a name, if one is close enough to be meant.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| name.len() <= MAX_LENGTH && candidate.len() <= MAX_LENGTH)
        .take(MAX_CANDIDATES)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The question, ready for a diagnostic.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    closest(name, candidates).map(|candidate| format!("did you mean {}?", quote(candidate)))
}

/// What to say about a name that is not among the known ones, which `kind` describes.
pub fn known_names<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    kind: &str,
) -> String {
    did_you_mean(name, known.clone()).unwrap_or_else(|| {
        let names: Vec<_> = known.map(quote).collect();
        if names.is_empty() {
            format!("there are no {kind} here")
        } else {
            format!("the {kind} are {}", names.join(", "))
        }
    })
}

/// How many letters have to be inserted, removed, replaced or swapped with their neighbour; a
/// difference in case alone counts as one.
fn distance(left: &str, right: &str) -> usize {
    if left.eq_ignore_ascii_case(right) {
        return usize::from(left != right);
    }
    let (left, right): (Vec<_>, Vec<_>) = (left.chars().collect(), right.chars().collect());
    let mut older: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let mut cost = previous[column] + usize::from(a != b);
            cost = cost.min(previous[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b {
                cost = cost.min(older[column - 1] + 1);
            }
            current.push(cost);
        }
        older = std::mem::replace(&mut previous, current);
    }
    previous[right.len()]
}
