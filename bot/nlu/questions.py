"""The facts the NLU knows: which are closed, which are lists, and every question a message may answer."""

from __future__ import annotations

import zlib

DEPARTMENTS = ("clinical", "it", "operations", "finance", "procurement", "legal", "compliance", "marketing", "executive")

# Facts with one value out of a closed set, read by a classifier (values as in the playbook's catalogue of facts).
CHOICES: dict[str, tuple[str, ...]] = {
    "org_type": ("health_system", "hospital", "clinic_group", "specialty_group", "senior_care", "payer", "employer_group",
                 "digital_health", "other"),
    "use_case": ("scheduling_reminders", "referral_management", "patient_intake", "member_engagement", "prior_authorization",
                 "care_coordination", "revenue_cycle", "telehealth", "other"),
    "buying_role": ("user", "recommender", "evaluator", "budget_holder", "final_approver"),
    "department": DEPARTMENTS,
    "budget_status": ("approved", "requested", "planning_cycle", "grant", "renewal_dependent", "none"),
    "timeline": ("none",),
    "handles_phi": ("yes", "no", "unsure"),
    "current_solution": ("manual", "spreadsheets"),
    "relationship": ("partner", "vendor_selling", "patient", "job_seeker", "press_or_student"),
    "urgency": ("high", "normal", "low"),
    "comparing": ("yes", "no"),
    "it_review": ("not_started", "under_way", "done"),
    "workflow_change": ("small", "large"),
    "training_need": ("small", "large"),
    "procurement_path": ("direct", "rfp", "gpo", "committee"),
    "patient_communication": ("yes", "no"),
}

# Facts that are lists; [] ("known to be none") is read as a value of its own.
LISTS: dict[str, tuple[str, ...]] = {
    "security_needs": ("baa", "security_review", "soc2", "hitrust", "sso", "pen_test", "data_residency", "on_prem"),
    "integrations": ("epic", "oracle_health", "athenahealth", "meditech", "eclinicalworks", "nextgen", "allscripts", "salesforce",
                     "other"),
    "stakeholders": DEPARTMENTS,
}
NOTHING = "[]"

QUESTIONS: tuple[str, ...] = (
    *CHOICES, *LISTS, "org_size", "budget_amount", "region", "contract_end", "confirm", "name", "email", "phone", "company",
    "title", "consent",
)

# In an example's metadata: the words mean the same whichever question is open.
ANY = "any"
# Open questions of most conversations. Under none of them is a bare "yes" or "no" the answer.
COMMON_QUESTIONS: tuple[str, ...] = (
    "org_type", "org_size", "use_case", "buying_role", "department", "budget_status", "timeline", "security_needs", "integrations",
    "current_solution", "stakeholders",
)


def questions_for(text: str) -> tuple[str | None, ...]:
    """Return the questions under which a text for "any" is taught; the same text always gets the same.

    >>> questions_for("rather not say") == questions_for("rather not say"), questions_for("rather not say")[0]
    (True, None)
    """
    digest = zlib.crc32(text.encode())
    places = (digest % len(COMMON_QUESTIONS), digest // len(COMMON_QUESTIONS) % (len(COMMON_QUESTIONS) - 1))
    first = places[0]
    second = places[1] + (places[1] >= first)  # never the same one twice
    return (None, *(COMMON_QUESTIONS[place] for place in (first, second)))
