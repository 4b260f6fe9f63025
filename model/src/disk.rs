//! How a file reaches the disk: as a whole or not at all.

use std::{
    fs::{self, Permissions},
    io,
    path::Path,
};

/// What the name of a file ends with that is being written. It starts with a dot, so that nothing
/// takes the file for one of a specification or of a crate.
const UNFINISHED: &str = ".part";

/// Writes a file beside its place and moves it there, so that nobody ever sees half of it. Folders
/// that are missing are made, and a file that is there keeps its permissions.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}{UNFINISHED}"));
    let permissions = fs::metadata(path).map(|before| before.permissions()).ok();
    let written = match write(&beside, text, permissions.clone()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(path.parent().unwrap_or(path))?;
            write(&beside, text, permissions)
        }
        written => written,
    };
    written
        .and_then(|()| fs::rename(&beside, path))
        .inspect_err(|_| {
            // What there is of it is of no use to anybody.
            let _ = fs::remove_file(&beside);
        })
}

fn write(path: &Path, text: &str, permissions: Option<Permissions>) -> io::Result<()> {
    fs::write(path, text)?;
    permissions.map_or(Ok(()), |permissions| fs::set_permissions(path, permissions))
}

/// The name of the file that [`replace`] was writing when it was interrupted, if it has left this one
/// behind.
pub fn unfinished(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(UNFINISHED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_interruption_leaves_is_hidden_and_known() {
        let folder = std::env::temp_dir().join(format!("bindery-disk-{}", std::process::id()));
        let path = folder.join("new/GetUser.yaml");
        replace(&path, "one").unwrap();
        // A folder in the place of the file is found out after the text has been written.
        fs::create_dir(folder.join("new/taken.yaml")).unwrap();
        fs::write(folder.join("new/taken.yaml/file"), "").unwrap();
        assert!(replace(&folder.join("new/taken.yaml"), "two").is_err());
        let entries = fs::read_dir(folder.join("new")).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["GetUser.yaml", "taken.yaml"]);

        // A file that cannot be made stands where the interruption would leave it.
        fs::create_dir(folder.join("new/.GetUser.yaml.part")).unwrap();
        assert!(replace(&path, "three").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        assert_eq!(unfinished(".GetUser.yaml.part"), Some("GetUser.yaml"));
        assert_eq!(unfinished("GetUser.yaml.part"), None);
        fs::remove_dir_all(&folder).unwrap();
    }
}
