//! What a renderer receives.

use super::shape::Shape;
use crate::disclosure::Disclosed;
use crate::problem::Problem;

/// An error response, ready to be rendered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    /// The problem, as `customize` callbacks have left it.
    pub(crate) problem: &'a Problem,
    pub(crate) disclosed: &'a Disclosed,
    pub(crate) shape: &'a Shape,
}
