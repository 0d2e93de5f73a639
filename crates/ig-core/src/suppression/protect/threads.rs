//! Independent jobs on several threads; the results do not depend on how many.

use super::progress::Stop;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The results of `job(0)`, `job(1)`, ... in this order. After a stop, jobs not yet begun give the default.
pub(super) fn map<T: Send + Default>(
    jobs: usize,
    threads: usize,
    stop: &Stop,
    job: &(dyn Fn(usize) -> T + Sync),
) -> Vec<T> {
    if threads <= 1 || jobs <= 1 {
        return (0..jobs).map(|number| if stop.is_set() { T::default() } else { job(number) }).collect();
    }
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<T>> = (0..jobs).map(|_| Mutex::new(T::default())).collect();
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = slots.get(number).filter(|_| !stop.is_set()) else { break };
            let result = job(number);
            *slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = result;
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(jobs) {
            scope.spawn(work);
        }
        work();
    });
    slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)).collect()
}
