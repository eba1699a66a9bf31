"""The machine room: database, disks, services, backups, and the DNS records to publish."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import Field

from digest.actions.upkeep.dns_answers import DnsAnswers, DnsReport
from digest.actions.upkeep.machine import machine
from digest.deliver.compose.dkim_keys import txt_strings
from digest.deliver.dns.records import Record as FoundRecord
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.history import HistoryLine
from digest.web.api.shapes import Shape
from digest.web.frame import Installed
from digest.web.templates import masked_way

router = APIRouter(prefix="/api/v1", tags=["machine"])


class Disk(Shape):
    """A disk that sending writes on."""

    folder: str
    free: int = Field(description="Bytes.")
    total: int
    reserve: int = Field(description="Bytes that must stay free, or nothing is sent.")
    is_short: bool


class Machine(Shape):
    """An installation, as this process sees it."""

    version: str
    home: str
    database: str = Field(description="'a file' or 'a server'.")
    database_bytes: int | None = Field(description="Null for a server's.")
    trouble: list[str] = Field(description="What keeps it from working; empty when nothing does.")
    disks: list[Disk]
    runs: list[HistoryLine] = Field(description="Starts and stops of services, the newest first.")
    backup: HistoryLine | None = Field(description="The last one on record.")
    is_blind: bool = Field(description="The database cannot be read, so that much is missing here.")
    waiting: Mapping[str, int] = Field(description="Alerts on their way, by channel.")


class DnsRecord(Shape):
    """One record of a domain: what to publish, and what is there."""

    kind: str = Field(examples=["DKIM"])
    name: str
    wanted: str | None = Field(description="The text to publish; null when others must say it.")
    strings: list[str] = Field(description="The same in pieces, as zone files and forms take it.")
    found: list[str]
    state: str = Field(description="found, missing, different, unanswered or unasked.")
    hint: str | None
    needs_work: bool


class DnsDomain(Shape):
    """What the DNS must and does say of a domain."""

    domain: str
    signed: bool | None = Field(description="By a key of ours; null where nothing is signed as it.")
    records: list[DnsRecord]


class Dns(Shape):
    """The records to publish, and what is there."""

    asked_at: datetime | None = Field(description="Null: nobody has asked the name servers.")
    domains: list[DnsDomain]


@router.get("/machine", dependencies=scope(Right.OPERATE, over_all=True))
def show_machine(app: Installed) -> Machine:
    """Show how the machine room is; a database that cannot be read is told of as trouble."""
    found = machine(app)
    return Machine(
        version=found.version,
        home=str(found.home),
        database=found.database,
        database_bytes=found.database_bytes,
        trouble=list(found.trouble),
        disks=[
            Disk(
                folder=str(one.folder),
                free=one.free,
                total=one.total,
                reserve=one.reserve,
                is_short=one.is_short,
            )
            for one in found.disks
        ],
        runs=[HistoryLine.model_validate(one) for one in found.runs],
        backup=found.backup and HistoryLine.model_validate(found.backup),
        is_blind=found.is_blind,
        waiting={masked_way(way): count for way, count in found.waiting.items()},
    )


@router.get("/dns", dependencies=scope(Right.OPERATE, over_all=True))
def show_dns(request: Request, app: Installed) -> Dns:
    """Show the DNS records to publish and what was there when somebody last asked; asks nobody."""
    return _dns(_answers(request).report(app))


@router.post("/dns", dependencies=scope(Right.OPERATE, over_all=True))
def ask_dns(request: Request, app: Installed) -> Dns:
    """Ask the name servers what is there now; takes up to 20 seconds."""
    return _dns(_answers(request).ask(app))


def _answers(request: Request) -> DnsAnswers:
    found: DnsAnswers = request.app.state.dns
    return found


def _dns(report: DnsReport) -> Dns:
    return Dns(
        asked_at=report.asked_at,
        domains=[
            DnsDomain(domain=one.domain, signed=one.signed, records=[_record(each) for each in one.records])
            for one in report.domains
        ],
    )


def _record(one: FoundRecord) -> DnsRecord:
    return DnsRecord(
        kind=one.kind,
        name=one.name,
        wanted=one.wanted,
        strings=list(txt_strings(one.wanted)) if one.wanted is not None else [],
        found=list(one.found),
        state=one.state,
        hint=one.hint,
        needs_work=one.needs_work,
    )
