#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every hostile program alone, and writes docs/SURVIVAL.md from what came of it.

  survey.py run RESULTS [WHAT...]   runs WHAT (in_process, sandboxed, in_process_all, sandboxed_all,
                                    isolated_vm, vm, worker_threads; default: all of them) and keeps
                                    the lines in the folder RESULTS
  survey.py table RESULTS           writes the document
"""

import json
import pathlib
import platform
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parent.parent / "docs" / "SURVIVAL.md"
TIERS = ["in_process", "sandboxed"]
PEERS = ["isolated_vm", "vm", "worker_threads"]
PEER_NAMES = {"isolated_vm": "isolated-vm", "vm": "Node.js vm", "worker_threads": "worker_threads"}


def programs(folders):
    """Every program below the folders; a folder with a manifest is one."""
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                yield from [path] if (path / "extension.json").exists() else programs([path])
            elif path.suffix == ".js":
                yield path


def run_each(tier, folders, out):
    for path in programs(folders):
        result = subprocess.run(
            [HERE / "run", "--tier", tier, "--json", "--quiet-calls", "200", path],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True)
        line = result.stdout.strip() or json.dumps({"program": f"{path.parent.name}/{path.stem}",
                                                    "outcome": "not_run", "host_alive": False})
        out.write(line + "\n")
        out.flush()


def run_all(tier, folders, out):
    subprocess.run([HERE / "run", "--tier", tier, "--all", *folders], stdout=out,
                   stderr=subprocess.DEVNULL, check=False)


def run_peer(way, folders, out):
    peers = HERE / "peers"
    if not (peers / "node_modules").exists():
        subprocess.run(["npm", "ci"], cwd=peers, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["node", peers / "run.js", way, *folders], stdout=out, check=False)


def run(results, what):
    results.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as large:
        subprocess.run([sys.executable, HERE / "generate_large.py", large], check=True)
        folders = [HERE / "programs", pathlib.Path(large)]
        for name in what or TIERS + [f"{tier}_all" for tier in TIERS] + PEERS:
            with (results / f"{name}.jsonl").open("w", encoding="utf-8") as out:
                if name in TIERS:
                    run_each(name, folders, out)
                elif name in PEERS:
                    run_peer(name, folders, out)
                else:
                    run_all(name.removesuffix("_all"), folders, out)


def read(results, name):
    path = results / f"{name}.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def by_program(lines):
    return {line["program"]: line for line in lines if "program" in line}


def percentile(values, part):
    values = sorted(values)
    return values[min(int(part * len(values)), len(values) - 1)] if values else 0


def growth(line):
    return max(0.0, line.get("rss_peak_mb", 0) - line.get("rss_before_mb", 0))


def tier_cell(line):
    if line is None:
        return "" + " | " * 2
    outcome = line["outcome"] if line["host_alive"] else "**died**"
    if line.get("abandoned"):
        outcome += ", abandoned"
    elif line.get("given_up"):
        outcome += ", late"
    if not line.get("good_tenant_ok", False):
        outcome += ", **disturbed**"
    regain = line.get("regain_ms") or 0
    return f"{outcome} | {regain:.0f} | {growth(line):.0f}"


def peer_cell(line):
    if line is None:
        return "n/a"
    return line["outcome"] if line["result"] == "contained" else f"**{line['result']}**"


def tier_summary(name, lines, everything):
    lines = list(lines.values())
    if not lines:
        return f"| {name} | not run | | | | | | |"
    whole = next((line["summary"] for line in everything if "summary" in line), {})
    memory = f"{whole['rss_start_mb']:.0f} to {whole['rss_end_mb']:.0f} MB" if whole else "not run"
    regains = [line.get("regain_ms") or 0 for line in lines]
    return (f"| {name} | {len(lines)} | {sum(not line['host_alive'] for line in lines)}"
            f" | {sum(not line.get('good_tenant_ok', False) for line in lines)}"
            f" | {sum(line.get('abandoned', 0) > 0 for line in lines)}"
            f" | {percentile(regains, 0.99):.0f} ms, {max(regains):.0f} ms"
            f" | {max(map(growth, lines)):.0f} MB | {memory} |")


def all_summary(name, everything):
    whole = next((line["summary"] for line in everything if "summary" in line), None)
    if whole is None:
        return f"| {name}, all in one host | not run | | | | | | |"
    return (f"| {name}, all in one host | {whole['programs']} | {whole['deaths']} | {whole['disturbed']}"
            f" | {whole['abandoned']} | {whole['regain_p99_ms']:.0f} ms, {whole['regain_max_ms']:.0f} ms"
            f" | {whole['peak_growth_mb']:.0f} MB"
            f" | {whole['rss_start_mb']:.0f} to {whole['rss_end_mb']:.0f} MB |")


def peer_summary(way, lines):
    results = [line["result"] for line in lines.values()]
    slowest = max((line["growth_mb"] for line in lines.values()), default=0)
    return (f"| {PEER_NAMES[way]} | {len(results)} | {results.count('died')} | {results.count('stuck')}"
            f" | {slowest} MB |")


INTRODUCTION = """# Survival

