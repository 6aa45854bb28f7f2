"""Who may do what: one table of actions and roles. Pages and the staff API ask it for every call; a key has actions as its scopes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

ROLES = ("rep", "sales", "manager", "ops", "admin")

_EVERYBODY = frozenset(ROLES)
_ON_LEADS = frozenset({"rep", "sales", "manager", "admin"})
_SALES = frozenset({"sales", "manager", "admin"})
_MANAGERS = frozenset({"manager", "admin"})
_ADMINS = frozenset({"admin"})

# What one does, in the words a refusal uses, and the roles that may. Everybody has the least that their work needs.
RIGHTS: Mapping[str, tuple[str, frozenset[str]]] = {
    "read_texts": ("read texts and score facts without storing them", _EVERYBODY),
    "see_leads": ("see leads", _EVERYBODY),
    "add_leads": ("add leads and what people did", _EVERYBODY),
    "call": ("talk with prospects on the channel of reps", _ON_LEADS),
    "correct_facts": ("correct what is known of a lead", _ON_LEADS),
    "take_out": ("take a lead out of the product as a file", _ON_LEADS),
    "snooze": ("put a lead off until a day", _ON_LEADS),
    "decide": ("accept, reject or qualify a lead, or send it back to nurture", _SALES),
    "merge": ("merge two leads of one person, and undo it", _SALES),
    "tell_outcome": ("tell what became of a lead", _SALES),
    "hand_on": ("hand on a lead of one's own", _SALES),
    "reassign": ("give the leads of others to somebody else", _MANAGERS),
    "see_reports": ("see reports", frozenset({"manager", "ops", "admin"})),
    "see_audit": ("see who saw or changed what", _ADMINS),
    "manage_people": ("invite people and change what they may do", _ADMINS),
    "manage_keys": ("make and revoke API keys", _ADMINS),
}
# What a key may do that names no scopes: all but what only an administrator does.
PROGRAMS = tuple(action for action, (_, roles) in RIGHTS.items() if roles != _ADMINS)


class Forbidden(Exception):
    """Somebody may not do this; the sentence says what is needed."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person, or a program with a key.

    Attributes:
        name: the person's e-mail address, or the name of the key.
        role: the person's role; "" for a program.
        scopes: the actions of a key.
    """

    name: str
    role: str = ""
    scopes: frozenset[str] = frozenset()

    def may(self, action: str) -> bool:
        """Is this action allowed?"""
        return self.role in RIGHTS[action][1] if self.role else action in self.scopes

    def must_be_allowed(self, action: str) -> None:
        """Go on only if this action is allowed.

        Raises:
            Forbidden: it is not; the sentence names the roles or the scope that are needed.
        """
        if self.may(action):
            return
        words, roles = RIGHTS[action]
        if self.role:
            needed = _either([role for role in ROLES if role in roles])
            raise Forbidden(f"Your role is {self.role}. To {words} one needs the role {needed}.")
        how = f"`leadtriage apikey add NAME --scope {action}` makes such a key"
        raise Forbidden(f"This key may not {words}. It needs the scope {action}: {how}.")


def check_scopes(scopes: Collection[str]) -> list[str]:
    """Return scopes in the order of the table.

    Raises:
        ValueError: one of them is unknown; the sentence names all there are.
    """
    unknown = sorted(set(scopes) - set(RIGHTS))
    if unknown:
        raise ValueError(f"scope: expected some of {', '.join(RIGHTS)}, found '{unknown[0]}'.")
    return [scope for scope in RIGHTS if scope in scopes]


def _either(roles: list[str]) -> str:
    return roles[0] if len(roles) == 1 else f"{', '.join(roles[:-1])} or {roles[-1]}"
