"""What reports look like, by words with weights."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.visits.intake.rules import Nature, Outcome, Phrase, Verdict, classify, folded_words


def phrase(words: str, outcome: str = "denunciation", weight: int = 60) -> Phrase:
    """A phrase as it is kept."""
    return Phrase(words, outcome, words, folded_words(words), weight, "thử nghiệm")


PHRASES = [
    phrase("tố cáo"),
    phrase("tham nhũng"),
    phrase("khiếu nại", "complaint"),
    phrase("quyết định hành chính", "complaint", 40),
    phrase("hoà giải", "complaint", 100),
    phrase("tuyệt mật", "state_secret", 100),
]
THRESHOLDS = {"complaint": 100, "denunciation": 100, "state_secret": 100}


def outcome_of(*texts: str, nature: str = Nature.FEEDBACK) -> Verdict:
    """The verdict on a report."""
    return classify(nature, texts, PHRASES, THRESHOLDS)


@pytest.mark.parametrize(
    ("texts", "outcome"),
    [
        (("Cống hỏng", "Nước mặn tràn vào kênh."), Outcome.ACCEPTED),
        (("Đơn tố cáo", "Có tham nhũng."), Outcome.DENUNCIATION),
        (("don to cao", "tham nhung"), Outcome.DENUNCIATION),
        (("ĐƠN TỐ CÁO", "THAM NHŨNG"), Outcome.DENUNCIATION),
        (("Đơn tố cáo", "Một việc khác."), Outcome.ACCEPTED),
        (("Triều cường", "Sóng tổ cao, tham nhũng là chuyện khác."), Outcome.ACCEPTED),
        (("Khiếu nại", "về quyết định hành chính số 5"), Outcome.COMPLAINT),
        (("Tài liệu tuyệt mật", "tố cáo tham nhũng"), Outcome.STATE_SECRET),
        (("Xin hòa giải", ""), Outcome.COMPLAINT),
        (("tốcáo thamnhũng", ""), Outcome.ACCEPTED),
    ],
)
def test_what_it_looks_like(texts: tuple[str, ...], outcome: Outcome) -> None:
    """With marks, without, in capitals, in either spelling of the tone; the gravest counts; half is not enough."""
    assert outcome == outcome_of(*texts).outcome


def test_a_phrase_counts_once_however_often_it_is_said() -> None:
    """A word that somebody repeats weighs no more."""
    assert outcome_of("tố cáo tố cáo", "tố cáo").outcome == Outcome.ACCEPTED


def test_the_verdict_says_by_which_phrases() -> None:
    """The rules are transparent."""
    verdict = outcome_of("Tố cáo", "tham nhũng")
    assert (verdict.score, [each.phrase for each in verdict.matched]) == (120, ["tố cáo", "tham nhũng"])


@pytest.mark.parametrize("nature", ["complaint", "denunciation", "state_secret"])
def test_what_is_declared_needs_no_words(nature: str) -> None:
    """Whoever reports knows best."""
    verdict = outcome_of("Cống hỏng", nature=nature)
    assert (verdict.outcome, verdict.declared) == (nature, True)


def test_without_a_threshold_nothing_is_looked_for() -> None:
    """An outcome that nobody has set up does not exist."""
    assert classify("feedback", ["tố cáo tham nhũng"], PHRASES, {}).outcome == Outcome.ACCEPTED


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_phrase_is_found_in_any_surroundings(before: str, after: str) -> None:
    """Whatever stands around it, and in whichever form of Unicode."""
    said = unicodedata.normalize("NFD", "tố cáo tham nhũng")
    assert outcome_of(f"{before} \n{said}\n {after}").outcome != Outcome.ACCEPTED
