//! Independent jobs on several threads; the results do not depend on how many.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The results of `job(0)`, `job(1)`, ... in this order.
pub(super) fn map<T: Send + Default>(jobs: usize, threads: usize, job: &(dyn Fn(usize) -> T + Sync)) -> Vec<T> {
    if threads <= 1 || jobs <= 1 {
        return (0..jobs).map(job).collect();
    }
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<T>> = (0..jobs).map(|_| Mutex::new(T::default())).collect();
    let work = || {
        while let Some((number, slot)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, slots.get(n)?)))
        {
            let result = job(number);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = result;
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(jobs) {
            scope.spawn(work);
        }
        work();
    });
    slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_stand_in_the_order_of_the_jobs() {
        for threads in [1, 2, 5] {
            assert_eq!(super::map(7, threads, &|job| job * job), [0, 1, 4, 9, 16, 25, 36]);
        }
        assert!(super::map(0, 3, &|job| job).is_empty());
    }
}
