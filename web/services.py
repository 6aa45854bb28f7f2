"""What pages ask of the product, over one application; the sentences of errors are for the person at the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from anyio import from_thread

from leads import access, audit, decisions, intake, staff
from leads.conversations import NotFound
from leads.inbox import Inbox, Wanted, look
from leads.lead_view import LeadView, view
from leads.notices import Shown, notices_of
from leads.owners import who_can_own
from leads.packet import packet
from leads.presenting import present
from leads.reading import Reading, read
from leads.records import AuditEntry, Lead
from leads.rights import Actor
from web.dialogue_engine import DialogueEngine, EngineAway
from wiring.build import Application
from wiring.passwords import Argon2


class Services:
    """Calls into leads, each in a unit of work of its own. All of them may block."""

    def __init__(self, application: Application, dialogue: DialogueEngine) -> None:
        """Keep the application and the engine that reads free text."""
        self._app, self._dialogue, self._passwords = application, dialogue, Argon2()
        access.prepare_sign_in(self._passwords)

    def sign_in(self, email: str, password: str, *, instead_of: str | None = None) -> str | None:
        """Return a session token, None for a wrong address or password; the session `instead_of` ends by it."""
        signed_in = access.sign_in(
            self._app.read, self._app.unit, self._passwords, email=email, password=password, now=self._app.now(),
            length=self._app.settings.session_length, instead_of=instead_of,
        )
        return signed_in[0] if signed_in else None

    def user_for(self, token: str, *, acts: bool = True) -> dict[str, Any] | None:
        """Return {"email", "role", "name"} of a session token, None if it is unknown or has ended; `acts`: the person does something."""
        user = access.who_signed_in(
            self._app.read, self._app.write_soon, token, self._app.now(), idle=self._app.settings.session_idle, acts=acts
        )
        return {"email": user.email, "role": user.role, "name": user.name} if user else None

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._app.unit() as unit:
            access.sign_out(unit, token, self._app.now())
            unit.commit()

    def list_leads(
        self, stage: str | None = None, route: str | None = None, owner: str | None = None, q: str | None = None,
        cursor: str | None = None, limit: int = 50, conversation: str | None = None,
    ) -> dict[str, Any]:
        """Return {"items": [Lead], "next"}."""
        with self._app.unit(read_only=True) as unit:
            return staff.search(
                unit, stage=stage, route=route, owner=owner, q=q, conversation=conversation, cursor=cursor, limit=limit
            )

    def inbox(self, wanted: Wanted) -> tuple[Inbox, dict[str, str]]:
        """Return a page of the inbox, and the names of those who can own leads by e-mail address."""
        with self._app.unit(read_only=True) as unit:
            playbooks = self._app.playbooks
            found = look(unit, wanted, playbook_of=playbooks.of_lead, default=playbooks.choose(), now=self._app.now())
            return found, who_can_own(unit, playbooks.current())

    def lead(self, lead_id: str) -> dict[str, Any] | None:
        """Return a Lead, None if there is none."""
        with self._app.unit(read_only=True) as unit:
            try:
                return present(unit, staff.get(unit, lead_id))
            except NotFound:
                return None

    def lead_view(self, lead_id: str, *, by: str) -> tuple[LeadView, dict[str, str]]:
        """Return all that the page of a lead shows, and the names of those who can own leads; that somebody saw it is kept.

        Raises:
            NotFound: there is no such lead.
        """
        with self._app.unit(read_only=True) as unit:
            playbooks, lead = self._app.playbooks, staff.get(unit, lead_id)
            playbook = playbooks.of_lead(lead)
            scored_by = playbooks.by_digest(lead.playbook.get("digest", "")) or playbook
            found = view(unit, lead_id, playbook=playbook, scored_by=scored_by, now=self._app.now())
            people = who_can_own(unit, playbooks.current())
        with self._app.unit() as unit:
            audit.note(unit, "saw", by=by, now=self._app.now(), lead_id=lead_id)
            unit.notices.mark_read(by, self._app.now(), lead_id=lead_id)  # what they were told of is before their eyes
            unit.commit()
        return found, people

    def packet(self, lead_id: str, *, by: str) -> dict[str, Any]:
        """Return the hand-off packet of a lead; that somebody took it is kept.

        Raises:
            NotFound: there is no such lead.
        """
        with self._app.unit(read_only=True) as unit:
            playbook = self._app.playbooks.of_lead(staff.get(unit, lead_id))
            made = packet(unit, lead_id, playbook=playbook, now=self._app.now())
        self.note("took_out", by=by, lead_id=lead_id)
        return made

    def audit(self, *, by: str | None, lead_id: str | None, before: int | None) -> tuple[Sequence[AuditEntry], int | None]:
        """Return a page of the audit trail, and where the next begins."""
        with self._app.unit(read_only=True) as unit:
            return audit.page(unit, by=by, lead_id=lead_id, before=before)

    def unread(self, person: str) -> int:
        """Return how many notices somebody has not read."""
        with self._app.unit(read_only=True) as unit:
            return unit.notices.unread(person)

    def notices(self, person: str) -> list[Shown]:
        """Return somebody's notices, newest first."""
        with self._app.unit(read_only=True) as unit:
            return notices_of(unit, person)

    def read_notices(self, person: str, *, notice_id: str | None = None) -> None:
        """Mark a notice of somebody as read, or all of theirs."""
        with self._app.unit() as unit:
            unit.notices.mark_read(person, self._app.now(), notice_id=notice_id)
            unit.commit()

    def note(self, action: str, *, by: str, lead_id: str | None = None, detail: str = "") -> None:
        """Keep in the audit trail that somebody saw something."""
        with self._app.unit() as unit:
            audit.note(unit, action, by=by, now=self._app.now(), lead_id=lead_id, detail=detail)
            unit.commit()

    def decide(self, action: Callable[..., Lead], lead_id: str, **how: Any) -> dict[str, Any]:
        """Do one of leads.decisions by the lead's playbook; return the lead as it is then."""
        with self._app.unit() as unit:
            playbook = self._app.playbooks.of_lead(unit.leads.get(lead_id))
            lead = action(unit, lead_id, playbook=playbook, now=self._app.now(), **how)
            unit.commit()
            return present(unit, lead)

    def reassign(self, lead_id: str, *, to: str, why: str | None, actor: Actor, seen: int | None = None) -> dict[str, Any]:
        """Give a lead to somebody else; return it as it is then."""
        with self._app.unit() as unit:
            who_can = who_can_own(unit, self._app.playbooks.current())
            lead = decisions.reassign(unit, lead_id, to=to, who_can=who_can, why=why, actor=actor, now=self._app.now(), seen=seen)
            unit.commit()
            return present(unit, lead)

    def correct_facts(self, lead_id: str, by: str, facts: dict[str, Any]) -> dict[str, Any]:
        """Correct facts; return the lead as it is then."""
        with self._app.unit() as unit:
            playbook = self._app.playbooks.of_lead(unit.leads.get(lead_id))
            lead = staff.correct_facts(unit, lead_id, facts, playbook=playbook, by=by, now=self._app.now())
            unit.commit()
            return present(unit, lead)

    def contact_form(self, fields: dict[str, Any]) -> None:
        """Make a lead of the form for visitors without scripts."""
        redaction = self._app.redactor.redact(fields.get("text") or "")
        contact = {name: fields[name] for name in ("name", "email", "phone", "company", "title") if fields.get(name)}
        if fields.get("consent"):
            contact["consent"] = f"given in the form on {self._app.now().date().isoformat()}"
        reading = self._read(redaction.text)
        with self._app.unit() as unit:
            intake.add_lead(
                unit, source="form", contact=contact, facts={}, reading=reading, signals=[], playbook=self._app.playbooks.choose(),
                now=self._app.now(),
            )
            unit.commit()

    def _read(self, text: str) -> Reading:
        """Read a free text; while the engine is away it is kept unread, which loses nothing but the facts in it."""
        metadata = {"asked": None, "today": self._app.now().date().isoformat()}
        try:
            parsed = from_thread.run(self._dialogue.read, [{"text": text, "metadata": metadata}]) if text else [{}]
        except EngineAway:
            parsed = [{}]
        return read(parsed[0], text=text, asked=None)
