"""Words of data/vocabularies: each can mean the value it stands under, or the double is named with its place."""

from pathlib import Path

import pytest

from wiring.vocabularies import check_vocabularies

HEAD = "version: 1\nfact: use_case\nvalues:\n"


def found(tmp_path: Path, values: str) -> list[str]:
    (tmp_path / "use_case.yml").write_text(HEAD + values)
    return [str(problem) for problem in check_vocabularies(tmp_path)]


def test_the_shipped_vocabularies_have_no_word_under_two_values() -> None:
    assert check_vocabularies() == []


def test_a_word_under_two_values_is_named_with_its_place_and_both_values(tmp_path: Path) -> None:
    values = "  telehealth:\n    strong: [video visit, home monitoring]\n  remote_monitoring:\n    strong: [bp cuffs, home monitoring]\n"
    assert found(tmp_path, values) == [
        "use_case.yml:7:24: 'home monitoring' stands under telehealth and remote_monitoring, and is only ever read as telehealth. Keep one"
    ]


@pytest.mark.parametrize("other", ["Home-Monitoring", "home monitorings"])
def test_hyphens_capitals_and_plurals_do_not_hide_a_double(tmp_path: Path, other: str) -> None:
    (said,) = found(tmp_path, f"  telehealth:\n    strong: [home monitoring]\n  remote_monitoring:\n    asked: [{other}]\n")
    assert f"'{other}' stands under telehealth" in said


def test_the_value_whose_word_holds_under_any_question_has_it_wherever_it_stands(tmp_path: Path) -> None:
    (said,) = found(tmp_path, "  telehealth:\n    asked: [rpm]\n  remote_monitoring:\n    strong: [rpm]\n")
    assert said.startswith("use_case.yml:5:13: 'rpm' stands under remote_monitoring and telehealth, and is only ever read as remote_monitoring")


def test_a_plural_may_mean_more_than_its_singular_if_it_stands_first(tmp_path: Path) -> None:
    system, hospital = "  health_system:\n    strong: [rural hospitals]\n", "  hospital:\n    strong: [rural hospital]\n"
    assert found(tmp_path, system + hospital) == []
    (said,) = found(tmp_path, hospital + system)
    assert "'rural hospitals' stands under hospital (as 'rural hospital') and health_system" in said


def test_a_word_twice_under_one_value_and_under_two_facts_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "department.yml").write_text("version: 1\nfact: department\nvalues:\n  it:\n    strong: [rpm]\n")
    assert found(tmp_path, "  telehealth:\n    strong: [e-visit, e visit]\n    asked: [rpm, e-visit]\n") == []


def test_a_file_without_values_is_told(tmp_path: Path) -> None:
    (tmp_path / "use_case.yml").write_text("version: 1\nfact: use_case\n")
    assert "use_case.yml:1:1: expected the keys" in str(check_vocabularies(tmp_path)[0])
