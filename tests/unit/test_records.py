"""What a sending domain needs in the DNS, compared with answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.dns.records import (
    Answer,
    PublishedKey,
    Question,
    Record,
    Sender,
    envelope_findings,
    envelope_questions,
    findings,
    questions,
)

KEY = PublishedKey(
    domain="example.org", name="s1._domainkey.example.org", text="v=DKIM1; k=ed25519; p=c2VjcmV0"
)
SENDER = Sender(domain="news.example.org", relay_hosts=("mail.example.org",), keys=(KEY,))
START = "asks for reports and refuses nothing; any mailbox of the domain that is read will do"
ALL_WELL: dict[Question, Answer] = {
    ("TXT", "news.example.org"): Answer(texts=("other=1", "v=spf1 a:mail.example.org -all")),
    ("TXT", KEY.name): Answer(texts=(KEY.text,)),
    ("TXT", "_dmarc.news.example.org"): Answer(texts=("v=DMARC1; p=reject",)),
    ("TXT", "_dmarc.example.org"): Answer(),
    ("MX", "news.example.org"): Answer(texts=("mx.example.org",)),
}


def judged(kind: str, *answers: tuple[Question, Answer], sender: Sender = SENDER) -> Record:
    """Return the finding of a kind where all is well but these answers."""
    (record,) = (each for each in findings(sender, ALL_WELL | dict(answers)) if each.kind == kind)
    return record


def key_answer(*texts: str) -> tuple[Question, Answer]:
    """Answer the question about the key."""
    return ("TXT", KEY.name), Answer(texts=texts)


def test_each_question_is_asked_once() -> None:
    """Selectors of two senders may share names, and each question may take five seconds."""
    asked = questions(replace(SENDER, keys=(KEY, KEY)))

    assert asked == (
        ("TXT", "news.example.org"),
        ("TXT", "s1._domainkey.example.org"),
        ("TXT", "_dmarc.news.example.org"),
        ("TXT", "_dmarc.example.org"),
        ("MX", "news.example.org"),
    )


def test_a_domain_where_all_is_well_needs_no_work() -> None:
    """What was found is shown, without the domain's other texts."""
    records = findings(SENDER, ALL_WELL)

    assert [(record.kind, record.state, record.hint) for record in records] == [
        ("SPF", "found", None),
        ("DKIM", "found", None),
        ("DMARC", "found", None),
        ("MX", "found", None),
    ]
    assert records[0].found == ("v=spf1 a:mail.example.org -all",)
    assert not any(record.needs_work for record in records)


def test_nothing_asked_shows_what_to_publish() -> None:
    """--offline is for who sets a domain up before it is in the DNS."""
    records = findings(SENDER, {})

    assert [(record.name, record.wanted, record.state) for record in records] == [
        ("news.example.org", "v=spf1 a:mail.example.org ~all", "unasked"),
        ("s1._domainkey.example.org", "v=DKIM1; k=ed25519; p=c2VjcmV0", "unasked"),
        (
            "_dmarc.news.example.org",
            "v=DMARC1; p=none; rua=mailto:postmaster@news.example.org",
            "unasked",
        ),
        ("news.example.org", None, "unasked"),
    ]
    assert not any(record.needs_work for record in records)


def test_records_that_are_not_there_are_missing() -> None:
    """An answer without records is an answer."""
    records = findings(SENDER, dict.fromkeys(questions(SENDER), Answer()))

    assert [(record.state, record.found) for record in records] == [("missing", ())] * 4
    assert all(record.needs_work for record in records)


def test_what_could_not_be_asked_is_neither_there_nor_missing() -> None:
    """Somebody who publishes a second SPF record for want of a network breaks the first."""
    records = findings(
        SENDER, dict.fromkeys(questions(SENDER), Answer(trouble="the name servers fail or cannot be reached"))
    )

    assert {record.state for record in records} == {"unanswered"}
    assert all(
        (record.hint or "").startswith("could not be asked: the name servers fail or cannot be reached")
        for record in records
    )
    assert not any(record.needs_work for record in records)


