"""`digest doctor`: the records of the senders' domains, as an operator sees them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from commands import DAILY, Ran, furnish, run_here
from digest.actions.home.instance import begin_run
from digest.actions.upkeep.doctor import examine
from digest.bootstrap import open_app
from digest.deliver.dns import resolver
from digest.deliver.dns.resolver import DnsResolver, FixedResolver
from digest.errors import NotFound, SettingsError
from digest.tokens import new_key
from scripted_dns import ScriptedDns

Command = Callable[..., Ran]
DOMAIN = "news.example.org"
KEY_NAME = f"s1._domainkey.{DOMAIN}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a home whose mail is signed and leaves by a relay of the organisation."""
    home = furnish(tmp_path / "home")
    made = run_here("dkim", "new", DOMAIN, "--selector", "s1", "--json", home=home)
    system = home / "config" / "digest.yaml"
    text = system.read_text("utf-8").replace("smtp://127.0.0.1:9", "smtp://mail.example.org:587")
    key_file = made.data["dkim"]["key_file"]
    entry = f"{{domain: {DOMAIN}, selector: s1, key_file: {key_file}}}"
    system.write_text(f"{text}delivery: {{dkim: [{entry}]}}\n", "utf-8")
    return home


@pytest.fixture
def key_text(root: Path) -> str:
    """The text that publishes the home's key."""
    (report,) = examine(root, None).domains
    (wanted,) = (record.wanted for record in report.records if record.kind == "DKIM")
    assert wanted
    return wanted


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, key_text: str) -> Iterator[ScriptedDns]:
    """Let the command ask a name server where all is well."""
    txt = {
        DOMAIN: ["v=spf1 a:mail.example.org ~all"],
        KEY_NAME: [key_text],
        f"_dmarc.{DOMAIN}": [f"v=DMARC1; p=none; rua=mailto:postmaster@{DOMAIN}"],
    }
    with ScriptedDns(txt=txt, mx={DOMAIN: [(10, "mx.example.org")]}) as running:
        ours = partial(DnsResolver, ["127.0.0.1"], port=running.port, timeout_s=0.3)
        monkeypatch.setattr(resolver, "DnsResolver", ours)
        yield running


def states(ran: Ran) -> dict[str, str]:
    """Read the state of each kind of record from the JSON of one domain."""
    (domain,) = ran.data["domains"]
    return {record["kind"]: record["state"] for record in domain["records"]}


def test_published_as_shown_all_is_well(root: Path, server: ScriptedDns) -> None:
    """What the doctor tells to publish must satisfy the doctor."""
    ran = run_here("doctor", "--json", home=root)

    assert ran.code == 0, ran.err
    assert (ran.data["ok"], ran.data["asked"]) == (True, True)
    assert states(ran) == {"SPF": "found", "DKIM": "found", "DMARC": "found", "MX": "found"}
    assert sorted(server.asked) == [
        ("MX", DOMAIN),
        ("TXT", "_dmarc.example.org"),
        ("TXT", f"_dmarc.{DOMAIN}"),
        ("TXT", DOMAIN),
        ("TXT", KEY_NAME),
    ]


def test_records_missing_and_different_are_told_with_the_line_to_paste(
    root: Path, server: ScriptedDns
) -> None:
    """Exit 1, so that a script before the first mailing stops."""
    server.txt = {DOMAIN: ["v=spf1 +all", "v=spf1 mx -all"], KEY_NAME: ["v=DKIM1; p="]}
    server.mx = {}
    ran = run_here("doctor", home=root)

    assert ran.code == 1
    assert [line for line in ran.out.splitlines() if line.startswith("✗")] == [
        f"✗ SPF   different  {DOMAIN}",
        f"✗ DKIM  different  {KEY_NAME}",
        f"✗ DMARC missing    _dmarc.{DOMAIN}",
        f"✗ MX    missing    {DOMAIN}",
    ]
    assert f'  publish  {DOMAIN}. IN TXT ( "v=spf1 a:mail.example.org ~all" )' in ran.out
    assert "  found    v=spf1 mx -all" in ran.out
    assert "  → p= is empty: the key is revoked" in ran.out
    assert f'  publish  {KEY_NAME}. IN TXT ( "v=DKIM1; k=rsa; p=' in ran.out


