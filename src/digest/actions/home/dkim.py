"""Keys to sign mail with: which of them sign a digest's mail, what is wrong with them, and new ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from digest.deliver import Signer, aligned
from digest.deliver.compose.dkim_keys import (
    Ed25519Key,
    KeyKind,
    RsaKey,
    dns_record,
    load_key,
    new_key,
    txt_strings,
)
from digest.deliver.dns.records import PublishedKey
from digest.errors import DigestError, Fault, NotFound, Refused, SettingsError
from digest.paths import Home
from digest.settings import (
    SELECTOR_SHAPE,
    DigestSettings,
    DkimSettings,
    LoadedSettings,
    SystemSettings,
    parse_domain,
    parse_mailbox,
)
from digest.settings.document import read_document
from digest.settings.faults import Origin

_MAX_BYTES = 20_000  # a PEM file of one RSA key of 4096 bits has 3,300
_EXPECTED = "a private key in PEM: RSA of 2048 to 4096 bits, or Ed25519"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDkimKey:
    """A key that was made, the entry of delivery.dkim for it, and the TXT record to publish."""

    domain: str
    selector: str
    key_file: str  #: relative to the home
    record_name: str
    record_text: str
    record_strings: tuple[str, ...]  #: the same text as a TXT record holds it


def signers(system: SystemSettings, root: Path, digest: DigestSettings) -> tuple[Signer, ...]:
    """Say who signs a digest's mail: each key of the sender's domain or a parent of it, in their order.

    Raises:
        SettingsError: A key cannot be used, or there are keys and none is for this sender.
    """
    ours = [at for at, key in enumerate(system.delivery.dkim) if aligned(key.domain, _domain_of(digest))]
    if system.delivery.dkim and not ours:
        raise SettingsError([_unsigned(system, root, digest)])
    faults: list[Fault] = []
    found = [_signer(system.delivery.dkim[at], at, root, faults) for at in ours]
    if faults:
        raise SettingsError(faults)
    return tuple(signer for signer in found if signer)


def dkim_faults(settings: LoadedSettings, root: Path) -> list[Fault]:
    """List what is wrong with the keys: unusable, for nobody's mail, or missing for a digest."""
    system, faults = settings.system, list[Fault]()
    senders = {_domain_of(digest) for digest in settings.digests.values()}
    for at, key in enumerate(system.delivery.dkim):
        _signer(key, at, root, faults)
        if senders and not any(aligned(key.domain, sender) for sender in senders):
            expected = "the domain of a digest's sender or a parent of it"
            hint = f"senders are at {', '.join(sorted(senders))}"
            faults.append(_system_fault(root, at, "domain", expected, f"'{key.domain}'", hint))
    for digest in settings.digests.values():
        if system.delivery.dkim and not any(
            aligned(key.domain, _domain_of(digest)) for key in system.delivery.dkim
        ):
            faults.append(_unsigned(system, root, digest))
    return faults


def sending_domains(settings: LoadedSettings) -> tuple[str, ...]:
    """List the domains that mail is from, each once, in A-labels and alphabetical order."""
    return tuple(sorted({_domain_of(digest) for digest in settings.digests.values()}))


def published_keys(system: SystemSettings, root: Path, domain: str) -> tuple[PublishedKey, ...]:
    """Say what the DNS must show of the keys that sign a domain's mail, in their order.

    Raises:
        SettingsError: A key cannot be used.
    """
    faults, published = list[Fault](), list[PublishedKey]()
    for at, key in enumerate(system.delivery.dkim):
        if aligned(key.domain, domain) and (loaded := _load(key, at, root, faults)):
            name, text = dns_record(key.selector, key.domain, loaded)
            published.append(PublishedKey(domain=key.domain, name=name, text=text))
    if faults:
        raise SettingsError(faults)
    return tuple(published)


def make_dkim_key(home: Home, domain: str, selector: str, kind: KeyKind) -> NewDkimKey:
    """Make a key and write it into the home's keys; never over another.

    Raises:
        NotFound: There is no home.
        Refused: There is a key of this domain and selector.
        DigestError: Domain or selector are none, or the file cannot be written.
    """
    if not home.config.is_dir():
        raise NotFound("no home here", where=str(home.root), hint="`digest init` makes one")
    if not SELECTOR_SHAPE.fits(selector):
        raise DigestError(f"'{selector}' is no selector", where="--selector", hint=SELECTOR_SHAPE.expected)
    try:
        domain = parse_domain(domain)
    except ValueError as error:
        raise DigestError(f"'{domain}' is no domain", where="DOMAIN", hint=str(error)) from error
    pem = new_key(kind)
    path = home.keys / f"dkim-{domain}-{selector}.pem"
    _write(path, pem)
    name, text = dns_record(selector, domain, load_key(pem))
    return NewDkimKey(
        domain=domain,
        selector=selector,
        key_file=str(path.relative_to(home.root)),
        record_name=name,
        record_text=text,
        record_strings=txt_strings(text),
    )


def _domain_of(digest: DigestSettings) -> str:
    return parse_mailbox(digest.sender).address.rpartition("@")[2].lower()


def _signer(key: DkimSettings, at: int, root: Path, faults: list[Fault]) -> Signer | None:
    """Read a key to sign with; what is wrong with it is added to the faults."""
    loaded = _load(key, at, root, faults)
    return Signer(domain=key.domain, selector=key.selector, key=loaded) if loaded else None


def _load(key: DkimSettings, at: int, root: Path, faults: list[Fault]) -> RsaKey | Ed25519Key | None:
    try:
        return _read(root / key.key_file)
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        hint = f"`digest dkim new {key.domain} --selector NAME` makes one and shows the record to publish"
        faults.append(_system_fault(root, at, "key_file", _EXPECTED, f"{key.key_file}: {found}", hint))
        return None


def _read(path: Path) -> RsaKey | Ed25519Key:
    # A device or pipe could block or never end.
    if path.exists() and not path.is_file():
        raise ValueError("not a file")
    with path.open("rb") as stream:
        pem = stream.read(_MAX_BYTES + 1)
    if len(pem) > _MAX_BYTES:
        raise ValueError(f"more than {_MAX_BYTES} bytes")
    return load_key(pem)


def _write(path: Path, pem: bytes) -> None:
    """Write a new file that only its owner can read, whole or not at all."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        try:
            path.write_bytes(pem)
        except OSError:
            path.unlink()
            raise
    except OSError as error:
        if not path.exists():
            raise DigestError(
                f"cannot write the key: {error.strerror}",
                where=str(path),
                hint="look at free space and rights, or name another home with --home",
            ) from error
        raise Refused(
            "there is a key already",
            where=str(path),
            hint="choose another selector: mail under way still needs the old record",
        ) from error


def _system_fault(root: Path, at: int, key: str, expected: str, found: str, hint: str) -> Fault:
    origin = Origin(document=read_document(root / "config" / "digest.yaml"))
    return origin.fault(("delivery", "dkim", at, key), expected, found, hint)


def _unsigned(system: SystemSettings, root: Path, digest: DigestSettings) -> Fault:
    """Make the fault of a digest whose mail no key may sign."""
    origin = Origin(document=read_document(root / "config" / "digests" / f"{digest.key}.yaml"))
    domains = ", ".join(sorted({key.domain for key in system.delivery.dkim}))
    hint = f"`digest dkim new {_domain_of(digest)} --selector NAME` makes a key for it"
    return origin.fault(("from",), f"a sender at a domain of delivery.dkim or below it: {domains}", hint=hint)
