"""Changes of who gets leads: the queues of a route, people, members of queues; nurture tracks and CRM names."""

from collections.abc import Iterator, Mapping

from scoring.blocks import Leave, NurtureTrack, Person, QueueRule, Route, Wake
from scoring.condition_words import condition_words
from scoring.diff.changes import Comparison, Say, moved_names, same_condition, shown
from scoring.playbook import Playbook
from scoring.yaml_source import YamlPath

PERSON: Mapping[str, Say] = {
    "name": lambda old, new: f"is now called {shown(new)} instead of {shown(old)}",
    "email": lambda old, new: f"now has the address {new} instead of {old}",
    "role": lambda old, new: f"now has the role {shown(new)} instead of {shown(old)}",
    "most_open": lambda old, new: f"may now own {_most(new)} instead of {_most(old)}",
    "leave": lambda old, new: f"is now away {_away(new)} instead of {_away(old)}",
    "time_zone": lambda old, new: f"now works in {new or 'the time zone of the business'} instead of {old or 'that of the business'}",
    "days": lambda old, new: f"now works on {_own(new, 'days')} instead of {_own(old, 'days')}",
    "opens": lambda old, new: f"now begins at {_own(new, 'opening')} instead of {_own(old, 'opening')}",
    "closes": lambda old, new: f"now ends at {_own(new, 'closing')} instead of {_own(old, 'closing')}",
}
TRACK: Mapping[str, Say] = {
    "send": lambda old, new: f"now sends {shown(new)} instead of {shown(old)}",
    "every_weeks": lambda old, new: f"now sends every {new} weeks instead of {old}",
    "wake": lambda old, new: f"now wakes {_wakes(new)} instead of {_wakes(old)}",
}


def compare_queue_rules(found: Comparison, route: str, old: Route, new: Route, path: YamlPath) -> None:
    """Note what changed in which queue the leads of a route go to."""
    if old.one_queue is not None and new.one_queue is not None:
        if old.queue != new.queue:
            found.changed(f"the route {route} now goes to the queue {new.queue} instead of {old.queue}", (*path, "queue"))
        return
    alike = len(old.rules) == len(new.rules) and all(
        one.queue == other.queue and same_condition(one.when, other.when) for one, other in zip(old.rules, new.rules, strict=False)
    )
    if not alike:
        here, there = ((*path, "queue" if block.one_queue is not None else "queues") for block in (new, old))
        words = f"the route {route} now goes to {_queues(new.rules, found.new)}. Before: to {_queues(old.rules, found.old)}"
        found.changed(words, here, there)


def compare_team(found: Comparison) -> None:
    """Note what changed in the people who may own leads."""
    old, new = found.old.people, found.new.people
    _heads(found, "team", "The team")
    for name in dict.fromkeys([*old, *new]):
        path: YamlPath = ("team", "people", name)
        if name not in old:
            found.added(f"{new[name].name} ({name}) is new and may own {_most(new[name].most_open)}", path)
        elif name not in new:
            found.removed(f"{old[name].name} ({name}) is no longer there", path)
        else:
            found.fields(_person(new[name], name), old[name], new[name], path, say=PERSON)


def compare_queues(found: Comparison) -> None:
    """Note what changed in who takes the leads of which queue."""
    old, new = found.old.queues, found.new.queues
    _heads(found, "queues", "The queues")
    for queue in dict.fromkeys([*old, *new]):
        path: YamlPath = ("queues", "members", queue)
        if queue not in old:
            found.added(f"the queue {queue} is new, with {_shares(new[queue], found.new)}", path)
        elif queue not in new:
            found.removed(f"the queue {queue} is gone. It had {_shares(old[queue], found.old)}", path)
        else:
            _members(found, queue, old[queue], new[queue], path)


def _members(found: Comparison, queue: str, old: Mapping[str, int], new: Mapping[str, int], path: YamlPath) -> None:
    for member in dict.fromkeys([*old, *new]):
        here = (*path, member)
        if member not in old:
            found.added(f"{_called(member, found.new)} now takes leads of the queue {queue}, with weight {new[member]}", here)
        elif member not in new:
            found.removed(f"{_called(member, found.old)} no longer takes leads of the queue {queue} (weight {old[member]})", here)
        elif old[member] != new[member]:
            found.changed(f"{_called(member, found.new)} has the weight {new[member]} instead of {old[member]} in the queue {queue}", here)
    for member in moved_names(list(old), list(new)):
        found.moved(f"{_called(member, found.new)} now wins a tie in the queue {queue} earlier or later", (*path, member), (*path, member))


