//! Commands that change files, as requests for the change.
//!
//! Commands that work are silent, so what changed is told by the command and not by its output. Those are left out
//! whose effect depends on what was there before (`rm -f`, `cp` over a directory), unless the run shows it.

use super::answer::{per_file_name, quoted};
use super::command::{Command, options};
use super::find::find_and_run;
use super::glob::is_glob;
use super::operate::{operation, unpacked};
use super::phrase::Phrase;
use crate::hindsight::families::english::enumerate;

/// No one asks for a change of more paths than these by name.
const MAX_OBJECTS: usize = 8;

/// A change of files.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// `create`, and `created`.
    verb: (&'static str, &'static str),
    /// What stands before one object, and before several.
    noun: (&'static str, &'static str),
    /// What is changed: paths, or one noun phrase.
    pub(super) objects: Vec<String>,
    /// What follows: ` to /srv/b`.
    pub(super) manner: String,
    /// Paths that must be there afterwards.
    pub makes: Vec<String>,
    /// Paths that must be gone afterwards.
    pub removes: Vec<String>,
    /// Paths that the run must have shown before: the command is silent about them.
    pub needs: Vec<String>,
    /// Paths that the run must not have shown before.
    pub new: Vec<String>,
    /// The files that it is done to, where `find` selects them.
    pub selection: Option<Phrase>,
    /// Texts of which the output has one if it was done; none where it is silent.
    pub confirmed_by: Vec<String>,
    /// A text that an earlier output must have shown, of the file of that path.
    pub shown: Option<(String, String)>,
    /// Whether it is done to all that was changed before.
    pub takes_all: bool,
    /// Whether it reports what it does.
    pub is_loud: bool,
}

impl Deed {
    pub(super) fn new(
        verb: (&'static str, &'static str),
        noun: (&'static str, &'static str),
        objects: &[String],
    ) -> Self {
        Deed {
            verb,
            noun,
            objects: objects.to_vec(),
            manner: String::new(),
            makes: Vec::new(),
            removes: Vec::new(),
            needs: Vec::new(),
            new: Vec::new(),
            selection: None,
            confirmed_by: Vec::new(),
            shown: None,
            takes_all: false,
            is_loud: false,
        }
    }

    /// Whether the output of its command says that it was done.
    pub fn is_confirmed(&self, output: &str) -> bool {
        self.confirmed_by.iter().any(|text| output.contains(text.as_str()))
    }

    /// Whether it leaves what it is done to in its place, so that what was made before may be changed again.
    pub fn keeps(&self) -> bool {
        matches!(self.verb.0, "set" | "make" | "replace" | "change")
    }

    /// Whether its words name no path that depends on where it is done.
    pub fn is_anywhere(&self) -> bool {
        let paths = self.makes.iter().chain(&self.removes).chain(&self.needs);
        paths.into_iter().all(|path| path.starts_with('/'))
            && self.objects.iter().all(|object| !object.contains("current directory"))
            && self.selection.is_none()
            && !(self.verb.0 == "copy" || self.verb.0 == "pack" || self.verb.0 == "compress" || self.is_loud)
    }

    /// Whether it deletes files.
    pub fn deletes(&self) -> bool {
        self.verb.0 == "delete"
    }

    fn merges(&self, other: &Deed) -> bool {
        let is_same = (self.verb, self.noun, &self.manner) == (other.verb, other.noun, &other.manner);
        is_same && self.selection.is_none() && other.selection.is_none()
    }

    fn said(&self, verb: &str) -> String {
        let noun = if self.objects.len() == 1 { self.noun.0 } else { self.noun.1 };
        format!("{verb} {noun}{}{}", enumerate(&self.objects, "and"), self.manner)
    }
}

/// Deeds in words, as requests and as reports; like ones next to each other are said in one.
pub fn said(deeds: &[Deed]) -> (String, String) {
    let mut merged: Vec<Deed> = Vec::new();
    for deed in deeds {
        match merged.last_mut() {
            Some(last) if last.merges(deed) => last.objects.extend(deed.objects.iter().cloned()),
            _ => merged.push(deed.clone()),
        }
    }
    let tell = |verb: fn(&Deed) -> &'static str| {
        let parts: Vec<String> = merged.iter().map(|deed| deed.said(verb(deed))).collect();
        match parts.as_slice() {
            [one] => one.clone(),
            [one, other] => format!("{one}, and {other}"),
            parts => enumerate(parts, "and"),
        }
    };
    (tell(|deed| deed.verb.0), tell(|deed| deed.verb.1))
}

