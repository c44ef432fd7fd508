//! Lists the migrations as text, for `migrator check`, and rebuilds the crate when one changes.

use std::{env, error::Error, fmt::Write as _, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../../migrations").canonicalize()?;
    let mut out = String::from("const TEXTS: &[Text] = &[\n");
    for backend in ["postgres", "sqlite"] {
        let folder = root.join(backend);
        println!("cargo:rerun-if-changed={}", folder.display());
        let mut names: Vec<_> = fs::read_dir(&folder)?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| folder.join(name).is_dir())
            .collect();
        names.sort();
        for name in names {
            let file = |file: &str| {
                let path = folder.join(&name).join(file);
                println!("cargo:rerun-if-changed={}", path.display());
                if path.exists() {
                    format!("Some(include_str!(r\"{}\"))", path.display())
                } else {
                    "None".to_owned()
                }
            };
            let (up, down) = (file("up.sql"), file("down.sql"));
            writeln!(out, "    Text {{ backend: {backend:?}, name: {name:?}, up: {up}, down: {down} }},")?;
        }
    }
    out.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("migrations.rs"), out)?;
    Ok(())
}
