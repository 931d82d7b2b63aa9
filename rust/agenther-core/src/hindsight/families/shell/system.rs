//! Commands that show the state of a machine: its services, processes, ports, containers and packages.

use super::command::options;
use super::phrase::{Kind, Phrase};

/// What such a command prints.
pub fn system(words: &[String]) -> Option<Phrase> {
    let words: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| !matches!(*word, "--no-pager" | "sudo")).collect();
    let (command, rest) = words.split_first()?;
    match *command {
        "systemctl" | "service" => service(command, rest),
        "journalctl" => journal(rest),
        "docker" | "docker-compose" | "podman" => container(rest),
        "kubectl" => cluster(rest),
        "pip" | "pip3" => python_package(rest),
        "npm" => node_package(rest),
        "ps" => {
            let is_all = matches!(rest, ["aux" | "-ef" | "-aux" | "-e" | "auxf" | "-eaf"]);
            is_all.then(|| Phrase::new(Kind::Lines, PROCESSES, "", ""))
        }
        "ss" | "netstat" => sockets(rest),
        "lsof" => {
            let port =
                rest.iter().find_map(|word| word.strip_prefix("-i:").or_else(|| word.strip_prefix(':')))?;
            rest.iter().all(|word| word.starts_with("-") || word.starts_with(':')).then_some(())?;
            port_user(port, true)
        }
        _ => machine(command, rest),
    }
}

/// What `ps` lists.
pub const PROCESSES: &str = "running processes";

/// What `ss -l` lists.
pub const PORTS: &str = "ports on which a process listens";

/// The same without the processes.
pub const SOCKETS: &str = "sockets that listen";

fn asking(kind: Kind, question: String) -> Option<Phrase> {
    Some(Phrase::new(kind, "state", "", "").asking(kind, question))
}

/// Names of units, containers, packages and the like.
fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '@')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '/' | ':'))
}

fn unit(word: &str) -> Option<String> {
    is_name(word).then(|| format!("the {} service", word.strip_suffix(".service").unwrap_or(word)))
}

fn service(command: &str, words: &[&str]) -> Option<Phrase> {
    let words: Vec<&str> = words.iter().filter(|word| !matches!(**word, "-l" | "--full")).copied().collect();
    match (command, words.as_slice()) {
        ("systemctl", ["status", name]) | ("service", [name, "status"]) => {
            asking(Kind::Lines, format!("What is the status of {}", unit(name)?))
        }
        ("systemctl", ["is-active", name]) => {
            asking(Kind::Word, format!("What is the state of {}", unit(name)?))
        }
        ("systemctl", ["is-enabled", name]) => {
            asking(Kind::Word, format!("Is {} started at boot: enabled or disabled", unit(name)?))
        }
        ("systemctl", ["--failed"] | ["list-units", "--failed"]) => {
            asking(Kind::Lines, "Which systemd units have failed".to_string())
        }
        _ => None,
    }
}

/// `-u UNIT -n N`
fn journal(words: &[&str]) -> Option<Phrase> {
    let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
    let (flags, operands) = options(&words, &["u=", "n=", "x", "e", "k"])?;
    let get = |name: &str| flags.iter().find(|(flag, _)| flag == name).map(|(_, value)| value.as_str());
    let number: u32 = get("n")?.parse().ok()?;
    let of = match get("u") {
        Some(name) => unit(name)?,
        None => "the system journal".to_string(),
    };
    (operands.is_empty() && get("k").is_none()).then_some(())?;
    asking(Kind::Lines, format!("Show me the last {number} log entries of {of}"))
}

fn container(words: &[&str]) -> Option<Phrase> {
    let question = match words {
        ["ps"] | ["container", "ls"] => "Which Docker containers are running".to_string(),
        ["ps", "-a" | "--all"] => "List all Docker containers, stopped ones too".to_string(),
        ["images"] | ["image", "ls"] => "Which Docker images are there on this machine".to_string(),
        ["volume", "ls"] => "List the Docker volumes".to_string(),
        ["network", "ls"] => "List the Docker networks".to_string(),
        ["compose", "ps"] => {
            "What is the state of the running services of the Docker Compose project".to_string()
        }
        ["logs", name] if is_name(name) => format!("Show me the logs of the container {name}"),
        ["logs", "--tail" | "-n", number, name] | ["logs", name, "--tail" | "-n", number]
            if is_name(name) =>
        {
            format!("Show me the last {} log lines of the container {name}", number.parse::<u32>().ok()?)
        }
        _ => return None,
    };
    asking(Kind::Lines, question)
}

/// `kubectl get pods -n shop`, `kubectl logs NAME --tail=5`
fn cluster(words: &[&str]) -> Option<Phrase> {
    let (mut place, mut tail, mut previous) = (String::new(), None, false);
    let mut plain = Vec::new();
    let mut rest = words.iter().copied();
    while let Some(word) = rest.next() {
        match word {
            "-n" | "--namespace" => {
                place = format!(" in the namespace {}", rest.next().filter(|name| is_name(name))?)
            }
            "-A" | "--all-namespaces" => place = " in all namespaces".to_string(),
            "-o" => (rest.next()? == "wide").then_some(())?,
            "-p" | "--previous" => previous = true,
            word if word.starts_with("--namespace=") => {
                place = format!(" in the namespace {}", word.strip_prefix("--namespace=")?);
            }
            word if word.starts_with("--tail=") => {
                tail = Some(word.strip_prefix("--tail=")?.parse::<u32>().ok()?)
            }
            word if is_name(word) => plain.push(word),
            _ => return None,
        }
    }
    let question = match plain.as_slice() {
        ["get", kind] => format!("List the {}{place}", resources(kind)?),
        ["get", kind, name] => {
            format!("What is the state of the {} {name}{place}", resources(kind)?.strip_suffix('s')?)
        }
        ["logs", pod] => {
            let lines = tail.map_or("logs".to_string(), |number| format!("last {number} log lines"));
            let which = if previous { "previous instance of the " } else { "" };
            format!("Show me the {lines} of the {which}pod {pod}{place}")
        }
        _ => return None,
    };
    asking(Kind::Lines, question)
}

