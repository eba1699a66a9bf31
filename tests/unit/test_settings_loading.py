"""Loading: every fault of every file and variable at once, and no secret in any of them."""

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import Authority
from digest.errors import Fault, SettingsError
from digest.model import Fetching, FullText, Source, SourceKind
from digest.settings import DigestSettings, SystemSettings, load_settings
from digest.settings.shapes import walk

SYSTEM = """\
site:
  base_url: https://news.example.org
  postal_address: 1 Example Street, 10115 Berlin
relays:
  - name: main
    url: smtp://127.0.0.1:2525
"""
DAILY = """\
title: The Daily Brief
from: The Daily Brief <brief@news.example.org>
sections:
  - {title: World, tags: [world, diplomacy]}
"""
LIST_OF_TAGS = "a list, each text of 1 to 80 characters"
KNOWN = (
    "known are title, language, zone, from, reply_to, editors, schedule, blackouts, local_to, prepare, "
    "review, brake, preflight, selection, tag_rules, sections, more, drafts, theme, sign_up, archive, index"
)
A_TIME = "a time of day such as 07:00, or a list of them, each once"
A_MAILBOX = "a mailbox such as 'The Daily Brief <brief@news.example.org>'"


def write(home: Path, system: str = SYSTEM, **digests: str) -> None:
    """Write the configuration of a home."""
    (home / "config" / "digest.yaml").write_text(system, encoding="utf-8")
    for key, text in digests.items():
        (home / "config" / "digests" / f"{key}.yaml").write_text(text, encoding="utf-8")


def faults_of(home: Path, environ: Mapping[str, str] | None = None) -> tuple[Fault, ...]:
    """Return what is wrong with a home, files named from its config folder."""
    with pytest.raises(SettingsError) as caught:
        load_settings(home, environ or {})
    prefix = f"{home}/config/"
    return tuple(
        Fault(**{**_fields(fault), "file": fault.file.removeprefix(prefix)}) for fault in caught.value.faults
    )


def system_fault(line: int | None, key: str, expected: str, found: str, hint: str | None = None) -> Fault:
    """Make a fault of digest.yaml."""
    return Fault(file="digest.yaml", line=line, key=key, expected=expected, found=found, hint=hint)


def daily_fault(line: int | None, key: str, expected: str, found: str, hint: str | None = None) -> Fault:
    """Make a fault of digests/daily.yaml."""
    return Fault(file="digests/daily.yaml", line=line, key=key, expected=expected, found=found, hint=hint)


def variable_fault(key: str, expected: str, found: str, hint: str | None = None) -> Fault:
    """Make a fault of the environment."""
    return Fault(file="environment", line=None, key=key, expected=expected, found=found, hint=hint)


def test_a_small_home_loads(home: Path) -> None:
    """The keys without a default are enough."""
    write(home, daily=DAILY, weekend=DAILY)
    loaded = load_settings(home, {"PATH": "/bin", "DIGEST_HOME": str(home), "DIGEST_TEST_X": "1"})

    assert loaded.system.relays[0].url == "smtp://127.0.0.1:2525"
    assert list(loaded.digests) == ["daily", "weekend"]
    assert loaded.digests["daily"].key == "daily"
    assert loaded.digests["daily"].sender == "The Daily Brief <brief@news.example.org>"
    assert loaded.sources == ()


def test_times_need_no_quotes_and_words_stay_words(home: Path) -> None:
    """Seven o'clock must not become 420, nor a tag called no a truth value."""
    write(home, daily=DAILY.replace("[world, diplomacy]", "[no, 2026, 0755]") + "schedule: [{at: 07:00}]\n")
    daily = load_settings(home, {}).digests["daily"]

    assert daily.schedule[0].at == ("07:00",)
    assert daily.sections[0].tags == ("no", "2026", "0755")


def test_a_key_without_a_value_keeps_its_default(home: Path) -> None:
    """A group whose keys are all commented out is written like that."""
    write(
        home,
        f"{SYSTEM}delivery:\nlog_level: null\n",
        daily=f"{DAILY}selection: ~\nschedule:\nmore: {{at_most: }}\n",
    )
    loaded = load_settings(home, {"DIGEST_DELIVERY__HARD_BOUNCES": "5"})

    daily = loaded.digests["daily"]
    assert (loaded.system.delivery.on_unknown, loaded.system.delivery.hard_bounces) == ("hold", 5)
    assert (loaded.system.log_level, daily.selection.at_most, daily.schedule) == ("info", 20, ())
    assert daily.more.at_most == 5


