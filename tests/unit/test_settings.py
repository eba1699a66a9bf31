"""Settings types: defaults, sections' keys, and values that clash."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from digest.settings import (
    DeliverySettings,
    DigestSettings,
    Mailbox,
    RelaySettings,
    SectionSettings,
    SelectionSettings,
    SiteSettings,
    SystemSettings,
    database_url,
    parse_duration,
    parse_mailbox,
    parse_size,
    section_key,
    show_duration,
    show_size,
)

SITE = SiteSettings(base_url="https://news.example.org", postal_address="1 Example Street")
RELAY = RelaySettings(name="main", url="smtp://127.0.0.1:2525")


def make_digest(**changes: object) -> DigestSettings:
    """Make a small digest with some values changed."""
    values = {
        "key": "daily",
        "title": "The Daily Brief",
        "from": "brief@news.example.org",
        "sections": [{"title": "World", "tags": ["world"]}],
    }
    return DigestSettings.model_validate({**values, **changes})


def test_the_defaults_are_those_of_the_design() -> None:
    """Operators who write nothing get a sensible digest."""
    digest = make_digest()

    assert (digest.language, digest.zone, digest.theme) == ("en", "UTC", "gazette")
    assert (digest.selection.window, digest.selection.half_life) == (timedelta(hours=24), timedelta(hours=24))
    assert (digest.selection.at_most, digest.selection.at_least, digest.selection.per_source) == (20, 3, 4)
    assert (digest.sections[0].key, digest.sections[0].at_most, digest.sections[0].sentences) == (
        "world",
        5,
        2,
    )
    assert digest.timezone.key == "UTC"


@pytest.mark.parametrize(
    ("written", "value", "shown"),
    [
        ("90s", timedelta(seconds=90), "90s"),
        ("30m", timedelta(minutes=30), "30m"),
        ("24h", timedelta(hours=24), "24h"),
        ("48h", timedelta(days=2), "2d"),
        ("3d", timedelta(days=3), "3d"),
        ("2w", timedelta(days=14), "2w"),
        ("7d", timedelta(days=7), "7d"),
    ],
)
def test_durations_are_read_and_written_with_their_unit(written: str, value: timedelta, shown: str) -> None:
    """A bare figure would leave the unit to luck."""
    assert parse_duration(written) == value
    assert show_duration(value) == shown


@pytest.mark.parametrize(
    ("written", "value", "shown"),
    [
        ("200MB", 200_000_000, "200MB"),
        ("2GB", 2_000_000_000, "2GB"),
        ("2000MB", 2_000_000_000, "2GB"),
        ("0GB", 0, "0MB"),
    ],
)
def test_sizes_are_read_and_written_with_their_unit(written: str, value: int, shown: str) -> None:
    """A million bytes each, as disks are sold."""
    assert parse_size(written) == value
    assert show_size(value) == shown


@pytest.mark.parametrize(
    "written", ["", "200", 200, "-1MB", "1.5GB", "1 GB", "1MiB", "01MB", "9999999MB", "٣MB"]
)
def test_what_has_no_unit_is_no_size(written: object) -> None:
    """Two hundred of what?"""
    with pytest.raises(ValidationError, match="a size such as 200MB or 2GB"):
        DeliverySettings.model_validate({"reserve": written})


@pytest.mark.parametrize("written", ["", "24", "0h", "-1h", "1.5h", "1 h", "1y", "01h", "9999999d", "٣d"])
def test_what_has_no_unit_is_no_duration(written: str) -> None:
    """Twenty-four of what?"""
    with pytest.raises(ValueError, match="a duration such as"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("title", "key"),
    [("World news", "world-news"), ("  Ärzte & Co. ", "ärzte-co"), ("港湾", "港湾"), ("!!!", "section")],
)
def test_a_section_has_a_key_of_its_title(title: str, key: str) -> None:
    """Subscribers' choices are stored by it."""
    assert section_key(title) == key
    assert SectionSettings(title=title, tags=("x",)).key == key


def test_a_written_section_key_stays() -> None:
    """A title can change without losing the subscribers' choices."""
    assert SectionSettings(title="World news", key="world", tags=("x",)).key == "world"


@pytest.mark.parametrize("key", ["World", "a b", "a/b", "-a", "a_b", "a--b", "../x"])
def test_a_section_key_is_made_for_links(key: str) -> None:
    """It stands in addresses, files and forms."""
    with pytest.raises(ValidationError, match="with hyphens between"):
        SectionSettings(title="World", key=key, tags=("x",))


@pytest.mark.parametrize("key", ["more", "world"])
def test_two_sections_cannot_share_a_key(key: str) -> None:
    """An article's place would be ambiguous."""
    sections = [{"title": "World", "tags": ["a"]}, {"title": "Else", "key": key, "tags": ["b"]}]

    with pytest.raises(ValidationError, match=f"sections.1.key: expected a key .* found '{key}'"):
        make_digest(sections=sections)


def test_a_floor_above_the_cap_is_refused() -> None:
    """No edition could ever have enough."""
    with pytest.raises(ValidationError, match=r"at_least: expected at most selection.at_most \(2\), found 3"):
        SelectionSettings(at_most=2)