fn resources(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "pod" | "pods" | "po" => "pods",
        "svc" | "service" | "services" => "services",
        "deploy" | "deployment" | "deployments" => "deployments",
        "node" | "nodes" | "no" => "nodes",
        "ns" | "namespace" | "namespaces" => "namespaces",
        "pvc" => "persistent volume claims",
        "job" | "jobs" => "jobs",
        "configmap" | "configmaps" | "cm" => "config maps",
        "events" => "events",
        _ => return None,
    })
}

fn python_package(words: &[&str]) -> Option<Phrase> {
    match words {
        ["list"] | ["freeze"] => Some(Phrase::new(Kind::Lines, PACKAGES, "", "")),
        ["show", name] if is_name(name) => {
            let question =
                format!("Show me the version and the other details of the installed Python package {name}");
            asking(Kind::Lines, question)
        }
        _ => None,
    }
}

/// What `pip list` lists.
pub const PACKAGES: &str = "installed Python packages";

fn node_package(words: &[&str]) -> Option<Phrase> {
    match words {
        ["ls" | "list", "--depth=0"] => asking(
            Kind::Lines,
            "Which npm packages does the project depend on, and in which versions".to_string(),
        ),
        ["ls" | "list", "-g", "--depth=0"] => {
            asking(Kind::Lines, "Which npm packages are installed globally".to_string())
        }
        ["ls" | "list", name] if is_name(name) => {
            asking(Kind::Lines, format!("Which version of the npm package {name} is installed"))
        }
        _ => None,
    }
}

/// `ss -tlnp`: sockets that listen.
fn sockets(words: &[&str]) -> Option<Phrase> {
    let [flags] = words else { return None };
    let letters = flags.strip_prefix('-')?;
    (letters.contains('l') && letters.chars().all(|c| "tulnpe".contains(c))).then_some(())?;
    Some(Phrase::new(Kind::Lines, if letters.contains('p') { PORTS } else { SOCKETS }, "", ""))
}

/// Who listens on a port, or where, if the processes are not shown.
pub fn port_user(port: &str, with_process: bool) -> Option<Phrase> {
    let port: u16 = port.trim_start_matches(':').trim().parse().ok()?;
    let question = match with_process {
        true => format!("Which process is listening on port {port}"),
        false => format!("Which local addresses are listening on port {port}"),
    };
    let mut phrase = asking(Kind::Lines, question)?;
    phrase.absent = Some((
        format!("Is anything listening on port {port}?"),
        format!("No, nothing is listening on port {port}."),
    ));
    Some(phrase)
}

/// The machine itself.
fn machine(command: &str, words: &[&str]) -> Option<Phrase> {
    let lines = |question: &str| asking(Kind::Lines, question.to_string());
    match (command, words) {
        ("df", ["-h" | "-hT" | "-Th"] | []) => {
            lines("How much space is used and free on each of the mounted file systems")
        }
        ("df", ["-i" | "-ih"]) => {
            lines("How many inodes are used and free on each of the mounted file systems")
        }
        ("uptime", []) => {
            asking(Kind::First, "How long has this machine been up, and what is its load".to_string())
        }
        ("nginx", ["-t"]) => lines("Test whether the nginx configuration is valid"),
        ("crontab", ["-l"]) => lines("Which cron jobs does the current user have"),
        ("ip", ["a" | "addr"] | ["addr", "show"]) => {
            lines("Show me the network interfaces and their addresses")
        }
        ("ip", ["route"] | ["r"]) => lines("Show me the routing table of this machine"),
        ("hostname", ["-I"]) => asking(Kind::First, "Which IP addresses does this machine have".to_string()),
        ("lsblk", []) => lines("Show me the block devices and their partitions"),
        ("lscpu", []) => lines("Which processor does this machine have"),
        ("printenv", [name]) if is_name(name) => {
            asking(Kind::First, format!("What is the environment variable {name} set to"))
        }
        ("id", [user]) if is_name(user) => {
            asking(Kind::First, format!("Which user ID and which groups does the user {user} have"))
        }
        ("readlink", ["-f", path]) => asking(Kind::First, format!("Which path does {path} resolve to")),
        ("stat", ["-c" | "--format", format, path]) => match *format {
            "%a" => asking(Kind::Word, format!("What are the permissions of {path}, as an octal number")),
            "%s" => asking(Kind::Word, format!("What is the size of {path} in bytes")),
            "%U:%G" | "%U %G" => asking(Kind::First, format!("Which user and group own {path}")),
            "%U" => asking(Kind::Word, format!("Which user owns {path}")),
            _ => None,
        },
        ("go", ["version"]) | ("java", ["-version"]) | ("node" | "npm" | "nginx" | "psql", ["-v" | "-V"]) => {
            asking(Kind::First, format!("Which version of {command} is installed"))
        }
        _ => None,
    }
}
