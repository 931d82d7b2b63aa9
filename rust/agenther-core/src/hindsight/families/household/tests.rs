//! Worlds told in sentences, and what their runs are asked for.

use crate::hindsight::families::testing::proposals;

fn goals(lines: &[(&str, &str)]) -> Vec<(String, String, Vec<u32>)> {
    let calls: Vec<(&str, &str, &str)> = lines.iter().map(|(input, text)| ("act", *input, *text)).collect();
    proposals(super::propose, "You are in a room and you see a desk 1, a desk 2, and a fridge 1.", &calls)
}

#[test]
fn putting_a_thing_elsewhere_is_asked_for_without_the_detour() {
    let found = goals(&[
        ("go to desk 2", "On the desk 2, you see a pen 1."),
        ("go to desk 1", "On the desk 1, you see an apple 3, and a mug 1."),
        ("take apple 3 from desk 1", "You pick up the apple 3 from the desk 1."),
        ("go to desk 2", "On the desk 2, you see a pen 1."),
        ("go to fridge 1", "The fridge 1 is closed."),
        ("open fridge 1", "You open the fridge 1. The fridge 1 is open. In it, you see nothing."),
        ("put apple 3 in fridge 1", "You put the apple 3 in/on the fridge 1."),
    ]);
    let (goal, answer, steps) = found.iter().find(|(_, answer, _)| answer.contains("put it")).expect("a put");
    assert!(goal.contains("an apple") && goal.contains("in the fridge"), "{goal}");
    assert_eq!(answer, "Done: I took the apple from desk 1 and put it in fridge 1.");
    assert_eq!(*steps, [1, 2, 4, 5, 6]);
}

#[test]
fn putting_a_thing_back_is_no_change() {
    let found = goals(&[
        ("take apple 3 from desk 1", "You pick up the apple 3 from the desk 1."),
        ("put apple 3 on desk 1", "You put the apple 3 in/on the desk 1."),
    ]);
    assert!(found.iter().all(|(_, answer, _)| !answer.contains("put it")), "{found:?}");
}

#[test]
fn a_world_that_speaks_in_the_first_person_is_read() {
    let found = goals(&[
        ("walk to table", "I walked to the table. On the table there is a plate and a mug."),
        ("grab mug", "I grabbed the mug from the table."),
        ("wash mug", "I washed the mug with the sponge."),
    ]);
    assert!(
        found.iter().any(|(goal, answer, _)| goal.contains("wash")
            || goal.contains("Wash") && answer.contains("washed it")),
        "{found:?}"
    );
}

#[test]
fn a_text_adventure_that_tells_what_a_door_hides_is_read() {
    let found = goals(&[
        ("open fridge", "You open the fridge, revealing a carrot and a bottle."),
        ("take carrot", "You take the carrot from the fridge."),
        ("cook carrot with stove", "You fried the carrot with the stove."),
    ]);
    let fried = found.iter().find(|(goal, _, _)| goal.to_lowercase().contains("fry"));
    let (goal, answer, kept) = fried.expect("the frying");
    assert!(goal.contains("carrot with the stove"), "{goal}");
    assert_eq!(answer, "Done: I took the carrot from the fridge and fried it with the stove.");
    assert_eq!(*kept, [0, 1, 2]);
    let found = goals(&[("open mailbox", "Opening the small mailbox reveals a leaflet.")]);
    assert!(found.is_empty(), "one look is no request: {found:?}");
}

#[test]
fn worlds_that_report_no_change_of_state_are_left_alone() {
    for (act, told) in [
        ("[walk] <kitchen> (11)", "success"),
        ("PickupObject(Apple)", "Action PickupObject executed successfully."),
        ("move forward", "You see a red ball 2 steps forward and a wall 3 steps left. You carry nothing."),
        (
            "look around",
            "This room is called the workshop. In it, you see: \n\ta battery\n\tan orange\nYou also see: \n\tA door to the hallway (that is open)",
        ),
        ("focus on orange", "You focus on the orange."),
        ("move orange to inventory", "You move the orange to the inventory."),
        ("north", "Forest Path. There is a tall tree here."),
        ("take leaflet", "Taken."),
        ("read leaflet", "(taken) Welcome to the game!"),
    ] {
        assert!(goals(&[(act, told), ("look", told)]).is_empty(), "{act}");
    }
}

