//! Counts the bytes that are looked at, so that a test can check that their number is linear.

#[cfg(test)]
std::thread_local! {
    static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Notes that so many bytes were looked at; does nothing outside of tests.
#[inline]
pub(super) fn note(bytes: usize) {
    #[cfg(test)]
    LOOKED_AT.with(|count| count.set(count.get() + bytes));
    #[cfg(not(test))]
    let _ = bytes;
}

/// How many bytes were looked at while `run` ran.
#[cfg(test)]
pub(super) fn counted(run: impl FnOnce()) -> usize {
    let before = LOOKED_AT.with(std::cell::Cell::get);
    run();
    LOOKED_AT.with(std::cell::Cell::get) - before
}
