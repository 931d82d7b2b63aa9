//! Deeds on services, packages, repositories and clusters, which their programs confirm.

use super::answer::quoted;
use super::command::options;
use super::deed::Deed;

/// What a command changes; `None` if it is not known to be a plain change.
pub fn operation(words: &[String]) -> Option<Deed> {
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "sudo").collect();
    let (command, rest) = words.split_first()?;
    match *command {
        "pip" | "pip3" => python_packages(rest),
        "apt" | "apt-get" => system_packages(rest),
        "npm" => node_packages(rest),
        "git" => repository(rest),
        "systemctl" | "service" => service(command, rest),
        "kubectl" => cluster(rest),
        "chown" => owned(rest),
        "sed" => replaced(rest),
        "unzip" => {
            let (["-q", archive, "-d", directory] | [archive, "-d", directory]) = rest else { return None };
            Some(unpacked(archive, directory))
        }
        _ => None,
    }
}

type Pair = (&'static str, &'static str);

/// A deed that the output must confirm by one of these texts.
fn confirmed(verb: Pair, noun: Pair, objects: &[&str], texts: &[&str]) -> Deed {
    let objects: Vec<String> = objects.iter().map(ToString::to_string).collect();
    let mut deed = Deed::new(verb, noun, &objects);
    deed.confirmed_by = texts.iter().map(ToString::to_string).collect();
    deed
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '@')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.@/:=+[],~<>".contains(c))
}

/// The words that are no flags; `None` where a flag is not known.
fn names<'w>(words: &[&'w str], known: &[&str]) -> Option<Vec<&'w str>> {
    let plain: Vec<&str> = words.iter().filter(|word| !known.contains(word)).copied().collect();
    ((1..=6).contains(&plain.len()) && plain.iter().all(|word| is_name(word))).then_some(plain)
}

const INSTALL: Pair = ("install", "installed");

fn python_packages(words: &[&str]) -> Option<Deed> {
    const DONE: &[&str] = &["Successfully installed"];
    match words {
        ["install", "-r", file] | ["install", "-q", "-r", file] => {
            let listed = format!("the Python packages that {file} lists");
            Some(confirmed(INSTALL, ("", ""), &[&listed], DONE))
        }
        ["install", packages @ ..] => {
            let packages = names(packages, &["-q", "--quiet", "--user", "--no-cache-dir"])?;
            (!packages.contains(&"."))
                .then(|| confirmed(INSTALL, ("the Python package ", "the Python packages "), &packages, DONE))
        }
        ["uninstall", "-y", packages @ ..] => {
            let packages = names(packages, &[])?;
            let noun = ("the Python package ", "the Python packages ");
            Some(confirmed(("uninstall", "uninstalled"), noun, &packages, &["Successfully uninstalled"]))
        }
        _ => None,
    }
}

fn system_packages(words: &[&str]) -> Option<Deed> {
    let words: Vec<&str> = words
        .iter()
        .filter(|word| !matches!(**word, "-y" | "-qq" | "-q" | "--no-install-recommends"))
        .copied()
        .collect();
    match words.as_slice() {
        ["update"] => Some(confirmed(
            ("update", "updated"),
            ("", ""),
            &["the package lists"],
            &["Reading package lists"],
        )),
        ["install", packages @ ..] => {
            let packages = names(packages, &[])?;
            let last = packages.last()?;
            let set_up = format!("Setting up {last} ");
            Some(confirmed(INSTALL, ("the package ", "the packages "), &packages, &[&set_up]))
        }
        _ => None,
    }
}

fn node_packages(words: &[&str]) -> Option<Deed> {
    match words {
        ["install" | "i" | "ci"] => {
            Some(confirmed(INSTALL, ("", ""), &["the npm dependencies of the project"], &["added "]))
        }
        ["install" | "i", packages @ ..] => {
            const DEV: &[&str] = &["--save-dev", "-D"];
            let is_dev = packages.iter().any(|word| DEV.contains(word));
            let packages = names(packages, &[DEV, &["--save"]].concat())?;
            let noun = ("the npm package ", "the npm packages ");
            let mut deed = confirmed(INSTALL, noun, &packages, &["added "]);
            if is_dev {
                deed.manner = " for development".to_string();
            }
            Some(deed)
        }
        _ => None,
    }
}

