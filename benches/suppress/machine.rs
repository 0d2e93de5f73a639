//! CPU seconds and peak memory as the system tells them; 0 where it does not.

use std::fs;

/// CPU seconds of this process, user and system, in hundredths.
pub(crate) fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// Starts the peak of memory anew.
pub(crate) fn forget_peak() {
    // Where this is not possible the peak is that of the whole run.
    _ = fs::write("/proc/self/clear_refs", "5");
}

/// The most memory in use since the peak was forgotten, the table itself included.
pub(crate) fn peak_mebibytes() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