def test_a_required_key_without_a_value_is_a_fault(home: Path) -> None:
    """Nothing is not a title."""
    write(home, daily=DAILY.replace("The Daily Brief\n", "\n", 1))

    assert faults_of(home) == (daily_fault(1, "title", "text of 1 to 80 characters", "nothing"),)


@pytest.mark.parametrize(
    "system", ["site: 5\nrelays: x\n", "site: [a]\nrelays: [b, {name: {c: d}}, {name: main}]\n"]
)
def test_variables_over_a_file_of_the_wrong_shape_do_no_harm(home: Path, system: str) -> None:
    """The file's own faults are what to mend."""
    write(home, system)
    found = faults_of(
        home, {"DIGEST_SITE__BASE_URL": "https://x.example.org", "DIGEST_RELAYS__MAIN__USER": "x"}
    )

    assert ("site", "keys and values") in {(fault.key, fault.expected) for fault in found}


def test_all_faults_of_all_places_come_at_once(home: Path) -> None:
    """Nobody wants to mend a configuration one message at a time."""
    write(
        home,
        "sit:\n  base_url: x\nrelays: []\nlog_level: loud\n",
        daily="titel: x\nfrom: nobody\nzone: Europe/Berln\nsections: [{tags: world}]\n",
        weekend="title: [\n",
    )
    found = faults_of(home, {"DIGEST_DATABSE": "x", "DIGEST_DELIVERY__HARD_BOUNCES": "many"})

    group = "keys and values"
    assert found == (
        system_fault(None, "site", group, "nothing"),
        system_fault(1, "sit", "a known key", "the unknown key 'sit'", "did you mean 'site'?"),
        system_fault(3, "relays", f"a list of at least 1 item, each {group}", "a list of 0"),
        system_fault(4, "log_level", "one of debug, info, warning, error", "'loud'"),
        daily_fault(None, "title", "text of 1 to 80 characters", "nothing"),
        daily_fault(1, "titel", "a known key", "the unknown key 'titel'", "did you mean 'title'?"),
        daily_fault(2, "from", A_MAILBOX, "'nobody'"),
        daily_fault(
            3, "zone", "an IANA zone such as Europe/Berlin", "'Europe/Berln'", "did you mean 'Europe/Berlin'?"
        ),
        daily_fault(4, "sections.0.tags", LIST_OF_TAGS, "'world'"),
        daily_fault(4, "sections.0.title", "text of 1 to 60 characters", "nothing"),
        Fault(
            file="digests/weekend.yaml",
            line=2,
            key="",
            expected="YAML",
            found="expected the node content, but found '<stream end>'",
        ),
        variable_fault(
            "DIGEST_DATABSE",
            "a known variable",
            "the unknown variable 'DIGEST_DATABSE'",
            "did you mean 'DIGEST_DATABASE'?",
        ),
        variable_fault("DIGEST_DELIVERY__HARD_BOUNCES", "a whole number from 1 to 20", "'many'"),
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("selection: {at_most: many}", ("selection.at_most", "a whole number from 1 to 200", "'many'", None)),
        ("selection: {at_most: 0}", ("selection.at_most", "a whole number from 1 to 200", "'0'", None)),
        ("selection: {at_most: 2.5}", ("selection.at_most", "a whole number from 1 to 200", "'2.5'", None)),
        (
            "selection: {at_most: [1]}",
            ("selection.at_most", "a whole number from 1 to 200", "a list of 1", None),
        ),
        ("selection: {at_most: 2}", ("selection.at_least", "at most selection.at_most (2)", "3", None)),
        ("schedule: [~]", ("schedule.0", "keys and values", "nothing", None)),
        (
            "selection: {tags_any: [~]}",
            ("selection.tags_any.0", "text of 1 to 80 characters", "nothing", None),
        ),
        ("selection: 5", ("selection", "keys and values", "'5'", None)),
        (
            "selection: {window: 24}",
            (
                "selection.window",
                "a duration such as 90s, 30m, 24h, 3d or 2w or since_last_sent",
                "'24'",
                None,
            ),
        ),
        (
            "selection: {window: since-last-send}",
            (
                "selection.window",
                "a duration such as 90s, 30m, 24h, 3d or 2w or since_last_sent",
                "'since-last-send'",
                "did you mean 'since_last_sent'?",
            ),
        ),
        (
            "selection: {carry_over: soon}",
            ("selection.carry_over", "a duration such as 90s, 30m, 24h, 3d or 2w", "'soon'", None),
        ),
        (
            "selection: {tag_weights: {war: nan}}",
            ("selection.tag_weights.war", "a number above 0, at most 10", "'nan'", None),
        ),
        (
            "selection: {tags_any: [a, {b: c}]}",
            ("selection.tags_any.1", "text of 1 to 80 characters", "keys and values", None),
        ),
        ("schedule: [{at: 7:00}]", ("schedule.0.at", A_TIME, "'7:00'", None)),
        ("schedule: [{at: 24:00}]", ("schedule.0.at", A_TIME, "'24:00'", None)),
        (
            "schedule: [{at: 07:00, days: [Mon]}]",
            ("schedule.0.days.0", "one of mon, tue, wed, thu, fri, sat, sun", "'Mon'", "did you mean 'mon'?"),
        ),
        (
            "review: {mode: windows}",
            ("review.mode", "one of none, window, required", "'windows'", "did you mean 'window'?"),
        ),
        ("review: {minutes: 5m}", ("review.minutes", "a whole number from 1 to 10080", "'5m'", None)),
        ("language: english!", ("language", "a language such as en or pt-BR", "'english!'", None)),
        (
            "selection: {tag_weights: 5}",
            ("selection.tag_weights", "keys, each with a number above 0, at most 10", "'5'", None),
        ),
        ("theme: ../../etc", ("theme", "lower-case letters, digits and hyphens", "'../../etc'", None)),
        ("reply_to: nobody", ("reply_to", A_MAILBOX, "'nobody'", None)),
        ("more: {title: ''}", ("more.title", "text of 1 to 60 characters", "''", None)),
        (
            "more: {titel: x}",
            ("more.titel", "a known key", "the unknown key 'titel'", "did you mean 'title'?"),
        ),
        (
            "zzz: x",
            (
                "zzz",
                "a known key",
                "the unknown key 'zzz'",
                KNOWN,
            ),
        ),
        (
            "key: daily",
            (
                "key",
                "a known key",
                "the unknown key 'key'",
                KNOWN,
            ),
        ),
        ("Title: x", ("Title", "a known key", "the unknown key 'Title'", "did you mean 'title'?")),
        ("tit\x07le: x", None),
        (f"zone: {'x' * 100}", ("zone", "an IANA zone such as Europe/Berlin", f"'{'x' * 60}…'", None)),
        (
            "zone: ../../etc/passwd",
            ("zone", "an IANA zone such as Europe/Berlin", "'../../etc/passwd'", None),
        ),
        ('theme: "a\\u202eb"', ("theme", "lower-case letters, digits and hyphens", "'a\\u202eb'", None)),
    ],
)
def test_each_wrong_value_says_what_was_expected(
    home: Path, line: str, expected: tuple[str, str, str, str | None] | None
) -> None:
    """Expected, found, line and way out, without a word of the library's."""
    write(home, daily=f"{DAILY}{line}\n")
    found = faults_of(home)

    if expected is None:
        assert found == (daily_fault(5, "", "printable characters", "U+0007"),)
    else:
        assert found == (daily_fault(5, *expected),)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "database: digest.db",
            ("database", "an address such as sqlite:///var/digest.db", "'digest.db'", None),
        ),
        (
            "database: u:canary@host",
            ("database", "an address such as sqlite:///var/digest.db", "'…@host'", None),
        ),
        ("limits: {candidates: 1}", ("limits.candidates", "a whole number from 10 to 10000", "'1'", None)),
        (
            "delivery: {on_unknown: resnd}",
            ("delivery.on_unknown", "one of resend, hold", "'resnd'", "did you mean 'resend'?"),
        ),
        (
            "delivery: {dkim: [{domain: example.org}]}",
            ("delivery.dkim.0.key_file", "text", "nothing", None),
        ),
    ],
)
def test_each_wrong_system_value_says_what_was_expected(
    home: Path, line: str, expected: tuple[str, str, str, str | None]
) -> None:
    """The same for the installation's file."""
    write(home, f"{SYSTEM}{line}\n")

    assert faults_of(home)[0] == system_fault(7, *expected)


