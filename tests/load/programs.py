"""Starting and watching the programs of the load tests: servers, the load client, the injector."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))


RUN_AT_ONCE = ["chrt", "--rr", "1"]


def may_run_at_once():
    """Whether programs may go before all others, as those of root may: what else runs on the machine
    is then not measured. For programs that leave time for the others."""
    chrt = shutil.which(RUN_AT_ONCE[0])
    return bool(chrt) and subprocess.run([*RUN_AT_ONCE, "true"], capture_output=True).returncode == 0


def placed(command, core, at_once=False):
    """The command on one processor only, where there are several."""
    prefix = RUN_AT_ONCE if at_once else []
    pin = ["taskset", "-c", str(core)] if core is not None else []
    return prefix + pin + [str(part) for part in command]


def cores():
    """One for the server and one for everybody else, or no matter where there is but one."""
    return (CORES[-1], CORES[0]) if len(CORES) > 1 else (None, None)


class Server:
    """Any program that prints `listening on HOST:PORT`, until the end of the block."""

    def __init__(self, command, core=None, at_once=False):
        self.process = subprocess.Popen(
            placed(command, core, at_once), stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), f"{command} says {line!r}"
        self.port = int(line.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=20)

    def rss_kib(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise RuntimeError("the server is gone")

    def descriptors(self):
        """How many it has open: its connections, and a few."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


def load_client(program, server, options, core=None, at_once=False):
    """Starts the load client; lines of JSON come out of it."""
    command = [program, "--port", server.port, "--json", "--quiet", *options]
    return subprocess.Popen(
        placed(command, core, at_once), stdout=subprocess.PIPE, text=True
    )


def run_load(program, server, options, core=None):
    """The load client's last report, with what it cost the server in processor time."""
    before = server.cpu_seconds()
    client = load_client(program, server, options, core)
    lines = client.communicate()[0].splitlines()
    if client.returncode != 0 or not lines:
        raise RuntimeError(f"load_client ended with {client.returncode}: {lines[-1:]}")
    report = json.loads(lines[-1])
    report["server_cpu_s"] = server.cpu_seconds() - before
    return report


class Injector:
    """faults.py, behind what is measured."""

    def __init__(self, server, options, core=None):
        command = [sys.executable, HERE / "faults.py", "--port", server.port, *options]
        self.process = subprocess.Popen(
            placed(command, core),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def finish(self):
        return json.loads(self.process.communicate(timeout=60)[0])


def load_average():
    """How busy the machine is with other things, for the record: the load average."""
    return os.getloadavg()[0]


def progress(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
