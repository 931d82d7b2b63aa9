//! What a run does with its shell, command after command, and the requests that come of it.

use std::collections::BTreeSet;

use super::answer::{answer, complains, is_report, lists, per_file_name};
use super::command;
use super::deed::{self, Deed};
use super::described;
use super::output::{ended_with_error, output_of};
use super::phrase::{self, Kind, Phrase};
use super::place::{self, Place};
use super::state::{Lost, changes_state, did_nothing, keeps_notes, mentions};
use super::{MAX_LINES, evidence, line, seed};
use crate::hindsight::Wording;
use crate::hindsight::families::{Candidate, Proposals, english};
use crate::hindsight::guards::only_shows;
use crate::reading::{Reading, StepReading};
use crate::signals::effect::Effect;
use crate::signals::tool_status::is_silent;
use crate::text::needles;

/// More changes than these are a session, and no request.
const MAX_DEEDS: usize = 4;

/// So many requests back a request may follow up on.
const MAX_BACK: usize = 6;

/// So many steps back a text that is replaced is looked for.
const MAX_LOOK: u32 = 40;

/// A request that a command answered, and the answer.
struct Answered {
    steps: Vec<u32>,
    phrase: Phrase,
    answer: String,
}

/// More changes of unknown effect than these leave nothing to be known.
const MAX_LOST: usize = 24;

/// What a run has done with its shell so far.
pub struct Session<'r, 'a> {
    reading: &'r Reading<'a>,
    /// Where the log keeps the last newline of outputs, one without it was cut.
    newline_kept: bool,
    place: Place,
    /// The changes since the last of unknown effect.
    deeds: Vec<(u32, Deed)>,
    /// Changes of unknown effect.
    lost: Vec<Lost>,
    answered: Vec<Answered>,
    proposed: BTreeSet<String>,
}

/// What a line does, as far as it is known.
struct Act {
    deeds: Vec<Deed>,
    reads: Option<Phrase>,
    /// Whether it depends on the directory that the run moved to.
    in_place: bool,
}

impl<'r, 'a> Session<'r, 'a> {
    /// Nothing done yet.
    pub fn new(reading: &'r Reading<'a>) -> Self {
        let newline_kept = reading
            .steps
            .iter()
            .any(|step| line(step).is_some() && output_of(step).is_some_and(|text| text.ends_with('\n')));
        Session {
            reading,
            newline_kept,
            place: Place::default(),
            deeds: Vec::new(),
            lost: Vec::new(),
            answered: Vec::new(),
            proposed: BTreeSet::new(),
        }
    }

    /// Proposes what the commands print and change.
    pub fn run(&mut self, out: &mut Proposals) {
        self.go_through(out);
        self.tell_deeds(None, 0.8, out);
    }

    /// Takes in the steps, as far as it is clear what they change.
    fn go_through(&mut self, out: &mut Proposals) {
        for (index, read) in self.reading.steps.iter().enumerate() {
            if self.lost.len() > MAX_LOST {
                break;
            }
            let Some(line) = line(read) else {
                if read.effect == Effect::Write && !only_shows(read) && !keeps_notes(read) {
                    self.lose(Lost::of_call(read.step.action_input.unwrap_or("")), out);
                }
                continue;
            };
            self.take_in(index as u32, &line, read, out);
        }
    }

    fn take_in(&mut self, step: u32, line: &str, read: &StepReading<'a>, out: &mut Proposals) {
        let raw = read.step.observation.unwrap_or("");
        let act = act(line, &self.place);
        let changes = act.as_ref().map_or(changes_state(line), |act| !act.deeds.is_empty());
        let output = output_of(read);
        let output = output.as_deref();
        self.place.take_in(step, line, output.unwrap_or("?"));
        let failed = read.status.is_error() || changes && ended_with_error(raw);
        let Some(observation) = output.filter(|_| !failed) else {
            // What later commands print may depend on what a failed one did before it failed.
            if changes && !did_nothing(output.unwrap_or("")) {
                self.lose(Lost::of_line(line, raw), out);
            }
            return;
        };
        match act {
            _ if changes && did_nothing(observation) && observation.lines().any(complains) => {}
            Some(act) if changes => {
                if self.change(step, act, line, observation, out).is_none() {
                    self.lose(Lost::of_line(line, observation), out);
                }
            }
            None if changes => self.lose(Lost::of_line(line, observation), out),
            Some(Act { reads: Some(phrase), in_place, .. }) => {
                self.verify(step, observation, out);
                self.read(step, phrase, in_place, observation, out);
            }
            Some(_) => self.verify(step, observation, out),
            None => {
                self.verify(step, observation, out);
                self.describe(step, line, observation, out);
            }
        }
    }

