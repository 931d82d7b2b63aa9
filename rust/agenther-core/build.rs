//! Lists the files of the default rule pack, so that adding a rule touches only its file.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("rules");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, "", &mut files)?;
    files.sort();
    let mut out = String::from(
        "/// Path and text of every file of the default pack.\nconst DEFAULT_PACK: &[(&str, &str)] = &[\n",
    );
    for path in files {
        let file = root.join(&path);
        writeln!(out, "    ({path:?}, include_str!({file:?})),").map_err(io::Error::other)?;
    }
    out.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("default_pack.rs"), out)
}

/// The `.toml` files under `folder`, with `/` whatever the platform.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), files)?;
        } else if name.ends_with(".toml") {
            files.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}
