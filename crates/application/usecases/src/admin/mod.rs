//! Use cases of admin; see the files of this folder.
