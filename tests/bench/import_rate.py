"""From a clinic's file to durable, beside COPY into PostgreSQL 15 in one run.

    import_rate.py ENTHESISD ENTHESIS [CASES] [RUNS]

Simulated cases are imported into a registry of their own: `enthesis import`
reads, checks, links and sends them, and the registry checks, stores and syncs
them. The same file is copied into a table of a fresh PostgreSQL, one COPY a
transaction, where `initdb` is found (PG_BIN, else /usr/lib/postgresql/15/bin):
its lines are stored as they are, with no rule checked and columns of text. Both
keep their data in one temporary folder (TMPDIR). Times are of the commands,
start to end; processor times are of all processes of each side.
"""

import os
import pathlib
import pwd
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from registry_process import RegistryProcess  # noqa: E402

PG_BIN = os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin")


def children():
    """Processor seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def cpu_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")


def import_once(enthesisd, enthesis, path, folder):
    """Seconds, and processor seconds of client and server."""
    with RegistryProcess(enthesisd) as registry:
        server = ("--server", registry.address)
        run(enthesis, *server, "site", "create", "site-01", "--synthetic")
        links = os.path.join(folder, "links.tsv")
        if os.path.exists(links):
            os.remove(links)
        before, served = children(), cpu_of(registry.process.pid)
        start = time.monotonic()
        run(enthesis, *server, "import", path, "--site", "site-01", "--links",
            links)
        seconds = time.monotonic() - start
        return (seconds, children() - before,
                cpu_of(registry.process.pid) - served)


class Postgres:
    """A cluster of its own on a socket in `folder`, as a user that is not
    root, with the defaults of Debian: every commit is synced."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "postgres")
        os.mkdir(self.folder)
        self.options = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.options = {"user": user.pw_uid, "group": user.pw_gid}
        self.data = os.path.join(self.folder, "data")
        self.call("initdb", "-D", self.data, "-A", "trust", "-U", "bench")
        self.call("pg_ctl", "-D", self.data, "-w", "-l",
                  os.path.join(self.folder, "log"), "-o",
                  f"-k {self.folder} -c listen_addresses=''", "start")

    def call(self, program, *arguments):
        subprocess.run([os.path.join(PG_BIN, program), *arguments], check=True,
                       stdout=subprocess.DEVNULL, cwd=self.folder,
                       **self.options)

    def sql(self, text, source=None):
        subprocess.run([os.path.join(PG_BIN, "psql"), "-q", "-v",
                        "ON_ERROR_STOP=1", "-h", self.folder, "-U", "bench",
                        "-d", "postgres", "-c", text], check=True,
                       stdin=source, **self.options)

    def copy(self, path):
        with open(path, encoding="utf-8") as file:
            header = file.readline().strip().split(",")
        columns = ", ".join(f'"{name}" text' for name in header)
        self.sql("DROP TABLE IF EXISTS cases")
        self.sql(f"CREATE TABLE cases ({columns})")
        self.sql("CHECKPOINT")
        with open(path, "rb") as file:
            start = time.monotonic()
            self.sql("COPY cases FROM STDIN WITH (FORMAT csv, HEADER)", file)
            return time.monotonic() - start

    def stop(self):
        self.call("pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop")


def main(enthesisd, enthesis, cases=50_000, runs=3):
    folder = tempfile.mkdtemp(prefix="enthesis-import-rate-")
    os.chmod(folder, 0o755)
    postgres = None
    try:
        run(enthesis, "simulate", "--cases", str(cases), "--sites", "1",
            "--seed", "1", "--out", folder)
        path = os.path.join(folder, "site-01.csv")
        with open(path, "rb") as file:
            lines = sum(1 for _ in file) - 1
        size = os.path.getsize(path) / 1e6
        print(f"{cases} cases, {lines} lines, {size:.1f} MB")
        if os.path.exists(os.path.join(PG_BIN, "initdb")):
            postgres = Postgres(folder)
        else:
            print(f"no PostgreSQL in {PG_BIN}: COPY is left out")
        imports, copies = [], []
        for _ in range(runs):
            seconds, client, server = import_once(enthesisd, enthesis, path,
                                                  folder)
            imports.append(seconds)
            print(f"import {seconds:6.2f} s: {cases / seconds:7.0f} cases/s, "
                  f"{lines / seconds:7.0f} lines/s; processor of a case: "
                  f"client {client / cases * 1e6:.0f} us, server "
                  f"{server / cases * 1e6:.0f} us", flush=True)
            if postgres:
                seconds = postgres.copy(path)
                copies.append(seconds)
                print(f"COPY   {seconds:6.2f} s: {cases / seconds:7.0f} "
                      f"cases/s, {lines / seconds:7.0f} lines/s", flush=True)
        median = statistics.median(imports)
        text = f"median: import {cases / median:.0f} cases/s"
        if copies:
            other = statistics.median(copies)
            text += (f", COPY {cases / other:.0f} cases/s, import at "
                     f"{other / median:.0%} of COPY")
        print(text)
    finally:
        if postgres:
            postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:5]))
