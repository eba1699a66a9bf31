"""Requests of all kinds that the API's schema allows: `python tests/schema_campaign.py HOME`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api_cast import program

EXAMPLES = 12  #: requests an operation
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
#: Values that lead somewhere: chance alone names no edition of ours.
KNOWN = {
    "digest": "daily",
    "edition": 1,
    "article": 2,
    "slot": "2026-11-20T07:00",
    "email": "sam@example.org",
}
BAD_GATEWAY = 502  #: nobody listens where the home's relay should be


def main() -> int:
    """Send them; print what broke, and at last the counts."""
    counts: Counter[str] = Counter()
    failed = 0
    with program(Path(sys.argv[1])) as here:
        schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", here.web)
        for found in schema.get_all_operations():
            operation = found.ok()
            counts["operations"] += 1

            @given(case=operation.as_strategy())
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
                if counts["requests"] % 2:
                    case.path_parameters.update(
                        {name: value for name, value in KNOWN.items() if name in case.path_parameters}
                    )
                headers = {"Authorization": f"Bearer {here.token}"}
                response = case.call(headers=headers)
                counts[f"status {response.status_code}"] += 1
                if response.status_code != BAD_GATEWAY:
                    case.validate_response(response, checks=CHECKS)

            try:
                send()
            except Exception as error:  # noqa: BLE001  # why: all are shown, then the campaign fails
                failed += 1
                print(f"--- {operation.label}\n{error}"[:3_000])  # noqa: T201  # why: a program of its own
    print(json.dumps(counts))  # noqa: T201  # why: as above
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