    /// What the agent says that a command does which is not known, where nothing was changed before it.
    fn describe(&mut self, step: u32, line: &str, observation: &str, out: &mut Proposals) {
        let read = &self.reading.steps[step as usize];
        let is_first = self.deeds.is_empty() && self.lost.is_empty() && !self.place.astray;
        let Some(goal) = described::request(read, line).filter(|_| is_first) else { return };
        let Some(answer) = described::answer(observation) else { return };
        if self.proposed.insert(goal.clone()) {
            let steps = [self.place.moves.as_slice(), &[step]].concat();
            out.push_derived(self.candidate(steps, goal, answer, 0.78, false));
        }
    }

    /// Takes in a change of unknown effect: what was changed before it is told.
    fn lose(&mut self, change: Lost, out: &mut Proposals) {
        self.tell_deeds(None, 0.8, out);
        self.deeds.clear();
        self.lost.push(change);
    }

    /// Takes in a change that worked; `None` if it is not clear what it did.
    fn change(
        &mut self,
        step: u32,
        act: Act,
        line: &str,
        observation: &str,
        out: &mut Proposals,
    ) -> Option<()> {
        let is_known = !self.lost.iter().any(|lost| lost.may_touch(line));
        let takes_all = act.deeds.iter().any(|deed| deed.takes_all);
        (is_known && (!takes_all || self.lost.is_empty())).then_some(())?;
        for deed in &act.deeds {
            let shown = |path: &String| self.shows(step, path);
            let is_new = deed.new.iter().all(|path| !shown(path));
            let is_there = deed.needs.iter().all(|path| self.listed(step, path) || self.makes(path));
            (is_new && is_there && !self.redoes(deed)).then_some(())?;
        }
        let is_confirmed =
            act.deeds.iter().all(|deed| deed.confirmed_by.is_empty() || deed.is_confirmed(observation));
        let is_loud = act.deeds.iter().any(|deed| deed.is_loud || !deed.confirmed_by.is_empty());
        let is_said = act.reads.is_some() || is_silent(observation) || is_report(observation) || is_loud;
        let complains = !is_loud && observation.lines().any(complains);
        (is_confirmed && is_said && !complains).then_some(())?;
        let mut deeds = Vec::new();
        for deed in act.deeds {
            // The files that `find` changed must have been listed before, else it may have changed none; the text that
            // was replaced must have been shown.
            if let Some(selection) = &deed.selection {
                let listed = self.answered.iter().find(|known| known.phrase == *selection)?;
                deeds.extend(listed.steps.iter().map(|step| (*step, deed.clone())));
            }
            if let Some((text, file)) = &deed.shown {
                deeds.push((self.shown_in(step, text, file)?, deed.clone()));
            }
            deeds.push((step, deed));
        }
        self.deeds.extend(deeds);
        (self.deeds.len() <= 2 * MAX_DEEDS).then_some(())?;
        if let Some(phrase) = act.reads {
            self.read(step, phrase, false, observation, out);
        }
        Some(())
    }

