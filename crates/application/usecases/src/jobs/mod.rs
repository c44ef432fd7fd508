//! Use cases of jobs; see the files of this folder.
