"""Imports with a mapping file that break off at random points.

    interrupted_test.py ENTHESISD ENTHESIS [ROUNDS [SEED]]

In turn Ctrl-C of the client, kill -9 of the server, the network cut. Each time
the same command goes on: what was stored stays, nothing is stored twice, and
the site ends as one whose import was not disturbed.
"""

import collections
import csv
import datetime
import io
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

N_CASES = 2400  # several messages in each of several lanes
MAP = """enthesis_map: 1
dates: {format: DD.MM.YYYY, surgery: op_datum, visit: besuch}
columns: {record_id: patnr, event: redcap_event_name}
"""
# What the registry or the client chose at random.
CHOSEN = ("case_id", "follow_up_id", "patient_id", "etag", "version")
KINDS = ("ctrl_c", "server_killed", "network_cut")


class Server:
    """enthesisd, which can be killed and come back at its port and data."""

    def __init__(self, enthesisd, folder):
        self.command = [enthesisd, f"--data={folder}/data"]
        self.listen = "127.0.0.1:0"
        self.process = None
        self.start()

    def start(self):
        with open(os.devnull, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [*self.command, f"--listen={self.listen}"],
                stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            if line.startswith("enthesisd listening on "):
                self.listen = line.split()[-1]
                return
        raise RuntimeError("enthesisd did not start")

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait()
        self.process.stdout.close()


class Network:
    """A way to the server that can be cut and mended, at one address."""

    def __init__(self, target):
        self.sent = 0  # bytes towards the server
        self.stop_at = None  # where `reached` is set, and nothing goes on
        self.reached = threading.Event()
        self.go_on = threading.Event()
        host, port = target.rsplit(":", 1)
        self.target = (host, int(port))
        self.port = 0
        self.mend()
        self.address = f"127.0.0.1:{self.port}"

    def mend(self):
        self.open = []
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, args=(self.listener, self.open),
                         daemon=True).start()

    def serve(self, listener, connections):
        while True:
            try:
                ours, _ = listener.accept()
            except OSError:
                return
            try:
                theirs = socket.create_connection(self.target)
            except OSError:  # the server is down
                ours.close()
                continue
            connections += [ours, theirs]
            for a, b, way in ((ours, theirs, True), (theirs, ours, False)):
                threading.Thread(target=self.pump, args=(a, b, way),
                                 daemon=True).start()

    def pump(self, source, target, towards):
        try:
            while data := source.recv(1024):
                target.sendall(data)
                if not towards:
                    continue
                self.sent += len(data)
                if self.stop_at is not None and self.sent >= self.stop_at:
                    self.reached.set()
                    self.go_on.wait()
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        for connection in [self.listener, *self.open]:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()


