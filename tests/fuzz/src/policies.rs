//! Suppression policies from settings that anybody may have written.

use crate::{Verdict, text};
use ig_core::Error;
use ig_core::suppression::{Rounding, Secondary, SuppressionPolicy, Zeros};

/// A policy that is made can be made again from its own settings, and its marker cannot be taken for a count.
pub fn suppression_policy(data: &[u8]) -> Verdict {
    let (&[threshold, rounding, base, choice], rest) = data.split_first_chunk::<4>().unwrap_or((&[5, 0, 5, 0], data));
    let text = text(rest);
    let (name, marker) = text.split_once('\n').unwrap_or((&text, "*"));
    assert_eq!(SuppressionPolicy::preset(name).is_ok(), SuppressionPolicy::PRESETS.contains(&name));
    let rounding = match rounding % 3 {
        0 => Rounding::None,
        1 => Rounding::Nearest(u32::from(base)),
        _ => Rounding::Midpoint(u32::from(base)),
    };
    let build = |name: &str| -> Result<SuppressionPolicy, Error> {
        SuppressionPolicy::builder(name, u32::from(threshold))
            .zeros(if choice & 1 == 0 { Zeros::Keep } else { Zeros::Hide })
            .secondary(if choice & 2 == 0 { Secondary::None } else { Secondary::Interval })
            .rounding(rounding)
            .marker(marker)
            .build()
    };
    let Ok(policy) = build(name) else { return Verdict::Refused };
    assert!(!SuppressionPolicy::PRESETS.contains(&name), "a changed preset is not that preset");
    assert_eq!((policy.name(), policy.marker()), (name, marker));
    assert!(marker.parse::<f64>().is_err() && !marker.trim().is_empty() && !marker.chars().any(char::is_numeric));
    assert!(threshold > 0);
    let again = policy.to_builder("another_name").build().expect("its own settings");
    assert_eq!(again.to_builder(name).build().expect("and back"), policy);
    serde_json::to_string(&policy).expect("plain data");
    Verdict::Taken
}