/// What a command changes; `None` if it is not known to be a plain change.
pub fn deed(command: &Command) -> Option<Deed> {
    let [words] = command.stages.as_slice() else { return None };
    let (name, rest) = words.split_first().filter(|_| !words.iter().any(|word| is_glob(word)))?;
    if let Some(file) = &command.into {
        return written(name, rest, file);
    }
    let deed = match name.as_str() {
        "mkdir" => made_directory(rest)?,
        "touch" => {
            let paths = paths(rest, &[])?.1;
            let mut deed = Deed::new(("create", "created"), ("the empty file ", "the empty files "), &paths);
            (deed.makes, deed.new) = (paths.clone(), paths);
            deed
        }
        "rm" => removed(rest)?,
        "rmdir" => {
            let paths = paths(rest, &[])?.1;
            let mut deed =
                Deed::new(("delete", "deleted"), ("the empty directory ", "the empty directories "), &paths);
            deed.removes = paths;
            deed
        }
        "mv" => {
            let [from, to] = paths(rest, &[])?.1.try_into().ok()?;
            let mut deed = Deed::new(("move", "moved"), ("", ""), std::slice::from_ref(&from));
            deed.manner = format!(" to {}", here(&to));
            (deed.makes, deed.removes) = (vec![to], vec![from]);
            deed
        }
        "cp" => copied(rest)?,
        "chmod" => {
            let (mode, targets) = rest.split_first()?;
            let mut deed = permitted(mode, paths(targets, &[])?.1)?;
            deed.makes = deed.objects.clone();
            deed
        }
        "ln" => {
            let (flags, paths) = paths(rest, &["s"])?;
            let [target, link] = paths.try_into().ok()?;
            // A directory at the top is there already, and the link goes into it.
            (link == "/" || link.matches('/').count() >= 2).then_some(())?;
            let noun = ("a symbolic link to ", "symbolic links to ");
            let mut deed = Deed::new(("create", "created"), noun, std::slice::from_ref(&target));
            // In a directory, the link has the name of what it points to.
            deed.manner = format!("{} {}", if link == "/" { " in" } else { " at" }, here(&link));
            deed.makes = vec![link];
            if flags.len() == 1 { deed } else { return None }
        }
        "tar" => packed(rest)?,
        "gzip" => {
            let paths = paths(rest, &[])?.1;
            let mut deed = Deed::new(("compress", "compressed"), ("", ""), &paths);
            deed.manner = " with gzip".to_string();
            deed.makes = paths.iter().map(|path| format!("{path}.gz")).collect();
            deed
        }
        "curl" => {
            let (flags, operands) = options(rest, &["s", "S", "L", "f", "o="])?;
            let file = flags.iter().find(|(flag, _)| flag == "o")?.1.clone();
            let [address] = operands.try_into().ok()?;
            let mut deed = Deed::new(("download", "downloaded"), ("", ""), &[address]);
            deed.manner = format!(" to {file}");
            (file != "/dev/null").then_some(())?;
            deed.makes = vec![file];
            deed
        }
        "find" => selected(rest)?,
        _ => operation(words)?,
    };
    Some(deed)
}

/// Flags and paths; at least one path, none of which is odd.
fn paths(words: &[String], known: &[&str]) -> Option<(Vec<String>, Vec<String>)> {
    let (flags, paths) = options(words, known)?;
    let plain = |path: &String| !path.is_empty() && !path.contains(['{', '"', '\'']);
    let bare =
        |path: &String| if path.len() > 1 { path.trim_end_matches('/').to_string() } else { path.clone() };
    ((1..=MAX_OBJECTS).contains(&paths.len()) && paths.iter().all(plain))
        .then(|| (flags.into_iter().map(|(flag, _)| flag).collect(), paths.iter().map(bare).collect()))
}

fn here(path: &str) -> &str {
    if matches!(path, "." | "./") { "the current directory" } else { path }
}

fn made_directory(words: &[String]) -> Option<Deed> {
    let (flags, paths) = paths(words, &["p"])?;
    let mut deed = Deed::new(("create", "created"), ("the directory ", "the directories "), &paths);
    if !flags.is_empty() {
        deed.manner = " along with any missing parent directories".to_string();
    }
    (deed.makes, deed.new) = (paths.clone(), paths);
    Some(deed)
}

