"""A registry of its own for one test: a temporary folder, a port that the
system picks, ended and removed with the test."""

import os
import shutil
import signal
import subprocess
import tempfile


class RegistryProcess:
    """Runs enthesisd until the end of a with statement.

    address: "127.0.0.1:PORT" of the gRPC port.
    folder: a temporary folder that the test may use too.
    """

    MARK = "enthesisd listening on "

    def __init__(self, enthesisd, *options):
        self.folder = tempfile.mkdtemp(prefix="enthesis-test-")
        self.log = open(os.path.join(self.folder, "log"), "w+",
                        encoding="utf-8")
        self.process = subprocess.Popen(
            [enthesisd, "--data=" + os.path.join(self.folder, "data"),
             "--listen=127.0.0.1:0", *options],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.address = None
        for line in self.process.stdout:
            if line.startswith(self.MARK):
                self.address = line[len(self.MARK):].strip()
                return
        self.log.seek(0)
        said = self.log.read()
        self.__exit__()
        raise RuntimeError("enthesisd did not start: " + said)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.stdout.read()  # until it closes, so that it can end
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
