"""Loading a playbook: words, labels and lines when it is sound; every mistake in one run when it is not."""

from datetime import date
from pathlib import Path

import pytest

from scoring.blocks import DatedBlock
from scoring.check import check_playbook
from scoring.playbook import DEFAULT_PLAYBOOK, Playbook, PlaybookError, load_playbook, parse_playbook

BAD = Path(__file__).parents[2] / "bad_playbooks"
SMALL = (BAD / "_good.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def default() -> Playbook:
    return load_playbook()


def dated_blocks(playbook: Playbook) -> list[DatedBlock]:
    """Return every block that must say since when it applies and where it comes from."""
    data = playbook.data
    scores = [data.scores.fit, data.scores.intent, data.scores.readiness]
    others = [data.facts, data.decay, data.flags, data.stages, data.routes, data.next_steps, data.interview]
    named = [data.team, data.queues, data.nurture, data.clock, data.crm]
    return [*scores, *others, data.questions, data.business_hours, *(block for block in named if block)]


def _mistakes() -> list[Path]:
    return sorted(path for path in BAD.glob("*.yml") if not path.name.startswith("_"))


@pytest.mark.parametrize("path", _mistakes(), ids=lambda path: path.stem)
def test_a_mistake_is_reported_once_where_it_is_and_says_what_to_write(path: Path) -> None:
    first_line = path.read_text(encoding="utf-8").splitlines()[0]
    assert first_line.startswith("# expect: ")
    assert [str(problem) for problem in check_playbook(path)] == [
        f"{path.name}:{first_line.removeprefix('# expect: ')}"
    ]


def test_the_playbook_the_mistakes_are_made_in_has_none() -> None:
    assert check_playbook(BAD / "_good.yml") == []
    assert check_playbook(BAD.parent / "playbooks" / "every_kind.yml") == []
    assert len(_mistakes()) >= 12


def test_the_default_playbook_has_no_problem_and_can_be_read_in_one_go() -> None:
    assert check_playbook(DEFAULT_PLAYBOOK) == []
    assert len(DEFAULT_PLAYBOOK.read_text(encoding="utf-8").splitlines()) <= 500


def test_all_mistakes_come_in_one_run_in_the_order_of_the_file() -> None:
    text = SMALL.replace("hospital: 50", "hospital: lots").replace("friction: 2", "friction: 7")
    text = text.replace("flags: out_of_market", "flags: gone").replace("  enough: 20\n", "  enuogh: 20\n")
    with pytest.raises(PlaybookError) as refused:
        parse_playbook(text, "four.yml")
    problems = refused.value.problems
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)
    assert len(problems) == 4
    assert "four.yml:" in str(refused.value) and "Did you mean 'enough'?" in str(refused.value)


def test_a_missing_file_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"nowhere\.yml:1:1: cannot be read"):
        load_playbook(tmp_path / "nowhere.yml")


@pytest.mark.parametrize("text", ["", "- 1\n- 2\n", "hello", "name: [1", "\x00", "a: &a [*a]"])
def test_text_that_is_no_playbook_is_a_problem(text: str) -> None:
    with pytest.raises(PlaybookError):
        parse_playbook(text)


def test_the_digest_names_the_text() -> None:
    one, same, other = parse_playbook(SMALL), parse_playbook(SMALL), parse_playbook(SMALL + "# a word\n")
    assert one.digest == same.digest != other.digest
    assert len(one.digest) == 12


def test_values_are_said_in_words(default: Playbook) -> None:
    assert default.label("org_type", "clinic_group") == "multi-site clinic group"
    assert default.label("org_size", {"sites": 1, "members": 20000}) == "1 site, 20,000 members"
    assert default.label("budget_amount", {"min": 40000.0, "max": 60000.0}) == "$40,000 to $60,000 a year"
    assert default.label("budget_amount", {"min": None, "max": 5000.0}) == "up to $5,000 a year"
    assert default.label("stakeholders", ["it", "finance", "legal"]) == "IT, finance and legal"
    assert default.label("stakeholders", []) == "none"
    assert default.label("current_solution", "Weave") == "Weave"
    assert default.labels["timeline"]["now"] == "within 30 days"


def test_every_judged_fact_and_contact_field_has_a_question(default: Playbook) -> None:
    judged = {
        "org_type",
        "org_size",
        "use_case",
        "current_solution",
        "buying_role",
        "department",
        "budget_status",
        "timeline",
        "handles_phi",
        "security_needs",
        "integrations",
        "stakeholders",
    }
    assert judged <= set(default.questions)
    assert set(default.contact_fields) == {"name", "email", "company", "phone", "consent"}


def test_website_wording_asks_one_thing(default: Playbook) -> None:
    for fact, question in default.questions.items():
        assert question.ask.count("?") == 1 and question.ask.endswith("?"), fact
        assert len(question.ask) <= 110 and len(question.why) <= 110, fact


def test_every_block_says_since_when_and_where_from(default: Playbook) -> None:
    for block in dated_blocks(default):
        assert block.source.startswith("docs/playbook.md#")
        assert block.since <= date(2026, 11, 24)


def test_every_source_leads_to_a_heading_of_the_guide(default: Playbook) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "playbook.md").read_text(encoding="utf-8")
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in guide.splitlines() if line.startswith("## ")}
    for block in dated_blocks(default):
        assert block.source.partition("#")[2] in headings, block.source


def test_words_that_are_no_block_are_a_problem_and_no_crash() -> None:
    with pytest.raises(PlaybookError) as refused:
        parse_playbook(SMALL.replace('values: {"yes": "yes", "no": "no"}', "values: 1"), "small.yml")
    assert [problem.message for problem in refused.value.problems] == ["facts.words.comparing.values: expected a block of keys, found 1"]


def test_a_text_from_before_the_catalogue_grew_can_still_be_used_and_the_check_asks_for_the_new_words(tmp_path: Path) -> None:
    older = SMALL.replace('{"yes": "yes", "no": "no"}', '{"no": "no"}')
    assert parse_playbook(older).label("comparing", "yes") == "yes"
    (tmp_path / "older.yml").write_text(older)
    assert [str(problem) for problem in check_playbook(tmp_path / "older.yml")] == [
        "older.yml:11:5: comparing.values has no words for yes. Add them"
    ]
