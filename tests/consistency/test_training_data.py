"""The check of the training data finds each kind of mistake, and the data that ships has none."""

from pathlib import Path

import pytest

from tests.training_data import main

GOOD = """version: "3.1"
nlu:
- intent: answer
  metadata: {asked: org_type, facts: {org_type: hospital}}
  examples: |
    - a small hospital by the river
"""


def check(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    (folder / "some.yml").write_text(text)
    return main(folder), capsys.readouterr().out


def test_the_shipped_examples_have_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0, capsys.readouterr().out


def test_sound_examples_are_counted_and_their_gaps_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = check(tmp_path, GOOD, capsys)
    assert code == 0 and "1 examples, 0 errors." in said
    assert "org_type hospital: 1 examples" in said and "org_type payer: 0 examples" in said and "timeline now" not in said


@pytest.mark.parametrize(("old", "new", "words"), [
    ("hospital}", "hospitl}", "Did you mean 'hospital'?"),
    ("org_type: hospital", "colour: red", "expected the name of a fact, found 'colour'"),
    ("intent: answer", "intent: answr", "unknown act 'answr'. Did you mean 'answer'?"),
    ("asked: org_type", "asked: orgtype", "unknown question 'orgtype'. Did you mean 'org_type'?"),
    ("asked: org_type", "askd: org_type", "unknown key 'askd'"),
    ("org_type: hospital", "handles_phi: true", "handles_phi: expected 'yes', found True"),
    ("org_type: hospital", "org_size: {sites: 3}", "read by code"),
    ("    - a small hospital by the river\n", "    a small hospital\n", "a block without examples"),
    ("metadata: {", "metadata: {{", "expected YAML"),
])  # fmt: skip
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str) -> None:
    code, said = check(tmp_path, GOOD.replace(old, new, 1), capsys)
    assert code == 1 and words in said and "some.yml" in said


def test_the_same_words_under_the_same_question_must_mean_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    block = GOOD[GOOD.index("- intent") :]
    code, said = check(tmp_path, GOOD + block.replace("hospital}", "payer}").replace("- a small", "- A  small"), capsys)
    assert code == 1 and "Keep one." in said
    code, _ = check(tmp_path, GOOD + block.replace("hospital}", "payer}").replace("asked: org_type", "asked: use_case"), capsys)
    assert code == 0, "under another question they may mean something else"
    code, _ = check(tmp_path, GOOD + block, capsys)
    assert code == 0, "the same label twice does no harm"


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert main(tmp_path) == 1