def test_two_spf_records_are_a_fault() -> None:
    """RFC 7208 section 4.5: receivers then end in an error."""
    texts = ("v=spf1 a:mail.example.org -all", "v=spf1 include:example.net -all")
    record = judged("SPF", (("TXT", "news.example.org"), Answer(texts=texts)))

    assert (record.state, record.found) == ("different", texts)
    assert record.hint == "there are 2 SPF records, and receivers then heed none: merge them into one"


def test_a_faulty_spf_record_shows_all_its_faults() -> None:
    """One round of edits in a DNS takes an hour."""
    record = judged("SPF", (("TXT", "news.example.org"), Answer(texts=("v=spf1 ip9:1 +all",))))

    assert record.state == "different"
    assert record.hint == ("'ip9:1' is nothing that SPF knows; '+all' lets everybody send the domain's mail")


def test_a_sound_spf_record_that_does_not_name_the_relay_is_left_to_the_reader() -> None:
    """Only who evaluates every include could tell; we say what to look at."""
    record = judged("SPF", (("TXT", "news.example.org"), Answer(texts=("v=spf1 mx -all",))))

    assert record.state == "found"
    assert (
        record.hint == "make sure that it covers the addresses that mail through mail.example.org leaves from"
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("v=DKIM1; k=ed25519; p=b3RoZXI", "p= is not the key that signs"),
        ("v=DKIM1; k=ed25519; p=", "p= is empty: the key is revoked"),
        ("v=DKIM1; k=ed25519", "there is no p="),
        ("p=c2VjcmV0", "k= is not ed25519"),
        ("v=DKIM2; k=ed25519; p=c2VjcmV0", "v= is not DKIM1"),
        ("v=DKIM1; k=ed25519; h=sha1; p=c2VjcmV0", "h= leaves sha256 out"),
        ("v=DKIM1; k=ed25519; s=tlsrpt; p=c2VjcmV0", "s= leaves email out"),
        ("v=DKIM1; k=ed25519; p=b2xk; p=c2VjcmV0", "p= may stand there once"),
        ("v=spf1 -all", "v= is not DKIM1; k= is not ed25519; there is no p="),
    ],
)
def test_a_key_that_differs_says_how(text: str, hint: str) -> None:
    """A signature against another key counts as none, or worse."""
    record = judged("DKIM", key_answer(text))

    assert (record.state, record.hint, record.found) == ("different", hint, (text,))


@pytest.mark.parametrize(
    "text", ["k=ed25519;p=c2Vj cmV0;", "v=DKIM1; h=sha1:sha256; k=ed25519; t=s; s=email : tlsrpt; p=c2VjcmV0"]
)
def test_a_key_may_be_written_in_other_ways(text: str) -> None:
    """RFC 6376 section 3.6.1: v= and h= are optional, white space in p= is free."""
    assert judged("DKIM", key_answer(text)).state == "found"


def test_policies_that_were_asked_for_tell_whose_the_relay_is() -> None:
    """The policy of a suffix, where anybody may register, makes no relatives."""
    suffix = Answer(texts=("v=DMARC1; p=none; psd=y",))
    record = judged("SPF", (("TXT", "news.example.org"), Answer()), (("TXT", "_dmarc.example.org"), suffix))

    assert (record.state, record.wanted) == ("missing", None)
    assert (record.hint or "").startswith("ask your relay's operator (mail.example.org)")


def test_relays_are_asked_whether_they_are_a_neighbours() -> None:
    """Below gouv.fr and the like nothing else tells; the envelope's domain has an SPF record of its own."""
    sender = replace(SENDER, domain="mairie.gouv.fr", relay_hosts=("smtp.ecole.gouv.fr",))
    place: Question = ("TXT", "_dmarc.ecole.gouv.fr")
    policy = Answer(texts=("v=DMARC1; p=none",))

    assert place in questions(sender)
    assert place in envelope_questions(sender)
    for answer, wanted in ((policy, None), (Answer(), "v=spf1 a:smtp.ecole.gouv.fr ~all")):
        assert findings(sender, {place: answer})[0].wanted == wanted
        assert envelope_findings(sender, {place: answer})[0].wanted == wanted


