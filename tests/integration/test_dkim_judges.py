"""What others make of our signatures: OpenDKIM, Mail::DKIM and dkimpy, where they are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dkim_cast import MAILS, SAM, TAMPERED, records, signed, signer
from dkim_verifier import take_apart

pytestmark = pytest.mark.slow

Judge = Callable[[bytes, Mapping[str, str], Path], list[bool]]  #: whether each signature that it knows holds

MAIL_DKIM = r"""
use Mail::DKIM::Verifier;
open my $dns, '<', $ARGV[0]; our %records = map { chomp; split / /, $_, 2 } <$dns>;
{ package Record; sub new { bless {text => $_[1]} } sub type {'TXT'} sub txtdata { $_[0]{text} }
  sub char_str_list { $_[0]{text} } }
{ no warnings; *Mail::DKIM::DNS::query = sub { $records{$_[0]} ? (Record->new($records{$_[0]})) : () }; }
my $judge = Mail::DKIM::Verifier->new; local $/; open my $mail, '<:raw', $ARGV[1];
$judge->PRINT(<$mail>); $judge->CLOSE;
print $_->algorithm, ' ', $_->result, "\n" for $judge->signatures;
"""
DKIMPY = r"""
import dkim, pathlib, sys
records = dict(line.split(" ", 1) for line in pathlib.Path(sys.argv[1]).read_text().splitlines())
mail = pathlib.Path(sys.argv[2]).read_bytes()
def record(name, timeout=5):
    return records.get(name.decode().rstrip("."), "").encode()
for at in range(int(sys.argv[3])):
    try:
        holds = dkim.DKIM(mail).verify(idx=at, dnsfunc=record)
    except dkim.DKIMException:
        holds = False
    print("pass" if holds else "fail")
"""


def run(command: list[str | Path]) -> str:
    """Return all that a judge says."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def lay_out(message: bytes, published: Mapping[str, str], folder: Path) -> tuple[Path, Path]:
    """Write the records, a line each, and the message."""
    dns, mail = folder / "dns.txt", folder / "mail.eml"
    dns.write_text("".join(f"{name} {text}\n" for name, text in published.items()), encoding="ascii")
    mail.write_bytes(message)
    return dns, mail


def opendkim(message: bytes, published: Mapping[str, str], folder: Path) -> list[bool]:
    """Ask OpenDKIM about the first signature that it knows: RSA."""
    dns, mail = lay_out(message, published, folder)
    rules = folder / "opendkim.conf"
    rules.write_text(f"Mode v\nTestDNSData file:{dns}\n", encoding="ascii")
    said = run(["opendkim", "-x", rules, "-t", mail])
    return ["2048-bit key) succeeded" in said]


def mail_dkim(message: bytes, published: Mapping[str, str], folder: Path) -> list[bool]:
    """Ask Mail::DKIM; old ones know RSA only."""
    said = run(["perl", "-e", MAIL_DKIM, *lay_out(message, published, folder)])
    return [answer == "pass" for answer in re.findall(r"^rsa-sha256 (\w+)", said, re.MULTILINE)]


def dkimpy(message: bytes, published: Mapping[str, str], folder: Path) -> list[bool]:
    """Ask dkimpy, which knows both."""
    count = sum(name == "dkim-signature" for name, _ in take_apart(message)[0])
    said = run([PYTHON, "-c", DKIMPY, *lay_out(message, published, folder), str(count)])
    return [answer == "pass" for answer in re.findall(r"^(pass|fail)$", said, re.MULTILINE)]


def works(*command: str) -> bool:
    """Tell whether a command is there and does what it is asked."""
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


PYTHON = "/usr/bin/python3"  #: Debian's own, which has dkimpy from the package python3-dkim
JUDGES: dict[str, tuple[Judge, bool, int]] = {
    "OpenDKIM": (opendkim, works("opendkim", "-V"), 1),
    "Mail::DKIM": (mail_dkim, works("perl", "-MMail::DKIM::Verifier", "-e", "1"), 1),
    "dkimpy": (dkimpy, works(PYTHON, "-c", "import dkim, nacl"), 2),
}


@pytest.fixture(params=JUDGES)
def judge(request: pytest.FixtureRequest) -> tuple[Judge, int]:
    """Ask for a judge and how many of the two signatures it knows."""
    ask, is_there, count = JUDGES[request.param]
    if not is_there:
        pytest.skip(f"{request.param} is not installed")
    return ask, count


def test_others_take_every_kind_of_mail(judge: tuple[Judge, int], tmp_path: Path) -> None:
    """Receivers run these, or something like them; our own verifier may share our misreadings."""
    ask, count = judge
    published = records(signer("rsa"), signer("ed25519"))

    answers = {name: ask(signed(mail, SAM), published, tmp_path) for name, mail in MAILS.items()}

    assert answers == dict.fromkeys(MAILS, [True] * count)


def test_others_refuse_what_was_tampered_with(judge: tuple[Judge, int], tmp_path: Path) -> None:
    """A signature that holds whatever happens would be worth nothing."""
    ask, count = judge
    published = records(signer("rsa"), signer("ed25519"))
    head, mark, rest = signed().partition(b"\r\nFrom:")
    changed = [head + (mark + rest).replace(old, new) for old, new in TAMPERED]
    changed += [b"From: eve@example.net\r\n" + signed(), b"Subject: other\r\n" + signed()]

    assert [ask(message, published, tmp_path) for message in changed] == [[False] * count] * len(changed)
