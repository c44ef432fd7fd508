//! Sign-in flows end to end, over a real database and real hashing.

mod binding;
mod consent;
mod lockout;
mod password;
mod sessions;
mod world;
