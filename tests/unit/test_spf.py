"""SPF: what to publish for a relay, and what is wrong with what was published."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from digest.deliver.dns.spf import names_host, neighbour_names, spf_faults, spf_texts, suggest_spf

DOMAIN = "news.example.org"


@pytest.mark.parametrize(
    ("host", "text"),
    [
        ("mail.example.org", "v=spf1 a:mail.example.org ~all"),
        ("Mail.News.Example.org.", "v=spf1 a:mail.news.example.org ~all"),
        ("9.9.9.9", "v=spf1 ip4:9.9.9.9 ~all"),
        ("2620:fe::fe", "v=spf1 ip6:2620:fe::fe ~all"),
    ],
)
def test_a_relay_of_ones_own_is_named_in_the_suggestion(host: str, text: str) -> None:
    """What is suggested is pasted as it is, so that it must be right as it is."""
    wanted, explained = suggest_spf(DOMAIN, [host])

    assert wanted == text
    assert explained.endswith("send the domain's mail and marks all others as doubtful")


def test_a_relay_of_others_is_asked_about_and_not_guessed() -> None:
    """Mail leaves a provider from other machines than the one that takes it in."""
    assert suggest_spf(DOMAIN, ["smtp.provider.example.net"]) == (
        None,
        "ask your relay's operator (smtp.provider.example.net) for its include: v=spf1 include:THEIRS ~all",
    )


@pytest.mark.parametrize(
    ("domain", "host"),
    [
        ("brief.co.uk", "smtp.provider.co.uk"),
        ("news.brief.com.au", "mail.com.au"),
        ("brief.or.at", "mx.host.or.at"),
    ],
)
def test_names_that_share_no_more_than_what_may_be_a_suffix_are_not_taken_for_one_owners(
    domain: str, host: str
) -> None:
    """Thousands of companies are below co.uk, and a provider's submission host sends nobody's mail."""
    wanted, explained = suggest_spf(domain, [host])

    assert wanted is None
    assert explained == (
        f"v=spf1 a:{host} ~all if {host} is yours, else "
        f"ask your relay's operator ({host}) for its include: v=spf1 include:THEIRS ~all"
    )


@pytest.mark.parametrize(
    ("domain", "host"),
    [
        ("brief.co.uk", "mail.brief.co.uk"),
        ("brief.co.uk", "brief.co.uk"),
        ("news.brief.co.uk", "mail.brief.co.uk"),
        ("news.brief.co.uk", "brief.co.uk"),
        ("news.brief.de", "mail.brief.de"),
        ("example.de", "mail.example.de"),
        ("news.bbc.uk", "mail.news.bbc.uk"),
    ],
)
def test_names_that_share_what_somebody_owns_are_one_owners(domain: str, host: str) -> None:
    """Below the domain itself, or below three labels, or a second one longer than registries'."""
    assert suggest_spf(domain, [host])[0] == f"v=spf1 a:{host} ~all"


def test_policies_tell_whose_a_relay_is() -> None:
    """RFC 9989 section 4.10.2: the highest policy is the owner's, and a suffix says so by psd=y."""
    policy, suffix = ("v=DMARC1; p=none",), ("v=DMARC1; p=reject; psd=y",)
    owned = {"_dmarc.news.bmw.de": (), "_dmarc.bmw.de": policy}
    hosted = {"_dmarc.shop.example-hosting.org": policy, "_dmarc.example-hosting.org": suffix}
    below = {"_dmarc.brief.co.uk": policy, "_dmarc.co.uk": ()}

    assert suggest_spf("news.bmw.de", ["mail.bmw.de"])[0] is None
    assert suggest_spf("news.bmw.de", ["mail.bmw.de"], owned)[0] == "v=spf1 a:mail.bmw.de ~all"
    assert suggest_spf("shop.example-hosting.org", ["mail.example-hosting.org"], hosted) == (
        None,
        "ask your relay's operator (mail.example-hosting.org) for its include: v=spf1 include:THEIRS ~all",
    )
    assert suggest_spf("shop.example-hosting.org", ["mx.shop.example-hosting.org"], hosted)[0] is not None
    assert suggest_spf("brief.co.uk", ["smtp.provider.co.uk"], below)[0] is None


@pytest.mark.parametrize("suffix", ["gouv.fr", "school.nz", "uk.com", "city.kawasaki.jp"])
@pytest.mark.parametrize("domain", ["mairie", "brief.mairie"])
def test_relay_with_a_policy_below_what_it_shares_may_be_a_neighbours(suffix: str, domain: str) -> None:
    """Such suffixes do not look like one, and few say psd=y; a neighbour's policy tells. RFC 9989, 4.10.2."""
    policy, sender = ("v=DMARC1; p=none",), f"{domain}.{suffix}"
    neighbour, own = f"smtp.mx.ecole.{suffix}", f"smtp.mairie.{suffix}"
    theirs = {f"_dmarc.ecole.{suffix}": policy}

    wanted, explained = suggest_spf(sender, [neighbour], theirs)
    assert wanted is None
    assert explained.startswith(f"v=spf1 a:{neighbour} ~all if {neighbour} is yours, else ask your relay")
    assert suggest_spf(sender, [own], theirs)[0] == f"v=spf1 a:{own} ~all"
    of_both = theirs | {f"_dmarc.{suffix}": policy}
    assert suggest_spf(sender, [neighbour], of_both)[0] == f"v=spf1 a:{neighbour} ~all"


