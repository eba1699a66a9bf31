"""DMARC: where a policy lies, and what is wrong with it."""

from __future__ import annotations

import pytest

from digest.deliver.dns.dmarc import owner, policy_faults, policy_names, policy_place, policy_texts, read_tags

DOMAIN = "news.example.org"


def test_a_policy_is_looked_for_at_the_domain_and_then_at_its_parents() -> None:
    """RFC 7489 section 6.6.3: the organisation's policy holds where the domain has none."""
    assert policy_names("eu.news.example.org") == (
        "_dmarc.eu.news.example.org",
        "_dmarc.news.example.org",
        "_dmarc.example.org",
    )
    assert policy_names("example.org") == ("_dmarc.example.org",)


def test_a_name_of_many_labels_asks_few_questions() -> None:
    """Each question may take five seconds."""
    names = policy_names(".".join("a" * 60) + ".example.org")

    assert len(names) == 7
    assert names[1] == "_dmarc.a.a.a.a.a.example.org"


@pytest.mark.parametrize(
    "text",
    [
        "v=DMARC1; p=none",
        "v=DMARC1;p=reject;",
        "v = DMARC1 ; p = Quarantine ; sp=none; adkim=r; aspf=s; pct=20",
        "v=DMARC1; p=none; rua=mailto:a@example.org, mailto:b@example.net!10m; ruf=mailto:c@example.org",
    ],
)
def test_a_sound_policy_has_no_faults(text: str) -> None:
    """Blanks, letter case of values and unknown tags are free (RFC 7489 section 6.4)."""
    assert policy_faults((text,), DOMAIN, ("example.org",), DOMAIN) == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("p=none; v=DMARC1", "it must begin with 'v=DMARC1;'"),
        ("v=DMARC1 p=none", "it must begin with 'v=DMARC1;'"),
        ("v=dmarc1; p=none", "it must begin with 'v=DMARC1;'"),
        ("", "it must begin with 'v=DMARC1;'"),
        ("v=DMARC1", "p= must be one of none, quarantine, reject"),
        ("v=DMARC1; p=block", "p= must be one of none, quarantine, reject"),
        ("v=DMARC1; p=none; sp=", "sp= must be one of none, quarantine, reject"),
        ("v=DMARC1; p=none; np=never", "np= must be one of none, quarantine, reject"),
        ("v=DMARC1; p=none; pct=101", "pct= must be a whole number from 0 to 100"),
        ("v=DMARC1; p=none; pct=half", "pct= must be a whole number from 0 to 100"),
        ("v=DMARC1; p=reject; p=none", "p= may stand there once"),
        ("v=DMARC1; p=none; aspf=relaxed", "aspf= must be one of r, s"),
        (
            "v=DMARC1; p=none; rua=ada@example.org",
            "rua= must hold addresses such as mailto:postmaster@news.example.org",
        ),
    ],
)
def test_each_fault_is_named(text: str, fault: str) -> None:
    """Receivers pass over what they cannot read, and say so to nobody."""
    assert policy_faults((text,), DOMAIN, (), DOMAIN) == (fault,)


def test_two_policies_are_none() -> None:
    """RFC 7489 section 6.6.3."""
    assert policy_faults(("v=DMARC1; p=none", "v=DMARC1; p=reject"), DOMAIN, (), DOMAIN) == (
        "there are 2 policies, and receivers then heed none: leave one",
    )


def test_a_strict_policy_needs_a_key_of_the_very_domain() -> None:
    """RFC 7489 section 3.1.1: a parent's signature counts in relaxed mode alone."""
    text = ("v=DMARC1; p=reject; adkim=s",)

    assert policy_faults(text, DOMAIN, ("example.org",), DOMAIN) == (
        "adkim=s asks for a signature of news.example.org itself, and no key makes one: write adkim=r",
    )
    assert policy_faults(text, DOMAIN, ("example.org", DOMAIN), DOMAIN) == ()
    assert policy_faults(text, DOMAIN, (), DOMAIN) == ()


@pytest.mark.parametrize(
    ("policy", "signing", "envelope", "fault"),
    [
        ("aspf=s", (), "bounces.news.example.org", "aspf=s asks for news.example.org in the envelope"),
        ("aspf=r", (), "bounces.example.net", "says nothing for news.example.org, and no key signs"),
        ("aspf=r", (), "bounces.news.example.org", None),
        ("aspf=s", (), DOMAIN, None),
        ("aspf=s", ("example.org",), "bounces.example.net", None),
    ],
)
def test_an_envelope_of_its_own_must_count_where_no_key_signs(
    policy: str, signing: tuple[str, ...], envelope: str, fault: str | None
) -> None:
    """RFC 7489 section 3.1: signature or envelope must be the sender's; with neither all mail fails."""
    faults = policy_faults((f"v=DMARC1; p=reject; {policy}",), DOMAIN, signing, envelope)

    assert len(faults) == (fault is not None)
    assert (fault or "") in "".join(faults)


