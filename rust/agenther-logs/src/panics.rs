//! Panics of our own code at one record or run: a bug, which must not stop the others.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static SEEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `body`; where it panics, gives what the panic says and where it stands. Nothing is printed: a
/// log may hold thousands of runs that show the same bug.
pub fn caught<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(watch);
    let before = WATCHED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(body));
    WATCHED.set(before);
    result.map_err(|panic| SEEN.take().unwrap_or_else(|| message(&*panic).to_owned()))
}

/// Keeps what panics of watched code say from standard error; those of other code are told as before.
fn watch() {
    let tell = take_hook();
    set_hook(Box::new(move |info: &PanicHookInfo<'_>| match WATCHED.get() {
        true => SEEN.set(Some(sentence(info))),
        false => tell(info),
    }));
}

fn sentence(info: &PanicHookInfo<'_>) -> String {
    let text = message(info.payload());
    match info.location() {
        Some(place) => format!("{text}, at {}:{}", place.file(), place.line()),
        None => text.to_owned(),
    }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_says_what_and_where() {
        assert_eq!(caught(|| 7), Ok(7));
        let said = caught(|| panic!("run {} of {}", 3, 4)).unwrap_err();
        assert!(said.starts_with("run 3 of 4, at ") && said.contains("panics.rs:"), "{said}");
        let outer = caught(|| caught(|| panic!("inside")).is_err()).unwrap();
        assert!(outer && caught(|| panic!("outside")).unwrap_err().starts_with("outside"));
    }
}
