"""What pages ask of the product, over one application; the sentences of errors are for the person at the screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from anyio import from_thread

from leads import access, intake, staff
from leads.conversations import NotFound
from leads.presenting import present
from leads.reading import Reading, read
from web.dialogue_engine import DialogueEngine, EngineAway
from wiring.build import Application
from wiring.passwords import Argon2


class Services:
    """Calls into leads, each in a unit of work of its own. All of them may block."""

    def __init__(self, application: Application, dialogue: DialogueEngine) -> None:
        """Keep the application and the engine that reads free text."""
        self._app, self._dialogue, self._passwords = application, dialogue, Argon2()

    def sign_in(self, email: str, password: str) -> str | None:
        """Return a session token, None for a wrong address or password."""
        signed_in = access.sign_in(
            lambda: self._app.unit(read_only=True), self._app.unit, self._passwords, email=email, password=password, now=self._app.now()
        )
        return signed_in[0] if signed_in else None

    def user_for(self, token: str) -> dict[str, Any] | None:
        """Return {"email", "role", "name"} of a session token, None if it is unknown or has run out."""
        with self._app.unit(read_only=True) as unit:
            user = access.who_signed_in(unit, token, self._app.now())
            return {"email": user.email, "role": user.role, "name": user.name} if user else None

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._app.unit() as unit:
            unit.staff.remove_session(access.hash_secret(token))
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

    def lead(self, lead_id: str) -> dict[str, Any] | None:
        """Return a Lead, None if there is none."""
        with self._app.unit(read_only=True) as unit:
            try:
                return present(unit, staff.get(unit, lead_id))
            except NotFound:
                return None

    def accept(self, lead_id: str, by: str) -> dict[str, Any]:
        """Accept a lead; return it as it is then."""
        return self._change(staff.accept, lead_id, by=by)

    def reject(self, lead_id: str, by: str, reason: str, note: str | None) -> dict[str, Any]:
        """Reject a lead; return it as it is then."""
        return self._change(staff.reject, lead_id, by=by, reason=reason, note=note)

    def tell_outcome(self, lead_id: str, by: str, outcome: str, note: str | None, at: datetime | None = None) -> dict[str, Any]:
        """Keep an outcome; return the lead as it is then."""
        return self._change(staff.tell_outcome, lead_id, by=by, outcome=outcome, note=note, at=at)

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

    def _change(self, change: Any, lead_id: str, **how: Any) -> dict[str, Any]:
        with self._app.unit() as unit:
            playbook = self._app.playbooks.of_lead(unit.leads.get(lead_id))
            lead = change(unit, lead_id, playbook=playbook, now=self._app.now(), **how)
            unit.commit()
            return present(unit, lead)
