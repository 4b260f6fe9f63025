//! A folder of generated code over time: what is made again, what is written, and that the result is
//! always that of making everything at once.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bindery_codegen::{GenerateError, Generator, Layout, Options, generate};
use bindery_model::Sources;

/// A specification and what is generated from it.
struct Project {
    spec: PathBuf,
    out: PathBuf,
}

fn options() -> Options {
    Options {
        layout: Layout::Crate,
        example_path: Some("bindery_sdk".to_owned()),
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    fn collect(folder: &Path, below: &Path, found: &mut BTreeMap<PathBuf, String>) {
        for entry in fs::read_dir(folder.join(below)).unwrap() {
            let path = below.join(entry.unwrap().file_name());
            if folder.join(&path).is_dir() {
                collect(folder, &path, found);
            } else {
                let text = fs::read_to_string(folder.join(&path)).unwrap();
                found.insert(path, text);
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(folder, Path::new(""), &mut found);
    found
}

/// Lets the file system's clock advance, as it does between what people do.
fn wait() {
    std::thread::sleep(Duration::from_millis(40));
}

impl Project {
    /// The repository's specification, generated once.
    fn new(name: &str) -> Self {
        let project = Self::ungenerated(name);
        let (made, changes) = project.generate();
        assert!(made >= 5 && changes.len() > 20, "{made}, {changes:?}");
        project
    }

    fn ungenerated(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        let project = Self {
            spec: folder.join("spec"),
            out: folder.join("out"),
        };
        let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
        for (path, text) in files(&original) {
            let path = project.spec.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        wait();
        project
    }

    /// Generates, and tells how many services were made and which files were written or removed.
    fn generate(&self) -> (usize, Vec<PathBuf>) {
        let made = AtomicUsize::new(0);
        let progress = |_, _| {
            made.fetch_add(1, Ordering::Relaxed);
        };
        let generator = Generator::new(&self.spec, &self.out, options()).progress(&progress);
        let changes = generator.update().unwrap().write().unwrap();
        wait();
        self.assert_complete();
        let paths = changes.into_iter().map(|change| change.path);
        (made.into_inner(), paths.collect())
    }

    /// What is on disk is what generating from scratch gives.
    fn assert_complete(&self) {
        let model = bindery_model::load(&self.spec).unwrap();
        let mut expected: BTreeMap<PathBuf, String> = BTreeMap::new();
        for (path, text) in generate(&model, &options()).iter() {
            expected.insert(path.to_owned(), text.to_owned());
        }
        assert_eq!(files(&self.out.join("src")), expected);
    }

    /// Changes a file of the specification.
    fn edit(&self, path: &str, edit: impl Fn(&str) -> String) {
        let path = self.spec.join(path);
        let before = fs::read_to_string(&path).unwrap();
        let after = edit(&before);
        fs::write(path, after).unwrap();
        wait();
    }

    fn output(&self, path: &str) -> PathBuf {
        self.out.join("src").join(path)
    }
}

const SERVICE: &str = "tencent/cam/v20190116";

#[test]
fn the_bytes_do_not_depend_on_threads_or_on_the_order_of_files() {
    let project = Project::ungenerated("threads");
    let mut results = Vec::new();
    for threads in [1, 2, 5] {
        let _ = fs::remove_dir_all(&project.out);
        let generator = Generator::new(&project.spec, &project.out, options());
        let generator = generator.threads(NonZero::new(threads).unwrap());
        generator.update().unwrap().write().unwrap();
        results.push(files(&project.out.join("src")));
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
    project.assert_complete();

    let read = |mut sources: Vec<(PathBuf, String)>, from: usize| {
        sources.rotate_left(from);
        sources.chunks_mut(7).for_each(<[_]>::reverse);
        let sources = sources.into_iter();
        let sources = sources.map(|(path, text)| (path.to_str().unwrap().to_owned(), text));
        let model = bindery_model::check(&Sources::from_files(sources)).unwrap();
        generate(&model, &options())
    };
    let sources: Vec<_> = files(&project.spec).into_iter().collect();
    assert_eq!(read(sources.clone(), 0), read(sources, 11));
}

#[test]
fn what_has_not_changed_is_not_made_again() {
    let project = Project::new("unchanged");
    assert_eq!(project.generate(), (0, Vec::new()));

    // A file that was written anew has to be looked at, even if it says the same.
    project.edit(&format!("{SERVICE}/GetUser.yaml"), str::to_owned);
    assert_eq!(project.generate(), (1, Vec::new()));
    assert_eq!(project.generate(), (0, Vec::new()));
}

#[test]
fn a_change_makes_its_service_again() {
    let project = Project::new("changed");
    let path = format!("{SERVICE}/GetUser.yaml");
    project.edit(&path, |text| text.replacen("doc: ", "doc: Really, ", 1));
    let (made, changes) = project.generate();
    assert_eq!(made, 1);
    assert!(changes.iter().all(|path| path.starts_with(SERVICE)));
    assert!(!changes.is_empty());

    project.edit("tencent/provider.yaml", |text| {
        text.replacen("title: ", "title: The ", 1)
    });
    let services = fs::read_dir(project.spec.join("tencent")).unwrap().count() - 1;
    let (made, changes) = project.generate();
    assert_eq!(made, services, "all services of the provider");
    assert!(!changes.is_empty());
}

#[test]
fn a_change_that_the_size_does_not_show_is_found() {
    let project = Project::new("same-size");
    let path = format!("{SERVICE}/GetUser.yaml");
    // The second comes right after the run that has read the first.
    for word in ["Finds", "Looks"] {
        let path = project.spec.join(&path);
        let text = fs::read_to_string(&path).unwrap();
        let (before, after) = text.split_once("doc: ").unwrap();
        fs::write(&path, format!("{before}doc: {word}{}", &after[5..])).unwrap();
        let generator = Generator::new(&project.spec, &project.out, options());
        assert_eq!(generator.update().unwrap().write().unwrap().len(), 2);
        project.assert_complete();
    }
}

#[test]
fn the_output_is_restored() {
    let project = Project::new("restored");
    let path = project.output(&format!("{SERVICE}/get_user.rs"));
    fs::remove_file(&path).unwrap();
    assert_eq!(project.generate().1.len(), 1);

    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("generated", "GENERATED", 1)).unwrap();
    assert_eq!(project.generate().1.len(), 1);

    fs::write(project.output("lib.rs"), "").unwrap();
    let forgotten = fs::read_to_string(&path).unwrap();
    fs::write(project.output("tencent/forgotten.rs"), forgotten).unwrap();
    let (made, changes) = project.generate();
    assert_eq!((made, changes.len()), (0, 2));

    // A run that was interrupted leaves half a file beside its place.
    let name = path.file_name().unwrap().to_str().unwrap();
    let half = path.with_file_name(format!(".{name}.part"));
    fs::write(&half, "// @gen").unwrap();
    assert_eq!(project.generate(), (0, Vec::new()));
    assert!(!half.exists());
}

#[test]
fn services_come_and_go() {
    let project = Project::new("services");
    let folder = project.spec.join(SERVICE);
    let elsewhere = project.spec.with_file_name("elsewhere");
    fs::rename(folder.parent().unwrap(), &elsewhere).unwrap();
    let (made, changes) = project.generate();
    assert_eq!(made, 0);
    assert!(changes.len() >= 4, "{changes:?}");
    assert!(!project.output("tencent/cam").exists());

    fs::rename(&elsewhere, folder.parent().unwrap()).unwrap();
    let (made, back) = project.generate();
    assert_eq!((made, back.len()), (1, changes.len()));
}

#[test]
fn fingerprints_that_make_no_sense_are_ignored() {
    let project = Project::new("fingerprints");
    let path = project.out.join(".bindery-fingerprints");
    let good = fs::read_to_string(&path).unwrap();
    let all = good.matches("\nservice\t").count();
    for bad in [
        String::new(),
        "\0".repeat(good.len()),
        good[..good.len() / 2].to_owned(),
        good.replacen("layout: Crate", "layout: Other", 1),
    ] {
        fs::write(&path, bad).unwrap();
        assert_eq!(project.generate(), (all, Vec::new()));
        assert_eq!(project.generate(), (0, Vec::new()));
    }
}

#[test]
fn nothing_is_written_while_anything_is_wrong() {
    let project = Project::new("wrong");
    let before = files(&project.out);
    project.edit("tencent/cam/v20190116/GetUser.yaml", |text| {
        text.replacen("doc: ", "doc: Really, ", 1)
    });
    project.edit("zego/provider.yaml", |text| format!("{text}colour: blue\n"));
    project.edit("huawei/meeting/v1/CreateToken.yaml", |text| {
        text.replacen("kind: ", "kynd: ", 1)
    });
    let generator = Generator::new(&project.spec, &project.out, options());
    let Err(GenerateError::Specification(problems)) = generator.update() else {
        panic!("the specification is wrong");
    };
    let paths: Vec<_> = problems
        .iter()
        .map(|problem| problems.path(problem.span).to_owned())
        .collect();
    assert!(paths[0].ends_with("huawei/meeting/v1/CreateToken.yaml"));
    assert!(paths.last().unwrap().ends_with("zego/provider.yaml"));
    assert_eq!(files(&project.out), before);
}
