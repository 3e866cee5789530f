"""Which full names, and which names of bodies, are spellings of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.bodies import same_bodies
from annotator.names import body_words, likeness, parts, person_name
from annotator.spellings import align, alike, candidates, evidence, observed, rarities, weights


def verdict(one, other):
    """The evidence that two names are one person's, as if the folder held them alone."""
    a, b = person_name(one).words, person_name(other).words
    return evidence(a, b, rarities({a, b}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Transliterations of one alphabet by several languages.
        ("Zakhar Tokhtarov", "Zachar Tochtarov"),
        ("Mikhail Shchedrenko", "Mykhailo Schedrenko"),
        ("Volodymyr Harkensky", "Vladimir Harkenskiy"),
        ("Qasim al-Durrazi", "Kassem Durrazi"),
        # Words written as one or as two.
        ("Nasr al-Din Qorbasi", "Nasreddine Qorbasi"),
        ("Abd al-Rahim Zoubari", "Abdurrahim Zubari"),
        ("Gholam Reza Fakhoti", "Gholamreza Fakhoti"),
        ("Hyon-chul Paek", "Hyonchul Paek"),
        # A patronymic left out, a second family name, another order.
        ("Anton Borisovich Velikhin", "Anton Velikhin"),
        ("Ramiro Quesada Ortuzar", "Ramiro Quesada"),
        ("Zhelong Qiao", "Qiao Zhelong"),
        ("J. Ostrander Pell", "Jonah Ostrander Pell"),
    ],
)
def test_spellings_of_one_person(one, other):
    assert verdict(one, other) > 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Brothers and sisters, whose other names are the same.
        ("Jamal Hasan Zoubari al-Durrazi", "Kamal Hasan Zoubari al-Durrazi"),
        ("Omar Sabri Hasan al-Durrazi", "Yasin Sabri Hasan al-Durrazi"),
        ("Natalia Borisovna Velikhina", "Natalia Borisovna Harkenskaya"),
        # Another given name of the same family, another family.
        ("Ivo Ostrander", "Lena Ostrander"),
        ("Chol-min Paek", "Hyon-suk Paek"),
        ("Miro Radan", "Miro Tadan"),
        # An everyday name in a longer one.
        ("Mohammad Ali", "Mohammad Ali Zoubari Durrazi"),
    ],
)
def test_names_of_two_people(one, other):
    assert verdict(one, other) < 0


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Abd al-Rahim Zoubari", ("abdrahim", "zoubari")),
        ("Abdurrahim Zoubari", ("abdrahim", "zoubari")),
        ("Nasr al-Din Qorbasi", ("nasrdin", "qorbasi")),
        ("Nasreddine Qorbasi", ("nasrdin", "qorbasi")),
        ("Sayf Allah Qorbasi", ("sayfallah", "qorbasi")),
        ("Abu Talib", ("abutalib",)),
        ("Lena von der Harbst", ("lena", "harbst")),
        ("Abdi", ("abdi",)),
        ("Constantine Ode", ("constantine", "ode")),
    ],
)
def test_words_that_make_one_part(written, told):
    assert parts(person_name(written).words) == told


def test_every_observation_has_a_weight_and_no_weight_is_idle():
    seen = observed(("lena", "harbst"), ("lena", "maria", "harbst"), lambda _: 0.9)
    assert set(seen) == set(weights())


def test_names_that_share_one_word_are_not_weighed():
    assert observed(("lena", "harbst"), ("lena", "ode"), lambda _: 0.9) is None
    assert observed(("abdul", "basiri"), ("abdal", "basiri"), lambda _: 0.9) is not None


WORDS = st.text("abdeghiklmnorstuvyz", min_size=1, max_size=9)
FORMS = st.lists(WORDS, min_size=2, max_size=4).map(tuple)


@given(FORMS, FORMS)
def test_evidence_is_the_same_both_ways(a, b):
    rarity = rarities({a, b})
    assert evidence(a, b, rarity) == pytest.approx(evidence(b, a, rarity))


@given(FORMS, FORMS)
def test_each_part_is_taken_once_and_only_by_its_like(a, b):
    found = align(parts(a), parts(b))
    assert len(set(found.pairs.values())) == len(found.pairs)
    assert len(found.lone_short) + len(found.pairs) == len(found.short) <= len(found.long)
    assert all(likeness(found.short[i], found.long[j]) > 0.5 for i, j in found.pairs.items())


@given(st.lists(FORMS, max_size=8), st.randoms(use_true_random=False))
def test_pairs_are_the_same_whatever_the_order(forms, shuffle):
    shuffled = list(forms)
    shuffle.shuffle(shuffled)
    assert alike(forms) == alike(shuffled)


def test_only_names_with_a_key_in_common_are_compared():
    forms = [("lena", "harbst"), ("lene", "harbst"), ("jonah", "ostrander")]
    assert candidates(forms) == {(("lena", "harbst"), ("lene", "harbst"))}


def bodies(*names):
    home = same_bodies(body_words(n) for n in names)
    return len({home[body_words(n)] for n in names})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harlow Steel Trading Company", "Harlow Steel Ltd"),
        ("Corvath Energy", "Korvat Energy Group"),
        ("Harlow Steelworks", "Harlow Steel Works"),
        ("Northern Ferries", "Northern Ferry"),
        ("the Harlow Freedom Hawks", "Freedom Hawks of Harlow"),
    ],
)
def test_names_of_one_body(one, other):
    assert bodies(one, other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bank of Niger", "Bank of Nigeria"),
        ("University of Austria", "University of Australia"),
        ("Northern Harbour Union", "Southern Harbour Union"),
        ("Harlow Steel", "Harlow Steel Museum"),
        ("Harlow", "Harlow Trading"),
        ("Quill Foods", "Quill Boats"),
    ],
)
def test_names_of_two_bodies(one, other):
    assert bodies(one, other) == 2