    /// The last step before that shows a text of a file.
    fn shown_in(&self, step: u32, text: &str, file: &str) -> Option<u32> {
        let shows = |read: &StepReading<'_>| {
            let is_named = line(read).is_some_and(|line| mentions(&line, &format!("of {file}")));
            let shown = |output: &str| output.contains(text) && (is_named || lists(output, file));
            !read.status.is_error() && read.step.observation.is_some_and(shown)
        };
        let from = step.saturating_sub(MAX_LOOK) as usize;
        let at = self.reading.steps[from..step as usize].iter().rposition(shows)?;
        u32::try_from(from + at).ok()
    }

    /// A later output that shows what was made.
    fn verify(&mut self, step: u32, observation: &str, out: &mut Proposals) {
        let Some((_, last)) = self.deeds.last() else { return };
        let shown = |path: &String| lists(observation, path);
        if !last.makes.is_empty() && last.makes.iter().all(shown) && observation.lines().count() <= MAX_LINES
        {
            self.tell_deeds(Some((step, observation)), 0.88, out);
        }
    }

    /// The request for all that was changed so far.
    fn tell_deeds(&mut self, shown: Option<(u32, &str)>, prior: f32, out: &mut Proposals) {
        let Some((goal, done)) = self.said() else { return };
        let mut steps = self.deed_steps();
        let mut answer = format!("Done: I {done}.");
        if let Some((step, output)) = shown {
            steps.push(step);
            answer = format!("{answer} A check shows:\n{}", output.trim());
        }
        let goal = format!("{}.", english::sentence(&goal));
        let key = format!("{goal} {}", shown.is_some());
        if self.proposed.insert(key) {
            out.push_derived(self.candidate(steps, goal, answer, prior, false));
        }
    }

    /// Takes in what a command printed: the answer to a request, after the changes before that it depends on.
    fn read(&mut self, step: u32, phrase: Phrase, in_place: bool, observation: &str, out: &mut Proposals) {
        let seed = seed(self.reading, step);
        let own = line(&self.reading.steps[step as usize]).unwrap_or_default();
        if self.lost.iter().any(|lost| lost.may_touch(&own)) {
            return;
        }
        let is_after = self.follows_deeds(step, &own);
        if is_silent(observation) && is_after {
            self.check_gone(step, &phrase, out);
            return;
        }
        let (request, answer) = if is_silent(observation) {
            let Some(absence) = phrase.absence() else { return };
            absence
        } else if self.newline_kept && !observation.ends_with('\n') {
            return;
        } else if let Some(answer) = answer(&phrase, observation) {
            (phrase.request(seed), answer)
        } else {
            return;
        };
        let prior = if phrase.trivial { 0.6 } else { 0.8 };
        let mut steps = if in_place { self.place.moves.clone() } else { Vec::new() };
        steps.push(step);
        if !is_after {
            if self.proposed.insert(phrase.request(0)) {
                let single = self.candidate(steps.clone(), request, answer.clone(), prior, phrase.trivial);
                out.push_derived(single);
                self.follow_up(&steps, &phrase, &answer, out);
            }
        } else if let Some((deeds, _)) = self.said() {
            let steps = [self.deed_steps(), steps.clone()].concat();
            let deeds = english::sentence(&deeds);
            let selected = self.deeds.last().and_then(|(_, deed)| deed.selection.as_ref());
            let request = match selected {
                Some(files) => request.replace(&format!("all {}{}", files.noun, files.place), "them"),
                None => request,
            };
            let goal = match request.split_at_checked(1) {
                Some(_) if request.ends_with('?') => format!("{deeds}. Then tell me: {request}"),
                Some((first, rest)) => format!("{deeds}, then {}{rest}", first.to_lowercase()),
                None => return,
            };
            if self.proposed.insert(goal.clone()) {
                out.push_derived(self.candidate(steps, goal, answer.clone(), 0.84, false));
            }
        }
        if !is_silent(observation) {
            self.answered.push(Answered { steps, phrase, answer });
        }
    }

    /// Whether what a line reads may be what the changes before left.
    fn follows_deeds(&self, step: u32, own: &str) -> bool {
        self.deeds.iter().any(|(at, _)| {
            let line = line(&self.reading.steps[*at as usize]).unwrap_or_default();
            *at == step || Lost::of_line(&line, "").may_touch(own)
        })
    }

    /// That nothing is left of what was deleted last.
    fn check_gone(&mut self, step: u32, phrase: &Phrase, out: &mut Proposals) {
        let is_same = self
            .deeds
            .last()
            .is_some_and(|(_, deed)| deed.deletes() && deed.selection.as_ref() == Some(phrase));
        let Some((goal, done)) = self.said().filter(|_| is_same) else { return };
        let mut steps = self.deed_steps();
        steps.push(step);
        let goal = format!("{}, and check that none are left.", english::sentence(&goal));
        if self.proposed.insert(goal.clone()) {
            let answer = format!("Done: I {done}. None are left.");
            out.push_derived(self.candidate(steps, goal, answer, 0.88, false));
        }
    }

    /// The request together with an earlier one that it asks more about.
    fn follow_up(&self, steps: &[u32], phrase: &Phrase, answer: &str, out: &mut Proposals) {
        let seed = seed(self.reading, steps[steps.len() - 1]);
        for earlier in self.answered.iter().rev().take(MAX_BACK) {
            if earlier.phrase.trivial && phrase.trivial {
                continue;
            }
            let about_it = || earlier.phrase.request_with(&earlier.answer, phrase, seed);
            let Some(goal) = about_it().or_else(|| followed_up(&earlier.phrase, phrase, seed)) else {
                continue;
            };
            let answer = format!("{}\n\n{answer}", earlier.answer);
            let steps = [earlier.steps.as_slice(), steps].concat();
            out.push_derived(self.candidate(steps, goal, answer, 0.84, false));
            return;
        }
    }

    fn said(&self) -> Option<(String, String)> {
        let mut deeds: Vec<Deed> = Vec::new();
        for (_, deed) in &self.deeds {
            if deeds.last() != Some(deed) {
                deeds.push(deed.clone());
            }
        }
        (1..=MAX_DEEDS).contains(&deeds.len()).then(|| deed::said(&deeds))
    }

    fn deed_steps(&self) -> Vec<u32> {
        self.deeds.iter().map(|(step, _)| *step).collect()
    }

    /// Whether an earlier output lists a path.
    fn listed(&self, step: u32, path: &str) -> bool {
        self.reading.steps[..step as usize].iter().any(|read| {
            !read.status.is_error() && read.step.observation.is_some_and(|text| lists(text, path))
        })
    }

    /// Whether an earlier output may be about a path.
    fn shows(&self, step: u32, path: &str) -> bool {
        self.reading.steps[..step as usize].iter().filter(|read| !read.status.is_error()).any(|read| {
            let text = read.step.observation.unwrap_or("");
            // What a command that worked was given is there.
            let is_given = || line(read).is_some_and(|line| !changes_state(&line) && lists(&line, path));
            needles::find(text, per_file_name(path)).is_some() || is_given()
        })
    }

    /// Whether a change was made before, in this or another way, or takes back an earlier one.
    fn redoes(&self, deed: &Deed) -> bool {
        let made = |path: &String| self.makes(path);
        deed.makes.iter().any(made) && !deed.keeps()
            || deed.removes.iter().any(made)
            || self
                .deeds
                .iter()
                .any(|(_, known)| known.selection.is_some() && known.selection == deed.selection)
    }

    fn makes(&self, path: &str) -> bool {
        self.deeds.iter().any(|(_, deed)| deed.makes.iter().any(|made| made == path))
    }

    fn candidate(
        &self,
        mut steps: Vec<u32>,
        goal: String,
        answer: String,
        prior: f32,
        trivial: bool,
    ) -> Candidate {
        steps.sort_unstable();
        steps.dedup();
        let evidence = steps.iter().flat_map(|&step| evidence(self.reading, step)).collect();
        Candidate {
            goal,
            answer,
            wording: Wording::Phrase,
            steps,
            slots: Vec::new(),
            evidence,
            prior,
            trivial,
        }
    }
}