def test_relay_with_a_policy_is_ones_own_where_what_it_shares_has_one() -> None:
    """RFC 9989 section 4.10.2: the highest policy is the owner's, and example.net has one for both."""
    sender = replace(SENDER, keys=(), domain="bounces.example.net", relay_hosts=("smtp.mail.example.net",))
    theirs = {"_dmarc.example.net": "v=DMARC1; p=none", "_dmarc.mail.example.net": "v=DMARC1; p=reject"}
    for ask, find in ((questions, findings), (envelope_questions, envelope_findings)):
        answers = {each: Answer(texts=tuple(filter(None, [theirs.get(each[1])]))) for each in ask(sender)}
        assert find(sender, answers)[0].wanted == "v=spf1 a:smtp.mail.example.net ~all"


def test_each_relay_that_spf_does_not_name_is_told() -> None:
    """With a second relay half of the mail leaves from elsewhere."""
    sender = replace(SENDER, relay_hosts=("mail.example.org", "mx2.example.org", "9.9.9.9"))
    record = judged("SPF", sender=sender)

    assert record.wanted == "v=spf1 a:mail.example.org a:mx2.example.org ip4:9.9.9.9 ~all"
    assert record.hint == (
        "make sure that it covers the addresses that mail through mx2.example.org and 9.9.9.9 leaves from"
    )


def test_the_envelopes_domain_is_held_against_the_policy() -> None:
    """Reports that come back to another owner's domain leave the mail with neither SPF nor a signature."""
    sender = replace(SENDER, keys=(), envelope="bounces.example.net")

    assert judged("DMARC", sender=sender).state == "different"
    assert judged("DMARC", sender=replace(sender, envelope="b.news.example.org")).state == "found"


def test_a_key_under_test_is_noted() -> None:
    """RFC 6376: verifiers treat such mail as unsigned."""
    record = judged("DKIM", key_answer(f"{KEY.text}; t=y:s"))

    assert record.state == "found"
    assert record.hint == "t=y says that signatures are a mere test: take it out"


def test_two_records_of_a_key_are_a_fault() -> None:
    """RFC 6376 section 3.6.2.2: what verifiers make of them is undefined."""
    record = judged("DKIM", key_answer(KEY.text, "v=DKIM1; p="))

    assert record.state == "different"
    assert record.hint == "there are 2 records, and receivers may take any: leave one"


def test_a_parents_policy_holds_where_the_domain_has_none() -> None:
    """RFC 7489 section 6.6.3."""
    record = judged(
        "DMARC",
        (("TXT", "_dmarc.news.example.org"), Answer()),
        (("TXT", "_dmarc.example.org"), Answer(texts=("v=DMARC1; p=none",))),
    )

    assert (record.name, record.state) == ("_dmarc.example.org", "found")
    assert record.hint == "_dmarc.example.org holds for news.example.org too"


def test_two_domains_under_a_public_suffix_are_two_owners() -> None:
    """The envelope's places are asked about where no key signs, and only there."""
    sender = Sender(domain="a.co.uk", relay_hosts=("mail.a.co.uk",), keys=(), envelope="b.co.uk")
    answers = dict.fromkeys(questions(sender), Answer())
    answers["TXT", "_dmarc.a.co.uk"] = Answer(texts=("v=DMARC1; p=none",))
    answers["TXT", "_dmarc.co.uk"] = Answer(texts=("v=DMARC1; p=reject; psd=y",))
    (record,) = (one for one in findings(sender, answers) if one.kind == "DMARC")

    assert ("TXT", "_dmarc.b.co.uk") in answers
    assert (record.state, record.name) == ("different", "_dmarc.a.co.uk")
    assert "b.co.uk in the envelope says nothing for a.co.uk" in str(record.hint)
    signed = replace(sender, keys=(replace(KEY, domain="a.co.uk"),))
    assert ("TXT", "_dmarc.b.co.uk") not in questions(signed)


def test_an_envelope_whose_owner_nobody_could_tell_is_no_fault() -> None:
    """A name server that is slow for a moment must not make people change what works."""
    sender = Sender(
        domain="news.example.org", relay_hosts=("mail.example.org",), keys=(), envelope="b.example.org"
    )
    answers = dict.fromkeys(questions(sender), Answer())
    answers["TXT", "_dmarc.news.example.org"] = Answer(texts=("v=DMARC1; p=none",))
    answers["TXT", "_dmarc.example.org"] = Answer(trouble="no answer within 5 s")
    (record,) = (one for one in findings(sender, answers) if one.kind == "DMARC")

    assert (record.state, record.hint) == ("found", None)


