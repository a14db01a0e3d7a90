"""What happened, as the feed and webhooks tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Event:
    """`type` is `noun.done`, such as `member.suspended`. `position` grows with every event and never changes: keep the last one
    you have dealt with, and go on from there."""

    id: str
    type: str
    position: int
    organization_id: str | None
    at: datetime
    subject: Mapping[str, object]
    data: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def read(cls, said: Mapping[str, object]) -> "Event":
        subject, data = said.get("subject"), said.get("data")
        return cls(
            id=str(said["id"]),
            type=str(said["type"]),
            position=int(str(said["position"])),
            organization_id=str(said["organization_id"]) if said.get("organization_id") else None,
            at=datetime.fromisoformat(str(said["timestamp"])),
            subject=subject if isinstance(subject, dict) else {},
            data=data if isinstance(data, dict) else {},
        )
