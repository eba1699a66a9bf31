"""How fast messages are made: `python benchmarks/stamping.py [--seconds 3]`.

Stamps one edition for many recipients, and builds the same mail with the standard library's
EmailMessage in the same run. Prints both rates and their ratio; then the same with a DKIM signature, and
what signing adds to a message. At last the whole way from a reader to the bytes, in a home.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from digest.actions.editions import find
from digest.actions.printing.mail import Press, Reader
from digest.actions.printing.presses import render
from digest.bootstrap import open_app
from digest.deliver import (
    Address,
    Mail,
    MessageStencil,
    Personal,
    Signer,
    SlottedText,
    compile_message,
)
from digest.deliver.compose.dkim_keys import KeyKind, load_key, new_key
from digest.deliver.compose.slots import html_value, plain_value

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from furnish import furnish
from home import DIGEST, EDITION, Signing, point_at

READERS = 500
#: Microseconds for a mail of 35 kB: all of it unsigned, and what signing may add.
BARS_US: dict[Signing, int] = {"unsigned": 40, "ed25519": 60, "rsa": 350}
SLOTS = ("greeting", "email", "since", "preferences_url", "browser_url", "unsubscribe_url")
KINDS: tuple[tuple[KeyKind, ...], ...] = (("rsa",), ("ed25519",), ("rsa", "ed25519"))
TEXTS = {
    "English": "The harbour council voted on Tuesday to reopen the old ferry quay before winter. ",
    "Norwegian": "Havnestyret vedtok tirsdag å gjenåpne den gamle fergekaia før vinteren, sier rådmannen. ",
    "Ukrainian": "Портова рада у вівторок вирішила знову відкрити старий поромний причал до зими. ",
}


def main() -> None:
    """Measure and print, a line a language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each language and way")
    seconds = parser.parse_args().seconds / 2
    for language, sentence in TEXTS.items():
        mail = make_mail(sentence)
        stencil = compile_message(mail)
        bodies = SlottedText.parse(mail.text, plain_value), SlottedText.parse(mail.html, html_value)
        size = len(stencil.stamp(make_personal(1)))
        stamped = rate(lambda n, stencil=stencil: stamp(stencil, n), seconds)
        built = rate(lambda n, mail=mail, bodies=bodies: build(mail, bodies, n), seconds)
        print(
            f"{language:10} {size / 1000:5.0f} kB {stencil.html.encoding:16} stamped {stamped:7.0f}/s  "
            f"EmailMessage {built:5.0f}/s  ratio {stamped / built:4.0f}"
        )
        for kinds in KINDS:
            show_signed(mail, kinds, seconds)
    show_press(seconds)


def show_signed(mail: Mail, kinds: tuple[KeyKind, ...], seconds: float) -> None:
    """Measure signed and unsigned mail in turns, and print what signing adds in the best of them."""
    plain = compile_message(mail)
    signed = compile_message(
        mail,
        [Signer(domain="news.example.org", selector=kind, key=load_key(new_key(kind))) for kind in kinds],
    )
    turns = [
        (rate(lambda n: stamp(plain, n), seconds / 8), rate(lambda n: stamp(signed, n), seconds / 8))
        for _ in range(8)
    ]
    without, with_signature = (max(side) for side in zip(*turns, strict=True))
    added = 1e6 / with_signature - 1e6 / without
    print(
        f"{'':10} signed {' + '.join(kinds):16} {with_signature:7.0f}/s  unsigned {without:7.0f}/s  "
        f"ratio {with_signature / without:4.2f}  {added:4.0f} us on top"
    )


