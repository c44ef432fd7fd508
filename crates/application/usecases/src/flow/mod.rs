//! Use cases of flow; see the files of this folder.
