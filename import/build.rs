//! Lists the corrections that come with this crate, so that its code names none of them.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

/// The folder of the corrections, in which each has the place that it has in a specification.
const CORRECTIONS: &str = "data/tencent/overlays";

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(CORRECTIONS);
    let mut table = "&[\n".to_owned();
    for service in entries(&root)? {
        for version in entries(&service)? {
            for overlay in entries(&version)? {
                let folder = version.strip_prefix(&root).map_err(io::Error::other)?;
                let folder: Vec<_> = folder.iter().map(|name| name.to_string_lossy()).collect();
                let name = overlay.file_name().unwrap_or_default().to_string_lossy();
                let action = name.strip_suffix(".overlay.yaml").unwrap_or(&name);
                let (folder, path) = (folder.join("/"), overlay.to_string_lossy());
                let _ = writeln!(table, "({folder:?}, {action:?}, include_str!({path:?})),");
            }
        }
    }
    table.push(']');
    let out = env::var_os("OUT_DIR").map(PathBuf::from);
    let out = out.ok_or_else(|| io::Error::other("expected cargo to set OUT_DIR"))?;
    println!("cargo::rerun-if-changed={CORRECTIONS}");
    fs::write(out.join("overlays.rs"), table)
}

/// What lies in a folder, in the order of the names.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut entries: Vec<_> = entries.collect::<io::Result<_>>()?;
    entries.sort();
    Ok(entries)
}
