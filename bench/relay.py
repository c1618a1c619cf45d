#!/usr/bin/env python3
"""Signalpost beside Postfix on one machine, in one run; prints figures, asserts nothing.

throughput  mails a second from the first connection to the last mail in the sink: Postfix relays, Signalpost rewrites,
            tracks and relays; both force a mail to disk before they say 250. Needs root and Debian's postfix. A JVM
            compiles while it runs: --warm 20000 shows it after that.
idle        how long a new client waits for the banner beside 2,000 clients that are connected and say nothing.
queue       the heap that is in use with 100,000 mails queued for a next hop that is away.
route       mail for two next hops at a steady rate; one of them is away for a while: how long mail to the other takes
            before and meanwhile, the heap, and whether everything arrives once both are there.
"""
import argparse
import concurrent.futures
import contextlib
import datetime
import os
import pathlib
import random
import re
import shutil
import signal
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
SMTP, HTTP, SINK, PEER, PEER_SINK = 28525, 28080, 28526, 28527, 28528


def newsletter():
    """An HTML mail of 33 KB with 24 links, the same each time."""
    numbers = random.Random(7)
    rows = []
    for i in range(120):
        link = f'<a href="https://shop.example.com/item/{i}?from=mail&amp;n={i}">Look at it</a>' if i % 5 == 0 else "&nbsp;"
        rows.append(f'<tr><td style="padding:8px 16px;font:14px/20px Arial,Helvetica,sans-serif;color:#333;border-bottom:'
                    f'1px solid #eee;vertical-align:top">Article {i}, which somebody described in one long line, for '
                    f'{numbers.randint(1, 99)}.00 &euro;</td><td style="padding:8px 16px;width:140px">{link}</td></tr>')
    html = ("<!DOCTYPE html><html><head><title>News</title><style>body{margin:0}</style></head><body><table>\n"
            + "\n".join(rows) + "\n</table></body></html>\n")
    return ("From: Shop <shop@example.com>\nTo: ann@example.org\nSubject: News\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n"
            "Message-ID: <news@example.com>\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"b\"\n\n"
            "--b\nContent-Type: text/plain; charset=utf-8\n\nNews\n--b\nContent-Type: text/html; charset=utf-8\n\n"
            + html + "--b--\n")


class Sink:
    """Postfix's smtp-sink, which counts what it is given."""

    def __init__(self, home, port):
        self.log = home / f"sink-{port}.log"
        self.out = self.log.open("wb")
        self.process = subprocess.Popen(["smtp-sink", "-u", "postfix", "-c", f"127.0.0.1:{port}", "1000"],
                                        stdout=self.out, stderr=self.out)

    def count(self):
        found = re.findall(rb"mesg=(\d+)", self.log.read_bytes()[-300:])
        return int(found[-1]) if found else 0

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.out.close()


class Signalpost:
    """The program as its start script starts it, with a data directory of its own."""

    def __init__(self, home, sink_port, options="", more=""):
        home.mkdir()
        settings = home / "signalpost.properties"
        settings.write_text(f"data.directory = {home}/data\nhttp.listen = 127.0.0.1:{HTTP}\n"
                            f"smtp.listen = 127.0.0.1:{SMTP}\ndelivery.smarthost = 127.0.0.1:{sink_port}\n" + more)
        self.log = (home / "log").open("wb")
        self.process = subprocess.Popen([CHECKOUT / "signalpost", "serve", "--config", settings], stdout=self.log,
                                        stderr=self.log, env=os.environ | {"SIGNALPOST_JAVA_OPTIONS": options})
        until = time.time() + 300
        while b"is ready" not in (home / "log").read_bytes():
            if self.process.poll() is not None or time.time() > until:
                sys.exit("Signalpost did not start:\n" + (home / "log").read_text())
            time.sleep(0.2)

    def heap(self):
        """Octets in use after a full collection."""
        jcmd = pathlib.Path(os.readlink(f"/proc/{self.process.pid}/exe")).parent / "jcmd"
        subprocess.run([jcmd, str(self.process.pid), "GC.run"], check=True, stdout=subprocess.DEVNULL)
        text = subprocess.run([jcmd, str(self.process.pid), "GC.heap_info"], check=True, capture_output=True, text=True)
        return int(re.search(r"used (\d+)K", text.stdout)[1]) * 1024

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.log.close()


