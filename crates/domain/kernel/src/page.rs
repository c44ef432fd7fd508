//! Keyset pages: bounded, stable, without offsets or totals.

use serde::Serialize;

/// How many items, after which one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    limit: u16,
    /// The key of the last item seen, as the repository made it.
    pub after: Option<String>,
}

impl PageRequest {
    /// The most items a page holds.
    pub const MAX: u16 = 200;
    /// The number of items when none is asked for.
    pub const DEFAULT: u16 = 50;

    /// A request for 1 to [`Self::MAX`] items; anything else is brought into that range.
    pub fn new(limit: u16, after: Option<String>) -> Self {
        Self { limit: limit.clamp(1, Self::MAX), after }
    }

    /// The number of items wanted.
    pub const fn limit(&self) -> u16 {
        self.limit
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self::new(Self::DEFAULT, None)
    }
}

/// Some items and the key to go on with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The items, in the repository's order.
    pub items: Vec<T>,
    /// The key to ask for the next page with; `None` at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The same page of converted items.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}
