"""Writes messages as commented hexadecimal, one block each, in the form that Tests/VectorSupport reads.

Only the standard library. What a peer has encoded comes in as octets; it is cut into lines at its elements, and nothing of
it is changed.
"""

import os
import struct

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Messages")


class Elements:
    """How a protocol's elements follow each other: enough to cut octets into lines."""

    def __init__(self, header, tag, length, align=1, counts_header=False, names=None, more=None):
        self.header = header  # octets of an element's header
        self.tag = tag  # struct format of the code, at the element's first octet
        self.length = length  # function of the element's octets: what its length says
        self.align = align
        self.counts_header = counts_header
        self.names = names or {}
        self.more = more or {}  # code: octets of a value before the elements nested in it

    def lines(self, octets, depth=0):
        """The elements one by one: octets and what they are."""
        while octets:
            if len(octets) < self.header:
                yield octets, "less than a header"
                return
            (code,) = struct.unpack_from(self.tag, octets)
            size = self.length(octets) + (0 if self.counts_header else self.header)
            size = max(size + -size % self.align, self.header)
            name = "  " * depth + self.names.get(code, "%d" % code)
            element, octets = octets[:size], octets[size:]
            start = self.header + self.more.get(code, len(element))
            yield element[:start], name
            if start < len(element):
                yield from self.lines(element[start:], depth + 1)


class File:
    """A file of messages in the making."""

    def __init__(self, name, peers, elements):
        self.path = os.path.join(FOLDER, name)
        self.elements = elements
        self.names = set()
        self.text = ["# Made by Peers/make_%s: do not edit. Encoded by %s." % (name.replace(".txt", ".py"), peers)]

    def add(self, name, message, octets, header, canonical=True, **fields):
        """One message: its name, our name for its kind, its octets, those of them before the first element."""
        assert name not in self.names, name
        self.names.add(name)
        self.text += ["", "## " + name]
        if message:
            self.text.append("message: " + message)
        if not canonical:
            self.text.append("canonical: no")
        for key in fields:
            self.text.append("%s: %s" % (key, fields[key]))
        lines = [(octets[:header], "header")] + list(self.elements.lines(octets[header:]))
        assert b"".join(part for part, _ in lines) == octets
        for part, comment in lines:
            for start in range(0, max(1, len(part)), 32):
                digits = part[start : start + 32].hex()
                words = " ".join(digits[place : place + 8] for place in range(0, len(digits), 8))
                self.text.append("%-72s%s" % (words, "# " + comment if start == 0 else ""))
        self.text = [line.rstrip() for line in self.text]

    def write(self):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write("\n".join(self.text) + "\n")
        print("%s: %d messages" % (os.path.basename(self.path), len(self.names)))