def test_policies_are_asked_for_between_a_relay_and_what_it_shares() -> None:
    """The rest is asked for anyway, or tells nothing of the two."""
    hosts = ["Smtp.MX.ecole.gouv.fr.", "mail.gouv.fr", "a.b.mairie.gouv.fr", "a.b.provider.fr", "9.9.9.9"]

    assert neighbour_names("mairie.gouv.fr", hosts) == ("_dmarc.mx.ecole.gouv.fr", "_dmarc.ecole.gouv.fr")


def test_all_relays_stand_in_one_record() -> None:
    """Mail that leaves by the second relay must not be marked as doubtful."""
    hosts = ["mail.example.org", "9.9.9.9", "mail.example.org"]

    assert suggest_spf(DOMAIN, hosts) == (
        "v=spf1 a:mail.example.org ip4:9.9.9.9 ~all",
        (
            "lets the addresses of mail.example.org and 9.9.9.9 send the domain's mail"
            " and marks all others as doubtful"
        ),
    )
    assert suggest_spf(DOMAIN, ["mail.example.org", "smtp.provider.example.net"]) == (
        None,
        (
            "ask your relay's operator (smtp.provider.example.net) for its include: v=spf1 include:THEIRS"
            " ~all; put a:mail.example.org into the same record"
        ),
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.5", "::1", "localhost", "relay", "relay.local"])
def test_an_address_that_receivers_never_see_is_not_suggested(host: str) -> None:
    """A record that lets 127.0.0.1 send helps nobody."""
    wanted, explained = suggest_spf(DOMAIN, [host])

    assert wanted is None
    assert explained.startswith(f"receivers never see {host}")


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1 -all",
        "v=spf1",
        "V=SPF1 A MX ~ALL",
        "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 a:mail.example.org/24//64 ?all",
        "v=spf1 include:_spf.example.net redirect=_spf.example.com",
        "v=spf1 ip4:0.0.0.0/2 ip4:64.0.0.0/3 ip4:0.0.0.0/3 ip6:2000::/5 ip6:4000::/2 -all",
        "v=spf1 -ip4:128.0.0.0/1 ip4:128.0.0.0/1 -all",
        "v=spf1 ip4:0.0.0.0/3 -ip4:128.0.0.0/2 ip4:128.0.0.0/1 ip6:2001:db8::/32 ~all",
        "v=spf1 ~ip4:0.0.0.0/1 -ip4:128.0.0.0/1 ?a/0 -all",
        "v=spf1 a/24 mx//64 -ip4:0.0.0.0/0 a:%{d1r/}.example.org mx:mail.example.org/32//128 -all",
        "v=spf1 exists:%{i}._spf.example.org exp=why.example.org unknown=fine -all",
        "v=spf1 " + " ".join(f"include:s{n}.example.net" for n in range(10)) + " -all",
    ],
)
def test_a_sound_record_has_no_faults(text: str) -> None:
    """A false alarm makes people break what works."""
    assert spf_faults(text) == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("v=spf2 -all", "it must begin with 'v=spf1' and a space"),
        ("v=spf1; a -all", "it must begin with 'v=spf1' and a space"),
        ("v=spf1 +all", "'+all' lets everybody send the domain's mail"),
        ("v=spf1 mx all", "'all' lets everybody send the domain's mail"),
        ("v=spf1 include: -all", "'include:' names no domain"),
        ("v=spf1 redirect=", "'redirect=' names no domain"),
        ("v=spf1 ip4:2001:db8::1 -all", "'ip4:2001:db8::1' holds no ip4 address"),
        ("v=spf1 ip6:192.0.2.1 -all", "'ip6:192.0.2.1' holds no ip6 address"),
        ("v=spf1 ip4:0.0.0.0/0 -all", "'ip4:0.0.0.0/0' lets everybody send the domain's mail"),
        ("v=spf1 ip6:::/0 -all", "'ip6:::/0' lets everybody send the domain's mail"),
        ("v=spf1 ip4:192.0.2.1/00 -all", "'ip4:192.0.2.1/00' lets everybody send the domain's mail"),
        ("v=spf1 a/0 -all", "'a/0' lets everybody send the domain's mail"),
        (
            "v=spf1 mx:mail.example.org/24//0 -all",
            "'mx:mail.example.org/24//0' lets everybody send the domain's mail",
        ),
        (
            "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all",
            "'ip4:0.0.0.0/1 ip4:128.0.0.0/1' lets half of all ip4 addresses or more send the domain's mail",
        ),
        (
            "v=spf1 ip4:64.0.0.0/2 +ip4:128.0.0.0/2 ip4:128.0.0.0/8 -all",
            (
                "'ip4:64.0.0.0/2 +ip4:128.0.0.0/2 ip4:128.0.0.0/8' lets half of all ip4 addresses or more"
                " send the domain's mail"
            ),
        ),
        (
            "v=spf1 ip6:8000::/1 ip6:2000::/4 -all",
            "'ip6:8000::/1 ip6:2000::/4' lets half of all ip6 addresses or more send the domain's mail",
        ),
        (
            "v=spf1 -ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all",
            "'ip4:128.0.0.0/1' lets half of all ip4 addresses or more send the domain's mail",
        ),
        (
            "v=spf1 ip4:128.0.0.0/1 -ip4:128.0.0.0/1 -all",
            "'ip4:128.0.0.0/1' lets half of all ip4 addresses or more send the domain's mail",
        ),
        ("v=spf1 a:%{d}/0 -all", "'a:%{d}/0' lets everybody send the domain's mail"),
        ("v=spf1 a:/24 -all", "'a:/24' names no domain"),
        ("v=spf1 ~mx:/24//64 -all", "'~mx:/24//64' names no domain"),
        ("v=spf1 include:/24 -all", "'include:/24' names no domain"),
        ("v=spf1 a: -all", "'a:' names no domain"),
        ("v=spf1 -mx: -all", "'-mx:' names no domain"),
        ("v=spf1 a:mail.example.org/33 -all", "'a:mail.example.org/33' holds a length that no network has"),
        ("v=spf1 mx//129 -all", "'mx//129' holds a length that no network has"),
        ("v=spf1 a/24/64 -all", "'a/24/64' holds a length that no network has"),
        ("v=spf1 redirect=a.example redirect=b.example", "'redirect=' may stand there once"),
        ("v=spf1 exp=a.example -all exp=b.example", "'exp=' may stand there once"),
        ("v=spf1 ipv4:192.0.2.1 -all", "'ipv4:192.0.2.1' is nothing that SPF knows"),
        (
            "v=spf1 a mx ptr " + " ".join(f"include:s{n}.example.net" for n in range(8)) + " -all",
            "it asks for 11 lookups, and receivers stop after 10",
        ),
    ],
)
def test_each_fault_is_named(text: str, fault: str) -> None:
    """RFC 7208: receivers take a record with one fault for no record at all."""
    assert spf_faults(text) == (fault,)


