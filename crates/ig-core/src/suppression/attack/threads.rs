//! Components on several threads; what comes out does not depend on how many.

use super::examine::{Failure, Findings};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

type Task<'a> = dyn Fn(usize, &AtomicBool) -> Result<Findings, Failure> + Sync + 'a;

/// Runs all components, the largest first, and gives their findings in order.
pub(super) fn run(
    sizes: &[usize],
    threads: Option<NonZeroUsize>,
    task: &Task<'_>,
    report: &dyn Fn(usize) -> ControlFlow<()>,
) -> Result<Vec<Findings>, Failure> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&number| std::cmp::Reverse(sizes[number]));
    let threads = threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let next = AtomicUsize::new(0);
    let interrupted = AtomicBool::new(false);
    let mut findings: Vec<Option<Findings>> = sizes.iter().map(|_| None).collect();
    let mut failure: Option<Failure> = None;
    let mut done = 0;
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..threads.min(sizes.len()) {
            let (sender, next, interrupted, order) = (sender.clone(), &next, &interrupted, &order);
            scope.spawn(move || {
                while let Some(&number) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send((number, task(number, interrupted))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut told = 0;
        if report(0).is_break() {
            interrupted.store(true, Ordering::Relaxed);
        }
        loop {
            match receiver.recv_timeout(Duration::from_millis(50)) {
                Ok((number, result)) => {
                    done += sizes[number];
                    match result {
                        Ok(found) => findings[number] = Some(found),
                        // All components are examined, so that the first relation of all is named.
                        Err(other) => failure = Some(failure.map_or(other, |before| before.min(other))),
                    }
                    if done < told + 1000 {
                        continue;
                    }
                    told = done;
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            if report(done).is_break() {
                interrupted.store(true, Ordering::Relaxed);
            }
        }
    });
    match failure {
        Some(failure) => Err(failure),
        None => findings.into_iter().collect::<Option<Vec<_>>>().ok_or(Failure::Interrupted),
    }
}
