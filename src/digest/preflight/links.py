"""Links: whether they lead somewhere, and take nothing along that should stay at home."""

from __future__ import annotations

from urllib.parse import urlsplit

from digest.canonical import trackers
from digest.links import web_address
from digest.model import Finding, fingerprint
from digest.preflight.values import Findings, Proof

_FEW = 2  #: links that may be silent together by chance
#: Parameters that let whoever has the link act as somebody, or say who that is.
_SECRETS = frozenset(
    {
        "access_token",
        "api_key",
        "apikey",
        "auth",
        "auth_token",
        "email",
        "jsessionid",
        "passwd",
        "password",
        "phpsessid",
        "pwd",
        "secret",
        "session_id",
        "sessionid",
        "token",
    }
)


def links(proof: Proof) -> Findings:
    """Look at the addresses of links, without asking anybody."""
    for link in proof.links:
        if web_address(link) is None and not _login(link):
            yield _of(proof, "link_broken", link, "leads nowhere: it is no web address", "mend the address")
            continue
        if _login(link) or (named := _secrets(link)):
            what = "a user or a password" if _login(link) else f"what may be a secret: {', '.join(named)}"
            yield _of(proof, "link_credential", link, f"holds {what}", "link to the page without it")
        if link.startswith("http:"):
            yield _of(proof, "link_insecure", link, "is not https", "look whether the page answers there too")
        if followed := trackers(link):
            message = f"follows readers around: {', '.join(followed)}"
            yield _of(proof, "link_tracker", link, message, "take the parameters away")


def answers(proof: Proof) -> Findings:
    """Look at what links answered when they were asked."""
    told = {link: proof.answers[link] for link in proof.links if link in proof.answers}
    if len(told) > _FEW and all(answer.state == "silent" for answer in told.values()):
        yield Finding(
            rule="link_silent",
            place="html",
            anchor="html",
            content=fingerprint(*told),
            message=f"none of {len(told)} links answers: {next(iter(told.values())).said}",
            hint="the network may be away here; ask again",
        )
        return
    for link, answer in told.items():
        hint = "ask again, link elsewhere, or drop the item"
        if answer.state == "dead":
            yield _of(proof, "link_dead", link, f"answers {answer.said}", hint)
        elif answer.state == "silent":
            yield _of(proof, "link_silent", link, answer.said, hint)


def _of(proof: Proof, rule: str, link: str, message: str, hint: str) -> Finding:
    place, anchor = proof.where(link)
    return Finding(
        rule=rule,
        place=place,
        anchor=anchor,
        content=fingerprint(link),
        message=f"the link {_shown(link)} {message}",
        hint=hint,
    )


def _shown(link: str) -> str:
    """Write a link so that a person knows it, without its user and at no length."""
    scheme, mark, rest = link.partition("://")
    rest = rest.split("@", 1)[-1] if _login(link) else rest
    return f"{scheme}{mark}{rest}"[:120]


def _login(link: str) -> bool:
    try:
        return "@" in urlsplit(link).netloc
    except ValueError:
        return False


def _secrets(link: str) -> list[str]:
    names = (pair.partition("=")[0] for pair in urlsplit(link).query.split("&"))
    return [name for name in dict.fromkeys(names) if name.lower() in _SECRETS]
