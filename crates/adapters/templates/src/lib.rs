//! To be filled by its first feature.
