"""Usage: verify.py RECORDS DIRECTORY. One line for each mail of the directory: its name, and pass or fail for each of
its signatures from the top. RECORDS has lines "name text": what DNS would answer."""
import pathlib
import sys

import dkim

with open(sys.argv[1], encoding="ascii") as file:
    records = dict(line.rstrip("\n").split(" ", 1) for line in file)


def answer(name, timeout=5):
    return records[name.decode("ascii").rstrip(".")].encode("ascii")


def verdict(octets, index):
    try:
        return "pass" if dkim.DKIM(octets).verify(idx=index, dnsfunc=answer) else "fail"
    except (dkim.DKIMException, KeyError, UnicodeError, ValueError) as error:
        return "fail"


for mail in sorted(pathlib.Path(sys.argv[2]).iterdir()):
    octets = mail.read_bytes()
    head = octets.split(b"\r\n\r\n", 1)[0].lower()
    count = (b"\r\n" + head).count(b"\r\ndkim-signature:")
    print(mail.name, *(verdict(octets, index) for index in range(count)))
