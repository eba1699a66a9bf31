"""What each failure of TLS means on the way to a relay, the narrower meanings first."""

from __future__ import annotations

import ssl

from digest.deliver.smtp.mishaps import meaning
from digest.deliver.smtp.replies import Phase

_TLS = Phase.TLS
_UNTRUSTED = "the relay's certificate is not trusted: {}"

_CLIENT_CERTIFICATE = meaning(
    ssl.SSLError,
    _TLS,
    "the relay wants another certificate of ours, or one at all: {}",
    "set client_cert_file to a certificate that the relay knows",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "TLSV1_ALERT_UNKNOWN_CA",
    "SSLV3_ALERT_BAD_CERTIFICATE",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "SSLV3_ALERT_CERTIFICATE_REVOKED",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
    "TLSV1_ALERT_ACCESS_DENIED",
    permanent=True,
)
_NO_TLS_THERE = meaning(
    ssl.SSLError,
    _TLS,
    "what answers there is not TLS: {}",
    "set tls to starttls: only ports such as 465 speak TLS from the first byte",
    "WRONG_VERSION_NUMBER",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
    "HTTP_REQUEST",
    "UNEXPECTED_MESSAGE",
    permanent=True,
)
_OLD_TLS = meaning(
    ssl.SSLError,
    _TLS,
    "the relay speaks no TLS that we do: {}",
    "TLS 1.2 is the least; the relay's operator must allow it",
    "UNSUPPORTED_PROTOCOL",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "TLSV1_ALERT_INSUFFICIENT_SECURITY",
    permanent=True,
)
#: OpenSSL's X509_V_ERR codes: 9 and 10 are the dates, 62 and 64 name and address.
_CERTIFICATES = (
    meaning(
        ssl.SSLCertVerificationError,
        _TLS,
        _UNTRUSTED,
        "the relay's operator must renew it, or this machine's clock is wrong",
        9,
        10,
        permanent=True,
    ),
    meaning(
        ssl.SSLCertVerificationError,
        _TLS,
        _UNTRUSTED,
        "write the host in url as the certificate names it, or set tls_name to that name",
        62,
        64,
        permanent=True,
    ),
    meaning(
        ssl.SSLCertVerificationError,
        _TLS,
        _UNTRUSTED,
        "name the authority that signed it in ca_file",
        permanent=True,
    ),
)
#: Of the handshake, and of the first words after it: TLS 1.3 tells some only then.
TLS_FAILURES = (
    *_CERTIFICATES,
    _CLIENT_CERTIFICATE,
    _NO_TLS_THERE,
    _OLD_TLS,
    meaning(ssl.SSLError, _TLS, "TLS fails: {}"),
)