KEYS = sorted(
    {str(step) for model in (SystemSettings, DigestSettings) for path in walk(model) for step in path}
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["5", "24h", "07:00", "a@b.de"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)


@given(
    system=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5),
    daily=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5),
    variable=st.sampled_from(["SITE__BASE_URL", "RELAYS__MAIN__USER", "DELIVERY__HARD_BOUNCES", "DATABASE"]),
)
def test_any_shape_of_values_ends_in_faults_only(
    system: dict[str, object], daily: dict[str, object], variable: str
) -> None:
    """Whatever stands where, the operator reads faults, each with file and expectation."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config" / "digests").mkdir(parents=True)
        write(home, json.dumps(system), daily=json.dumps(daily))
        found: tuple[Fault, ...] = ()
        try:
            load_settings(home, {f"DIGEST_{variable}": "5"})
        except SettingsError as error:
            found = error.faults

    assert all(fault.expected and fault.found and fault.file for fault in found)


@pytest.mark.parametrize(
    "word",
    [
        '""',
        '" "',
        '"???"',
        '"*"',
        "fe*",
        '"*ry"',
        "it's*",
        f"{'f' * 25}*",
        "渡船*",
    ],
)
def test_a_keyword_that_no_word_could_be_is_a_fault_at_its_place(home: Path, word: str) -> None:
    """The section would stay as it was, and nobody would know why."""
    write(home, daily=DAILY.replace("diplomacy]}", f"diplomacy], keywords:\n [ferr*, {word}]}}"))
    shown = word.strip('"')

    assert faults_of(home) == (
        daily_fault(
            5,
            "sections.0.keywords.1",
            "a word, several words, or begin* or *end of 3 to 24 letters (80 characters at most)",
            f"'{shown}'",
        ),
    )


def test_a_digest_file_is_named_like_its_key(home: Path) -> None:
    """A file that is silently left out would be a digest that never comes."""
    folder = home / "config" / "digests"
    write(home, daily=DAILY)
    for name in ("Daily Brief.yaml", "daily.yml", "x.YAML"):
        (folder / name).write_text(DAILY)
    (folder / ".daily.yaml.swp").write_text("x")
    (folder / "README.md").write_text("x")

    expected = "a file name of lower-case letters, digits and hyphens, then .yaml"
    assert [(fault.file, fault.expected, fault.found) for fault in faults_of(home)] == [
        (f"digests/{name}", expected, f"'{name}'") for name in ("Daily Brief.yaml", "daily.yml", "x.YAML")
    ]


def test_a_home_without_files_is_one_fault(tmp_path: Path) -> None:
    """The message of a first run must not be a page long."""
    found = faults_of(tmp_path / "nowhere")

    assert found == (system_fault(None, "", "a file", "nothing", "`digest init` makes one"),)


def test_variables_stand_above_the_file(home: Path) -> None:
    """Containers are told by variables, two underscores for a dot, a relay by name."""
    write(home, SYSTEM.replace("name: main", "name: my-relay"))
    system = load_settings(
        home,
        {
            "DIGEST_DATABASE": "sqlite:////data/d.db",
            "DIGEST_SITE__BASE_URL": "https://other.example.org",
            "DIGEST_SITE__POSTAL_ADDRESS": "10115",
            "DIGEST_LOG_LEVEL": "debug",
            "DIGEST_LIMITS__CANDIDATES": "50",
            "DIGEST_RELAYS__MY_RELAY__USER": "olu",
            "DIGEST_RELAYS__MY_RELAY__PASSWORD": "canary",
            "DIGEST_RELAYS__MY_RELAY__PER_SECOND": "",
        },
    ).system

    relay = system.relays[0]
    assert system.database == "sqlite:////data/d.db"
    assert (system.site.base_url, system.site.postal_address) == ("https://other.example.org", "10115")
    assert (system.log_level, system.limits.candidates) == ("debug", 50)
    assert relay.password is not None
    assert (relay.user, relay.password.get_secret_value(), relay.per_second) == ("olu", "canary", None)


def test_variables_can_stand_in_for_missing_keys(home: Path) -> None:
    """A file may leave the site to the variables."""
    write(home, SYSTEM.partition("relays:")[1] + SYSTEM.partition("relays:")[2])
    environ = {"DIGEST_SITE__BASE_URL": "https://x.example.org", "DIGEST_SITE__POSTAL_ADDRESS": "1 Street"}

    assert load_settings(home, environ).system.site.postal_address == "1 Street"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("DIGEST_LOG_LEVL", "did you mean 'DIGEST_LOG_LEVEL'?"),
        ("DIGEST_SITE_BASE_URL", "did you mean 'DIGEST_SITE__BASE_URL'?"),
        ("DIGEST_HOMES", "did you mean 'DIGEST_HOME'?"),
        ("DIGEST_RELAYS__MAIN__PASWORD", "did you mean 'DIGEST_RELAYS__MAIN__PASSWORD'?"),
        ("DIGEST_RELAYS__MIAN__PASSWORD", "did you mean 'DIGEST_RELAYS__MAIN__PASSWORD'?"),
        ("DIGEST_RELAYS", None),
        ("DIGEST_SITE", None),
        ("DIGEST_", None),
        ("DIGEST_RELAYS__MAIN__NAME", None),
    ],
)
def test_a_misspelt_variable_is_a_fault(home: Path, name: str, hint: str | None) -> None:
    """It would be ignored without a word, and its value never shown."""
    write(home)
    found = faults_of(home, {name: "canary"})

    assert len(found) == 1
    assert (found[0].key, found[0].found) == (name, f"the unknown variable '{name}'")
    assert hint is None or found[0].hint == hint
    assert "canary" not in repr(found)


def test_a_wrong_variable_shows_what_it_held(home: Path) -> None:
    """The file may be right; the variable is what to mend."""
    write(home)

    assert faults_of(home, {"DIGEST_SITE__BASE_URL": "ftp://x", "DIGEST_RELAYS__MAIN__TLS": "ssl"}) == (
        variable_fault("DIGEST_RELAYS__MAIN__TLS", "one of starttls, implicit, none", "'ssl'"),
        variable_fault(
            "DIGEST_SITE__BASE_URL", "a web address such as https://news.example.org", "'ftp://x'"
        ),
    )


def test_bytes_that_are_no_text_are_a_fault_and_a_password_stays_hidden(home: Path) -> None:
    """A variable may hold any bytes; the message must still be printable."""
    write(home)
    found = faults_of(
        home, {"DIGEST_RELAYS__MAIN__PASSWORD": "canary\udcff", "DIGEST_SITE__POSTAL_ADDRESS": "Stra\udcdfe"}
    )

    assert found == (
        variable_fault("DIGEST_RELAYS__MAIN__PASSWORD", "printable text", "a secret"),
        variable_fault("DIGEST_SITE__POSTAL_ADDRESS", "text of 5 to 300 characters", "'Stra\\udcdfe'"),
    )


def test_a_relays_variable_waits_for_the_file_to_name_the_relay(home: Path) -> None:
    """Without a usable file nobody can tell whether the variable is misspelt."""
    write(home, "site: [\n")

    assert [fault.line for fault in faults_of(home, {"DIGEST_RELAYS__MAIN__PASSWORD": "x"})] == [2]


def test_a_password_comes_from_its_file(home: Path) -> None:
    """The last line end is the editor's, not the password's."""
    (home / "keys" / "relay").write_text("canary word\n")
    write(home, f"{SYSTEM}    user: olu\n    password_file: keys/relay\n")
    loaded = load_settings(home, {})

    password = loaded.system.relays[0].password
    assert password is not None
    assert password.get_secret_value() == "canary word"
    assert "canary" not in repr(loaded) + str(loaded.system.model_dump())


def test_a_variable_replaces_the_password_file(home: Path) -> None:
    """One machine can differ without a file of its own."""
    write(home, f"{SYSTEM}    password_file: keys/missing\n")
    relay = load_settings(home, {"DIGEST_RELAYS__MAIN__PASSWORD": "x"}).system.relays[0]

    assert relay.password is not None
    assert relay.password.get_secret_value() == "x"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "No such file or directory"),
        (b"", "an empty file"),
        (b"\n", "an empty file"),
        (b"canary\ncanary\n", "more than one line, or control characters"),
        (b"canary\xff", "bytes that are not UTF-8"),
        (b"canary" * 1000, "more than 1024 bytes"),
    ],
)
def test_a_useless_password_file_is_a_fault(home: Path, content: bytes | None, found: str) -> None:
    """Found at the start, not at the first recipient; and its content is never told."""
    if content is not None:
        (home / "keys" / "canary").write_bytes(content)
    write(home, f"{SYSTEM}    password_file: keys/canary\n")
    faults = faults_of(home)

    expected = "a readable file that holds the password on one line"
    assert faults == (system_fault(7, "relays.0.password_file", expected, found),)
    assert "canary" not in repr(faults)


def test_a_pipe_in_place_of_a_password_file_does_not_block(home: Path) -> None:
    """Reading it would wait for ever."""
    os.mkfifo(home / "keys" / "pipe")
    write(home, f"{SYSTEM}    password_file: keys/pipe\n")

    assert faults_of(home)[0].found == "not a file"


def test_a_password_in_the_configuration_is_refused_and_not_shown(home: Path) -> None:
    """Configuration files are copied, mailed and committed."""
    write(
        home,
        f"{SYSTEM}    password: canary\n    pasword: canary\n    user: x\n    url: 'smtp://u:canary@h'\n",
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(home, {"DIGEST_DATABASE": "u:canary@db"})

    keys = [fault.key for fault in caught.value.faults]
    assert keys == ["relays.0.password", "relays.0.pasword", "relays.0.url", "DIGEST_DATABASE"]
    assert "canary" not in f"{caught.value} {caught.value!r} {caught.value.faults}"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("content", "found"),
    [(None, "No such file or directory"), ("no certificate", "no certificate (PEM) in it")],
)
def test_a_useless_file_of_authorities_is_a_fault(home: Path, content: str | None, found: str) -> None:
    """Every connection would fail without it."""
    if content is not None:
        (home / "keys" / "ca.pem").write_text(content)
    write(home, f"{SYSTEM}    ca_file: keys/ca.pem\n")

    assert faults_of(home) == (
        system_fault(7, "relays.0.ca_file", "a file with certificates", f"'keys/ca.pem': {found}"),
    )


def test_a_useless_certificate_of_our_own_is_a_fault(home: Path) -> None:
    """A relay that asks for one would turn every connection away."""
    certificate, key = Authority(home / "keys").issue("news.example.org")
    written = f"{SYSTEM}    client_cert_file: keys/{certificate.name}\n"
    expected = "a certificate (PEM) with its private key in the same file or in client_key_file"
    write(home, written)
    found = f"'keys/{certificate.name}': no certificate and private key (PEM)"

    assert faults_of(home) == (system_fault(7, "relays.0.client_cert_file", expected, found),)
    write(home, f"{written}    client_key_file: keys/{key.name}\n")
    assert load_settings(home, {}).system.relays[0].client_key_file == f"keys/{key.name}"


@pytest.mark.parametrize(
    ("key", "found"),
    [("none", "No such file or directory"), ("other.example.org-11.key", "a key of another certificate")],
)
def test_a_wrong_key_is_told_where_it_is_named(home: Path, key: str, found: str) -> None:
    """The certificate is fine; its line would mislead."""
    authority = Authority(home / "keys")
    certificate, _ = authority.issue("news.example.org")
    authority.issue("other.example.org")
    write(home, f"{SYSTEM}    client_cert_file: keys/{certificate.name}\n    client_key_file: keys/{key}\n")

    expected = "the private key (PEM) of client_cert_file"
    fault = system_fault(8, "relays.0.client_key_file", expected, f"'keys/{key}': {found}")
    assert faults_of(home) == (fault,)


def test_a_missing_certificate_is_told_once(home: Path) -> None:
    """Whether its key fits cannot be known."""
    _, key = Authority(home / "keys").issue("news.example.org")
    write(home, f"{SYSTEM}    client_cert_file: keys/none\n    client_key_file: keys/{key.name}\n")

    assert [fault.key for fault in faults_of(home)] == ["relays.0.client_cert_file"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "No such file or directory"),
        (b"", "an empty file"),
        (b"x canary", "spaces or letters beyond ASCII"),
    ],
)
def test_a_useless_token_file_is_a_fault(home: Path, content: bytes | None, found: str) -> None:
    """It is read for each connection, and looked at once before the first."""
    if content is not None:
        (home / "keys" / "canary").write_bytes(content)
    write(home, f"{SYSTEM}    user: olu\n    token_file: keys/canary\n")
    faults = faults_of(home)

    expected = "a readable file that holds the access token on one line"
    assert faults == (system_fault(8, "relays.0.token_file", expected, found),)
    assert "canary" not in repr(faults)


def test_sources_are_a_list_of_their_own(home: Path) -> None:
    """Weights and sections of sources are the operator's word."""
    write(home)
    (home / "config" / "sources.yaml").write_text(
        "- {name: harbour-wire, title: Harbour Wire, weight: 1.2, section: ~, homepage: 'https://wire.example'}\n"
        "- {name: kowan, title: 港湾日報, language: ja}\n"
    )

    assert load_settings(home, {}).sources == (
        Source(key="harbour-wire", title="Harbour Wire", weight=1.2, homepage="https://wire.example"),
        Source(key="kowan", title="港湾日報", language="ja"),
    )