def clinics_file(sample, path):
    """The sample as a clinic has it: its names, and dates for days."""
    with open(sample, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    surgery = {row["record_id"]: datetime.date.fromisoformat(
        row["surgery_date"]) for row in rows if row["surgery_date"]}
    renamed = {"record_id": "patnr", "event": "redcap_event_name",
               "surgery_date": "op_datum", "day": "besuch"}
    with open(path, "w", newline="", encoding="cp1252") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([renamed.get(name, name) for name in rows[0]])
        for row in rows:
            operated = surgery[row["record_id"]]
            if row["surgery_date"]:
                row["surgery_date"] = operated.strftime("%d.%m.%Y")
            if row["day"]:
                row["day"] = (operated + datetime.timedelta(
                    int(row["day"]))).strftime("%d.%m.%Y")
            writer.writerow(row.values())


class Rounds:
    def __init__(self, enthesisd, enthesis, folder, seed):
        self.enthesis, self.folder = enthesis, pathlib.Path(folder)
        self.random = random.Random(seed)
        self.server = Server(enthesisd, folder)
        self.network = Network(self.server.listen)
        self.run("simulate", "--cases", str(N_CASES), "--sites", "1",
                 "--out", str(folder))
        self.file = self.folder / "clinic.csv"
        clinics_file(self.folder / "site-01.csv", self.file)
        (self.folder / "site.yaml").write_text(MAP, encoding="utf-8")
        self.seen = collections.Counter()
        before = self.network.sent
        self.import_undisturbed("site-000")
        self.n_bytes = self.network.sent - before
        self.wanted = self.content("site-000")
        assert len({row[0] for row in self.wanted}) == N_CASES

    def run(self, *arguments, code=0):
        run = subprocess.run(
            [self.enthesis, "--server", self.network.address, *arguments],
            capture_output=True, text=True, check=False)
        assert run.returncode == code, (arguments, run.stdout, run.stderr)
        return run.stdout

    def command(self, site):
        return ("import", str(self.file), "--map",
                str(self.folder / "site.yaml"), "--site", site, "--links",
                str(self.folder / f"links-{site}"), "--format", "csv")

    def import_undisturbed(self, site):
        self.run("site", "create", site, "--synthetic")
        self.run(*self.command(site))

    def content(self, site):
        """All that is stored, but what was chosen at random."""
        text = self.run("case", "export", "--site", site, "--links",
                        str(self.folder / f"links-{site}"))
        rows = csv.DictReader(io.StringIO(text))
        return sorted([row["record_id"], row["event"], *(
            value for name, value in row.items()
            if name not in CHOSEN and name != "patient_key")]
            for row in rows)

    def names(self, site):
        text = self.run("case", "list", "--site", site, "--limit", "0",
                        "--format", "csv")
        names = [row["case"] for row in csv.DictReader(io.StringIO(text))]
        assert len(names) == len(set(names))
        return set(names)

    def interrupt(self, kind, site):
        network = self.network
        network.reached.clear()
        network.go_on.clear()
        network.stop_at = network.sent + self.random.randrange(self.n_bytes)
        process = subprocess.Popen(
            [self.enthesis, "--server", network.address,
             *self.command(site)], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        while not network.reached.wait(0.05) and process.poll() is None:
            pass
        # What the server has of it is still on its way to the disk.
        time.sleep(self.random.uniform(0, 0.03))
        network.stop_at = None
        if kind == "ctrl_c":
            process.send_signal(signal.SIGINT)
        elif kind == "server_killed":
            self.server.end(signal.SIGKILL)
        else:
            self.network.cut()
        network.go_on.set()
        _, err = process.communicate(timeout=300)
        if kind == "server_killed":
            self.server.start()
        elif kind == "network_cut":
            self.network.mend()
        return process.returncode, err

    def round(self, number):
        kind, site = KINDS[number % len(KINDS)], f"site-{number + 1:03d}"
        self.run("site", "create", site, "--synthetic")
        code, err = self.interrupt(kind, site)
        before = self.names(site)
        self.seen[kind, "rounds"] += 1
        self.seen[kind, f"exit {code}"] += 1
        if 0 < len(before) < N_CASES:
            self.seen[kind, "in the middle"] += 1
        # Ctrl-C before the first instructions ends by the signal.
        assert code in (0, 2, 3, 130, -signal.SIGINT), (kind, code, err)
        assert code != 0 or len(before) == N_CASES, (kind, err)
        self.run(*self.command(site))
        after = self.names(site)
        assert before <= after, (kind, site, "lost", before - after)
        assert len(after) == N_CASES, (kind, site, len(after))
        assert self.content(site) == self.wanted, (kind, site)

    def report(self):
        for (kind, what), n in sorted(self.seen.items()):
            print(f"{kind:14} {what:14} {n}")


def main(enthesisd, enthesis, rounds="6", seed=""):
    seed = int(seed) if seed else random.SystemRandom().randrange(10**6)
    print(f"{rounds} rounds, seed {seed}", flush=True)
    folder = tempfile.mkdtemp(prefix="enthesis-interrupted-")
    rounds_of = None
    try:
        rounds_of = Rounds(enthesisd, enthesis, folder, seed)
        for number in range(int(rounds)):
            rounds_of.round(number)
    finally:
        if rounds_of:
            rounds_of.report()
            rounds_of.server.end(signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