def test_a_parent_that_could_not_be_asked_leaves_the_policy_open() -> None:
    """The domain has none of its own, and nobody knows whether one is inherited."""
    record = judged(
        "DMARC",
        (("TXT", "_dmarc.news.example.org"), Answer()),
        (("TXT", "_dmarc.example.org"), Answer(trouble="no answer within 5 s")),
    )

    assert record.state == "unanswered"
    assert record.hint == f"could not be asked: no answer within 5 s; {START}"


def test_a_policy_with_a_fault_is_different() -> None:
    """It is shown beside the start we suggest."""
    record = judged("DMARC", (("TXT", "_dmarc.news.example.org"), Answer(texts=("v=DMARC1; p=no",))))

    assert (record.state, record.hint) == ("different", "p= must be one of none, quarantine, reject")


def test_a_domain_that_takes_no_mail_is_no_sender() -> None:
    """RFC 7505 section 4.2: some receivers refuse mail from a domain that cannot be answered."""
    record = judged("MX", (("MX", "news.example.org"), Answer(texts=(".",))))

    assert (record.state, record.hint) == ("different", "the domain says that it takes no mail")


def test_a_domain_without_keys_has_no_key_record() -> None:
    """Signing is then the relay's affair."""
    kinds = [record.kind for record in findings(replace(SENDER, keys=()), ALL_WELL)]

    assert kinds == ["SPF", "DMARC", "MX"]


def test_strangers_texts_are_made_fit_to_be_shown() -> None:
    """A name server can answer with anything: escapes for the terminal, lines of its own, megabytes."""
    record = judged("DKIM", key_answer("\x1b[2J\n✓ all is well\u202e" + "x" * 60_000, *["y"] * 90))

    assert len(record.found) == 5
    assert record.found[0].startswith("\\x1b[2J\\n✓ all is well\\u202exxx")
    assert len(record.found[0]) < 1_020


def test_a_fault_that_quotes_a_stranger_is_made_fit_as_well() -> None:
    """What is wrong with a record is said in its own words."""
    text = "v=spf1 \x1b[2J\u202e " + "no " * 10_000
    record = judged("SPF", (("TXT", "news.example.org"), Answer(texts=(text,))))

    assert record.hint == (
        r"'\x1b[2J\u202e' is nothing that SPF knows" + "; 'no' is nothing that SPF knows" * 4
    )


BEGINNINGS = st.sampled_from(["", "v=spf1 ", "v=DMARC1; p=", "v=DKIM1; k=ed25519; p=", '"v=spf1', "v=dmarc"])
TEXTS = st.lists(st.builds(str.__add__, BEGINNINGS, st.text(max_size=60)), max_size=3).map(tuple)


@given(st.lists(TEXTS, min_size=5, max_size=5))
def test_any_answer_leads_to_a_finding_that_can_be_shown(texts: list[tuple[str, ...]]) -> None:
    """Whoever owns a name decides what it says; one bad text must not hide the other records."""
    asked = questions(SENDER)
    answers = {each: Answer(texts=said) for each, said in zip(asked, texts, strict=True)}
    records = findings(SENDER, answers)

    assert [record.kind for record in records] == ["SPF", "DKIM", "DMARC", "MX"]
    assert all(record.state in {"found", "missing", "different"} for record in records)
    assert all(line.isprintable() for record in records for line in (*record.found, record.hint or ""))


def test_a_domain_of_envelopes_needs_spf_and_a_host_that_takes_its_mail() -> None:
    """Nothing is signed as it, and no policy is looked for there."""
    domain = replace(SENDER, keys=())
    spf, mx = envelope_findings(domain, ALL_WELL, "let it be read")

    assert envelope_questions(domain) == (("TXT", "news.example.org"), ("MX", "news.example.org"))
    assert (spf.kind, spf.state, mx.kind, mx.state, mx.hint) == (
        "SPF",
        "found",
        "MX",
        "found",
        "let it be read",
    )
    assert [record.state for record in envelope_findings(domain, {})] == ["unasked", "unasked"]