def test_wrong_sources_are_faults_like_any_other(home: Path) -> None:
    """Ten thousand lines need a line number."""
    write(home)
    path = home / "config" / "sources.yaml"
    path.write_text("- {name: a, title: A}\n- {name: b, titel: B, weight: heavy}\n")
    found = faults_of(home)
    path.write_text("- {name: a, title: A}\n- {name: a, title: B}\n")
    again = faults_of(home)

    assert [(fault.file, fault.line, fault.key) for fault in found] == [
        ("sources.yaml", 2, "sources.1.titel"),
        ("sources.yaml", 2, "sources.1.title"),
        ("sources.yaml", 2, "sources.1.weight"),
    ]
    assert [(fault.line, fault.key, fault.found) for fault in again] == [(2, "sources.1.name", "'a'")]


def test_a_source_with_an_address_says_how_it_is_fetched(home: Path) -> None:
    """What is not written is left to the program, and a name alone is fetched from nowhere."""
    write(home)
    (home / "keys").mkdir(exist_ok=True)
    (home / "keys" / "blog").write_text("22444f78447824223cefc48062\n")
    (home / "config" / "sources.yaml").write_text(
        "- {name: bare, title: Bare}\n"
        "- {name: wire, title: Wire, url: 'https://wire.example/feed?all=1'}\n"
        "- {name: blog, title: Blog, url: 'https://blog.example', kind: ghost, key_file: keys/blog,"
        " every: 30m, full_text: page, robots: false, silent_after: never, paused: true,"
        " tags: [Sea, Ships]}\n"
    )
    bare, wire, blog = load_settings(home, {}).sources

    assert (bare.url, bare.fetching) == (None, Fetching())
    assert (wire.url, wire.kind, wire.fetching) == (
        "https://wire.example/feed?all=1",
        SourceKind.AUTO,
        Fetching(),
    )
    assert (blog.kind, blog.tags) == (SourceKind.GHOST, ("Sea", "Ships"))
    assert blog.fetching == Fetching(
        every=timedelta(minutes=30),
        full_text=FullText.PAGE,
        robots=False,
        key_file="keys/blog",
        silent_after="never",
        paused=True,
    )


