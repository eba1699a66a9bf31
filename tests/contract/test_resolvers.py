"""What every resolver promises, whether it asks a name server or its memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from digest.deliver.dns.resolver import DnsResolver, FixedResolver, Resolver
from digest.errors import Unanswered
from scripted_dns import ScriptedDns

LONG = "v=DKIM1; k=rsa; p=" + "A" * 392
TXT = {"example.org": ["v=spf1 -all", "other=Ærlig"], "s1._domainkey.example.org": [LONG]}


@pytest.fixture(params=["memory", "dns"])
def resolver(request: pytest.FixtureRequest) -> Iterator[Resolver]:
    """Give a resolver that knows a few names."""
    silent = ["failing.example.org"]
    if request.param == "memory":
        hosts = {"example.org": ["mx1.example.org", "mx2.example.org"], "null.example.org": ["."]}
        yield FixedResolver(txt=TXT, mx=hosts, silent=silent)
        return
    ranked = {
        "example.org": [(20, "MX2.example.org"), (5, "mx1.example.org")],
        "null.example.org": [(0, "")],
    }
    with ScriptedDns(txt=TXT, mx=ranked, failing=silent) as server:
        yield DnsResolver(["127.0.0.1"], port=server.port)


def test_all_texts_of_a_name_are_given(resolver: Resolver) -> None:
    """A second SPF record is a fault, and must be seen to be told."""
    assert sorted(resolver.txt("example.org")) == ["other=Ærlig", "v=spf1 -all"]
    assert sorted(resolver.txt("Example.ORG")) == ["other=Ærlig", "v=spf1 -all"]


def test_a_text_of_several_strings_is_one(resolver: Resolver) -> None:
    """RFC 6376 section 3.6.2.2; the record of an RSA key never fits into one string."""
    assert resolver.txt("s1._domainkey.example.org") == (LONG,)


def test_hosts_come_in_the_order_of_their_preference(resolver: Resolver) -> None:
    """The first is where replies go."""
    assert resolver.mx("example.org") == ("mx1.example.org", "mx2.example.org")


def test_a_domain_that_takes_no_mail_says_so(resolver: Resolver) -> None:
    """RFC 7505: which is not the same as saying nothing."""
    assert resolver.mx("null.example.org") == (".",)


def test_what_is_not_there_is_empty(resolver: Resolver) -> None:
    """Neither the name, nor a record of this type at a name that is there."""
    assert resolver.txt("nowhere.example.org") == ()
    assert resolver.mx("nowhere.example.org") == ()
    assert resolver.mx("s1._domainkey.example.org") == ()
    assert resolver.txt("null.example.org") == ()


def test_who_cannot_say_says_that(resolver: Resolver) -> None:
    """A failing server must never look like a record that is missing."""
    for ask in (resolver.txt, resolver.mx):
        with pytest.raises(Unanswered) as caught:
            ask("failing.example.org")
        assert (caught.value.message, caught.value.where) == (
            "the name servers fail or cannot be reached",
            "failing.example.org",
        )


def test_a_resolver_that_knows_nothing_answers_with_nothing() -> None:
    """The smallest rehearsal needs no arguments."""
    assert FixedResolver().txt("example.org") == FixedResolver().mx("example.org") == ()
