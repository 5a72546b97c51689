"""The taxonomy is declared once, and its page says the same."""

from curator.diversity import COARSE, COARSE_OF, DOMAINS, FINE, FORMS, TAXONOMY
from tests.conftest import ROOT


def test_every_fine_class_has_a_coarse_class_and_a_sentence() -> None:
    assert len(COARSE) == 14
    assert len(FINE) == len(set(FINE)) == len(COARSE_OF)
    for name, place in zip(FINE, COARSE_OF, strict=True):
        coarse, fine = name.split(".")
        assert COARSE[place] == coarse
        assert TAXONOMY[coarse].fine[fine].endswith(".")


def test_the_page_tells_of_every_class_in_the_words_of_the_declaration() -> None:
    page = (ROOT / "docs" / "taxonomy.md").read_text("utf-8")
    for coarse, one in TAXONOMY.items():
        assert f"### {coarse}" in page
        assert one.meaning in page
        for fine, meaning in one.fine.items():
            assert f"| {fine} | {meaning} |" in page
    for name in (*DOMAINS, *FORMS):
        assert f"`{name}`" in page
