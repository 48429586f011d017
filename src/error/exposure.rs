//! Whether clients see what an error says: the rule that hides the text of a 5xx.

use http::StatusCode;

/// Whether clients see what an error says, apart from its status.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Exposure {
    /// Shown below 500, hidden at 500 or above.
    #[default]
    ByStatus,
    /// Shown, whatever the status.
    Public,
    /// Hidden, whatever the status.
    Private,
}

impl Exposure {
    /// Whether production shows clients what an error with this exposure says, in a response of this status. Nothing
    /// that a panic says is shown, unless the error is public.
    pub(crate) fn discloses(self, status: StatusCode, is_panic: bool) -> bool {
        match self {
            Self::Public => true,
            Self::Private => false,
            Self::ByStatus => status.is_client_error() && !is_panic,
        }
    }
}