def test_settings_are_frozen() -> None:
    """They are read once and shared between threads."""
    with pytest.raises(ValidationError, match="frozen"):
        SITE.base_url = "https://other.example.org"

    assert SITE.base_url == "https://news.example.org"


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("brief@news.example.org", "", "brief@news.example.org"),
        ("The Daily Brief <brief@news.example.org>", "The Daily Brief", "brief@news.example.org"),
        ('"Brief, Daily" <b@news.example.org>', "Brief, Daily", "b@news.example.org"),
        (r'"The \"Brief\"" <b@news.example.org>', 'The "Brief"', "b@news.example.org"),
        ("港湾日報 <b@news.example.org>", "港湾日報", "b@news.example.org"),
        ("Brief <b@bücher.example.org>", "Brief", "b@xn--bcher-kva.example.org"),
        ("<b@news.example.org>", "", "b@news.example.org"),
    ],
)
def test_a_sender_is_a_name_and_an_address(written: str, name: str, address: str) -> None:
    """The header is built of the two, never of the written text."""
    assert parse_mailbox(written) == Mailbox(name=name, address=address)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "nobody",
        "a@",
        "@b.example.org",
        "a b@c.example.org",
        "a@b.example.org, c@d.example.org",
        "A <a@b.example.org>\nBcc: eve@elsewhere.example.net",
        "A\r\n <a@b.example.org>",
        "A <a@b.example.org> <c@d.example.org>",
        "A <<a@b.example.org>>",
        "A <a@b..example.org>",
        "A <ä@b.example.org>",
        "A\u2028B <a@b.example.org>",
    ],
)
def test_what_is_no_mailbox_is_refused(written: str) -> None:
    """A sender that a relay refuses would fail a whole edition, one by one."""
    with pytest.raises(ValueError, match="a mailbox such as"):
        parse_mailbox(written)


@pytest.mark.parametrize(
    "url",
    ["smtp://mail.example.org", "smtp://127.0.0.1:2525", "smtp://[::1]:25/", "smtp://relay:65535"],
)
def test_a_relay_address_is_host_and_port(url: str) -> None:
    """Relays in house have short names."""
    assert RelaySettings(name="main", url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://x",
        "smtp://",
        "smtp://u:canary@x",
        "smtp://x:0",
        "smtp://x:65536",
        "smtp://x/path",
        "smtp://x\n",
    ],
)
def test_other_relay_addresses_are_refused_without_showing_them(url: str) -> None:
    """A password in an address would end up in messages."""
    with pytest.raises(ValidationError, match="without user and password") as caught:
        RelaySettings(name="main", url=url)

    assert "canary" not in str(caught.value)


def test_a_user_needs_a_password() -> None:
    """Without one every mail of the edition would be refused at the relay."""
    with pytest.raises(
        ValidationError, match="password_file: expected a password for the user, found nothing"
    ):
        RelaySettings(name="main", url="smtp://x", user="olu")
    assert RelaySettings(name="main", url="smtp://x", user="olu", password=SecretStr("x")).user == "olu"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"token_file": "t"}, "user: expected the user that the token is of, found nothing"),
        (
            {"user": "olu", "token_file": "t", "password_file": "p"},
            "token_file: expected a token or a password, found both",
        ),
        ({"url": "lmtp://store:25"}, "url: expected a port other than 25"),  # RFC 2033 section 5
        ({"url": "lmtp+unix:var/lmtp"}, "tls: expected none for a socket on this machine, found 'starttls'"),
        ({"client_key_file": "k"}, "client_cert_file: expected the certificate of client_key_file"),
        ({"tls": "none", "tls_name": "mx"}, "tls_name: expected nothing while tls is none, found 'mx'"),
        ({"tls": "none", "client_cert_file": "c"}, "client_cert_file: expected nothing while tls is none"),
        ({"user": "o\0lu", "password_file": "p"}, "printable text"),
        ({"tls_name": "[::1]"}, "a host name or an address without brackets"),
    ],
)
def test_keys_of_a_relay_that_do_not_fit_each_other_are_told(fields: dict[str, str], words: str) -> None:
    """Each may be fine alone, and no mail would leave."""
    with pytest.raises(ValidationError, match=re.escape(words)):
        RelaySettings.model_validate({"name": "main", "url": "smtp://x", **fields})


def test_relays_have_names_of_their_own() -> None:
    """Variables and books name a relay by it."""
    with pytest.raises(ValidationError, match=r"relays.1.name: expected a name .* found 'main'"):
        SystemSettings(site=SITE, relays=(RELAY, RELAY))


def test_settings_show_no_secret() -> None:
    """They are printed by debuggers and error reports."""
    relay = RelaySettings(name="main", url="smtp://x", password=SecretStr("canary"))
    system = SystemSettings(database="postgresql://digest:canary@db/digest", site=SITE, relays=(relay,))

    assert "canary" not in repr(system) + str(system) + repr(system.model_dump(exclude={"database"}))


@pytest.mark.parametrize(
    ("written", "resolved"),
    [
        ("sqlite:///var/digest.db", "sqlite:////srv/digest/var/digest.db"),
        ("sqlite:///var/digest.db?timeout=5", "sqlite:////srv/digest/var/digest.db?timeout=5"),
        ("sqlite+pysqlite:///d.db", "sqlite+pysqlite:////srv/digest/d.db"),
        ("sqlite:////data/digest.db", "sqlite:////data/digest.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("postgresql:///digest", "postgresql:///digest"),
        ("postgresql://u:p@db/digest", "postgresql://u:p@db/digest"),
    ],
)
def test_a_relative_database_lies_in_the_home(written: str, resolved: str) -> None:
    """The same home must mean the same database from every working directory."""
    system = SystemSettings(database=written, site=SITE, relays=(RELAY,))

    assert database_url(system, Path("/srv/digest")) == resolved
    assert system.database == written