@pytest.mark.parametrize("count", [101, 2_000, 200_000])
def test_record_that_is_too_long_costs_no_time(
    count: int, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """Anybody may write one for the domain of an own sender, or a doctor's rounds would hang on it."""
    pairs = (f"-ip4:{n % 223}.{n % 251}.0.0/16 ip4:{n % 199}.{n % 256}.1.0/24" for n in range(count))
    with within(1):
        faults = spf_faults(f"v=spf1 {' '.join(pairs)} ~all")
    assert faults == ("it is longer than 100 terms or 4,096 characters: only its beginning was looked at",)


def test_what_is_wrong_with_the_beginning_of_a_long_record_is_told() -> None:
    """A term that the end of what is looked at cuts in two is not taken for a fault."""
    long = "it is longer than 100 terms or 4,096 characters: only its beginning was looked at"
    tail = " ip4:192.0.2.1" * 98

    assert spf_faults(f"v=spf1{tail} -all nonsense") == ("'nonsense' is nothing that SPF knows",)
    assert spf_faults(f"v=spf1{tail} ip4:192.0.2.1 -all nonsense") == (long,)
    assert spf_faults(f"v=spf1 +all{tail} -all x") == ("'+all' lets everybody send the domain's mail", long)
    for more in range(4_000, 4_200):
        told = spf_faults(f"v=spf1 exists:{'x' * more} -all")
        assert told == ((long,) if 7 + 7 + more + 5 > 4_096 else ())


def test_addresses_and_all_are_no_lookups() -> None:
    """RFC 7208 section 4.6.4 counts only what makes a receiver ask."""
    text = "v=spf1 " + " ".join(f"ip4:192.0.2.{n}" for n in range(30)) + " -all"

    assert spf_faults(text) == ()


def test_records_are_chosen_among_the_domains_other_texts() -> None:
    """A domain's name holds the proofs of half a dozen services too; quotes pasted along are a fault."""
    texts = ("site-verification=abc", "V=spf1 -all", '"v=spf1 mx"', "about v=spf1")

    assert spf_texts(texts) == ("V=spf1 -all", '"v=spf1 mx"')


def test_a_record_names_a_host_only_as_a_whole() -> None:
    """mail.example.org is not mail.example.org.evil.example."""
    text = "v=spf1 a:mail.example.org.evil.example ip4:9.9.9.9 include:spf.example.net -all"

    assert names_host(text, "9.9.9.9")
    assert names_host("v=spf1 +a:Mail.example.org -all", "mail.example.org.")
    assert not names_host(text, "mail.example.org")