fn repository(words: &[&str]) -> Option<Deed> {
    match words {
        ["checkout", "-b", branch] | ["switch", "-c", branch] if is_name(branch) => {
            let verb = ("create and switch to", "created and switched to");
            Some(confirmed(verb, ("the git branch ", ""), &[branch], &["Switched to a new branch"]))
        }
        ["switch", branch] | ["checkout", branch] if is_name(branch) => {
            let verb = ("switch to", "switched to");
            Some(confirmed(verb, ("the git branch ", ""), &[branch], &["Switched to branch"]))
        }
        ["init"] => {
            let repository = ["a git repository in the current directory"];
            let done = ["Initialized empty Git repository"];
            Some(confirmed(("create", "created"), ("", ""), &repository, &done))
        }
        ["add", "-A" | "--all" | "."] => Some(tree(("stage", "staged"), "all changes in git")),
        ["add", paths @ ..] if !paths.is_empty() => {
            let paths = names(paths, &[])?;
            let mut deed = tree(("stage", "staged"), "");
            (deed.objects, deed.manner) = (paths.iter().map(ToString::to_string).collect(), " in git".into());
            Some(deed)
        }
        ["commit", "-m" | "-qm", message] => {
            let mut deed = tree(("commit", "committed"), "the staged changes");
            deed.manner = format!(" with the message {}", quoted(message)?);
            deed.confirmed_by = vec![format!("] {}", message.lines().next()?)];
            Some(deed)
        }
        ["clone", address] if is_name(address) => {
            Some(confirmed(("clone", "cloned"), ("the git repository ", ""), &[address], &["Cloning into"]))
        }
        _ => None,
    }
}

/// A deed on whatever was changed in the working tree.
fn tree(verb: Pair, object: &str) -> Deed {
    let mut deed = Deed::new(verb, ("", ""), &[object.to_string()]);
    deed.takes_all = true;
    deed
}

fn service(command: &str, words: &[&str]) -> Option<Deed> {
    let (action, name) = match (command, words) {
        ("systemctl", [action, name]) | ("service", [name, action]) => (*action, *name),
        _ => return None,
    };
    let verb = match action {
        "start" => ("start", "started"),
        "stop" => ("stop", "stopped"),
        "restart" => ("restart", "restarted"),
        "reload" => ("reload", "reloaded"),
        "enable" => ("enable", "enabled"),
        "disable" => ("disable", "disabled"),
        _ => return None,
    };
    is_name(name).then_some(())?;
    let name = format!("the {} service", name.strip_suffix(".service").unwrap_or(name));
    let mut deed = Deed::new(verb, ("", ""), &[name]);
    if matches!(action, "enable" | "disable") {
        deed.manner = " at boot".to_string();
    }
    Some(deed)
}

fn cluster(words: &[&str]) -> Option<Deed> {
    let mut words = words.to_vec();
    let mut place = String::new();
    if let Some(at) = words.iter().position(|word| matches!(*word, "-n" | "--namespace")) {
        place = format!(" in the namespace {}", words.get(at + 1).filter(|name| is_name(name))?);
        words.drain(at..at + 2);
    }
    let named = |resource: &str| {
        let (kind, name) = resource.split_once('/')?;
        let kind = match kind {
            "deployment" | "deploy" | "deployments" => "deployment",
            "statefulset" | "sts" => "stateful set",
            "pod" | "pods" | "po" => "pod",
            _ => return None,
        };
        is_name(name).then(|| format!("the {kind} {name}"))
    };
    let mut deed = match words.as_slice() {
        ["scale", kind, name, replicas] => scaled(&named(&format!("{kind}/{name}"))?, replicas)?,
        ["scale", resource, replicas] => scaled(&named(resource)?, replicas)?,
        ["rollout", "restart", resource] => {
            confirmed(("restart", "restarted"), ("", ""), &[&named(resource)?], &["restarted"])
        }
        ["rollout", "restart", kind, name] => {
            let resource = named(&format!("{kind}/{name}"))?;
            confirmed(("restart", "restarted"), ("", ""), &[&resource], &["restarted"])
        }
        ["set", "env", resource, setting] => {
            let (name, value) = setting.split_once('=')?;
            let object = format!("the environment variable {name} of {}", named(resource)?);
            let mut deed = confirmed(("set", "set"), ("", ""), &[&object], &["env updated"]);
            deed.manner = format!(" to {value}");
            deed
        }
        ["set", "image", resource, setting] => {
            let (container, image) = setting.split_once('=')?;
            let object = format!("the image of the container {container} of {}", named(resource)?);
            let mut deed = confirmed(("set", "set"), ("", ""), &[&object], &["image updated"]);
            deed.manner = format!(" to {image}");
            deed
        }
        ["create", "namespace" | "ns", name] if is_name(name) => {
            confirmed(("create", "created"), ("the Kubernetes namespace ", ""), &[name], &[" created"])
        }
        ["delete", kind, name] => {
            confirmed(("delete", "deleted"), ("", ""), &[&named(&format!("{kind}/{name}"))?], &[" deleted"])
        }
        _ => return None,
    };
    deed.manner.push_str(&place);
    Some(deed)
}