NONE = ("v=DMARC1; p=none",)
SUFFIX = ("v=DMARC1; p=reject; psd=y",)


@pytest.mark.parametrize(
    ("domain", "policies", "owned"),
    [
        ("eu.news.example.org", {}, "eu.news.example.org"),
        ("eu.news.example.org", {"example.org": NONE}, "example.org"),
        ("eu.news.example.org", {"news.example.org": NONE, "example.org": NONE}, "example.org"),
        (
            "eu.news.example.org",
            {"news.example.org": ("v=DMARC1; p=none; psd=n",), "example.org": NONE},
            "news.example.org",
        ),
        ("a.co.uk", {"a.co.uk": NONE, "co.uk": SUFFIX}, "a.co.uk"),
        ("eu.a.co.uk", {"co.uk": SUFFIX}, "a.co.uk"),
        ("eu.a.co.uk", {"eu.a.co.uk": NONE, "co.uk": SUFFIX}, "a.co.uk"),
        ("co.uk", {"co.uk": SUFFIX}, "co.uk"),
        ("news.example.org", {"news.example.org": NONE, "example.org": NONE * 2}, "news.example.org"),
    ],
)
def test_an_owner_is_the_highest_with_a_policy_below_a_public_suffix(
    domain: str, policies: dict[str, tuple[str, ...]], owned: str
) -> None:
    """RFC 9989 section 4.10.2, by its rules for psd=n, psd=y and neither; two policies are none."""
    assert owner(domain, {f"_dmarc.{name}": texts for name, texts in policies.items()}) == owned


@pytest.mark.parametrize(
    ("domain", "places", "holds"),
    [
        ("news.example.org", ["news.example.org", "example.org"], "news.example.org"),
        ("a.b.example.org", ["b.example.org", "example.org"], "example.org"),
        ("news.example.org", [], None),
    ],
)
def test_own_policy_holds_before_the_owners(domain: str, places: list[str], holds: str | None) -> None:
    """RFC 9989 section 4.10.1: what lies between the two holds for nobody else."""
    found = policy_place(domain, {f"_dmarc.{name}": NONE for name in places})

    assert found == (holds and f"_dmarc.{holds}")


def test_policy_of_a_public_suffix_holds_where_its_domains_have_none() -> None:
    """RFC 9989 section 4.10.1: last of all that of the suffix."""
    assert policy_place("a.co.uk", {"_dmarc.co.uk": SUFFIX}) == "_dmarc.co.uk"


def test_policy_between_a_domain_and_its_owner_gives_way_to_the_public_suffix() -> None:
    """RFC 9989 section 4.10.1 asks three places: the domain, its owner, the suffix."""
    policies = {"_dmarc.shop.a.co.uk": NONE, "_dmarc.co.uk": SUFFIX}

    assert policy_place("news.shop.a.co.uk", policies) == "_dmarc.co.uk"


@pytest.mark.parametrize(
    ("domain", "envelope", "places", "is_met"),
    [
        ("a.co.uk", "b.co.uk", {"a.co.uk": NONE, "b.co.uk": NONE, "co.uk": SUFFIX}, False),
        ("a.co.uk", "b.co.uk", {"a.co.uk": NONE}, False),
        ("a.co.uk", "bounces.a.co.uk", {"a.co.uk": NONE, "co.uk": SUFFIX}, True),
        ("news.example.org", "bounces.example.org", {"news.example.org": NONE, "example.org": NONE}, True),
        ("news.example.org", "bounces.example.org", {"news.example.org": NONE}, False),
        ("news.example.org", "example.org", {"news.example.org": NONE}, True),
    ],
)
def test_envelope_counts_in_relaxed_mode_where_both_have_one_owner(
    domain: str, envelope: str, places: dict[str, tuple[str, ...]], *, is_met: bool
) -> None:
    """Two customers of co.uk are strangers: a mail of the one is no proof of the other."""
    policies = {f"_dmarc.{name}": texts for name, texts in places.items()}
    faults = policy_faults(NONE, domain, (), envelope, policies)

    assert (faults == ()) is is_met
    assert all("`digest dkim new`, or a policy at a parent of both" in fault for fault in faults)
    assert policy_faults(NONE, domain, (domain,), envelope, policies) == ()


def test_policies_are_chosen_among_other_texts() -> None:
    """One that was meant to be a policy is shown with its fault, not passed over as missing."""
    texts = ("v=spf1 -all", "V=DMARC1; p=none", '"v=DMARC1; p=none"')

    assert policy_texts(texts) == ("V=DMARC1; p=none", '"v=DMARC1; p=none"')


def test_tags_keep_their_order_and_lose_their_blanks() -> None:
    """The first tag decides whether it is a policy at all."""
    assert list(read_tags(" v = DMARC1 ;; p=none ; rua=mailto:a@b?c=d").items()) == [
        ("v", "DMARC1"),
        ("p", "none"),
        ("rua", "mailto:a@b?c=d"),
    ]
