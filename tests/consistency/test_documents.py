"""What the documents name is there."""

import re
from pathlib import Path

import pytest

from wiring.settings import ROOT

README = ROOT / "README.md"
DOCUMENTS = [path for path in (README, *sorted((ROOT / "docs").glob("*.md")), ROOT / "web/widget/README.md") if path.exists()]


@pytest.mark.skipif(not README.exists(), reason="there is no README")
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_of_a_document_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text())
    pages = [link for link in links if not re.match(r"[a-z]+:", link) and not link.endswith(".png")]
    missing = [link for link in pages if not (document.parent / link).exists()]
    assert missing == []


@pytest.mark.skipif(not README.exists(), reason="there is no README")
def test_make_targets_named_in_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"`?make ([a-z-]+)`?", "\n".join(re.findall(r"```.*?```|`[^`]+`", README.read_text(), re.S))))
    assert named <= targets


@pytest.mark.parametrize("path", sorted((ROOT / "scoring/playbooks").glob("*.yml")), ids=lambda path: path.name)
def test_the_sources_a_playbook_cites_exist(path: Path) -> None:
    for source in set(re.findall(r"source: (docs/\S+)", path.read_text())):
        file, _, heading = source.partition("#")
        text = (ROOT / file).read_text().lower()
        assert not heading or f"# {heading.replace('-', ' ')}" in text.replace("-", " ") or f'"{heading}"' in text, source
