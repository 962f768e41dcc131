"""What the documents point to is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "data").glob("*.md"))]
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_no_link_leads_nowhere() -> None:
    """Every relative link of every document names a file or folder of the repository."""
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in _LINK.findall(document.read_text(encoding="utf-8"))
        if "://" not in target and not (document.parent / target.partition("#")[0]).exists()
    ]
    assert len(DOCUMENTS) > 10 and broken == []


def test_every_document_is_found_from_the_readme() -> None:
    """Whoever starts at README.md reaches every page by links."""
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document.suffix != ".md" or document in reached or not document.exists():
            continue
        reached.add(document)
        targets = _LINK.findall(document.read_text(encoding="utf-8"))
        waiting += [
            (document.parent / target.partition("#")[0]).resolve() for target in targets if "://" not in target
        ]
    assert sorted(str(each.relative_to(ROOT)) for each in set(DOCUMENTS) - reached) == []
