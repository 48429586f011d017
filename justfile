# Everything that CI checks.
ci:
    .ci/run

# The shop that fails in every way.
demo *arguments:
    cargo run --example demo -- {{arguments}}

# The quick checks while writing.
check:
    cargo fmt --all
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    cargo test --workspace
