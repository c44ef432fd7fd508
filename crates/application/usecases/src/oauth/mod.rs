//! Use cases of oauth; see the files of this folder.
