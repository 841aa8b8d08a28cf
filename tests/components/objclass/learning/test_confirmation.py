"""When what a camera shows counts as a new state."""

from hypothesis import given
from hypothesis import strategies as st

from custom_components.objclass.learning.confirmation import (
    Answer,
    Confirmation,
    ConfirmationRules,
    State,
    Step,
)

OPEN = State(class_name="open", score=0.9, since=1.0, confirmed_by=3)


def answer(
    class_name: str, score: float = 0.9, *, time: float = 0, unfamiliar: bool = False
) -> Answer:
    return Answer(class_name=class_name, score=score, time=time, unfamiliar=unfamiliar)


def steps(confirmation: Confirmation, *names: str) -> list[Step]:
    """Take in answers; one in brackets does not meet the threshold."""
    return [
        confirmation.add(answer(name.strip("()"), 0.5 if "(" in name else 0.9))
        for name in names
    ]


def test_the_first_state_is_known_after_three_equal_answers_and_not_before() -> None:
    confirmation = Confirmation(ConfirmationRules())
    assert confirmation.state is None
    for number, score in enumerate((0.8, 0.9, 1.0)):
        assert confirmation.state is None
        step = confirmation.add(answer("open", score, time=100 + number))
    assert step is Step.CHANGED
    assert confirmation.state == State(
        class_name="open", score=0.9, since=100, confirmed_by=3
    )


def test_a_single_odd_answer_changes_nothing() -> None:
    confirmation = Confirmation(ConfirmationRules(), OPEN)
    assert steps(confirmation, "shut", "shut", "open", "shut", "shut") == [
        *(Step.PENDING, Step.PENDING, Step.SAME, Step.PENDING, Step.PENDING)
    ]
    assert confirmation.state == OPEN


def test_another_new_class_begins_the_row_anew() -> None:
    confirmation = Confirmation(ConfirmationRules(), OPEN)
    assert Step.CHANGED not in steps(confirmation, "shut", "shut", "ajar", "ajar")
    assert steps(confirmation, "ajar") == [Step.CHANGED]


def test_a_score_below_the_threshold_is_no_result_and_does_not_end_the_row() -> None:
    confirmation = Confirmation(ConfirmationRules(), OPEN)
    assert steps(confirmation, "shut", "(open)", "shut", "(shut)", "shut") == [
        *(Step.PENDING, Step.NO_RESULT, Step.PENDING, Step.NO_RESULT, Step.CHANGED)
    ]


def test_a_picture_unlike_all_that_was_labelled_is_no_result() -> None:
    confirmation = Confirmation(ConfirmationRules(confirmations=1), OPEN)
    step = confirmation.add(answer("shut", 1.0, unfamiliar=True))
    assert (step, confirmation.state) == (Step.NO_RESULT, OPEN)


def test_a_change_that_is_not_confirmed_is_given_up() -> None:
    confirmation = Confirmation(ConfirmationRules(), OPEN)
    steps(confirmation, "shut", "shut", "(shut)", "(shut)")
    assert confirmation.pending
    steps(confirmation, "(shut)")
    assert not confirmation.pending
    assert steps(confirmation, "shut") == [Step.PENDING]


def test_a_camera_that_goes_to_and_fro_is_not_looked_into_for_ever() -> None:
    confirmation = Confirmation(ConfirmationRules(), OPEN)
    steps(confirmation, "shut", "ajar", "shut")
    assert confirmation.pending
    assert steps(confirmation, "ajar") == [Step.NO_RESULT]
    assert not confirmation.pending
    # When it comes to rest, that is seen.
    assert steps(confirmation, "ajar", "ajar", "ajar")[-1] is Step.CHANGED


def test_what_was_seen_before_the_camera_went_away_does_not_count() -> None:
    confirmation = Confirmation(ConfirmationRules(), OPEN)
    steps(confirmation, "shut", "shut")
    confirmation.interrupt()
    assert steps(confirmation, "shut") == [Step.PENDING]


@given(
    needed=st.integers(1, 5),
    answers=st.lists(
        st.builds(
            answer,
            st.sampled_from(("open", "shut", "ajar")),
            st.sampled_from((0.5, 0.79, 0.8, 1.0)),
            unfamiliar=st.booleans(),
        ),
        max_size=60,
    ),
)
def test_a_state_is_always_what_the_last_counting_answers_agreed_on(
    needed: int, answers: list[Answer]
) -> None:
    confirmation = Confirmation(ConfirmationRules(confirmations=needed))
    counting: list[str] = []
    for one in answers:
        before = confirmation.state
        step = confirmation.add(one)
        if one.score >= 0.8 and not one.unfamiliar:
            counting.append(one.class_name)
        else:
            assert step is Step.NO_RESULT
        assert (step is Step.CHANGED) == (confirmation.state != before)
        if step is Step.CHANGED and confirmation.state:
            assert counting[-needed:] == [confirmation.state.class_name] * needed
            assert before is None or before.class_name != confirmation.state.class_name
        if step is Step.PENDING:
            assert confirmation.pending
        if step is Step.SAME:
            assert not confirmation.pending