def test_trouble_with_the_dns_is_told_and_is_no_fault_of_the_domain(root: Path, server: ScriptedDns) -> None:
    """No network must not read as 'publish everything anew'."""
    server.failing = (DOMAIN, KEY_NAME)
    server.mute = (f"_dmarc.{DOMAIN}",)
    ran = run_here("doctor", home=root)

    assert (ran.code, ran.err) == (0, "")
    assert f"? DKIM  unanswered {KEY_NAME}" in ran.out
    assert "  → could not be asked: the name servers fail or cannot be reached" in ran.out
    assert "  → could not be asked: no answer within 0.3 s" in ran.out


def test_offline_asks_nobody_and_shows_everything(root: Path, server: ScriptedDns, key_text: str) -> None:
    """The records are wanted before the domain is."""
    ran = run_here("doctor", "--offline", home=root)
    as_json = run_here("doctor", "--offline", "--json", home=root)

    assert (ran.code, as_json.code, server.asked) == (0, 0, [])
    assert f"· DMARC unasked    _dmarc.{DOMAIN}" in ran.out
    assert f'_dmarc.{DOMAIN}. IN TXT ( "v=DMARC1; p=none; rua=mailto:postmaster@{DOMAIN}" )' in ran.out
    assert as_json.data["asked"] is False
    assert as_json.data["domains"][0]["records"][1] == {
        "kind": "DKIM",
        "name": KEY_NAME,
        "wanted": key_text,
        "found": [],
        "state": "unasked",
        "hint": None,
    }


def test_an_unsigned_domain_learns_how_to_sign(tmp_path: Path) -> None:
    """Leaving it to the relay is a choice, and should be one that was made."""
    ran = run_here("doctor", "--offline", home=furnish(tmp_path / "plain"))

    assert f"  → digest dkim new {DOMAIN} --selector s1" in ran.out
    assert "DKIM  unasked" not in ran.out


def test_each_domain_is_looked_at_once(root: Path) -> None:
    """Two digests of one sender share its records; a domain below the key's is signed by it."""
    digests = root / "config" / "digests"
    for key, domain in (("evening", DOMAIN.upper()), ("eu", f"eu.{DOMAIN}")):
        (digests / f"{key}.yaml").write_text(DAILY.replace(f"brief@{DOMAIN}", f"brief@{domain}"), "utf-8")
    reports = examine(root, FixedResolver()).domains

    assert [(report.domain, report.signed) for report in reports] == [(f"eu.{DOMAIN}", True), (DOMAIN, True)]
    assert {record.state for report in reports for record in report.records} == {"missing"}


def test_every_relay_stands_in_the_record_that_is_shown(root: Path) -> None:
    """With one record for one of two relays, half of the mail is marked as doubtful."""
    system = root / "config" / "digest.yaml"
    second = '{name: spare, weight: 0, url: "smtp://mail2.example.org", tls: none}'
    text = system.read_text("utf-8").replace("tls: none}", f"tls: none}}, {second}")
    system.write_text(text, "utf-8")
    (report,) = examine(root, None).domains

    assert report.records[0].wanted == "v=spf1 a:mail.example.org a:mail2.example.org ~all"


def test_the_domain_that_reports_come_back_to_is_looked_at_too(root: Path, server: ScriptedDns) -> None:
    """Receivers look there for SPF, and without an MX record no report ever comes in."""
    system = root / "config" / "digest.yaml"
    system.write_text(system.read_text("utf-8").replace("dkim: [", "bounce_domain: b.example.org, dkim: ["))
    missing = run_here("doctor", "--json", home=root)
    server.txt = {**server.txt, "b.example.org": ["v=spf1 a:mail.example.org ~all"]}
    server.mx = {**server.mx, "b.example.org": [(10, "mx.example.org")]}
    there = run_here("doctor", home=root)
    system.write_text(
        system.read_text("utf-8").replace("dkim: [", "bounces: {listen: {url: 'lmtp://[::1]:24'}}, dkim: [")
    )
    heard = run_here("doctor", home=root)

    told = missing.data["domains"][1]
    assert (missing.code, told["domain"], told["signed"]) == (1, "b.example.org", None)
    assert [(one["kind"], one["state"]) for one in told["records"]] == [("SPF", "missing"), ("MX", "missing")]
    assert (there.code, heard.code) == (0, 0)
    assert "✓ MX    found      b.example.org\n  → nothing takes it in by itself" in there.out
    assert "nothing takes it in" not in heard.out
    assert "no key of delivery.dkim signs as b.example.org" not in there.out