def show_press(seconds: float) -> None:
    """Measure the whole way from a reader to the bytes, in a home, and hold it against the bars."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "home"
        furnish(root, READERS)
        plain = 0.0
        for signing, bar_us in BARS_US.items():
            point_at(root, 9, signing)
            us, size = press_us(root, seconds)
            added, told = us - plain, "on top" if plain else "from reader to bytes"
            verdict = "ok" if added <= bar_us else "MISSED"
            print(f"press {size / 1000:5.0f} kB {signing:9}{added:6.0f} us {told} (<= {bar_us}: {verdict})")
            plain = plain or us


def press_us(root: Path, seconds: float) -> tuple[float, int]:
    """Return the best of some turns over all readers, in microseconds a message, and the size of one."""
    with open_app(root) as app:
        stored = find(app, EDITION)
        press = Press(app, stored, render(app, stored))
        with app.store.reading() as tx:
            people = tx.people.list(digest=DIGEST, limit=READERS)
            chosen = [one for person in people if (one := tx.people.subscription(person.id, DIGEST))]
        readers = [Reader.of(one.subscriber, one) for one in chosen]
        size, best, until = len(press.message(readers[0])), float("inf"), time.perf_counter() + seconds
        while time.perf_counter() < until:
            begin = time.perf_counter()
            for reader in readers:
                press.message(reader)
            best = min(best, time.perf_counter() - begin)
    return best / len(readers) * 1e6, size


def make_mail(sentence: str) -> Mail:
    """Make an edition of about 50 kB of HTML with its slots."""
    slots = [f"\ufdd0{name}\ufdd1" for name in SLOTS]
    item = f'<tr><td style="padding:0 24px 16px;font-size:16px;line-height:24px">{sentence * 3}</td></tr>\n'
    html = (
        f"<p>{slots[0]}</p>"
        + item * (50_000 // len(item.encode()))
        + "".join(f'<a href="{slot}">{slot}</a>\n' for slot in slots[1:])
    )
    text = f"{slots[0]}\n\n" + f"{sentence}\n" * 60 + "\n".join(slots[1:])
    return Mail(
        html=html,
        text=text,
        subject="The Daily Brief: the ferry quay reopens — and six more",
        sender=Address(email="brief@news.example.org", display="The Daily Brief"),
        date=datetime(2026, 11, 19, 6, 0, tzinfo=UTC),
        list_title="The Daily Brief",
        list_label="daily.news.example.org",
        seed="daily/7",
    )


def make_personal(number: int) -> Personal:
    """Make one recipient's own part."""
    url = f"https://news.example.org/s/{number:022}/{'t' * 43}"
    email = f"reader{number}@example.org"
    return Personal(
        recipient=Address(email=email, display="Sam Reader"),
        message_id=f"<e7.{number:026}@news.example.org>",
        unsubscribe_url=url,
        values={name: url if name.endswith("url") else email for name in SLOTS},
    )


def stamp(stencil: MessageStencil, number: int) -> bytes:
    """Make a message our way."""
    return stencil.stamp(make_personal(number))


def build(mail: Mail, bodies: tuple[SlottedText, SlottedText], number: int) -> bytes:
    """Make the same message with the standard library."""
    personal = make_personal(number)
    message = EmailMessage(policy=SMTP.clone(max_line_length=998))
    message["From"] = f"{mail.sender.display} <{mail.sender.email}>"
    message["To"] = f"{personal.recipient.display} <{personal.recipient.email}>"
    message["Subject"] = mail.subject
    message["Date"] = mail.date
    message["Message-ID"] = personal.message_id
    message["List-Id"] = f"{mail.list_title} <{mail.list_label}>"
    message["List-Unsubscribe"] = f"<{personal.unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "bulk"
    text, html = bodies
    message.set_content(text.fill(personal.values))
    message.add_alternative(html.fill(personal.values), subtype="html")
    return message.as_bytes()


def rate(make: Callable[[int], bytes], seconds: float) -> float:
    """Return how many a second are made."""
    make(0)
    begin = time.perf_counter()
    for number in count(1):
        make(number)
        passed = time.perf_counter() - begin
        if passed >= seconds:
            return number / passed
    raise AssertionError


if __name__ == "__main__":
    main()
