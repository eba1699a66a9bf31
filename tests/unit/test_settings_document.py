"""YAML 1.2 files: what is written stays what it is, and nothing hostile costs time."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import Fault
from digest.settings.document import MAX_BYTES, Document, parse_document, read_document

FILE = "config/digest.yaml"


def only_fault(document: Document) -> Fault:
    """Return the single fault of a document."""
    assert len(document.faults) == 1, document.faults
    return document.faults[0]


def fault(line: int | None, key: str, expected: str, found: str, hint: str | None = None) -> Fault:
    """Make a fault of the file that the tests parse."""
    return Fault(file=FILE, line=line, key=key, expected=expected, found=found, hint=hint)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("07:00", "07:00"),
        ("17:30", "17:30"),
        ("no", "no"),
        ("yes", "yes"),
        ("true", "true"),
        ("0755", "0755"),
        ("0o755", "0o755"),
        ("2026-11-19", "2026-11-19"),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("'null'", "null"),
        ('""', ""),
        ("null", None),
        ("~", None),
        ("", None),
        ("ö 港", "ö 港"),
        ("!not-a-tag", None),
    ],
)
def test_plain_words_stay_what_was_written(written: str, value: str | None) -> None:
    """YAML 1.1 reads 17:30 as 1050 and no as false; operators mean what they write."""
    document = parse_document(f"key: {written}\n", FILE)

    if written.startswith("!"):
        assert only_fault(document) == fault(1, "key", "a value without a tag", "the tag !not-a-tag")
    else:
        assert (document.data(), document.faults) == ({"key": value}, ())


def test_lists_and_groups_know_their_lines() -> None:
    """A fault is worth the line it names."""
    root = parse_document("# first\nsite:\n  title: x\nrelays:\n  -\n    name: y\n", FILE).root

    assert root is not None
    assert isinstance(root.value, dict)
    site, relays = root.value["site"], root.value["relays"]
    assert isinstance(site.value, dict)
    assert isinstance(relays.value, tuple)
    assert isinstance(relays.value[0].value, dict)
    lines = (site.line, site.value["title"].line, relays.line, relays.value[0].value["name"].line)
    assert lines == (2, 3, 4, 6)


def test_a_key_twice_is_a_fault_and_the_first_one_counts() -> None:
    """The second of two keys would silently win otherwise."""
    document = parse_document("a: 1\nb:\n  c: 2\n  c: 3\na: 4\n", FILE)

    assert document.data() == {"a": "1", "b": {"c": "2"}}
    assert document.faults == (
        fault(4, "b.c", "each key once", "it a second time", "it is also in line 3"),
        fault(5, "a", "each key once", "it a second time", "it is also in line 1"),
    )


def test_an_alias_repeats_an_earlier_value() -> None:
    """Sections often share their tags."""
    document = parse_document("a: &tags [x, y]\nb: *tags\n", FILE)

    assert document.data() == {"a": ["x", "y"], "b": ["x", "y"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: *b\n", fault(1, "a", "an alias of an earlier value", "*b")),
        ("a: &a\n  b: *a\n", fault(2, "a.b", "an alias of an earlier value", "*a")),
        ("a: !!int 5\n", fault(1, "a", "a value without a tag", "the tag tag:yaml.org,2002:int")),
        ("a: !!python/object:os.system x\n", None),
        ("? [a, b]\n: 1\n", fault(1, "", "a key of plain text", "something else")),
        ("a: 1\n---\nb: 2\n", fault(2, "", "one document", "a second one after '---'")),
        ("", fault(None, "", "keys and values", "an empty file")),
        ("# nothing but a comment\n", fault(None, "", "keys and values", "an empty file")),
        ("---\n", fault(None, "", "keys and values", "an empty file")),
        ("- a\n", fault(None, "", "keys and values", "a list or a single value")),
        ("hello\n", fault(None, "", "keys and values", "a list or a single value")),
        ("a: 1\nb: \x07\n", fault(2, "", "printable characters", "U+0007")),
        ('a: "\\UFFFFFFFF"\n', fault(None, "", "YAML", "an escape that stands for no character")),
        ("%YAML 9.9\n---\na: 1\n", None),
        ("a: 1\n\tb: 2\n", None),
        ("a: [1\n", None),
        ("a: 'x\n", None),
        ("a: b: c\n", fault(1, "", "YAML", "mapping values are not allowed here")),
        ("<<: {a: 1}\n", "merge keys are plain keys"),
    ],
)
def test_what_is_not_ours_is_one_fault(text: str, expected: Fault | str | None) -> None:
    """Whatever the file holds, the operator gets its line instead of a traceback."""
    document = parse_document(text, FILE)

    if isinstance(expected, str):
        assert document.data() == {"<<": {"a": "1"}}
    elif expected is None:
        assert only_fault(document).line in {1, 2}
    else:
        assert only_fault(document) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 60_000,
        "a: " + "{a: " * 30_000,
        "".join(f"{' ' * depth}a:\n" for depth in range(600)),
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)),
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 2_000)),
        "a: [" + "x, " * 30_000 + "]",
    ],
    ids=["flow depth", "mapping depth", "block depth", "billion laughs", "alias depth", "too many"],
)
def test_a_bomb_is_one_fault_at_once(
    text: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """A file from elsewhere must not take the program down."""
    with within(2):
        found = only_fault(parse_document(text, FILE)).found

    assert found == "more"


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    """A log file named digest.yaml must not be read to its end."""
    path = tmp_path / "digest.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))

    found = only_fault(read_document(path))

    assert (found.expected, found.found) == (f"a file of at most {MAX_BYTES} bytes", "more")


def test_a_file_that_is_not_utf_8_names_the_line(tmp_path: Path) -> None:
    """Editors of another age write Latin-1."""
    path = tmp_path / "digest.yaml"
    path.write_bytes("a: 1\ntitle: Ärger\n".encode("latin-1"))

    expected = Fault(file=str(path), line=2, key="", expected="text in UTF-8", found="the byte 0xc4")
    assert only_fault(read_document(path)) == expected


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Some editors write one without asking."""
    path = tmp_path / "digest.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert read_document(path).data() == {"a": "1"}


def test_a_missing_file_names_the_way_out(tmp_path: Path) -> None:
    """The first run in a new folder ends here."""
    path = tmp_path / "digest.yaml"

    expected = Fault(
        file=str(path), line=None, key="", expected="a file", found="nothing", hint="`digest init` makes one"
    )
    assert only_fault(read_document(path)) == expected


def test_a_folder_in_place_of_a_file_is_a_fault(tmp_path: Path) -> None:
    """Containers make folders of mounts that are missing."""
    assert only_fault(read_document(tmp_path)).found == "a folder, pipe or device"


def test_a_pipe_in_place_of_a_file_is_a_fault(tmp_path: Path) -> None:
    """Reading it would wait for ever."""
    os.mkfifo(tmp_path / "digest.yaml")

    assert [fault.found for fault in read_document(tmp_path / "digest.yaml").faults] == [
        "a folder, pipe or device"
    ]


def test_a_list_may_stand_alone_where_the_file_is_one() -> None:
    """The sources are a list, and need no key above it."""
    document = parse_document("- {name: a}\n", FILE, list_key="sources")

    assert document.data() == {"sources": [{"name": "a"}]}


@given(text=st.text(alphabet="ab:-[]{}&*!|>'\"#,? \n\t~%@`\x00é\\UF0", max_size=60))
def test_no_text_raises(text: str) -> None:
    """Either data or a fault, never an exception."""
    document = parse_document(text, FILE)

    assert document.root is not None or document.faults
