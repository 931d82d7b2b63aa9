//! Where the commands of a run work: what `cd` did before them, and the paths in their words.

use super::command::within;
use super::glob::STAR;
use super::phrase::Phrase;
use crate::signals::tool_status::is_silent;

/// The directory that a run works in.
#[derive(Debug, Default)]
pub struct Place {
    /// The steps that lead there, each a `cd`.
    pub moves: Vec<u32>,
    /// The directory; empty where the run never left the first.
    pub directory: String,
    /// Whether that is not known.
    pub astray: bool,
}

impl Place {
    /// Takes in a command that was run.
    pub fn take_in(&mut self, step: u32, line: &str, output: &str) {
        let Some(target) = line.trim().strip_prefix("cd ").map(str::trim) else {
            self.astray |= line.contains("pushd ") || line.contains("popd") || line.contains("; cd ");
            return;
        };
        if !is_plain_path(target) || !is_silent(output) {
            // In some harnesses a `cd` before another command holds on, in others not.
            self.astray |= within(line).is_none_or(|(directory, _)| directory != self.directory);
        } else if target.starts_with('/') {
            *self = Place { moves: vec![step], directory: bare(target).to_string(), astray: false };
        } else {
            self.directory = join(&self.directory, target);
            self.moves.push(step);
        }
    }
}

/// Whether a word is a path without expansions.
fn is_plain_path(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with('-')
        && word.chars().all(|c| c.is_alphanumeric() || "/_-.+@".contains(c))
}

fn bare(path: &str) -> &str {
    if path.len() > 1 { path.trim_end_matches('/') } else { path }
}

fn join(directory: &str, path: &str) -> String {
    let path = bare(path.trim_start_matches("./"));
    if directory.is_empty() {
        path.to_string()
    } else {
        format!("{}/{path}", directory.trim_end_matches('/'))
    }
}

/// Says the paths of a phrase from the root, of a command whose words are relative to a directory. `false` if it has
/// none.
pub fn set_in(phrase: &mut Phrase, directory: &str, words: &[String]) -> bool {
    let mut said = phrase.set_in(directory);
    for word in words {
        let path = match word.split_once(STAR) {
            Some((before, _)) => before.rsplit_once('/').map_or("", |(directory, _)| directory),
            None => word.as_str(),
        };
        let is_path = is_plain_path(path) && !path.starts_with('/') && path.contains(char::is_alphabetic);
        if is_path && !matches!(path, "." | "./") {
            said |= phrase.rename(path, &join(directory, path));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_followed_as_far_as_they_are_plain() {
        let mut place = Place::default();
        place.take_in(0, "cd /srv/app", "");
        place.take_in(2, "cd lib/", "");
        assert_eq!(
            (place.directory.as_str(), place.moves.as_slice(), place.astray),
            ("/srv/app/lib", &[0, 2][..], false)
        );
        place.take_in(3, "cd /srv && make", "done");
        assert!(place.astray);
        place.take_in(4, "cd /opt", "");
        assert_eq!((place.directory.as_str(), place.astray), ("/opt", false));
        place.take_in(5, "cd \"$HOME\"", "");
        assert!(place.astray);
    }
}