class Postfix:
    """An instance of its own: plain relaying, nothing looked up, nothing filtered."""

    def __init__(self, home):
        self.configuration = home / "conf"
        for name in ("conf", "spool", "lib"):
            (home / name).mkdir(parents=True)
        shutil.chown(home / "lib", "postfix")
        shutil.copy("/etc/postfix/dynamicmaps.cf", self.configuration)
        shutil.copytree("/etc/postfix/dynamicmaps.cf.d", self.configuration / "dynamicmaps.cf.d")
        services = []
        for line in pathlib.Path("/usr/share/postfix/master.cf.dist").read_text().splitlines():
            words = line.split()
            if len(words) < 8 or line[0] in "# \t" or words[1] not in ("inet", "unix", "unix-dgram") or "pipe" in words:
                continue
            if words[1] == "inet":
                words[0] = f"127.0.0.1:{PEER}"
            words[4] = "n"
            services.append(" ".join(words))
        (self.configuration / "master.cf").write_text("\n".join(services) + "\n")
        settings = {
            "compatibility_level": "3.6", "queue_directory": home / "spool", "data_directory": home / "lib",
            "command_directory": "/usr/sbin", "daemon_directory": "/usr/lib/postfix/sbin",
            "myhostname": "peer.example.test", "mydestination": "", "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4", "mynetworks": "127.0.0.0/8", "relayhost": f"[127.0.0.1]:{PEER_SINK}",
            "smtp_tls_security_level": "none", "smtpd_tls_security_level": "none",
            "smtpd_client_connection_count_limit": "0", "default_process_limit": "100",
            "default_destination_concurrency_limit": "50", "maillog_file": "/var/log/signalpost-bench.log",
            "alias_maps": "", "alias_database": ""}
        (self.configuration / "main.cf").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        self.run("start")
        time.sleep(2)

    def run(self, act):
        subprocess.run(["postfix", "-c", self.configuration, act], check=act == "start", stderr=subprocess.DEVNULL)

    def close(self):
        self.run("stop")


def send(port, mail, count, sessions):
    subprocess.run(["smtp-source", "-s", str(sessions), "-m", str(count), "-F", mail, "-f", "shop@example.com",
                    "-t", "ann@example.org", f"127.0.0.1:{port}"], check=True)


def rate(port, sink, mail, options):
    """Mails a second that were accepted, and that arrived."""
    before, start = sink.count(), time.time()
    send(port, mail, options.messages, options.sessions)
    accepted = time.time() - start
    while sink.count() - before < options.messages:
        if time.time() - start > 600:
            sys.exit(f"only {sink.count() - before} of {options.messages} mails arrived")
        time.sleep(0.02)
    return options.messages / accepted, options.messages / (time.time() - start)


def throughput(home, mail, options, opened):
    sink, peer_sink = Sink(home, SINK), Sink(home, PEER_SINK)
    opened.push(sink.close)
    opened.push(peer_sink.close)
    opened.push(Postfix(home / "postfix").close)
    opened.push(Signalpost(home / "signalpost", SINK).close)
    for sent in range(0, options.warm, 2000):
        before = sink.count()
        send(SMTP, mail, 2000, options.sessions)
        while sink.count() - before < 2000:
            time.sleep(0.02)
        print(f"\r{sent + 2000} mails to warm up ", end="", file=sys.stderr, flush=True)
    ratios = []
    for _ in range(options.rounds):
        peer = rate(PEER, peer_sink, mail, options)
        ours = rate(SMTP, sink, mail, options)
        ratios.append(ours[1] / peer[1])
        print(f"postfix accepted {peer[0]:5.0f}/s delivered {peer[1]:5.0f}/s   signalpost accepted {ours[0]:5.0f}/s "
              f"delivered {ours[1]:5.0f}/s   ratio {ratios[-1]:.2f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f}")


def banner():
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", SMTP)) as client:
        client.recv(200)
    return (time.perf_counter() - start) * 1000


def idle(home, mail, options, opened):
    most = options.idle + 100
    server = Signalpost(home / "signalpost", SINK,
                        more=f"smtp.max-connections = {most}\nsmtp.max-connections-per-client = {most}\n")
    opened.push(server.close)
    alone = sorted(banner() for _ in range(100))
    before = server.heap()
    clients = []
    for _ in range(options.idle):
        client = socket.create_connection(("127.0.0.1", SMTP))
        client.recv(200)
        clients.append(client)
    beside = sorted(banner() for _ in range(100))
    each = (server.heap() - before) / options.idle / 1024
    print(f"banner, median and worst of 100: alone {alone[50]:.1f} and {alone[-1]:.1f} ms, beside {options.idle} idle "
          f"clients {beside[50]:.1f} and {beside[-1]:.1f} ms; {each:.0f} KB of heap for each idle client")
    for client in clients:
        client.close()


