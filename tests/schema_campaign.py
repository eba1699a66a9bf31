"""Requests of all kinds that the API's schema allows: `python tests/schema_campaign.py HOME`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api_cast import Program, program

EXAMPLES = 8  #: requests an operation, right ones and wrong ones
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
#: Values that lead somewhere: chance alone names no edition of ours.
KNOWN = {
    "digest": "daily",
    "edition": 1,
    "article": 2,
    "slot": "2026-11-20T07:00",
    "email": "sam@example.org",
    "number": 1,
    "relay": "main",
}
BAD_GATEWAY = 502  #: nobody listens where the home's relay should be


def main() -> int:
    """Send them; print what broke, and at last the counts."""
    counts: Counter[str] = Counter()
    home = Path(sys.argv[1])
    with (home / "config" / "digest.yaml").open("a", encoding="utf-8") as file:
        file.write("web: {api_per_minute: 100000}\n")
    with program(home) as here:
        schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", here.web)
        for found in schema.get_all_operations():
            operation = found.ok()
            here.renew_token()  # a request may have revoked it, or let its person in no longer
            counts["operations"] += 1
            for mode in GenerationMode:
                try:
                    send_some(here, operation, mode, counts)
                except Unsatisfiable:
                    counts["nothing to break"] += 1
                except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001  # why: all are shown, then the campaign fails
                    counts["failed"] += 1
                    sys.stdout.write(f"--- {operation.label} {mode}\n{error}\n"[:3_000])
    sys.stdout.write(f"{json.dumps(counts)}\n")
    return 1 if counts["failed"] else 0


def send_some(here: Program, operation: APIOperation, mode: GenerationMode, counts: Counter[str]) -> None:
    """Send requests that fit the schema, or that break it in one place; always the same ones."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: schemathesis.Case) -> None:
        counts["requests"] += 1
        if counts["requests"] % 2 and mode is GenerationMode.POSITIVE:
            known = {name: value for name, value in KNOWN.items() if name in case.path_parameters}
            case.path_parameters.update(known)
        response = case.call(headers={"Authorization": f"Bearer {here.token}"})
        counts[f"{mode.value} {response.status_code}"] += 1
        if response.status_code != BAD_GATEWAY:
            case.validate_response(response, checks=CHECKS)

    send()


if __name__ == "__main__":
    sys.exit(main())
