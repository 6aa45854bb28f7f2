"""Who comes: invented people of invented organisations, by campaigns that bring different ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

Weights = Mapping[str, float]

FIRST = (
    "Priya Tom Ana Luis Grace Omar Ines Noah Mei Karl Zoe Ravi Lena Paul Nia Hugo Iris Sam Leah Eric Mona Jonas Tara Felix Ruth Amir Clara "
    "Dario Elsa Theo"
).split()
LAST = (
    "Raman Albrecht Ruiz Ortega Novak Haddad Silva Berg Chen Weber Okafor Patel Lindqvist Moreau Abebe Fischer Kowalski Rossi Tanaka "
    "Brandt "
    "Costa Varga Nilsen Duarte Keller Sato Iyer Marsh Quinn Adler"
).split()
PLACES = (
    "Cactus Northlake Cedar Harbor Juniper Meadow Prairie Granite Willow Summit Lakeshore Redwood Bluestone Copper Maple Riverside "
    "Foxglove "
    "Aspen Bayview Clearwater Driftwood Elmwood Fernhill Goldleaf Heron Ivy Kestrel Larkspur Mossy Oakridge"
).split()
KINDS: Mapping[str, tuple[str, ...]] = {
    "clinic_group": ("Clinics", "Family Clinics"), "specialty_group": ("Orthopedics", "Cardiology Partners", "Dermatology"),
    "hospital": ("Hospital", "Community Hospital"), "health_system": ("Health", "Health System"),
    "senior_care": ("Senior Living", "Elder Care"),
    "payer": ("Health Plan", "Mutual Health"), "employer_group": ("Manufacturing", "Logistics"),
    "digital_health": ("Digital Care", "Telecare"),
    "other": ("Consulting", "Studio"),
}  # fmt: skip
SIZES: Mapping[str, tuple[str, int, int]] = {
    "clinic_group": ("sites", 2, 24), "specialty_group": ("providers", 4, 60), "hospital": ("beds", 60, 700),
    "health_system": ("beds", 400, 3000),
    "senior_care": ("sites", 1, 18), "payer": ("members", 8000, 400000), "employer_group": ("employees", 200, 9000),
}  # fmt: skip


@dataclass(frozen=True)
class Campaign:
    """Whom a campaign brings, and to which page. lift: how much nearer to a purchase they are (negative: further away)."""

    name: str | None
    page: str
    share: float
    segments: Weights
    lift: float
    patience: float


_CORE: Weights = {
    "clinic_group": 34,
    "specialty_group": 18,
    "hospital": 16,
    "health_system": 12,
    "senior_care": 11,
    "payer": 5,
    "digital_health": 3,
    "other": 1,
}
CAMPAIGNS = (
    Campaign("spring-scheduling", "/scheduling", 24, {**_CORE, "clinic_group": 48}, 0.25, 0.15),
    Campaign("referral-guide", "/guides/referrals", 17, {**_CORE, "hospital": 30, "health_system": 22}, 0.0, 0.0),
    Campaign("employer-wellness", "/outreach", 14,
             {"employer_group": 52, "digital_health": 20, "payer": 12, "clinic_group": 8, "other": 8}, -0.25, -0.1),
    Campaign("billing-webinar", "/webinars/billing", 12, {**_CORE, "payer": 14, "specialty_group": 26}, 0.05, 0.05),
    Campaign(None, "/", 20, _CORE, 0.0, -0.05),
    Campaign(None, "/pricing", 13, _CORE, 0.35, 0.2),
)  # fmt: skip
USE_CASES: Mapping[str, Weights] = {
    "/scheduling": {"scheduling_reminders": 70, "patient_intake": 20, "telehealth": 5, "other": 5},
    "/guides/referrals": {"referral_management": 68, "care_coordination": 22, "scheduling_reminders": 10},
    "/outreach": {"member_engagement": 60, "telehealth": 18, "care_coordination": 12, "other": 10},
    "/webinars/billing": {"revenue_cycle": 55, "prior_authorization": 38, "other": 7},
}  # fmt: skip
ANY_USE_CASE: Weights = {
    "scheduling_reminders": 28,
    "patient_intake": 18,
    "referral_management": 14,
    "revenue_cycle": 12,
    "care_coordination": 10,
    "prior_authorization": 8,
    "member_engagement": 7,
    "other": 3,
}
NEAR: Mapping[str, Weights] = {
    "timeline": {"now": 16, "this_quarter": 30, "half_year": 32, "year": 16, "later": 4, "none": 2},
    "budget_status": {"approved": 34, "requested": 28, "planning_cycle": 18, "grant": 6, "renewal_dependent": 8, "none": 6},
    "buying_role": {"user": 8, "recommender": 22, "evaluator": 28, "budget_holder": 24, "final_approver": 18},
}  # fmt: skip
FAR: Mapping[str, Weights] = {
    "timeline": {"now": 2, "this_quarter": 8, "half_year": 22, "year": 28, "later": 18, "none": 22},
    "budget_status": {"approved": 4, "requested": 16, "planning_cycle": 30, "grant": 3, "renewal_dependent": 9, "none": 38},
    "buying_role": {"user": 32, "recommender": 32, "evaluator": 20, "budget_holder": 10, "final_approver": 6},
}  # fmt: skip
ROLE_DEPARTMENTS: Mapping[str, str] = {
    "user": "clinical",
    "recommender": "operations",
    "evaluator": "it",
    "budget_holder": "finance",
    "final_approver": "executive",
}


@dataclass(frozen=True)
class Prospect:
    """Somebody who comes: by which campaign, what is true of them (whether or not they say it), who they are, how patient."""

    campaign: Campaign
    facts: Mapping[str, Any]
    contact: Mapping[str, str]
    patience: float
    near: bool


def prospect(random: Random, number: int) -> Prospect:
    """Draw a prospect."""
    campaign = random.choices(CAMPAIGNS, [one.share for one in CAMPAIGNS])[0]
    segment = draw(random, campaign.segments)
    near = random.random() < 0.5 + campaign.lift
    facts: dict[str, Any] = {"org_type": segment, "use_case": draw(random, USE_CASES.get(campaign.page, ANY_USE_CASE))}
    facts.update({fact: draw(random, weights) for fact, weights in (NEAR if near else FAR).items()})
    facts["department"] = ROLE_DEPARTMENTS[facts["buying_role"]]
    facts["handles_phi"] = draw(random, {"yes": 78, "no": 9, "unsure": 13})
    facts["security_needs"] = random.sample(["baa", "security_review", "soc2", "sso"], random.choice((0, 1, 1, 2)))
    facts["integrations"] = [random.choice(("epic", "athenahealth", "oracle_health", "nextgen", "meditech", "other"))]
    facts["current_solution"] = random.choice(("manual", "spreadsheets", "another vendor"))
    facts["stakeholders"] = random.sample(["it", "finance", "operations", "clinical", "executive"], random.choice((1, 1, 2)))
    facts["region"] = random.choice(("TX", "OH", "GA", "CA", "WA", "NC", "CO", "NY", "FL", "AZ"))
    if segment in SIZES:
        unit, least, most = SIZES[segment]
        facts["org_size"] = {unit: round(least * (most / least) ** random.random())}
    return Prospect(
        campaign, facts, _contact(random, segment, number), min(0.95, max(0.05, random.gauss(0.6, 0.2) + campaign.patience)), near
    )


def draw(random: Random, weights: Weights) -> str:
    """Draw one of the keys by its weight."""
    return random.choices(list(weights), list(weights.values()))[0]


def _contact(random: Random, segment: str, number: int) -> dict[str, str]:
    first, last = random.choice(FIRST), random.choice(LAST)
    place, kind = random.choice(PLACES), random.choice(KINDS[segment])
    domain = f"{place}-{kind.split()[0]}".lower()
    return {
        "name": f"{first} {last}",
        "email": f"{first}.{last}{number}@{domain}.example".lower(),
        "company": f"{place} {kind}",
        "phone": f"+1 202-555-01{random.randrange(100):02}",
        "title": random.choice(("Practice manager", "Director", "Coordinator", "VP Operations", "Manager")),
    }
