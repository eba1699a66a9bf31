"""Addresses of readers, and the forms in which mail servers repeat them."""

#: Sources: RFC 5890, section 2.3.2.1; RFC 5321, section 4.1.2; RFC 3986, section 2.1.
WRITTEN = (
    ("joerg@xn--bcher-kva.example", "joerg@bücher.example"),
    ("joerg@xn--bcher-kva.example", "Joerg@BÜCHER.example"),
    ("joerg@bücher.example", "joerg@xn--bcher-kva.example"),
    ("joerg@bücher.example", "joerg@XN--bcher-kva.EXAMPLE"),
    ("joerg@xn--bcher-kva.example", "joerg%40b%C3%BCcher.example"),
    ("joerg@bücher.example", "joerg%40xn--bcher-kva.example"),
    ("jane+news@example.org", "jane%2Bnews%40example.org"),
    ("jane+news@example.org", "jane%2bnews@example.org"),
    ("Jane+News@example.org", "jane+news%40example.org"),
    ("jane+news@example.org", '"jane+news"@example.org'),
    ("sam.okonjo@example.org", '"Sam.Okonjo"@example.org'),
    ("joerg@bücher.example", '"joerg"@xn--bcher-kva.example'),
)
