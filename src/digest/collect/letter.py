"""Mail as an article: a newsletter, or a text that somebody forwards.

Source: RFC 5322, RFC 2045 to 2047; Archived-At: RFC 5064.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32

from digest.collect.blocks import Block, blocks_of_html, blocks_of_text
from digest.collect.dates import read_date
from digest.collect.document import Draft
from digest.collect.formats import decode
from digest.collect.furniture import tidy
from digest.collect.pictures import picture_in
from digest.errors import DocumentError

__all__ = ["draft_from_letter", "field_of", "letter_sender", "open_letter", "sender_of", "vouches"]

_MAX_PARTS = 60
_MAX_FIELD = 2_000
_PREFIX = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:(?:re|fwd?|aw|wg|tr|rv|doorst)\s*:\s*(?:\[[^\]]{1,40}\]\s*)?)+",
    re.IGNORECASE,
)
_SENDER = re.compile(
    r"(?:(?P<name>[^<>]*)<(?P<angled>[^<>@\s]{1,64}@[^<>@\s]{1,253})>|(?P<bare>[^<>@\s,;()\"]{1,64}@[^<>@\s,;()\"]{1,253}))"
)
_COMMENT = re.compile(r"\([^()]*\)")
#: How a mailbox's own server takes mail from the mail server. Source: RFC 5321, 4.4; RFC 3848; RFC 6531, 4.3.
_BY_LMTP = re.compile(
    r"\s*(?:from\s+\S+\s+)?by\s+\S+\s+(?:via\s+\S+\s+)?with\s+(?:utf8)?lmtps?a?\b", re.IGNORECASE
)
_SIGNATURE = re.compile(r"^-- ?\r?$", re.MULTILINE)
_MAX_LINE = 240  #: furniture of mail is short
_FURNITURE = re.compile(
    r"(?:.{0,80}\b(?:unsubscribe|update your (?:e-?mail )?preferences|"
    r"manage (?:your )?(?:preferences|subscriptions?)|newsletter abbestellen|vom newsletter abmelden|"
    r"se désabonner|se désinscrire|darse de baja|"
    r"cancelar (?:la )?suscripción|disiscri\w+|cancelar (?:a )?inscrição|uitschrijven)\b.{0,80}"
    r"|abmelden|afmelden"
    r"|.{0,40}\b(?:view|read|open|see) (?:it|(?:this|the) (?:e-?mail|message|newsletter|issue))\b.{0,20}"
    r"\b(?:browser|online)\b.{0,20}|view online"
    r"|(?:view|read|open) (?:in|on) (?:(?:a|your) )?(?:web )?browser.{0,20}"
    r"|.{0,40}\bim browser (?:ansehen|anzeigen|öffnen)\b.{0,40}"
    r"|.{0,40}\bvoir (?:en ligne|dans (?:le|votre) navigateur)\b.{0,40}"
    r"|.{0,40}\b(?:ver (?:en el|no) navegador|apri nel browser|bekijk (?:in (?:uw|je) browser|online))\b"
    r".{0,40}"
    r"|you(?: are|'re|’re)? (?:receiv(?:ed?|ing)|getting) this (?:e-?mail|message|newsletter)\b.*"
    r"|sie erhalten diese(?:n newsletter| e-?mail)\b.*|vous recevez ce(?:t e-?mail| message)\b.*"
    r"|this (?:e-?mail|message) was sent to\b.*|sent from my \w+.{0,40}|von meinem \w+ gesendet"
    r"|(?:-{3,}\s*|begin )(?:forwarded message|original message|weitergeleitete nachricht|message transféré)"
    r"\b.{0,200})",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"(?:from|von|de|da|van)\s*:.*\b(?:subject|betreff|objet|asunto|oggetto|assunto|onderwerp)\s*:",
    re.IGNORECASE,
)


def draft_from_letter(data: bytes) -> Draft:
    """Read one mail: its HTML, else its text; attachments are left.

    Its subject is the title, its sender author and source, its Message-ID the identifier. Whether the
    sender may be believed is not judged here.

    Raises:
        DocumentError: It is no mail, has too many parts, or its HTML breaks a bound.
    """
    mail = open_letter(data)
    name, address = sender_of(mail)
    title = _PREFIX.sub("", field_of(mail, "Subject"), count=1) or field_of(mail, "Subject")
    markup, plain = _texts(mail)
    blocks = blocks_of_html(markup, "") if markup else ()
    if not blocks:
        blocks = blocks_of_text(_SIGNATURE.split(plain, maxsplit=1)[0])
    tidied = tidy(tuple(block for block in blocks if not _is_furniture(block)), title)
    domain = address.rpartition("@")[2]
    return Draft(
        title=title,
        blocks=tidied.blocks,
        url=field_of(mail, "Archived-At").strip("<> "),
        guid=field_of(mail, "Message-ID").strip("<> "),
        source_names=tuple(filter(None, [name or domain, f"https://{domain}/" if domain else ""])),
        byline=tidied.byline or name,
        published=read_date(field_of(mail, "Date")) or tidied.published,
        language=field_of(mail, "Content-Language").split(",")[0].strip(),
        tags=tidied.tags,
        image=picture_in(markup, None),
    )


def open_letter(data: bytes) -> Message:
    """Parse a mail of few parts.

    Raises:
        DocumentError: It has too many parts, or no sender and no subject.
    """
    # Parts within parts are read by recursion.
    if data.lower().count(b"content-type") > _MAX_PARTS:
        raise DocumentError(f"a mail of more than {_MAX_PARTS} parts")
    try:
        mail = message_from_bytes(data, policy=compat32)
    except (MessageError, ValueError, LookupError) as error:
        raise DocumentError("a broken mail") from error
    if not mail.get("From") and not mail.get("Subject"):
        raise DocumentError("no mail: it has neither From nor Subject")
    return mail


def field_of(mail: Message, name: str) -> str:
    """Return the first field of that name on one line, its encoded words read; '' when there is none."""
    return _read_words(next(iter(_fields(mail, name)), ""))


def sender_of(mail: Message) -> tuple[str, str]:
    """Return name and address, in lower case, of the only sender; ('', '') when that is not plain to see.

    The address is read before encoded words are, which could hold another one.
    """
    fields = _fields(mail, "From")
    found = _SENDER.fullmatch(fields[0]) if len(fields) == 1 else None
    if found is None:
        return "", ""
    name = (found["name"] or "").strip()
    if re.search(r"[@,;]", name) and not name.startswith(('"', "=?")):
        return "", ""  # several senders, or what some program takes for one
    return _read_words(name.strip('"')), (found["angled"] or found["bare"]).lower()


def letter_sender(data: bytes, host: str | None) -> tuple[str, bool]:
    """Return who sent a mail, and whether that may be believed; '' when it is not plain to see.

    Args:
        data: The mail.
        host: The server that must vouch for it; None believes what the mail says.

    Raises:
        DocumentError: It is no mail, or has too many parts.
    """
    mail = open_letter(data)
    return sender_of(mail)[1], host is None or vouches(mail, host)


def vouches(mail: Message, host: str) -> bool:
    """Tell whether a mail server says that a mail is really of its sender's domain.

    The topmost field of that server counts, as it writes above what came in; so it must write one into
    every mail, and remove those that bear its own name. Where several filters write one each, those above
    the topmost Received count together: it is the server's, so nothing that came in stands above it. One
    that came in over LMTP is the mailbox's own (Dovecot), and stands above the server's: the next one counts.
    Source: RFC 8601, 2.2 and 5; RFC 5321, 4.4.

    Args:
        mail: As that server handed it over.
        host: The server's authserv-id.
    """
    domain = sender_of(mail)[1].rpartition("@")[2]
    results = [result.lower().split() for field in _vouching(mail, host) for result in field]
    is_refused = any(words[:1] == ["dmarc=fail"] for words in results)
    return bool(domain) and not is_refused and any(_passes(words, domain) for words in results)


def _vouching(mail: Message, host: str) -> list[list[str]]:
    """Return the results of each field that counts; see `vouches`."""
    found: list[list[str]] = []
    surely_ours = _above_the_servers(mail).count("authentication-results")
    for at, field in enumerate(_fields(mail, "Authentication-Results")):
        name, *results = _COMMENT.sub(" ", field).split(";")
        is_first = not found
        if name.split()[:1] and name.split()[0].lower() == host.lower() and (is_first or at < surely_ours):
            found.append(results)
    return found


def _above_the_servers(mail: Message) -> list[str]:
    """Name the fields above the mail server's own Received; none when it wrote none."""
    above: list[str] = []
    for name, value in mail.raw_items():
        if name.lower() == "received" and not _BY_LMTP.match(_COMMENT.sub(" ", str(value)[:_MAX_FIELD])):
            return above
        above.append(name.lower())
    return []


