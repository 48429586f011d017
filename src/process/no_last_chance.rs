//! Without reports there is nothing to do in a process that ends.

/// Its twin has something to do.
pub(super) struct Chance(());

impl Chance {
    pub(super) const fn new() -> Self {
        Self(())
    }

    #[expect(clippy::needless_pass_by_ref_mut, reason = "its twin gets on by it")]
    pub(super) const fn is_over(&mut self) -> bool {
        true
    }
}

pub(super) const fn may_end() -> bool {
    false
}