#[test]
fn what_has_no_number_is_the_only_one() {
    let found = goals(&[
        ("open cupboard", "The cupboard is open."),
        ("activate stove", "The stove is now activated."),
    ]);
    let goals: Vec<&str> = found.iter().map(|(goal, _, _)| goal.as_str()).collect();
    assert_eq!(goals, ["Please turn on the stove."]);
}

#[test]
fn a_lamp_that_was_come_across_while_hunting_for_else_is_turned_on_all_the_same() {
    let hunt = "for place in places:\n    if 'mug' in goto(place): break";
    let prompt = "You are in a room and you see a desk 1, and a shelf 1.\nPut a mug under the lamp.";
    let calls = [
        ("act", hunt, "On the desk 1, you see a lamp 2.\nNothing happens."),
        ("act", "use('lamp 2')", "You turn on the lamp 2."),
    ];
    let found = proposals(super::propose, prompt, &calls);
    let turned = found.iter().find(|(goal, _, _)| goal.contains("lamp")).expect("the lamp");
    assert_eq!((turned.1.as_str(), turned.2.as_slice()), ("Done: lamp 2 is now on.", [1].as_slice()));
}

#[test]
fn sentences_of_other_logs_are_no_world() {
    assert!(
        goals(&[("transfer", "You have moved the funds to the account."), ("notify", "I took the call.")])
            .is_empty()
    );
}

#[test]
fn steps_that_do_more_or_fail_are_no_demonstration() {
    for text in [
        "You pick up the apple 3 from the desk 1.\nNothing happens.",
        "You pick up the pen 1 from the desk 1.\nYou put the pen 1 in/on the fridge 1.\nYou pick up the apple 3 from the desk 1.",
    ] {
        assert!(goals(&[("run", text)]).is_empty(), "{text}");
    }
}

#[test]
fn what_was_tried_in_vain_and_then_worked_is_part_of_it() {
    let take = "print(take('pen 1', 'desk 1'))\nprint(goto('fridge 1'))\nprint(put('pen 1', 'fridge 1'))";
    let tried = "You pick up the pen 1 from the desk 1.\nThe fridge 1 is closed.\nNothing happens.";
    let opened = "You open the fridge 1. The fridge 1 is open. In it, you see nothing.\nYou put the pen 1 in/on the fridge 1.";
    let again = "print(open('fridge 1'))\nprint(put('pen 1', 'fridge 1'))";
    let look = ("goto('desk 1')", "On the desk 1, you see a pen 1.");
    let found = goals(&[look, (take, tried), (again, opened)]);
    assert!(
        found.iter().any(|(_, answer, kept)| answer.contains("put it") && *kept == [0, 1, 2]),
        "{found:?}"
    );
    let other = "print(heat('pen 1', 'stove 1'))\nprint(put('pen 1', 'fridge 1'))";
    let found = goals(&[look, (other, tried), (again, opened)]);
    assert!(found.iter().any(|(_, answer, _)| answer.contains("put it")), "{found:?}");
    let found = goals(&[look, (take, tried), ("print(shut('fridge 1'))", opened)]);
    assert!(found.iter().all(|(_, answer, _)| !answer.contains("put it")), "{found:?}");
}

#[test]
fn glued_words_come_apart() {
    for (kind, words) in [
        ("soapbar", "soap bar"),
        ("toiletpaperhanger", "toilet paper hanger"),
        ("peppershaker", "pepper shaker"),
        ("mug", "mug"),
        ("pan", "pan"),
        ("cd", "CD"),
        ("scanner", "scanner"),
    ] {
        assert_eq!(super::unglued(kind), words);
    }
    assert_eq!(super::some("bread"), "some bread");
    assert_eq!(super::some("apple"), "an apple");
}