def test_a_sender_that_reports_come_back_to_is_looked_at_once(root: Path) -> None:
    """One domain may serve for both."""
    system = root / "config" / "digest.yaml"
    system.write_text(system.read_text("utf-8").replace("dkim: [", f"bounce_domain: {DOMAIN}, dkim: ["))

    assert [one.domain for one in examine(root, None).domains] == [DOMAIN]


def test_a_key_that_cannot_be_used_is_told_first(root: Path) -> None:
    """Its record is unknown; `digest check` tells the same."""
    (key,) = (root / "keys").glob("dkim-*.pem")
    key.write_text("half a key", "utf-8")

    with pytest.raises(SettingsError, match="no private key in PEM"):
        examine(root, None)


def test_without_a_home_or_a_digest_there_is_no_sender(root: Path, tmp_path: Path) -> None:
    """The way out is named."""
    with pytest.raises(NotFound, match="no home"):
        examine(tmp_path / "none", None)
    (root / "config" / "digests" / "daily.yaml").unlink()
    with pytest.raises(NotFound, match="no digest, so no sender"):
        examine(root, None)


@pytest.mark.usefixtures("server")
def test_other_keys_than_those_of_the_home_that_last_sent_are_told(root: Path) -> None:
    """A further home learns it before the first mailing, and not when its first edition is held."""
    system = root / "config" / "digest.yaml"
    text = system.read_text("utf-8").replace("sqlite:///var/digest.db", f"sqlite:///{root}/var/digest.db")
    system.write_text(text, "utf-8")
    other = root.with_name("other")
    for folder in ("config", "keys"):
        shutil.copytree(root / folder, other / folder)
    with open_app(root) as app:
        begin_run(app)
    assert run_here("db", "adopt", "--live", home=other).code == 0
    assert run_here("doctor", home=other).code == 0
    (other / "keys" / "signing.key").write_text(f"{new_key()}\n", "ascii")
    with open_app(root) as app:
        begin_run(app)

    as_json, in_words = (run_here("doctor", *more, home=other) for more in (("--json",), ()))
    (fault,) = as_json.data["faults"]
    assert (as_json.code, as_json.data["ok"], in_words.code) == (1, False, 1)
    assert "another keys/signing.key" in fault["found"]
    assert "put the old one below it; `digest db adopt` without --live" in fault["hint"]
    assert f"✗ {fault['found']}" in in_words.out
    assert f"  → {fault['hint']}" in in_words.out
    assert run_here("check", "--json", home=other).data["faults"] == [fault]


@pytest.mark.usefixtures("server")
def test_a_home_that_cannot_be_held_against_its_database_has_no_fault(root: Path) -> None:
    """Records are wanted before the rest is there; what cannot be told is said."""
    (root / "keys" / "signing.key").unlink()
    ran = run_here("doctor", "--json", home=root)

    assert (ran.code, ran.data["faults"]) == (0, [])
    assert any("whether this home may send cannot be told" in note for note in ran.data["notes"])


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("begun", [True, False])
def test_who_only_asks_leaves_no_file_behind(root: Path, *, begun: bool) -> None:
    """Asked as root before the service ran: what it made would be root's, and the service could not send."""
    if begun:
        (root / "var" / "instance.lock").unlink(missing_ok=True)
    else:
        shutil.rmtree(root / "var")
    before = sorted(root.rglob("*"))
    assert run_here("doctor", home=root).code == 0

    assert sorted(root.rglob("*")) == before
