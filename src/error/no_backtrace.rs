//! Without the feature `frames` nobody takes the stack.

#[derive(Clone, Debug)]
pub(crate) enum Backtrace {}

#[derive(Debug)]
pub(crate) struct Wish;

impl Backtrace {
    #[inline]
    pub(super) const fn if_wanted() -> Option<Self> {
        None
    }

    pub(crate) const fn addresses(&self) -> &[usize] {
        match *self {}
    }

    #[cfg(feature = "reports")]
    pub(super) const fn len(&self) -> usize {
        match *self {}
    }
}

impl Wish {
    pub(crate) const fn new(_is_wished: bool) -> Self {
        Self
    }
}
