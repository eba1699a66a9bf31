"""Asking the DNS. Nothing is kept: each question is asked anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, cast

import dns.exception
import dns.rdtypes.ANY.MX
import dns.rdtypes.ANY.TXT
import dns.resolver
from dns.rdata import Rdata

from digest.errors import Unanswered

TIMEOUT_S = 5.0  #: for a question, all servers and tries together


class Resolver(Protocol):
    """Who answers questions about names. A name that is not there has no records."""

    def txt(self, name: str) -> tuple[str, ...]:
        """Return the texts of a name, each joined from its strings, in no certain order.

        Raises:
            Unanswered: Nobody could say.
        """

    def mx(self, name: str) -> tuple[str, ...]:
        """Return the hosts that take a domain's mail, the first choice first; '.' for 'no mail'.

        Raises:
            Unanswered: Nobody could say.
        """


class FixedResolver:
    """Answers from memory, for rehearsals without a network.

    Args:
        txt: Texts by name.
        mx: Hosts by domain.
        silent: Names about which nobody can say anything.
    """

    def __init__(
        self,
        *,
        txt: Mapping[str, Sequence[str]] | None = None,
        mx: Mapping[str, Sequence[str]] | None = None,
        silent: Collection[str] = (),
    ) -> None:
        self._txt = {name.lower(): tuple(texts) for name, texts in (txt or {}).items()}
        self._mx = {name.lower(): tuple(hosts) for name, hosts in (mx or {}).items()}
        self._silent = {name.lower() for name in silent}

    def txt(self, name: str) -> tuple[str, ...]:
        """Return the texts of a name."""
        return self._asked(name, self._txt)

    def mx(self, name: str) -> tuple[str, ...]:
        """Return the hosts that take a domain's mail."""
        return self._asked(name, self._mx)

    def _asked(self, name: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        if name.lower() in self._silent:
            raise Unanswered("the name servers fail or cannot be reached", where=name)
        return known.get(name.lower(), ())


class DnsResolver:
    """Asks the name servers of this machine, or those given.

    Args:
        servers: Addresses of name servers; empty takes the machine's own.
        port: Where they listen.
        timeout_s: For a question, all servers and tries together.
    """

    def __init__(self, servers: Sequence[str] = (), *, port: int = 53, timeout_s: float = TIMEOUT_S) -> None:
        self._servers = tuple(servers)
        self._port = port
        self._timeout_s = timeout_s

    def txt(self, name: str) -> tuple[str, ...]:
        """Return the texts of a name."""
        found = cast("list[dns.rdtypes.ANY.TXT.TXT]", self._ask(name, "TXT"))
        return tuple(b"".join(record.strings).decode("utf-8", "backslashreplace") for record in found)

    def mx(self, name: str) -> tuple[str, ...]:
        """Return the hosts that take a domain's mail, the first choice first."""
        found = cast("list[dns.rdtypes.ANY.MX.MX]", self._ask(name, "MX"))
        hosts = sorted((record.preference, record.exchange.to_text()) for record in found)
        return tuple(host.rstrip(".").lower() or "." for _, host in hosts)

    def _ask(self, name: str, kind: str) -> list[Rdata]:
        try:
            resolver = dns.resolver.Resolver(configure=not self._servers)
            resolver.nameservers = list(self._servers) or resolver.nameservers
            resolver.port = self._port
            return list(resolver.resolve(f"{name}.", kind, lifetime=self._timeout_s, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise Unanswered(self._said(error), where=name) from error

    def _said(self, error: Exception) -> str:
        if isinstance(error, dns.exception.Timeout):
            return f"no answer within {self._timeout_s:g} s"
        if isinstance(error, dns.resolver.NoResolverConfiguration):
            return "this machine names no name server"
        if isinstance(error, dns.resolver.NoNameservers):
            return "the name servers fail or cannot be reached"
        return f"the question cannot be asked ({type(error).__name__})"
