"""What can be wrong with a playbook: problems with file, line and column, all reported in one run."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a playbook; lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Return "default.yml:112:17: message", which editors turn into a link."""
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class PlaybookError(ValueError):
    """The playbook cannot be used. `problems` lists every mistake found, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        """Sort the problems by position and make one message of them, a line each."""
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