def _passes(words: list[str], domain: str) -> bool:
    """Read one result: by DMARC, else by DKIM or SPF of the same domain or one above."""
    method = words[0].partition("/")[0] if words else ""
    if words[:1] == ["dmarc=pass"]:
        return f"header.from={domain}" in words
    named = {"dkim=pass": "header.d=", "spf=pass": "smtp.mailfrom="}.get(method)
    proofs = [
        word.removeprefix(named).rpartition("@")[2] for word in words if named and word.startswith(named)
    ]
    return any("." in proof and f".{domain}".endswith(f".{proof}") for proof in proofs)


def _fields(mail: Message, name: str) -> list[str]:
    """Return all fields of a name on one line each; bytes beyond ASCII are read as a document's are."""
    values = (str(value)[:_MAX_FIELD] for field, value in mail.raw_items() if field.lower() == name.lower())
    return [
        " ".join(_decoded(value.encode("utf-8", "surrogateescape"), None).split())
        if value and not value.isascii()
        else " ".join(value.split())
        for value in values
    ]


def _read_words(written: str) -> str:
    try:
        parts = decode_header(written)
    except (MessageError, ValueError):
        return written
    text = "".join(part if isinstance(part, str) else _decoded(part, charset) for part, charset in parts)
    return " ".join(text.split())


def _texts(mail: Message) -> tuple[str, str]:
    """Return the first HTML and the first plain text that are no attachments."""
    found = {"text/html": "", "text/plain": ""}
    for part in mail.walk():
        kind = part.get_content_type()
        if kind in found and not found[kind] and part.get_content_disposition() != "attachment":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                found[kind] = _decoded(payload, part.get_content_charset())
    return found["text/html"], found["text/plain"]


def _decoded(data: bytes, charset: str | None) -> str:
    try:
        return decode(data, charset)
    except DocumentError:
        return ""


def _is_furniture(block: Block) -> bool:
    """Tell what a mail program or a sender of newsletters puts around a text."""
    text = block.text
    return (len(text) <= _MAX_LINE and _FURNITURE.fullmatch(text) is not None) or (
        len(text) <= 2 * _MAX_LINE and _FORWARDED.match(text) is not None
    )
