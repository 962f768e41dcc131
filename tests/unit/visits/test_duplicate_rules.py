"""How alike two issues are."""

from hypothesis import given
from hypothesis import strategies as st

from services.visits.duplicates.rules import Likeness, most_alike, neighbourhood
from shared.text import fold

SYLLABLES = ["cống", "ngăn", "mặn", "bị", "hỏng", "nước", "tràn", "vào", "kênh", "cầu", "gãy", "đường", "lầy"]
WORDS = st.lists(st.sampled_from(SYLLABLES), max_size=12)
TEXTS = WORDS.map(" ".join)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_likeness_is_mutual_and_bounded(title: str, text: str, other_title: str, other_text: str) -> None:
    """One is as like the other as the other is like the one, from 0 to 100."""
    one, other = Likeness.of(title, text), Likeness.of(other_title, other_text)
    assert one.score(other) == other.score(one)
    assert 0 <= one.score(other) <= 100


@given(TEXTS.filter(bool), TEXTS)
def test_an_issue_is_most_like_itself(title: str, text: str) -> None:
    """The same words are alike in full, in capitals and without diacritics too."""
    one = Likeness.of(title, text)
    assert one.score(Likeness.of(fold(title), fold(text).upper())) == 100


@given(WORDS.filter(bool), st.randoms())
def test_the_order_of_words_does_not_count(title: list[str], random: object) -> None:
    """ "Cống hỏng" is "hỏng cống"."""
    shuffled = list(title)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = Likeness.of(" ".join(title), ""), Likeness.of(" ".join(shuffled), "")
    assert one.score(other) == 100


def test_the_same_trouble_said_otherwise_scores_above_another_trouble() -> None:
    """What people write twice is found; what only shares a category is not."""
    sluice = Likeness.of("Cống ngăn mặn bị hỏng", "Nước mặn tràn vào kênh nội đồng.")
    again = Likeness.of("Hong cong ngan man Binh Phu", "nuoc man tran vao noi dong, lua chet")
    other = Likeness.of("Thiếu nước tưới mùa khô", "Đề nghị nạo vét tuyến kênh cấp hai.")
    assert sluice.score(again) >= 70 > 50 > sluice.score(other)


def test_what_has_no_words_is_like_nothing() -> None:
    """Punctuation is not alike."""
    assert Likeness.of("???", "…").score(Likeness.of("???", "…")) == 0


def test_the_best_come_first_and_no_more_than_wanted() -> None:
    """Below the least score nothing is shown; of equals the first given is first."""
    wanted = Likeness.of("cống hỏng", "")
    given_ = [(Likeness.of(each, ""), each) for each in ("cống", "cầu gãy", "cống hỏng", "hỏng cống")]
    found = most_alike(wanted, given_, least=60, at_most=2)
    assert [each for _, each in found] == ["cống hỏng", "hỏng cống"]
    assert all(score >= 60 for score, _ in most_alike(wanted, given_, least=60, at_most=10))


def test_a_neighbourhood_is_the_unit_above() -> None:
    """The district where there is one, else the province; a place on top is its own."""
    assert neighbourhood("83/829/28789/") == "83/829/"
    assert neighbourhood("86/28789/") == "86/"
    assert neighbourhood("83/") == "83/"