/// Two requests in one, where the second is about the files of the first.
fn followed_up(earlier: &Phrase, phrase: &Phrase, seed: usize) -> Option<String> {
    let first = earlier.request(seed);
    if let Some(more) = phrase.request_after(earlier, seed) {
        return Some(format!("{first} {more}"));
    }
    let inside = format!("{}/", earlier.root.trim_end_matches('/'));
    let second = phrase.request(seed);
    let is_inside =
        inside.len() > 1 && earlier.kind == Kind::Entries && needles::find(&second, &inside).is_some();
    let first = first.trim_end_matches('.');
    match second.strip_prefix("Show me ") {
        Some(rest) if is_inside => Some(format!("{first}, and show me {rest}")),
        None if is_inside && second.ends_with('?') => Some(format!("{first}. {second}")),
        _ => None,
    }
}

/// What a line does; `None` where any part of it is not known.
fn act(line: &str, place: &Place) -> Option<Act> {
    let (line, is_quiet) = command::without_errors(line);
    let (own, rest) =
        command::within(&line).map_or((None, line.as_ref()), |(directory, rest)| (Some(directory), rest));
    let mut commands = command::commands(rest)?;
    let relative = !rest.split(' ').any(|word| word.starts_with('/'));
    let last = commands.pop()?;
    let mut deeds = commands.iter().map(deed::deed).collect::<Option<Vec<_>>>()?;
    let mut reads = None;
    match deed::deed(&last) {
        Some(deed) => deeds.push(deed),
        None if last.into.is_none() => reads = Some(phrase::phrase(&last.stages)?),
        None => return None,
    }
    let moved = !place.moves.is_empty() || place.astray;
    if !deeds.is_empty() {
        let is_here = own.is_none() && !moved || deeds.iter().all(Deed::is_anywhere);
        // What a change complained of is part of what it did.
        return (is_here && !is_quiet).then_some(Act { deeds, reads, in_place: false });
    }
    let phrase = reads.as_mut()?;
    phrase.quiet = is_quiet;
    let mut in_place = false;
    if let Some(directory) = own.or_else(|| (moved && !place.astray).then_some(place.directory.as_str()))
        && relative
    {
        let words: Vec<String> = last.stages.iter().flat_map(|stage| stage.iter().skip(1)).cloned().collect();
        let is_git = last.stages[0][0] == "git";
        in_place = own.is_none() && (place::set_in(phrase, directory, &words) || is_git);
        if own.is_some() {
            place::set_in(phrase, directory, &words);
        }
    }
    (!place.astray || !relative || own.is_some()).then_some(Act { deeds, reads, in_place })
}