fn removed(words: &[String]) -> Option<Deed> {
    let (flags, paths) = paths(words, &["r", "R", "f", "v"])?;
    let is_recursive = flags.iter().any(|flag| matches!(flag.as_str(), "r" | "R"));
    let noun = if is_recursive { ("", "") } else { ("the file ", "the files ") };
    let mut deed = Deed::new(("delete", "deleted"), noun, &paths);
    if is_recursive {
        deed.manner =
            if paths.len() == 1 { " and everything in it" } else { " and everything in them" }.into();
    }
    if flags.iter().any(|flag| flag == "f") {
        deed.needs = paths.clone();
    }
    deed.removes = paths;
    Some(deed)
}

fn copied(words: &[String]) -> Option<Deed> {
    let (flags, mut paths) = paths(words, &["r", "R", "p", "a"])?;
    let to = paths.pop().filter(|_| !paths.is_empty())?;
    let mut deed = Deed::new(("copy", "copied"), ("", ""), &paths);
    deed.manner = format!(" to {}", here(&to));
    if flags.iter().any(|flag| matches!(flag.as_str(), "p" | "a")) {
        deed.manner.push_str(", keeping mode, owner and timestamps");
    }
    deed.makes =
        if to == "." { paths.iter().map(|path| per_file_name(path).to_string()).collect() } else { vec![to] };
    Some(deed)
}

/// `chmod 644`, `chmod +x`
fn permitted(mode: &str, objects: Vec<String>) -> Option<Deed> {
    let octal = matches!(mode.len(), 3 | 4) && mode.bytes().all(|b| (b'0'..b'8').contains(&b));
    if octal {
        let mut deed = Deed::new(("set", "set"), ("the permissions of ", "the permissions of "), &objects);
        deed.manner = format!(" to {mode}");
        return Some(deed);
    }
    let mut deed = Deed::new(("make", "made"), ("", ""), &objects);
    deed.manner = " executable".to_string();
    matches!(mode, "+x" | "a+x").then_some(deed)
}

/// `tar -czf ARCHIVE PATH…`, with or without the dash.
fn packed(words: &[String]) -> Option<Deed> {
    let (mode, rest) = words.split_first()?;
    let letters = mode.strip_prefix('-').unwrap_or(mode);
    if letters.starts_with('x') && letters.chars().all(|c| "xvzjf".contains(c)) && letters.ends_with('f') {
        return match rest {
            [archive] => Some(unpacked(archive, ".")),
            [archive, flag, directory] if flag == "-C" => Some(unpacked(archive, directory)),
            _ => None,
        };
    }
    let plain =
        letters.starts_with('c') && letters.ends_with('f') && letters.chars().all(|c| "cvzf".contains(c));
    let (archive, members) = rest.split_first()?;
    let members = match members {
        [flag, directory, dot] if flag == "-C" && dot == "." => vec![format!("everything in {directory}")],
        members => paths(members, &[])?.1,
    };
    let mut deed = Deed::new(("pack", "packed"), ("", ""), &members);
    let kind = if letters.contains('z') { "gzip-compressed tar archive" } else { "tar archive" };
    deed.manner = format!(" into the {kind} {archive}");
    deed.makes = vec![archive.clone()];
    (plain && !archive.starts_with('-')).then_some(deed)
}

/// `echo TEXT > FILE`
fn written(name: &str, words: &[String], file: &str) -> Option<Deed> {
    if name != "echo" || words.is_empty() || words.iter().any(|word| word.starts_with('-')) {
        return None;
    }
    let text = words.join(" ");
    let mut deed = Deed::new(("write", "wrote"), ("", ""), &[quoted(&text)?]);
    deed.manner = format!(" to the file {file}");
    deed.makes = vec![file.to_string()];
    Some(deed)
}

/// `find … -delete`, `find … -exec chmod 644 {} +`
fn selected(words: &[String]) -> Option<Deed> {
    let (phrase, run) = find_and_run(words)?;
    let files = format!("all {}{}", phrase.noun, phrase.place);
    let run = run?;
    let run: Vec<&str> = run.iter().map(String::as_str).collect();
    let mut deed = match run.as_slice() {
        ["rm" | "rmdir"] => Deed::new(("delete", "deleted"), ("", ""), &[files]),
        ["gzip"] => {
            let mut deed = Deed::new(("compress", "compressed"), ("", ""), &[files]);
            deed.manner = " with gzip".to_string();
            deed
        }
        ["chmod", mode] => permitted(mode, vec![files])?,
        _ => return None,
    };
    deed.selection = Some(phrase);
    Some(deed)
}