@pytest.mark.parametrize(
    ("entry", "key", "found"),
    [
        ("url: 'ftp://wire.example'", "url", "'ftp://wire.example'"),
        ("url: 'https://ada:canary@wire.example/'", "url", "'…@wire.example/'"),
        ("every: 5m", "url", "nothing"),
        ("url: 'https://blog.example', kind: ghost", "key_file", "nothing"),
        ("url: 'https://blog.example', key_file: keys/none", "key_file", "'keys/none'"),
        (
            "url: 'https://b.example', kind: ghost, key_file: keys/none",
            "key_file",
            "No such file or directory",
        ),
        ("url: 'https://wire.example', silent_after: often", "silent_after", "'often'"),
    ],
)
def test_a_wrong_way_to_fetch_is_a_fault_with_its_line(home: Path, entry: str, key: str, found: str) -> None:
    """A key of an API, and what may be one, is never shown."""
    write(home)
    path = home / "config" / "sources.yaml"
    path.write_text(f"- {{name: a, title: A}}\n- {{name: b, title: B, {entry}}}\n")
    faults = faults_of(home)

    assert (faults[0].line, faults[0].key, faults[0].found) == (2, f"sources.1.{key}", found)
    assert "canary" not in repr(faults)


def _fields(fault: Fault) -> dict[str, object]:
    return {name: getattr(fault, name) for name in ("file", "line", "key", "expected", "found", "hint")}