Written by `tests/hostile/survey.py`; do not edit. {count} hostile programs, one row each, on {machine}, \
Sublet {version}.

Each program runs as a tenant of its own, twice, with 500 ms of CPU and wall time, 32 MB of heap and 32 MB \
outside of it. Another tenant calls a small handler all the while. *Died*: the host's process ended, or \
did not answer. *Disturbed*: an answer of the good tenant was wrong, or its 99th percentile was more than \
three times that before (25 ms at least, and again when the program was run again). *Late*: a thread \
did not come back when it was told to; its worker was replaced, and it ended by itself within 10 s. \
*Abandoned*: it did not, and stays with its isolate until the process ends. *Regain*: from the limit until the \
caller has its outcome and a worker answers another tenant; 0 where the program ended before. *Memory*: \
how much the resident memory of host and helper processes grew at most.

"""

PEERS_TEXT = """
The same programs beside it, each in a Node.js process of its own ({node}): by the package \
isolated-vm (32 MB, timeout 500 ms), by `vm` (timeout 500 ms; it has no limit of memory), and by \
`worker_threads` (32 MB, `terminate()` after 500 ms). *Died*: the process ended. *Stuck*: it gave no \
answer within 2.5 s of the limit, or could not go on. Bundles of modules are not applicable.

"""


def node_version():
    result = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True, check=False)
    return f"Node.js {result.stdout.strip()}"


def sublet_version():
    text = (HERE.parent.parent / "include" / "sublet" / "version.h").read_text(encoding="utf-8")
    numbers = [line.split()[-1] for line in text.splitlines() if line.startswith("#define SUBLET_VERSION_")]
    return ".".join(numbers)


def table(results):
    wholes = {tier: read(results, f"{tier}_all") for tier in TIERS}
    # Where no program was run alone, the lines of the run in one host stand in.
    tiers = {tier: by_program(read(results, tier) or wholes[tier]) for tier in TIERS}
    peers = {way: by_program(read(results, way)) for way in PEERS}
    names = sorted({name for lines in tiers.values() for name in lines})
    machine = f"{platform.machine()} with {len_of_cpus()} CPUs"
    text = INTRODUCTION.format(count=len(names), machine=machine, version=sublet_version())
    text += ("| tier | programs | died | disturbed | abandoned | regain p99, max | memory of one at most"
             " | memory of all in one host |\n|---|---|---|---|---|---|---|---|\n")
    for tier in TIERS:
        text += tier_summary(tier, tiers[tier], wholes[tier]) + "\n"
        text += all_summary(tier, wholes[tier]) + "\n"
    text += abandoned_text(tiers, wholes)
    text += PEERS_TEXT.format(node=node_version())
    text += "| | programs | died | stuck | memory of one at most |\n|---|---|---|---|---|\n"
    for way in PEERS:
        text += peer_summary(way, peers[way]) + "\n"
    text += "\n| program | in_process | regain | memory | sandboxed | regain | memory | "
    text += " | ".join(PEER_NAMES[way] for way in PEERS) + " |\n|---|---|---|---|---|---|---|---|---|---|\n"
    for name in names:
        cells = [tier_cell(tiers[tier].get(name)) for tier in TIERS]
        cells += [peer_cell(peers[way].get(name)) for way in PEERS]
        text += f"| {name} | " + " | ".join(cells) + " |\n"
    DOCUMENT.write_text(text, encoding="utf-8")


def abandoned_text(tiers, wholes):
    """The in-process programs that leave a thread behind, by name."""
    alone = {name for name, line in tiers["in_process"].items() if line.get("abandoned")}
    for line in wholes["in_process"]:
        alone |= set(line.get("summary", {}).get("abandoned_by", []))
    if not alone:
        return "\nNo program leaves a thread behind.\n"
    return "\nIn-process, a thread stays behind after: " + ", ".join(sorted(alone)) + ".\n"


def len_of_cpus():
    return len([line for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("processor")])


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("run", "table"):
        sys.exit(__doc__)
    results = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "run":
        run(results, sys.argv[3:])
    else:
        table(results)


if __name__ == "__main__":
    main()
