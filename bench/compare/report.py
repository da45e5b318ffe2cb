"""The rows of a comparison, as lines for the terminal and as a table for docs/performance.md."""

import dataclasses
import datetime
import pathlib
import platform
import re
import statistics

BEGIN, END = "<!-- figures: written by ./dev bench -->", "<!-- end of figures -->"


def shown(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"


@dataclasses.dataclass
class Row:
    """What was measured of whom, and which ratio to the others was hoped for."""

    what: str
    unit: str
    samples: dict  # of each contender, the first of which is the one that counts
    goals: dict  # the ratio to each other one; or "limit": the figure itself
    better: object  # max or min

    def median(self, name):
        return statistics.median(self.samples[name])

    def subject(self):
        return next(iter(self.samples))

    def verdicts(self):
        """(peer, ratio, goal, whether it holds) for each goal whose peer was to be had."""
        for peer, goal in self.goals.items():
            if peer == "limit":
                yield peer, self.median(self.subject()), goal, self.median(self.subject()) <= goal
            elif peer in self.samples:
                ratio = self.median(self.subject()) / self.median(peer)
                yield peer, ratio, goal, ratio >= goal if self.better is max else ratio <= goal

    def holds(self):
        return all(holds for *_, holds in self.verdicts())

    def figures(self):
        def one(name):
            low, high = min(self.samples[name]), max(self.samples[name])
            spread = "" if low == high else f" ({shown(low)}–{shown(high)})"
            return f"{name} {shown(self.median(name))}{spread}"
        return ", ".join(map(one, self.samples)) + f" {self.unit}"

    def ratios(self):
        relation = "≥" if self.better is max else "≤"
        return "; ".join(f"{shown(ratio)} (goal {relation} {goal:g})" if peer == "limit" else
                         f"{ratio:.2f} × {peer} (goal {relation} {goal:g})" for peer, ratio, goal, _ in self.verdicts())

    def to_line(self):
        return f"{'ok   ' if self.holds() else 'SHORT'} {self.what}: {self.figures()}; {self.ratios()}"

    def to_markdown(self, mark=""):
        return f"| {self.what}{mark} | {self.figures()} | {self.ratios()} | {'yes' if self.holds() else '**no**'} |"


def machine():
    model = next((line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return f"{model}, Linux {platform.release().split('-')[0]}"


def split_at_marks(path):
    """What stands before the table, the table's lines, and what stands after it."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    table, _, after = rest.partition(END)
    return before, table.strip().splitlines(), after


def write_between_marks(path, before, lines, after):
    pathlib.Path(path).write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + after, encoding="utf-8")


def write_markdown(path, rows, rounds, seconds):
    """Replaces the table in the file."""
    before, _, after = split_at_marks(path)
    write_between_marks(path, before, [
        f"Measured on {datetime.date.today()}, {machine()}: medians of {rounds} interleaved rounds of {seconds:g} s (and their"
        " spread), each server pinned to one core, the load tool to another.", "",
        "| what | figures | against its goal | holds |", "|---|---|---|---|", *(row.to_markdown() for row in rows)], after)


def key_of(line):
    """What a row is about, whatever rate it was measured at and whether alone."""
    return re.sub(r" at [\d,]+/s| ?\(before.*?\)|†.*", "", line.split("|")[1]).strip()


def replace_rows(path, rows):
    """Puts rows that were measured without the others in the place of those that the table has of the same."""
    before, lines, after = split_at_marks(path)
    new = {key_of(row.to_markdown()): row.to_markdown(f" †{datetime.date.today()}") for row in rows}
    assert len(new) == len(rows), "two rows look alike"
    is_row = [line.startswith("|") for line in lines]
    end = len(lines) - is_row[::-1].index(True)
    table = [new.pop(key_of(line), line) if line.startswith("| ") else line for line in lines[:end]]
    footnote = ["", "† Measured in another run, on that day."]
    write_between_marks(path, before, [*table, *new.values(), *footnote], after)
