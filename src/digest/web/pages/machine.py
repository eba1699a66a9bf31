"""The machine room: database, disks, services, backups, DNS records, alerts."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions.app import App
from digest.actions.upkeep.alerts import told
from digest.actions.upkeep.dns_answers import DnsReport
from digest.actions.upkeep.machine import machine
from digest.deliver.compose.dkim_keys import txt_strings
from digest.errors import DigestError
from digest.model.accounts import Right
from digest.web.frame import Installed, done, show
from digest.web.guard import needs_over_all

router = APIRouter(include_in_schema=False)

_ALERTS = 20  #: that are shown


@router.get("/machine", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def machine_room(request: Request, app: Installed) -> HTMLResponse:
    """Show how the machine room is; asks no name server."""
    report, fault = _dns(request, app)
    found = machine(app)
    return show(
        request,
        "machine.html",
        machine=found,
        alerts=told(app, _ALERTS) if not found.is_blind else (),
        dns=report,
        dns_fault=fault,
        lines={
            record.wanted: " ".join(f'"{part}"' for part in txt_strings(record.wanted))
            for domain in (report.domains if report else ())
            for record in domain.records
            if record.wanted is not None
        },
    )


@router.post("/machine/dns", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def ask_dns(request: Request, app: Installed) -> RedirectResponse:
    """Ask the name servers what is there of the records to publish."""
    report = request.app.state.dns.ask(app)
    work = sum(record.needs_work for domain in report.domains for record in domain.records)
    return done("/machine#dns", f"{work:,} to mend." if work else "All records are as they should be.")


def _dns(request: Request, app: App) -> tuple[DnsReport | None, DigestError | None]:
    try:
        return request.app.state.dns.report(app), None
    except DigestError as error:
        return None, error