def compare_nurture(found: Comparison) -> None:
    """Note what changed in what leads that are not ready are sent, and when they are woken."""
    old, new = ({track.track: (index, track) for index, track in enumerate(_tracks(playbook))} for playbook in (found.old, found.new))
    _heads(found, "nurture", "Nurture")
    order = list(new)
    for name in dict.fromkeys([*old, *new]):
        path: YamlPath = ("nurture", "tracks", new[name][0] if name in new else old[name][0])
        if name not in old:
            found.added(f"the track {name} is new. It {_track(new[name][1], found.new)}", path)
        elif name not in new:
            found.removed(f"the track {name} is gone. It {_track(old[name][1], found.old)}", path)
        else:
            found.fields(f"The track {name}", old[name][1], new[name][1], path, ("nurture", "tracks", old[name][0]), say=TRACK)
    for name in moved_names(list(old), order):
        at = order.index(name)
        place = "last" if at == len(order) - 1 else f"before {order[at + 1]}"
        found.moved(f"the track {name} is now read {place}", ("nurture", "tracks", old[name][0]), ("nurture", "tracks", at))


def compare_crm(found: Comparison) -> None:
    """Note what changed in the names of CRM fields."""
    _heads(found, "crm", "The CRM names")
    old, new = (playbook.data.crm.fields if playbook.data.crm else {} for playbook in (found.old, found.new))
    for ours in dict.fromkeys([*old, *new]):
        path: YamlPath = ("crm", "fields", ours)
        if ours not in old:
            found.added(f"{ours} now goes to the CRM, as {new[ours]}", path)
        elif ours not in new:
            found.removed(f"{ours} no longer goes to the CRM (it was {old[ours]})", path)
        elif old[ours] != new[ours]:
            found.changed(f"{ours} is now called {new[ours]} in the CRM instead of {old[ours]}", path)


def _heads(found: Comparison, block: str, subject: str) -> None:
    """Note a new day or source of a block, or that the whole block came or went."""
    old, new = getattr(found.old.data, block), getattr(found.new.data, block)
    if old is not None and new is not None:
        found.fields(subject, old, new, (block,), leave=set(type(new).model_fields) - {"since", "source"})
    elif new is not None:
        found.added(f"the block {block} is new", (block,))
    elif old is not None:
        found.removed(f"the block {block} is gone", (block,))


def _queues(rules: list[QueueRule], playbook: Playbook) -> str:
    parts = [f"the queue {rule.queue}{f' if {condition_words(rule.when, playbook)}' if rule.when else ''}" for rule in rules]
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; else {parts[-1]}"


def _tracks(playbook: Playbook) -> Iterator[NurtureTrack]:
    yield from playbook.data.nurture.tracks if playbook.data.nurture else ()


def _track(track: NurtureTrack, playbook: Playbook) -> str:
    words = condition_words(track.when, playbook)
    return f"sends {shown(track.send)} every {track.every_weeks} weeks and wakes {_wakes(track.wake)}, if {words}"


def _wakes(wake: Wake) -> str:
    later = f"after {wake.after_weeks} weeks"
    return f"{wake.weeks_before} weeks before {' or '.join(wake.of)}, else {later}" if wake.of else later


def _person(person: Person, name: str) -> str:
    return f"{person.name} ({name})"


def _called(member: str, playbook: Playbook) -> str:
    return playbook.people[member].name if member in playbook.people else member


def _shares(members: Mapping[str, int], playbook: Playbook) -> str:
    return ", ".join(f"{_called(member, playbook)} (weight {weight})" for member, weight in members.items()) or "no member"


def _most(count: int | None) -> str:
    return "any number of open leads" if count is None else f"at most {count} open leads"


def _away(leave: list[Leave]) -> str:
    return " and ".join(f"from {days.start} to {days.to}" for days in leave) or "never"


def _own(value: object, word: str) -> str:
    if value is None:
        return f"the {word} of the business"
    return ", ".join(value) if isinstance(value, list) else f"{value:%H:%M}"
