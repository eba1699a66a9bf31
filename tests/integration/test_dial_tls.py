"""Trust over real sockets: what is refused, why, and with which way out."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from certificates import Authority
from dialling import call, failure
from digest.deliver.smtp.talk import open_socket
from scripted_relay import DROP, TLS, ScriptedRelay


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Make an authority whose file is test-authority.pem in the home."""
    return Authority(tmp_path)


def trusting(tls: str = "implicit", **fields: str) -> dict[str, str]:
    """Make the settings that trust that authority."""
    return {"tls": tls, "ca_file": "test-authority.pem", **fields}


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_of_another_authority_is_refused(
    tmp_path: Path, authority: Authority, tls: str
) -> None:
    """It is good, for somebody else."""
    other = Authority(tmp_path, "other authority")
    with ScriptedRelay(
        implicit=tls == "implicit", offers=("STARTTLS",), context=other.serve("127.0.0.1")
    ) as relay:
        error = failure(relay, authority.folder, **trusting(tls))

    assert error.permanent
    assert str(error).startswith("relay main, tls: the relay's certificate is not trusted: ")
    assert "ca_file" in (error.hint or "")


@pytest.mark.parametrize(("days", "words"), [((-3, -1), "expired"), ((1, 3), "not yet valid")])
def test_a_certificate_out_of_date_is_refused(
    authority: Authority, days: tuple[int, int], words: str
) -> None:
    """The way out is another one than for an unknown authority."""
    with ScriptedRelay(implicit=True, context=authority.serve("127.0.0.1", days=days)) as relay:
        error = failure(relay, authority.folder, **trusting())

    assert error.permanent
    assert words in str(error)
    assert "clock" in (error.hint or "")


def test_a_certificate_for_another_name_needs_tls_name(authority: Authority) -> None:
    """A relay behind a tunnel or an address; the name that is checked is then written down."""
    with ScriptedRelay(implicit=True, context=authority.serve("mx.example.org")) as relay:
        error = failure(relay, authority.folder, **trusting())
        call(relay, authority.folder, **trusting(tls_name="mx.example.org")).smtp.close()
        other = failure(relay, authority.folder, **trusting(tls_name="mx2.example.org"))

    assert error.permanent
    assert other.permanent
    assert "tls_name" in (error.hint or "")


def test_the_name_is_asked_for_and_checked_after_starttls_too(authority: Authority) -> None:
    """Servers of many names choose their certificate by it (SNI)."""
    asked: list[str | None] = []
    context = authority.serve("mx.example.org")
    context.sni_callback = lambda _sock, name, _context: asked.append(name)
    with ScriptedRelay(offers=("STARTTLS",), context=context) as relay:
        call(relay, authority.folder, **trusting("starttls", tls_name="mx.example.org")).smtp.close()

    assert asked == ["mx.example.org"]


def test_a_port_that_speaks_tls_only_later_is_told() -> None:
    """587 under tls: implicit is the usual slip."""
    with ScriptedRelay() as relay:
        error = failure(relay, tls="implicit", ca_file="ca.pem")

    assert error.permanent
    assert "not TLS" in str(error)
    assert "starttls" in (error.hint or "")


@pytest.mark.slow
def test_a_port_that_waits_for_tls_is_told() -> None:
    """465 under tls: starttls: both sides wait for the other."""
    with ScriptedRelay(implicit=True) as relay:
        error = failure(relay, tls="starttls", ca_file="ca.pem", timeout="1s")

    assert not error.permanent
    assert "does not greet" in str(error)
    assert "tls: implicit" in (error.hint or "")


def test_tls_before_1_2_is_refused(authority: Authority) -> None:
    """RFC 8997: 1.1 is broken."""
    context = authority.serve("127.0.0.1")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with ScriptedRelay(implicit=True, context=context) as relay:
        error = failure(relay, authority.folder, **trusting())

    assert error.permanent
    assert "TLS 1.2 is the least" in (error.hint or "")


def test_tls_1_2_will_do(authority: Authority) -> None:
    """Many relays speak nothing newer."""
    context = authority.serve("127.0.0.1")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with ScriptedRelay(implicit=True, context=context) as relay:
        talk = call(relay, authority.folder, **trusting()).smtp
        sock = open_socket(talk)
        assert isinstance(sock, ssl.SSLSocket)
        assert sock.version() == "TLSv1.2"
        talk.close()


def asking(authority: Authority, newest: ssl.TLSVersion) -> ssl.SSLContext:
    """Make the context of a relay that lets nobody in without a certificate of the authority."""
    context = authority.serve("127.0.0.1")
    context.maximum_version = newest
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    return context


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_relay_that_asks_for_our_certificate_gets_it(authority: Authority, newest: ssl.TLSVersion) -> None:
    """Some relays know their clients by it instead of a password."""
    certificate, key = authority.issue("news.example.org")
    ours = {"client_cert_file": certificate.name, "client_key_file": key.name}
    with ScriptedRelay(implicit=True, context=asking(authority, newest)) as relay:
        call(relay, authority.folder, **trusting(**ours)).smtp.close()


