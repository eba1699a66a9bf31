"""Send the edition with Django's SMTP backend: `python django_mail.py LIBRARY PORT COUNT FOLDER`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

library, port, count, folder = sys.argv[1:]
sys.path.insert(0, library)

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402

settings.configure(EMAIL_HOST="127.0.0.1", EMAIL_PORT=int(port))
html, text = ((Path(folder) / f"edition.{kind}").read_text(encoding="utf-8") for kind in ("html", "txt"))
begun, sent = time.perf_counter(), 0
with get_connection() as connection:
    for number in range(int(count)):
        to = f"reader{number}@example.org"
        message = EmailMultiAlternatives(
            "The Daily Brief",
            text.replace("reader@example.org", to),
            "The Daily Brief <brief@news.example.org>",
            [f"Sam Reader <{to}>"],
            connection=connection,
            headers={"List-Unsubscribe": f"<https://news.example.org/unsubscribe/{to}>"},
        )
        message.attach_alternative(html.replace("reader@example.org", to), "text/html")
        sent += message.send()
print(json.dumps({"seconds": time.perf_counter() - begun, "sent": sent}))
