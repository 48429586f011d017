//! What one reporter still has to deliver, in memory or on disk.
//!
//! [`Backlog`] decides what is delivered next, counts each attempt, and counts the outcome of each report. It does no
//! I/O and never waits, so its lock is only ever held for a moment. The [`Spooler`] moves reports between the backlog
//! and the disk.
//!
//! ```text
//! in memory:  offered → ready → in flight → done
//!                         ↑         │
//!                      waiting ←────┘  retry, unsent
//!
//! on disk:    offered → unstored → ready, in flight, waiting, done    from here on it is spooled
//!                           └────→ ready, in flight, waiting, done    the disk is full: it stays in memory
//! ```

mod adoption;
mod census;
mod dead_part;
mod deliveries;
mod entries;
mod entry;
mod file_clock;
mod lifecycle;
mod memory;
mod part_lock;
mod private_files;
mod schedule;
mod segment_format;
mod set_aside;
mod spool_dir;
mod spool_files;
mod spooler;
mod spooling;
mod stored;

pub(super) use self::entry::{Body, Key, Loaded, Offer};
pub(super) use self::lifecycle::{Backlog, Ended, Step};
pub(super) use self::spooler::Spooler;
pub(super) use self::stored::Stored;
