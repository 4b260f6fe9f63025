//! Faults as they are written on the command line.

use std::time::Duration;

use super::{Choice, Fault, FaultError, Rule};

pub(super) fn rule(text: &str) -> Result<Rule, FaultError> {
    let (action, rest) = match text.split_once('=') {
        Some((action, rest)) => (Some(action.to_owned()), rest),
        None => (None, text),
    };
    let (faults, share) = match rest.split_once('@') {
        Some((faults, share)) => (faults, Some(percentage(share)?)),
        None => (rest, None),
    };
    let mut parsed = Vec::new();
    for word in faults.split(',') {
        match word {
            "" => return Err(FaultError("expected a fault, such as `reset-after`".into())),
            "ok" => parsed.push(None),
            "all" => parsed.extend(Fault::all().into_iter().map(Some)),
            word => parsed.push(Some(fault(word)?)),
        }
    }
    let choice = match share {
        Some(share) => Choice::Rate(share, parsed.into_iter().flatten().collect()),
        None if action.is_none() => {
            let message = format!(
                "expected an action in front, as in `cam:AddUser={text}`, or a rate behind, as in \
                 `{text}@10%`"
            );
            return Err(FaultError(message));
        }
        None => Choice::Script(parsed),
    };
    Ok(Rule { action, choice })
}

fn fault(word: &str) -> Result<Fault, FaultError> {
    if let Some(status) = word.strip_prefix("html-") {
        return Ok(Fault::Html(number(word, status)?));
    }
    if let Some(status) = word.strip_prefix("json-") {
        return Ok(Fault::Json(number(word, status)?));
    }
    if let Some(delay) = word.strip_prefix("delay-") {
        let milliseconds = match (delay.strip_suffix("ms"), delay.strip_suffix('s')) {
            (Some(milliseconds), _) => number(word, milliseconds)?,
            (None, Some(seconds)) => 1000 * u64::from(number::<u32>(word, seconds)?),
            (None, None) => return Err(unit(word)),
        };
        return Ok(Fault::Delay(Duration::from_millis(milliseconds)));
    }
    Ok(match word {
        "code" => Fault::AnyCode,
        "throttle" => Fault::Throttled,
        "reset-before" => Fault::ResetBefore,
        "reset-after" => Fault::ResetAfter,
        "truncate" => Fault::Truncated,
        code => Fault::Code(code.to_owned()),
    })
}

fn number<T: std::str::FromStr>(word: &str, text: &str) -> Result<T, FaultError> {
    text.parse()
        .map_err(|_| FaultError(format!("expected a number in `{word}`, as in `html-502`")))
}

fn unit(word: &str) -> FaultError {
    FaultError(format!(
        "expected a time in `{word}`, as in `delay-200ms` or `delay-2s`"
    ))
}

/// A share from a percentage.
fn percentage(text: &str) -> Result<f64, FaultError> {
    let number = text
        .strip_suffix('%')
        .and_then(|text| text.parse::<f64>().ok());
    let number = number.filter(|number| (0.0..=100.0).contains(number));
    number
        .map(|number| number / 100.0)
        .ok_or_else(|| FaultError(format!("expected a rate such as `10%`, not `{text}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_rule_is_told_by_what_was_expected() {
        for (text, expected) in [
            ("reset-after", "a rate behind"),
            ("cam:AddUser=", "expected a fault"),
            ("all@10", "expected a rate"),
            ("all@101%", "expected a rate"),
            ("html-x@1%", "expected a number"),
            ("delay-5@1%", "expected a time"),
        ] {
            let error = rule(text).expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