def test_a_relay_that_misses_our_certificate_is_told(authority: Authority) -> None:
    """TLS 1.3 tells it after the handshake, at the first words."""
    with ScriptedRelay(implicit=True, context=asking(authority, ssl.TLSVersion.TLSv1_3)) as relay:
        error = failure(relay, authority.folder, **trusting())

    assert error.permanent
    assert "client_cert_file" in (error.hint or "")


def test_a_relay_that_does_not_know_our_certificate_is_told(tmp_path: Path, authority: Authority) -> None:
    """The file is fine, and of the wrong authority."""
    certificate, key = Authority(tmp_path, "other authority").issue("news.example.org")
    ours = {"client_cert_file": certificate.name, "client_key_file": key.name}
    with ScriptedRelay(implicit=True, context=asking(authority, ssl.TLSVersion.TLSv1_3)) as relay:
        error = failure(relay, tmp_path, **trusting(**ours))

    assert error.permanent
    assert "client_cert_file" in (error.hint or "")


def test_a_renewed_certificate_is_taken_without_a_new_start(authority: Authority) -> None:
    """What TLS is judged by is kept between connections, until a file is written anew."""
    certificate, key = authority.issue("news.example.org", days=(-3, -1))
    ours = {"client_cert_file": certificate.name, "client_key_file": key.name}
    with ScriptedRelay(implicit=True, context=asking(authority, ssl.TLSVersion.TLSv1_3)) as relay:
        assert failure(relay, authority.folder, **trusting(**ours)).permanent
        renewed, its_key = authority.issue("news.example.org")
        certificate.write_bytes(renewed.read_bytes())
        key.write_bytes(its_key.read_bytes())
        os.utime(certificate, ns=(0, 1))  # else the clock's grain may hide the change
        call(relay, authority.folder, **trusting(**ours)).smtp.close()


@pytest.mark.parametrize("key", ["ca_file", "client_cert_file"])
def test_a_file_that_cannot_be_used_is_told_before_connecting(tmp_path: Path, key: str) -> None:
    """A wrong path must not fall back to trusting others."""
    (tmp_path / "empty").touch()
    for name, words in (("missing", "No such file"), ("empty", "no certificate")):
        error = failure(1, tmp_path, tls="implicit", **{key: name})

        assert error.permanent
        assert words in str(error)
        assert "digest check" in str(error)


def test_words_put_before_the_handshake_are_not_taken_as_said_under_tls() -> None:
    """RFC 3207 section 6: one segment holds the go-ahead and an answer that the attacker wrote."""
    evil = "220 go on\r\n250-evil\r\n250 AUTH PLAIN"
    with ScriptedRelay({"starttls": evil}, offers=("STARTTLS",)) as relay:
        error = failure(relay, tls="starttls", ca_file="ca.pem", user="olu", password="canary")

    assert error.permanent
    assert "words in clear where TLS should begin: 250-evil" in str(error)
    assert [each.split()[0] for each in relay.commands] == ["ehlo", "STARTTLS"]


@contextmanager
def late_words() -> Iterator[int]:
    """Listen on a port, say go on, and in clear again once the handshake has begun."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            sock, _ = listener.accept()
            with sock:
                sock.sendall(b"220 hi\r\n")
                sock.recv(100)
                sock.sendall(b"250-hi\r\n250 STARTTLS\r\n")
                sock.recv(100)
                sock.sendall(b"220 go on\r\n")
                sock.recv(4096)
                sock.sendall(b"250 evil\r\n")

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def test_words_put_into_the_handshake_end_it() -> None:
    """The later segment is read as TLS, and is none."""
    with late_words() as port:
        error = failure(port, tls="starttls", ca_file="ca.pem")

    assert error.permanent
    assert "relay main, tls" in str(error)


@pytest.mark.parametrize(
    ("reply", "permanent", "code"),
    [("454 4.7.0 later", False, 454), ("501 no", True, 501), (DROP, False, None)],
)
def test_starttls_that_is_refused_says_whether_to_try_again(
    reply: str, permanent: bool, code: int | None
) -> None:
    """Going on in clear is never the answer."""
    with ScriptedRelay({"starttls": reply}, offers=("STARTTLS",)) as relay:
        error = failure(relay, tls="starttls", ca_file="ca.pem")

    assert (error.permanent, error.code) == (permanent, code)
    assert "relay main, tls" in str(error)
    assert relay.commands[-1] == "STARTTLS"


def test_a_relay_without_starttls_is_left_before_the_login() -> None:
    """Somebody on the way may have removed the offer to get at the password."""
    with ScriptedRelay(offers=("AUTH PLAIN",)) as relay:
        error = failure(relay, TLS, tls="starttls", ca_file="ca.pem", user="olu", password="canary")

    assert error.permanent
    assert "no STARTTLS" in str(error)
    assert relay.commands == ["ehlo [127.0.0.1]"]
