"""Send the edition with nothing but the standard library: `python plain.py PORT COUNT FOLDER`."""

from __future__ import annotations

import json
import smtplib
import sys
import time
from email.message import EmailMessage
from pathlib import Path

port, count, folder = sys.argv[1:]
html, text = ((Path(folder) / f"edition.{kind}").read_text(encoding="utf-8") for kind in ("html", "txt"))
begun, sent = time.perf_counter(), 0
with smtplib.SMTP("127.0.0.1", int(port)) as connection:
    for number in range(int(count)):
        to = f"reader{number}@example.org"
        message = EmailMessage()
        message["From"] = "The Daily Brief <brief@news.example.org>"
        message["To"] = f"Sam Reader <{to}>"
        message["Subject"] = "The Daily Brief"
        message["List-Unsubscribe"] = f"<https://news.example.org/unsubscribe/{to}>"
        message.set_content(text.replace("reader@example.org", to))
        message.add_alternative(html.replace("reader@example.org", to), subtype="html")
        connection.send_message(message)
        sent += 1
print(json.dumps({"seconds": time.perf_counter() - begun, "sent": sent}))
