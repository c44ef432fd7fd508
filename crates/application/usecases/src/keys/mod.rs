//! Use cases of keys; see the files of this folder.
