"""What became of an export, or would: by organization, in words and in numbers."""

from collections import Counter
from dataclasses import dataclass, field

from portal.organizations.newcomers import Arrival, Outcome


@dataclass(frozen=True)
class Line:
    outcome: Outcome
    noun: str
    name: str
    why: str = ""

    def dump(self) -> dict[str, str]:
        return {"outcome": self.outcome.value, "noun": self.noun, "name": self.name, "why": self.why}


@dataclass
class Part:
    """One organization; without a name, the people of none. `lines` tell of each thing but people, of whom only those are named
    whom something must be said of."""

    source_id: str = ""
    name: str = ""
    id: str = ""
    lines: list[Line] = field(default_factory=list)
    counts: Counter[tuple[str, Outcome]] = field(default_factory=Counter)

    def say(self, outcome: Outcome, noun: str, name: str, why: str = "") -> None:
        self.counts[noun, outcome] += 1
        self.lines.append(Line(outcome, noun, name, why))

    def add(self, line: Line) -> None:
        self.say(line.outcome, line.noun, line.name, line.why)

    def tell(self, noun: str, name: str, why: str) -> None:
        """Something to know of what came along all the same."""
        self.lines.append(Line(Outcome.CREATED, noun, name, why))

    def arrive(self, arrivals: list[Arrival]) -> None:
        for one in arrivals:
            self.counts["person", one.outcome] += 1
            for why in one.why:
                self.lines.append(Line(one.outcome, "person", one.newcomer.email, why))

    def count(self, noun: str, outcome: Outcome, many: int) -> None:
        if many:
            self.counts[noun, outcome] += many

    def dump(self) -> dict[str, object]:
        return {
            "source_id": self.source_id, "name": self.name, "id": self.id, "counts": _counted(self.counts),
            "lines": [line.dump() for line in self.lines],
        }  # fmt: skip


@dataclass
class Report:
    source: str
    dry_run: bool
    parts: list[Part] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def counts(self) -> Counter[tuple[str, Outcome]]:
        return sum((part.counts for part in self.parts), Counter())

    def dump(self) -> dict[str, object]:
        return {
            "source": self.source, "dry_run": self.dry_run, "counts": _counted(self.counts),
            "organizations": [part.dump() for part in self.parts],
            "notes": [{"where": where, "what": what} for where, what in self.notes],
        }  # fmt: skip

    def text(self) -> str:
        title = "What would become of it; nothing was changed." if self.dry_run else "What became of it."
        told = [line for part in self.parts for line in _text(part)]
        noted = [f"  {where}: {what}" for where, what in self.notes]
        return "\n".join(
            [title, *told, *(["Not understood:", *noted] if noted else []), f"Together: {_words(self.counts)}"]
        )


def _text(part: Part) -> list[str]:
    head = f"{part.name} ({part.source_id})" if part.source_id else "People of no organization"
    lines = [
        f"  {line.noun} {line.name}: {line.outcome.value}" + (f". {line.why}" if line.why else "")
        for line in part.lines
    ]
    return ["", head, f"  {_words(part.counts)}", *lines]


def _words(counts: Counter[tuple[str, Outcome]]) -> str:
    said = [f"{many} {noun} {outcome.value}" for (noun, outcome), many in sorted(counts.items()) if many]
    return ", ".join(said) or "nothing"


def _counted(counts: Counter[tuple[str, Outcome]]) -> dict[str, dict[str, int]]:
    nouns = dict.fromkeys(noun for noun, _ in sorted(counts))
    return {noun: {outcome.value: counts[noun, outcome] for outcome in Outcome} for noun in nouns}
