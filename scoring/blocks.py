"""The blocks of a playbook file as frozen pydantic models; what each key means is in docs/playbook.md."""

from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

type Raw = dict[str, Any]  # A condition; scoring.conditions checks and compiles it.
type WholePoints = StrictInt
RouteName = Literal["direct_sales", "account_based", "partner_review", "nurture", "disqualified"]
StageName = Literal["inquiry", "mql", "sal", "sql", "opportunity", "won", "lost", "nurture", "disqualified"]
Reason = Literal["no_project", "poor_segment", "wrong_contact", "no_budget_path", "other"]
Action = Literal["accept", "reject", "qualify", "nurture", "opportunity", "won", "lost"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Asker = Literal["both", "rep"]
RouteOrOther = Literal[RouteName, "otherwise"]


class Block(BaseModel):
    """Unknown keys are mistakes, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=False)


class DatedBlock(Block):
    """A block of numbers or wording: the day it applies from, and where it comes from."""

    since: date
    source: StrictStr


class Vendor(Block):
    """Whose playbook this is."""

    name: StrictStr
    booking_url: StrictStr | None = None
    product_lines: dict[str, list[StrictStr]]


class Serves(DatedBlock):
    """Which conversations go by this playbook: page addresses with * for anything, and values of utm_campaign."""

    pages: list[StrictStr] = []
    campaigns: list[StrictStr] = []


class FactWords(Block):
    """How a fact and its values are called in sentences, their order for sales, and how often each is heard."""

    name: StrictStr
    values: dict[str, StrictStr] = {}
    worst_to_best: list[StrictStr] = []
    likely: dict[str, StrictInt] = {}


class FactsBlock(DatedBlock):
    """Words for all facts."""

    words: dict[str, FactWords]


class QuickReply(Block):
    """One choice under a question: what the visitor sees, and the fact value it stands for."""

    label: StrictStr
    value: Any


class Question(Block):
    """One question: wording for the website and for a rep, why we ask, and what it costs in patience."""

    ask: StrictStr
    rep: StrictStr
    why: StrictStr
    listen_for: StrictStr = ""
    friction: StrictInt = Field(ge=1, le=5)
    quick_replies: list[QuickReply] = []
    choices_after_trouble: StrictStr | None = None
    asked_by: Asker = "both"


class QuestionsBlock(DatedBlock):
    """All questions about facts, and those about the contact, which come last."""

    facts: dict[str, Question]
    contact: dict[str, Question]


class Interview(DatedBlock):
    """When which question may come and when to stop; facts named earlier come earlier."""

    first: list[StrictStr]
    early: StrictStr
    early_within: StrictInt = Field(ge=1)
    basics: list[StrictStr]
    record: list[StrictStr]
    complete: list[StrictStr] = []
    whole_record_for: list[RouteName]
    only_first_for: list[RouteName]
    contact_for: list[RouteName]
    patience: StrictInt = Field(ge=1, le=40)
    ask_at_most: StrictInt = Field(ge=1, le=5)
    enough: StrictInt = Field(ge=0, le=100)


class Tier(Block):
    """Points from a size or amount upward."""

    at_least: dict[str, StrictInt] | StrictInt
    points: WholePoints


class PointRuleBlock(Block):
    """One point rule: a fact with `points` per value or with `tiers`, or `when` with a number of points."""

    id: StrictStr
    fact: StrictStr | None = None
    when: Raw | None = None
    points: Any = None
    tiers: list[Tier] | None = None
    most: WholePoints | None = None


class CapBlock(Block):
    """The most a score can be while a condition holds."""

    id: StrictStr
    when: Raw
    at_most: WholePoints


class GroupBlock(Block):
    """Rules that belong together and the most they may give together."""

    most: WholePoints | None = None
    rules: list[PointRuleBlock] = []
    signals: dict[str, WholePoints] = {}


class Bands(Block):
    """The least points of the medium and of the high band; below medium is low."""

    medium: StrictInt = Field(ge=1, le=100)
    high: StrictInt = Field(ge=1, le=100)


class ScoreBlock(DatedBlock):
    """One score."""

    bands: Bands
    groups: dict[str, GroupBlock]
    caps: list[CapBlock] = []


class Scores(Block):
    """The three scores."""

    fit: ScoreBlock
    intent: ScoreBlock
    readiness: ScoreBlock


class DecayStep(Block):
    """From this many whole weeks on, a signal keeps this share of its points; 0 means it no longer counts."""

    weeks: StrictInt = Field(ge=0)
    percent: StrictInt = Field(ge=0, le=100)


class Decay(DatedBlock):
    """How signals fade."""

    steps: list[DecayStep]


class FlagRule(Block):
    """A risk to mention beside the scores."""

    id: StrictStr
    when: Raw
    reason: StrictStr


class FlagsBlock(DatedBlock):
    """All risk flags."""

    rules: list[FlagRule]


class StageRule(Block):
    """The first rule whose condition holds gives the stage that facts and signals reach by themselves."""

    id: StrictStr
    stage: StageName
    when: Raw = {}
    why: StrictStr


class Move(Block):
    """A legal transition by a person's action."""

    action: Action
    start: list[StageName] = Field(alias="from")
    to: StageName | dict[Reason, StageName]
    when: Raw = {}
    why: StrictStr


class StagesBlock(DatedBlock):
    """Stage rules and moves."""

    rules: list[StageRule]
    moves: list[Move]


class QueueRule(Block):
    """One of the queues of a route. The first rule whose condition holds gives the queue; the last has no condition."""

    queue: StrictStr
    when: Raw = {}


class Route(Block):
    """Where leads of a route go and how soon a person answers, in minutes of business time (None: nobody answers).

    The file says either `queue`, one for all leads, or `queues`, rules read from the top.
    """

    one_queue: StrictStr | None = Field(default=None, alias="queue")
    queue_rules: list[QueueRule] = Field(default=[], alias="queues")
    respond_within_minutes: StrictInt | None = Field(default=None, ge=1)
    priority_respond_within_minutes: StrictInt | None = Field(default=None, ge=1)
    words: StrictStr

    @property
    def rules(self) -> list[QueueRule]:
        """The queue rules; `queue: sales` is one rule that always holds."""
        return self.queue_rules or [QueueRule(queue=self.one_queue or "")]

    @property
    def queue(self) -> str:
        """The queue of leads of which no other queue rule holds."""
        return self.rules[-1].queue


class RoutingRule(Block):
    """The first rule whose condition holds gives the route. `settles` ends the interview: no more is asked."""

    id: StrictStr
    route: RouteName
    when: Raw = {}
    priority: StrictBool = False
    settles: StrictBool = False
    queue: StrictStr | None = None
    why: StrictStr


class RoutesBlock(DatedBlock):
    """Queues and routing rules."""

    to: dict[RouteName, Route]
    rules: list[RoutingRule]


class NextStepRule(Block):
    """The first rule whose condition holds says what sales does next."""

    when: Raw = {}
    route: list[RouteName] = []
    say: StrictStr


class NextStepsBlock(DatedBlock):
    """What sales does next."""

    rules: list[NextStepRule]


class BusinessHours(DatedBlock):
    """When people answer."""

    time_zone: StrictStr
    spoken_zone: StrictStr
    days: list[Weekday] = Field(min_length=1)
    opens: time
    closes: time
    holidays: list[date] = []


class Leave(Block):
    """Days on which somebody takes no leads, both included."""

    start: date = Field(alias="from")
    to: date


class Person(Block):
    """Somebody who may own leads. Hours that are not given are the business hours."""

    name: StrictStr
    email: StrictStr
    role: StrictStr = ""
    most_open: StrictInt | None = Field(default=None, ge=1)
    leave: list[Leave] = []
    time_zone: StrictStr | None = None
    days: list[Weekday] | None = Field(default=None, min_length=1)
    opens: time | None = None
    closes: time | None = None


class TeamBlock(DatedBlock):
    """The people who may own leads, by a short name."""

    people: dict[str, Person]


class QueuesBlock(DatedBlock):
    """The queues: who takes their leads in turn, and how many of them. Somebody with weight 2 gets twice as many as with 1."""

    members: dict[str, dict[str, Annotated[StrictInt, Field(ge=1)]]]


class Wake(Block):
    """When a lead in nurture is looked at again: weeks before the first stated day, or so many weeks from now without one."""

    weeks_before: StrictInt | None = Field(default=None, ge=0)
    of: list[StrictStr] = []
    after_weeks: StrictInt = Field(ge=1)


class NurtureTrack(Block):
    """What a lead in nurture is sent, how often, and when it is woken. The first track whose condition holds is taken."""

    track: StrictStr
    when: Raw = {}
    send: StrictStr
    every_weeks: StrictInt = Field(ge=1)
    wake: Wake


class NurtureBlock(DatedBlock):
    """All nurture tracks."""

    tracks: list[NurtureTrack] = Field(min_length=1)


class Unanswered(Block):
    """What happens to a lead that nobody answers, in minutes of business time before and after the time it was promised; None: nothing."""

    remind_before_minutes: StrictInt | None = Field(default=None, ge=1)
    escalate_after_minutes: StrictInt | None = Field(default=None, ge=1)
    reassign_after_minutes: StrictInt | None = Field(default=None, ge=1, le=2400)


class ClockBlock(DatedBlock):
    """What happens when nobody answers, by route; and who leads each queue, so is told. `otherwise` is any other route or queue."""

    unanswered: dict[RouteOrOther, Unanswered]
    leads: dict[str, StrictStr] = {}


class CrmBlock(DatedBlock):
    """What facts, scores and decisions are called in the CRM."""

    fields: dict[str, StrictStr]


class PlaybookFile(Block):
    """The whole file."""

    name: StrictStr
    version: StrictStr
    since: date
    source: StrictStr
    serves: Serves | None = None
    vendor: Vendor
    facts: FactsBlock
    scores: Scores
    decay: Decay
    flags: FlagsBlock
    stages: StagesBlock
    routes: RoutesBlock
    next_steps: NextStepsBlock
    interview: Interview
    questions: QuestionsBlock
    business_hours: BusinessHours
    team: TeamBlock | None = None
    queues: QueuesBlock | None = None
    nurture: NurtureBlock | None = None
    clock: ClockBlock | None = None
    crm: CrmBlock | None = None