fn scaled(resource: &str, replicas: &str) -> Option<Deed> {
    let number: u32 = replicas.strip_prefix("--replicas=")?.parse().ok()?;
    let mut deed = confirmed(("scale", "scaled"), ("", ""), &[resource], &["scaled"]);
    deed.manner = format!(" to {number} replica{}", if number == 1 { "" } else { "s" });
    Some(deed)
}

/// `chown USER:GROUP PATH`
fn owned(words: &[&str]) -> Option<Deed> {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    let (flags, operands) = options(&words, &["R"])?;
    let [owner, path] = operands.try_into().ok()?;
    let object = if flags.is_empty() { path.clone() } else { format!("{path} and everything in it") };
    let mut deed = Deed::new(("change", "changed"), ("the owner of ", ""), &[object]);
    deed.manner = match owner.split_once(':') {
        Some((user, group)) if is_name(user) && is_name(group) => {
            format!(" to {user}, and the group to {group}")
        }
        None if is_name(&owner) => format!(" to {owner}"),
        _ => return None,
    };
    deed.makes = vec![path];
    Some(deed)
}

/// `sed -i 's/OLD/NEW/g' FILE`
fn replaced(words: &[&str]) -> Option<Deed> {
    let ["-i", program, file] = words else { return None };
    let mark = program.strip_prefix('s')?.chars().next().filter(|c| matches!(c, '/' | '|' | '#' | ','))?;
    let parts: Vec<&str> = program[1 + mark.len_utf8()..].split(mark).collect();
    let [old, new, flags] = parts.as_slice() else { return None };
    let plain = |text: &str| !text.contains(['\\', '&', '*', '[', '^', '$', '"', '`', '\n']);
    (!old.is_empty() && plain(old) && plain(new) && matches!(*flags, "" | "g")).then_some(())?;
    let text = if new.is_empty() { "nothing".to_string() } else { format!("\"{new}\"") };
    let mut deed = Deed::new(("replace", "replaced"), ("", ""), &[format!("\"{old}\"")]);
    deed.manner = format!(" with {text} in {file}");
    deed.shown = Some((old.to_string(), file.to_string()));
    deed.makes = vec![file.to_string()];
    Some(deed)
}

/// The contents of an archive in a directory.
pub fn unpacked(archive: &str, directory: &str) -> Deed {
    let mut deed = Deed::new(("extract", "extracted"), ("", ""), &[archive.to_string()]);
    let place = if matches!(directory, "." | "./") { "the current directory" } else { directory };
    deed.manner = format!(" into {place}");
    deed.is_loud = true;
    deed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindsight::families::shell::deed::said;

    #[test]
    fn operations_are_said_in_words() {
        for (line, expected) in [
            ("pip install flask gunicorn", Some("install the Python packages flask and gunicorn")),
            (
                "pip install -r requirements.txt",
                Some("install the Python packages that requirements.txt lists"),
            ),
            ("pip install .", None),
            ("apt-get install -y curl", Some("install the package curl")),
            ("npm install --save-dev jest", Some("install the npm package jest for development")),
            ("git checkout -b fix/login", Some("create and switch to the git branch fix/login")),
            ("sudo systemctl restart nginx", Some("restart the nginx service")),
            ("systemctl status nginx", None),
            (
                "kubectl scale deployment web --replicas=3 -n shop",
                Some("scale the deployment web to 3 replicas in the namespace shop"),
            ),
            ("sed -i s/8081/8080/ /etc/api.conf", Some("replace \"8081\" with \"8080\" in /etc/api.conf")),
            ("sed -i s/a.*/b/ /etc/api.conf", None),
            (
                "chown -R www:www /srv",
                Some("change the owner of /srv and everything in it to www, and the group to www"),
            ),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_string).collect();
            assert_eq!(operation(&words).map(|deed| said(&[deed]).0).as_deref(), expected, "{line}");
        }
    }
}