def queue(home, mail, options, opened):
    server = Signalpost(home / "signalpost", 1, "-Xmx256m")
    opened.push(server.close)
    empty = server.heap()
    start = time.time()
    for block in range(10):
        send(SMTP, mail, options.queued // 10, options.sessions)
        done = (block + 1) * options.queued // 10
        print(f"\r{done} queued, {done / (time.time() - start):.0f}/s ", end="", flush=True)
    print(f"\nheap in use, with -Xmx256m: {empty >> 20} MB when empty, {server.heap() >> 20} MB with {options.queued} mails")


def trickle(mail, rate, seconds, what):
    """Mails for both next hops in turn, so many a second, whatever becomes of them."""
    start, sent = time.time(), 0
    with concurrent.futures.ThreadPoolExecutor(50) as clients:
        while time.time() - start < seconds:
            time.sleep(max(0, start + sent / rate - time.time()))
            clients.submit(one, mail, "ann@near.example" if sent % 2 else "bob@away.example")
            sent += 1
            if sent % (rate * 10) == 0:
                print(f"\r{what}: {sent} mails ", end="", file=sys.stderr, flush=True)
    return (sent + 1) // 2


def one(mail, recipient):
    with smtplib.SMTP("127.0.0.1", SMTP) as client:
        client.sendmail("shop@example.com", recipient, mail)


def took(log, start):
    """From the log, behind this octet: from accepted to delivered for the next hop that is always there, in ms."""
    accepted, all_of_them = {}, []
    for line in log.read_bytes()[start:].decode().splitlines():
        found = re.match(r"(\S+)Z INFO +(accepted|delivered) message=(\S+) (?:to=(\S+))?", line)
        if found:
            at = datetime.datetime.fromisoformat(found[1]).timestamp()
            if found[2] == "accepted":
                accepted[found[3]] = at
            elif found[4] == "near.example" and found[3] in accepted:
                all_of_them.append((at - accepted[found[3]]) * 1000)
    all_of_them.sort()
    return all_of_them[len(all_of_them) // 2], all_of_them[len(all_of_them) * 99 // 100]


def route(home, mail, options, opened):
    near = Sink(home, SINK)
    opened.push(near.close)
    away = Sink(home, PEER_SINK)
    routes = home / "routes"
    routes.write_text(f"away.example 127.0.0.1:{PEER_SINK} none\n")
    server = Signalpost(home / "signalpost", SINK, "-Xmx256m", f"delivery.routes-file = {routes}\n")
    opened.push(server.close)
    log, octets = home / "signalpost" / "log", pathlib.Path(mail).read_bytes()
    trickle(octets, options.rate, 20, "warming up")
    at = log.stat().st_size
    trickle(octets, options.rate, 30, "both there")
    print("\rboth there: to the one, median and p99 {:.0f} and {:.0f} ms; heap {} MB".format(
        *took(log, at), server.heap() >> 20))
    before = away.count()
    away.close()
    at = log.stat().st_size
    waiting = trickle(octets, options.rate, options.seconds, "one away")
    print("\rone away for {} s: to the other, median and p99 {:.0f} and {:.0f} ms; {} mails wait; heap {} MB".format(
        options.seconds, *took(log, at), waiting, server.heap() >> 20))
    away, start = Sink(home, PEER_SINK), time.time()
    opened.push(away.close)
    while away.count() < waiting and time.time() - start < 5000:
        time.sleep(1)
        print(f"\r{away.count()} of {waiting} have arrived ", end="", file=sys.stderr, flush=True)
    time.sleep(2)
    print(f"\r{before} and {away.count()} mails arrived there, {waiting} had waited, after {time.time() - start:.0f} s; "
          f"heap {server.heap() >> 20} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["throughput", "idle", "queue", "route"])
    parser.add_argument("--messages", type=int, default=2000, help="a round, for throughput")
    parser.add_argument("--warm", type=int, default=0, help="mails before the first round, for throughput")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--idle", type=int, default=2000)
    parser.add_argument("--queued", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=100, help="mails a second, for route")
    parser.add_argument("--seconds", type=int, default=120, help="how long a next hop is away, for route")
    options = parser.parse_args()
    for tool in ("postfix", "smtp-source", "smtp-sink"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing: apt-get install --no-install-recommends postfix")
    home = pathlib.Path(tempfile.mkdtemp(prefix="signalpost-bench-"))
    home.chmod(0o755)
    mail = home / "mail.eml"
    mail.write_text(newsletter())
    try:
        with contextlib.ExitStack() as stack:
            stack.push = lambda close: stack.callback(close)
            globals()[options.what](home, str(mail), options, stack)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
