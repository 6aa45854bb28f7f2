"""The nouns that organisations are counted in, and the words that may stand around them."""

from __future__ import annotations

from bot.values.words import word_set

_SINGULAR = {
    "sites": (
        "site location loc clinic hospital hosp facility fac bldg building office branch campus practice "
        "center centre "
        "ctr snf alf asc fqhc rhc address salon store shop restaurant school pharmacy lab community dso "
        "hospice dispensary "
        "outlet home agency house place spot"
    ),
    "beds": "bed bedded bedder",
    "providers": (
        "provider prov doc doctor physician clinician dentist therapist surgeon prescriber psychiatrist psychologist "
        "dermatologist cardiologist np orthopod hygienist midwife specialist practitioner radiologist optometrist "
        "pediatrician chiropractor podiatrist gastroenterologist hospitalist oncologist urologist neurologist "
        "anesthesiologist orthodontist counselor counsellor"
    ),
    "members": "member enrollee subscriber beneficiary policyholder insured",
    "employees": "employee worker staffer associate colleague fte",
}
_IRREGULAR = {
    "sites": "locaton locatons clincs hsptl hsptls facilties premises",
    "providers": "mds dds drs midwives provs rads",
    "members": "lives beneficaries mbrs mbr",
    "employees": "staff emplyees employes headcount workforce personnel ees",
}


def _plural(noun: str) -> str:
    if noun.endswith("y"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "ch", "sh")) else "s")


SINGULAR = {noun: unit for unit, nouns in _SINGULAR.items() for noun in nouns.split()}
PLURAL = {_plural(noun): unit for noun, unit in SINGULAR.items()}
PLURAL.update({noun: unit for unit, nouns in _IRREGULAR.items() for noun in nouns.split()})
UNITS = {**SINGULAR, **PLURAL}
# "nursing homes" are sites, homes are not; asked for the size, a place is a site all the same.
NEEDS_CARE = word_set("home homes house houses community communities place places spot spots")
CARE_WORDS = word_set("nursing care group funeral living senior retirement skilled hospice retail")
NOT_A_SITE = frozenset(("call", "data", "contact", "cost", "profit"))  # before "center"
COLLEAGUES = word_set("colleague colleagues associate associates us")  # a few of them take part in a call; they are no size
PEOPLE = word_set("people ppl persons folks heads souls humans")
# May stand between a number and its noun; anything else breaks the tie ("6 months of clinic data").
BETWEEN = word_set(
    "urgent care walk in - primary community health healthcare medical dental nursing outpatient inpatient "
    "ambulatory surgical surgery imaging specialty family rural senior living skilled assisted licensed staffed "
    "acute critical access covered total active different separate physical full time part small large big little "
    "individual affiliated owned hair retail behavioral behavioural mental therapy ortho orthopedic cardiology derm "
    "dermatology gi oncology pediatric paediatric medicine internal peds eye vision vet dialysis infusion rehab home ma medicare medicaid "
    "commercial advantage dual eligible or so plus + ish busy main new regional general teaching children's "
    "childrens womens women's based mobile satellite standalone freestanding free standing independent private "
    "multi certified attributed enrolled unionized union hourly insured great local long term stay treating "
    "practicing credentialed er and / clinical nonclinical administrative corporate front line frontline pain sleep "
    "wound fertility ivf radiology testing convenience suburban urban retirement group operating member federally "
    "qualified post psych psychiatric swing icu nicu medsurg med surg observation w2 ft salaried field office back "
    "shared employed board eligible fully self physical"
)
TEAM_WORDS = frozenset(("team", "staff", "crew", "workforce", "squad"))  # "45 team members" are employees
NOT_MEMBERS = frozenset(("board", "committee", "family", "council", "panel"))
RATES = word_set("day days week wk weeks month mo months year yr quarter hour hr annum shift visit mth")
# News of staffing or of others counts up to five words before a number, wishes only right before it: "need 2 docs" is
# no size, "need this for 12 sites" is one.
STAFFING = word_set(
    "hire hiring hired lost losing lose adding add added recruit recruiting short shortage closed closing "
    "sold opening "
    "opened quit another minus fewer acquire acquiring refer refers referring send sends sending compete "
    "competing against "
    "nearby"
)
WANTING = word_set("need needs needed want wants open add another")
