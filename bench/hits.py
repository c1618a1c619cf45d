#!/usr/bin/env python3
"""Pixels and redirects of Signalpost beside nginx on one machine, in one run; prints figures, asserts nothing but the count.

Signalpost forces every hit to its log before it answers; nginx answers a GIF and a 302 from its configuration and writes an
access log that nobody forces. Afterwards the API is asked whether every hit that was answered is counted.
Needs Debian's nginx and wrk.
"""
import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
SMTP, HTTP, PEER = 28725, 28780, 28789
DESTINATION = "https://shop.example.com/item/7?from=mail"


class Nginx:
    def __init__(self, home):
        home.mkdir()
        parts = "".join(f"  {name}_temp_path {home}/{name};\n"
                        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (home / "nginx.conf").write_text(
            f"worker_processes 2; daemon off; pid {home}/pid; error_log {home}/error.log;\n"
            f"events {{ worker_connections 1024; }}\n"
            f"http {{ access_log {home}/access.log combined; keepalive_requests 100000000;\n{parts}"
            f"  server {{ listen 127.0.0.1:{PEER}; location / {{ empty_gif; }}"
            f" location /c/ {{ return 302 {DESTINATION}; }} }} }}\n")
        self.process = subprocess.Popen(["nginx", "-c", f"{home}/nginx.conf"])
        time.sleep(0.7)

    def close(self):
        self.process.terminate()
        self.process.wait()


class Signalpost:
    """The program as its start script starts it, with a data directory of its own."""

    def __init__(self, home, options):
        home.mkdir()
        self.home = home
        settings = home / "signalpost.properties"
        settings.write_text(f"data.directory = {home}/data\nhttp.listen = 127.0.0.1:{HTTP}\n"
                            f"smtp.listen = 127.0.0.1:{SMTP}\nhttp.stop-delay = 0s\n")
        self.log = (home / "log").open("wb")
        self.process = subprocess.Popen([CHECKOUT / "signalpost", "serve", "--config", settings], stdout=self.log,
                                        stderr=self.log, env=os.environ | {"SIGNALPOST_JAVA_OPTIONS": options})
        until = time.time() + 300
        while b"is ready" not in (home / "log").read_bytes():
            if self.process.poll() is not None or time.time() > until:
                sys.exit("Signalpost did not start:\n" + (home / "log").read_text())
            time.sleep(0.2)
        self.key = (home / "data/admin.key").read_text().strip()

    def call(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{HTTP}/api/v1{path}", method=method,
                                         data=json.dumps(body).encode() if body else None,
                                         headers={"Authorization": "Bearer " + self.key,
                                                  "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def figure(self, name):
        request = urllib.request.Request(f"http://127.0.0.1:{HTTP}/metrics",
                                         headers={"Authorization": "Bearer " + self.key})
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = re.search(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", answer.read().decode(), re.M)
        return float(found[1]) if found else 0.0

    def link(self, track):
        """A link of ours to the destination, for this track."""
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        number = 0
        for digit in track[4:]:
            number = number * 62 + digits.index(digit)
        keys = dict(line.split() for line in (self.home / "data/signing.keys").read_text().splitlines()
                    if line and not line.startswith("#"))
        key = keys["active"]
        payload = (bytes([0x10, int(key)]) + number.to_bytes(16, "big") + bytes([0, 1])
                   + DESTINATION.removeprefix("https://").encode())
        mac = hmac.new(bytes.fromhex(keys[key]), b"signalpost-token-v1\0" + payload, hashlib.sha256).digest()[:16]
        text = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (payload, mac)]
        return "/c/" + "".join(text)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.log.close()


def load(url, options):
    """Requests a second, the 99th percentile, how many were answered, how many of them with an error."""
    out = subprocess.run(["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "--latency", url],
                         capture_output=True, text=True, check=True).stdout
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), re.search(r"99%\s+(\S+)", out)[1],
            int(re.search(r"(\d+) requests in", out)[1]), int(errors[1]) if errors else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--warm-up", type=int, default=10, help="seconds of each before the rounds")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--java-options", default="", help="for Signalpost's JVM")
    options = parser.parse_args()
    for tool in ("nginx", "wrk"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing: apt-get install --no-install-recommends nginx-light wrk")
    home = pathlib.Path(tempfile.mkdtemp(prefix="signalpost-bench-"))
    try:
        with contextlib.ExitStack() as stack:
            peer = Nginx(home / "nginx")
            stack.callback(peer.close)
            ours = Signalpost(home / "signalpost", options.java_options)
            stack.callback(ours.close)
            track = ours.call("POST", "/tracks", {"recipient": "ann@example.com"})["id"]
            paths = {"pixel": "/api/t/" + track, "redirect": ours.link(track)}
            answered = dict.fromkeys(paths, 0)
            for what, path in paths.items():
                load(f"http://127.0.0.1:{HTTP}{path}", argparse.Namespace(connections=64, seconds=options.warm_up))
            ratios = {what: [] for what in paths}
            for _ in range(options.rounds):
                for what, path in paths.items():
                    theirs = load(f"http://127.0.0.1:{PEER}{path}", options)
                    figure = load(f"http://127.0.0.1:{HTTP}{path}", options)
                    if figure[3]:
                        sys.exit(f"{figure[3]} answers were errors")
                    answered[what] += figure[2]
                    ratios[what].append(figure[0] / theirs[0])
                    print(f"{what:8} nginx {theirs[0]:7.0f}/s p99 {theirs[1]:>8}   signalpost {figure[0]:7.0f}/s "
                          f"p99 {figure[1]:>8}   ratio {ratios[what][-1]:.2f}   load {os.getloadavg()[0]:.1f}", flush=True)
            for what in paths:
                print(f"{what} median ratio {statistics.median(ratios[what]):.2f}")
            counts(ours, track, answered)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def counts(ours, track, answered):
    """Waits until the books are up to date, and holds them against what was answered."""
    taken = ours.figure("signalpost_hits_taken_total")
    dropped, early = (ours.figure(f"signalpost_hits_{what}_total") for what in ("dropped", "early"))
    start = time.time()
    seen = 0
    while seen < taken - dropped and time.time() - start < 600:
        time.sleep(1)
        now = ours.call("GET", "/tracks/" + track)
        seen = now["openCount"] + now["clickCount"] + now.get("machineOpenCount", 0) + now.get("botClickCount", 0)
    print(f"taken {taken:.0f}, dropped {dropped:.0f}, answered before they were on disk {early:.0f}; counted {seen} "
          f"after another {time.time() - start:.0f} s; answered in the rounds {sum(answered.values())}")
    if seen < sum(answered.values()) or seen != taken - dropped:
        sys.exit("hits that were answered are not counted")


if __name__ == "__main__":
    main()
