//! Combines results, so that every error is reported rather than only the first.

use syn::Result;

/// All values, or all errors combined into one.
pub(crate) fn all<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let mut values = Ok(Vec::new());
    for result in results {
        match (&mut values, result) {
            (Ok(values), Ok(value)) => values.push(value),
            (Err(_), Ok(_)) => {}
            (Ok(_), Err(error)) => values = Err(error),
            (Err(errors), Err(error)) => errors.combine(error),
        }
    }
    values
}

/// Both values, or the errors of both combined into one.
pub(crate) fn both<A, B>(left: Result<A>, right: Result<B>) -> Result<(A, B)> {
    match (left, right) {
        (Ok(left), Ok(right)) => Ok((left, right)),
        (Err(mut left), Err(right)) => {
            left.combine(right);
            Err(left)
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    }
}
