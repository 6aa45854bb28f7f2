"""The shipped playbook as tests change it: its version and numbers are looked up, because those who own the file change them."""

import re

from scoring.playbook import DEFAULT_PLAYBOOK, load_playbook

TEXT = DEFAULT_PLAYBOOK.read_text(encoding="utf-8")
VERSION = load_playbook().version
THIS_VERSION = f'version: "{VERSION}"'


def number_in(pattern: str) -> int:
    """Return the number that stands in the text, e.g. for `points: {clinic_group: (\\d+)`."""
    found = re.search(pattern, TEXT)
    assert found is not None, f"default.yml: expected {pattern}, found nothing like it"
    return int(found.group(1))


CLINIC_POINTS = number_in(r"points: {clinic_group: (\d+)")
CLINICS = f"clinic_group: {CLINIC_POINTS}"
FIT_HIGH = number_in(r"bands: {medium: \d+, high: (\d+)}")
HIGH = f"high: {FIT_HIGH}}}"
