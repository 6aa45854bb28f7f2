"""Actions of the textbook bot: the form's validation and what happens when it is filled in, as Rasa's tutorials write them."""

import re

from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import SlotSet

QUALIFIED_TEAM, QUALIFIED_BUDGET = 50, 10_000


class ValidateQualifyForm(FormValidationAction):
    def name(self):
        return "validate_qualify_form"

    def validate_person_name(self, value, dispatcher, tracker, domain):
        return {"person_name": str(value).strip()} if len(str(value)) > 1 else {"person_name": None}

    def validate_company(self, value, dispatcher, tracker, domain):
        return {"company": str(value).strip()} if len(str(value)) > 1 else {"company": None}

    def validate_team_size(self, value, dispatcher, tracker, domain):
        return {"team_size": _number(value, dispatcher)}

    def validate_use_case(self, value, dispatcher, tracker, domain):
        return {"use_case": value}

    def validate_budget(self, value, dispatcher, tracker, domain):
        return {"budget": _number(value, dispatcher)}

    def validate_email(self, value, dispatcher, tracker, domain):
        found = re.search(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", str(value), re.I)
        if not found:
            dispatcher.utter_message(response="utter_bad_email")
        return {"email": found[0] if found else None}


class ActionSubmitQualification(Action):
    def name(self):
        return "action_submit_qualification"

    def run(self, dispatcher, tracker, domain):
        size, budget = tracker.get_slot("team_size") or 0, tracker.get_slot("budget") or 0
        status = "qualified" if size >= QUALIFIED_TEAM and budget >= QUALIFIED_BUDGET else "nurture"
        name, company, email = (tracker.get_slot(slot) for slot in ("person_name", "company", "email"))
        dispatcher.utter_message(text=f"Thanks {name} from {company}: you are {status}. We will write to {email}.")
        return [SlotSet("lead_status", status)]


def _number(value, dispatcher):
    found = re.search(r"\d[\d.,]*", str(value))
    if not found:
        dispatcher.utter_message(response="utter_need_number")
    return int(re.sub(r"\D", "", found[0])) if found else None
