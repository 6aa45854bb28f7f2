"""People: roles, who may no longer sign in, own passwords, invitations; always with an administrator left and told in the audit trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from leads import access, invitations, people
from leads.people import NotPossible
from leads.records import User
from tests.unit.leads.chatting import NINE
from tests.unit.leads.fake_unit import FakeUnit
from tests.unit.leads.test_access import SlowPasswords

ADA, DANA, WORD, OTHER = "ada@meridian.example", "dana@meridian.example", "four slow herons", "nine quiet badgers"


class Watched(FakeUnit):
    """Knows whether it is open."""

    is_open = False

    def __enter__(self) -> Watched:
        type(self).is_open = True
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        type(self).is_open = False
        super().__exit__(*error)


class OutsideOnly(SlowPasswords):
    """Refuses to work while a unit is open; can find hashes outdated."""

    outdated = False

    def hash(self, password: str) -> str:
        assert not Watched.is_open, "hashed while a unit was open"
        return super().hash(password)

    def matches(self, password_hash: str, password: str) -> bool:
        assert not Watched.is_open, "compared while a unit was open"
        return super().matches(password_hash.removeprefix("old "), password)

    def is_outdated(self, password_hash: str) -> bool:
        return password_hash.startswith("old ")


@pytest.fixture
def unit() -> FakeUnit:
    made = Watched()
    for email, role in ((ADA, "admin"), (DANA, "sales")):
        access.add_user(made, OutsideOnly(), email=email, name=email[:3], role=role, password=WORD, now=NINE)
    return made


def by(unit: FakeUnit, email: str) -> User:
    return people.by_email(unit, email)


def enter(unit: FakeUnit, email: str = DANA, password: str = WORD, **how: Any) -> str | None:
    signed_in = access.sign_in(lambda: unit, lambda: unit, OutsideOnly(), email=email, password=password, now=how.pop("now", NINE), **how)
    return signed_in[0] if signed_in else None


def who(unit: FakeUnit, token: str, now: Any = NINE, **how: Any) -> User | None:
    return access.who_signed_in(lambda: unit, lambda: unit, token, now, **how)


def told(unit: FakeUnit) -> list[tuple[str, str, str]]:
    return [(entry.action, entry.by, entry.detail) for entry in unit.audit.kept]


# -- signing in --------------------------------------------------------------------------------------------------------------------


def test_a_session_ends_after_its_length_and_when_nobody_does_anything(unit: FakeUnit) -> None:
    token = enter(unit)
    assert token
    at = NINE
    while at < NINE + access.SESSION_LENGTH:
        assert who(unit, token, at), at
        at += access.IDLE_LENGTH - timedelta(minutes=6)
    assert who(unit, token, NINE + access.SESSION_LENGTH) is None
    idle = enter(unit)
    assert idle and who(unit, idle, NINE + access.IDLE_LENGTH - timedelta(seconds=1)) is not None
    again = enter(unit)
    assert again and who(unit, again, NINE + access.IDLE_LENGTH) is None


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(unit: FakeUnit) -> None:
    token = enter(unit)
    assert token
    for minutes in range(0, 180, 10):
        assert who(unit, token, NINE + timedelta(minutes=minutes), acts=False)
    assert who(unit, token, NINE + access.IDLE_LENGTH, acts=False) is None


def test_each_sign_in_has_a_new_session_and_ends_the_one_it_replaces(unit: FakeUnit) -> None:
    first = enter(unit)
    second = enter(unit, instead_of=first)
    assert first and second and first != second
    assert who(unit, first) is None and who(unit, second)


def test_signing_out_ends_the_session_in_the_store(unit: FakeUnit) -> None:
    token = enter(unit)
    assert token
    access.sign_out(unit, token, NINE)
    assert not unit.staff.sessions and told(unit)[-1][:2] == ("signed_out", DANA)


def test_sessions_that_ran_out_are_forgotten_at_the_next_sign_in(unit: FakeUnit) -> None:
    enter(unit)
    enter(unit, ADA, now=NINE + access.SESSION_LENGTH + timedelta(minutes=1))
    assert len(unit.staff.sessions) == 1


def test_a_hash_of_old_costs_is_made_anew_when_its_password_is_known_next(unit: FakeUnit) -> None:
    dana = by(unit, DANA)
    dana.password_hash = "old " + dana.password_hash
    assert enter(unit, password="wrong word here") is None and dana.password_hash.startswith("old ")
    assert enter(unit) and by(unit, DANA).password_hash == f"hashed {WORD[::-1]}"


@pytest.mark.parametrize("change", ["deactivated", "without a password", "unknown"])
def test_who_may_not_sign_in_costs_as_much_and_is_told_as_little_as_a_wrong_password(unit: FakeUnit, change: str) -> None:
    dana = by(unit, DANA)
    if change == "deactivated":
        dana.deactivated_at = NINE
    if change == "without a password":
        dana.password_hash = ""
    passwords = OutsideOnly()
    email = "nobody@meridian.example" if change == "unknown" else DANA
    answer = access.sign_in(lambda: unit, lambda: unit, passwords, email=email, password=WORD, now=NINE)
    assert answer is None and len(passwords.compared) == 1
    assert told(unit)[-1][:2] == ("sign_in_failed", "unknown" if change == "unknown" else DANA)


def test_a_password_that_changed_while_the_old_one_was_compared_signs_nobody_in(unit: FakeUnit) -> None:
    class Meanwhile(OutsideOnly):
        def matches(self, password_hash: str, password: str) -> bool:
            right = super().matches(password_hash, password)
            by(unit, DANA).password_hash = "hashed anew"
            return right

    assert access.sign_in(lambda: unit, lambda: unit, Meanwhile(), email=DANA, password=WORD, now=NINE) is None
    assert not unit.staff.sessions


# -- roles and who is active -------------------------------------------------------------------------------------------------------


def test_a_role_is_changed_and_told(unit: FakeUnit) -> None:
    people.change_role(unit, by(unit, DANA).id, "manager", by=ADA, now=NINE)
    assert by(unit, DANA).role == "manager" and told(unit)[-1] == ("role", ADA, f"{DANA} from sales to manager")
    with pytest.raises(ValueError, match="role: expected one of rep"):
        people.change_role(unit, by(unit, DANA).id, "boss", by=ADA, now=NINE)


def test_the_last_administrator_stays_one(unit: FakeUnit) -> None:
    ada = by(unit, ADA)
    for act in (lambda: people.change_role(unit, ada.id, "ops", by=ADA, now=NINE), lambda: people.deactivate(unit, ada.id, by=ADA, now=NINE)):
        with pytest.raises(NotPossible, match=r"the only administrator left\. Make somebody else"):
            act()
    people.change_role(unit, by(unit, DANA).id, "admin", by=ADA, now=NINE)
    people.deactivate(unit, ada.id, by=DANA, now=NINE)
    with pytest.raises(NotPossible, match="the only administrator left"):
        people.change_role(unit, by(unit, DANA).id, "sales", by=DANA, now=NINE)


def test_who_is_deactivated_is_signed_out_at_once_and_their_link_ends(unit: FakeUnit) -> None:
    tokens = [enter(unit), enter(unit)]
    dana = by(unit, DANA)
    _, secret = invitations.reset(unit, dana.id, by=ADA, now=NINE)
    people.deactivate(unit, dana.id, by=ADA, now=NINE)
    assert not any(who(unit, token) for token in tokens if token) and enter(unit) is None
    assert invitations.opened(unit, secret, NINE) is None
    with pytest.raises(NotPossible, match="deactivated already"):
        people.deactivate(unit, dana.id, by=ADA, now=NINE)
    people.reactivate(unit, dana.id, by=ADA, now=NINE)
    assert enter(unit) and [action for action, *_ in told(unit) if action in ("deactivate", "reactivate")] == ["deactivate", "reactivate"]


# -- own passwords -----------------------------------------------------------------------------------------------------------------


def change(unit: FakeUnit, current: str, new: str, session: str = "") -> str:
    return people.change_password(lambda: unit, lambda: unit, OutsideOnly(), email=DANA, current=current, new=new, now=NINE, session=session)


def test_a_new_password_ends_all_other_sign_ins(unit: FakeUnit) -> None:
    here, elsewhere, adas = enter(unit), enter(unit), enter(unit, ADA)
    assert here and elsewhere and adas
    token = change(unit, WORD, OTHER, here)
    assert who(unit, token) and who(unit, here) is None and who(unit, elsewhere) is None and who(unit, adas)
    assert enter(unit, password=WORD) is None and enter(unit, password=OTHER)


@pytest.mark.parametrize(("current", "new", "sentence"), [
    ("guess", OTHER, "current password is not right"), (WORD, WORD, "is the current one"), (WORD, "short", "at least 12"), (WORD, DANA, "your e-mail address"),
])  # fmt: skip
def test_a_password_change_that_cannot_be_changes_nothing(unit: FakeUnit, current: str, new: str, sentence: str) -> None:
    token = enter(unit)
    with pytest.raises(ValueError, match=sentence):
        change(unit, current, new, token or "")
    assert token and who(unit, token) and enter(unit)


# -- invitations -------------------------------------------------------------------------------------------------------------------


def take_up(unit: FakeUnit, secret: str, *, name: str = "Rae Kim", password: str = WORD, now: Any = NINE) -> User:
    return invitations.take_up(lambda: unit, lambda: unit, OutsideOnly(), token=secret, name=name, password=password, now=now)


def test_an_invitation_works_once_and_only_its_hash_is_kept(unit: FakeUnit) -> None:
    invitation, secret = invitations.invite(unit, email=" Rae@Meridian.example ", role="rep", by=ADA, now=NINE)
    assert secret not in repr(unit.staff.invited) and len(secret) >= 43
    assert invitations.opened(unit, secret, NINE) is not None and invitations.opened(unit, secret, NINE) is not None  # looking uses nothing up
    rae = take_up(unit, secret, name="  Rae   Kim ")
    assert (rae.email, rae.name, rae.role) == ("rae@meridian.example", "Rae Kim", "rep") and enter(unit, rae.email)
    with pytest.raises(NotPossible, match="does not work any more"):
        take_up(unit, secret)
    assert [entry[:2] for entry in told(unit) if entry[0] in ("invite", "joined")] == [("invite", ADA), ("joined", rae.email)]
    assert invitation.expires_at == NINE + timedelta(days=7)


def test_an_invitation_ends_after_seven_days(unit: FakeUnit) -> None:
    _, secret = invitations.invite(unit, email="rae@meridian.example", role="rep", by=ADA, now=NINE)
    assert invitations.opened(unit, secret, NINE + timedelta(days=7, seconds=-1))
    with pytest.raises(NotPossible, match="its time is over"):
        take_up(unit, secret, now=NINE + timedelta(days=7))


def test_a_new_link_ends_the_earlier_one_and_a_withdrawn_one_is_dead(unit: FakeUnit) -> None:
    first, old = invitations.invite(unit, email="rae@meridian.example", role="rep", by=ADA, now=NINE)
    second, new = invitations.again(unit, first.id, by=ADA, now=NINE + timedelta(days=6))
    assert invitations.opened(unit, old, NINE) is None and second.expires_at == NINE + timedelta(days=13)
    invitations.withdraw(unit, second.id, by=ADA, now=NINE)
    assert invitations.opened(unit, new, NINE) is None
    for act in (invitations.withdraw, invitations.again):
        with pytest.raises(NotPossible, match="used or withdrawn meanwhile"):
            act(unit, second.id, by=ADA, now=NINE)


@pytest.mark.parametrize(("email", "role", "sentence"), [
    ("rae", "rep", "is no e-mail address"), ("a@b@c.example", "rep", "is no e-mail address"), ("a b@c.example", "rep", "is no e-mail address"),
    (DANA.upper(), "rep", "can sign in already"), ("rae@meridian.example", "boss", "role: expected one of"),
])  # fmt: skip
def test_an_invitation_that_cannot_be_is_refused_in_a_sentence(unit: FakeUnit, email: str, role: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        invitations.invite(unit, email=email, role=role, by=ADA, now=NINE)
    assert not unit.staff.invited


@pytest.mark.parametrize(("name", "password", "sentence"), [("  ", WORD, "your name"), ("Rae", "short", "at least 12"), ("Rae", "rae@meridian.example", "your e-mail")])
def test_what_is_filled_in_wrongly_does_not_use_up_the_link(unit: FakeUnit, name: str, password: str, sentence: str) -> None:
    _, secret = invitations.invite(unit, email="rae@meridian.example", role="rep", by=ADA, now=NINE)
    with pytest.raises(ValueError, match=sentence):
        take_up(unit, secret, name=name, password=password)
    assert take_up(unit, secret)


def test_a_forgotten_password_is_set_anew_by_a_link_that_lives_a_day(unit: FakeUnit) -> None:
    token = enter(unit)
    invitation, secret = invitations.reset(unit, by(unit, DANA).id, by=ADA, now=NINE)
    assert invitation.expires_at == NINE + timedelta(days=1) and enter(unit)  # the old one works until then
    dana = take_up(unit, secret, name="", password=OTHER)
    assert dana.name == "dan" and token and who(unit, token) is None
    assert enter(unit, password=WORD) is None and enter(unit, password=OTHER)


def test_who_is_added_by_hand_needs_the_invitation_no_more(unit: FakeUnit) -> None:
    _, secret = invitations.invite(unit, email="rae@meridian.example", role="admin", by=ADA, now=NINE)
    access.keep_user(unit, access.new_user(OutsideOnly(), email="Rae@meridian.example", name="Rae", role="rep", password=WORD, now=NINE))
    assert invitations.opened(unit, secret, NINE) is None and by(unit, "rae@meridian.example").role == "rep"


# -- keys --------------------------------------------------------------------------------------------------------------------------


def test_a_revoked_key_opens_nothing_and_the_last_use_is_told(unit: FakeUnit) -> None:
    key = access.add_api_key(unit, name="crm", now=NINE, scopes=["see_leads"], by=ADA)
    kept = unit.staff.keys[0]
    assert access.who_has_key(lambda: unit, lambda: unit, key, NINE)
    assert access.who_has_key(lambda: unit, lambda: unit, key, NINE + timedelta(minutes=1)) and unit.staff.keys[0].last_used_at == NINE
    access.revoke_api_key(unit, kept.id, by=ADA, now=NINE)
    assert access.who_has_key(lambda: unit, lambda: unit, key, NINE) is None
    with pytest.raises(ValueError, match="revoked already"):
        access.revoke_api_key(unit, kept.id, by=ADA, now=NINE)
    with pytest.raises(ValueError, match="no such key"):
        access.revoke_api_key(unit, "gone", by=ADA, now=NINE)
    assert [entry[0] for entry in told(unit)] == ["key_made", "key_revoked"] and key not in repr(told(unit))
