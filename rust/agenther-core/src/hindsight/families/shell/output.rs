//! What a command printed, without what the harness writes around it.

use super::search_tool;

/// Lines that harnesses write after an output.
const FOOTERS: &[&str] = &[
    "[The command completed with exit code",
    "[Command finished with exit code",
    "[Current working directory:",
    "[Python interpreter:",
    "[Jupyter current working directory:",
    "[Jupyter Python interpreter:",
    "(Open file:",
    "(Current directory:",
    "bash-$",
];

/// Marks of outputs whose middle was left out.
const CUTS: &[&str] =
    &["<output_head>", "[... Observation truncated", "characters truncated", "<response clipped>"];

/// How far into an observation an output begins.
const MAX_HEADER: usize = 300;

/// What the command of a step printed; `None` where a part of it was left out.
pub fn printed(observation: &str) -> Option<&str> {
    let text = tagged(observation).or_else(|| headed(observation)).unwrap_or(observation);
    (!CUTS.iter().any(|mark| observation.contains(mark))).then(|| without_footers(search_tool::found(text)))
}

/// Whether the harness says that the command ended with an error.
pub fn ended_with_error(observation: &str) -> bool {
    let code = |after: &str| {
        let digits = after.trim_start().trim_start_matches('-');
        digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.starts_with('0')
    };
    let stated = observation.strip_prefix("<returncode>").or_else(|| observation.strip_prefix("Exit code:"));
    stated.is_some_and(code)
        || FOOTERS[..2]
            .iter()
            .any(|footer| observation.rfind(footer).is_some_and(|at| code(&observation[at + footer.len()..])))
}

/// `<returncode>0</returncode>\n<output>\n…</output>`
fn tagged(text: &str) -> Option<&str> {
    const OPEN: &str = "<output>";
    let start = text.find(OPEN).filter(|at| *at < MAX_HEADER && text.trim_start().starts_with('<'))?;
    let body = &text[start + OPEN.len()..];
    let body = &body[..body.rfind("</output>")?];
    Some(body.strip_prefix('\n').unwrap_or(body))
}

/// `Exit code: 0\nWall time: 0.1 seconds\nOutput:\n…`
fn headed(text: &str) -> Option<&str> {
    const OUTPUT: &str = "\nOutput:\n";
    const HEADS: &[&str] = &["Exit code:", "Chunk ID:", "Command executed."];
    let is_headed = HEADS.iter().any(|head| text.starts_with(head));
    let at = text.find(OUTPUT).filter(|at| *at < MAX_HEADER && is_headed);
    at.map(|at| &text[at + OUTPUT.len()..])
        .or_else(|| Some(text.strip_prefix("OBSERVATION:")?.trim_start_matches(['\r', '\n'])))
}

fn without_footers(text: &str) -> &str {
    let mut kept = text;
    loop {
        let end = kept.trim_end();
        let line = end.rfind('\n').map_or(0, |at| at + 1);
        if !FOOTERS.iter().any(|footer| end[line..].starts_with(footer)) {
            return kept;
        }
        kept = &kept[..line];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_harnesses_add_is_no_output() {
        for (observation, output, failed) in [
            ("<returncode>0</returncode>\n<output>\na\nb\n</output>", "a\nb\n", false),
            ("<returncode>1</returncode>\n<output>\n</output>", "", true),
            (
                "a\n\n[The command completed with exit code 0.]\n[Current working directory: /w]",
                "a\n\n",
                false,
            ),
            ("a\n[Command finished with exit code 2]", "a\n", true),
            ("a\n(Open file: n/a)\n(Current directory: /w)\nbash-$", "a\n", false),
            ("Exit code: 0\nWall time: 0.1 seconds\nOutput:\na\n", "a\n", false),
            ("<html>\n<output>\n", "<html>\n<output>\n", false),
            ("", "", false),
        ] {
            assert_eq!(printed(observation), Some(output), "{observation}");
            assert_eq!(ended_with_error(observation), failed, "{observation}");
        }
        assert_eq!(printed("<returncode>0</returncode>\n<output_head>\na\n</output_head>"), None);
    }
}
