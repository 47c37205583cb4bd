"""A registry's report on its repairs, in a page.

    report.py [--server HOST:PORT] [--as-of COMMIT] [--json]

Asks how long repairs last, when athletes are back and how far VISA-A rises,
and what goes with a reoperation. With --json it prints the answers whole, as
`enthesis ... --format json` does. A second run with --as-of and the commit
that the first one states gives the same page again.
"""

import argparse
import json
import sys
from typing import Any, Dict, Optional

import enthesis

REPORT_TIMES = ["6m", "12m", "24m"]


def ask(registry: enthesis.Registry,
        as_of: Optional[int]) -> Dict[str, enthesis.Answer[Any]]:
    """The questions of the page, all about one state of the registry."""
    cohort = registry.describe(as_of=as_of)
    state = cohort.as_of
    return {
        "describe": cohort,
        "survival": registry.survival(
            "reoperation", by="pathology", at=REPORT_TIMES, as_of=state),
        "return-to-play": registry.return_to_play(
            by="sport_level", at=REPORT_TIMES, as_of=state),
        "score-change": registry.score_change("visa_a", as_of=state),
        "cox": registry.cox(
            "reoperation",
            [enthesis.Covariate("sex", reference="male"), "age_years"],
            as_of=state),
    }


def figure(row: Dict[str, Any], name: str, form: str = ".2f") -> str:
    """A figure with its interval, or the word that says why it is absent."""
    if row[name] is None:
        return row["absence"] or "absent"
    text = format(row[name], form)
    if row["lower"] is not None and row["upper"] is not None:
        text += f" ({row['lower']:{form}} to {row['upper']:{form}})"
    return text


def write_page(answers: Dict[str, enthesis.Answer[Any]]) -> None:
    cohort = answers["describe"]
    [group] = cohort.rows("groups")
    size = (f"{group['n_cases']} cases of {group['n_sites']} sites"
            if group["absence"] is None else f"cases: {group['absence']}")
    print(f"{size}, as of commit {cohort.as_of}"
          f"{'; SYNTHETIC DATA' if cohort.synthetic else ''}\n")
    print("Free of reoperation, by pathology")
    for row in answers["survival"].rows("curves.at"):
        print(f"  {row['group']:15} day {row['day']:4}  "
              f"{figure(row, 'survival', '.1%')}")
    print("Back in sport, by level")
    for row in answers["return-to-play"].rows("curves.causes.at"):
        if row["cause"] == "return":
            print(f"  {row['group']:15} day {row['day']:4}  "
                  f"{figure(row, 'incidence', '.1%')}")
    print("Change of VISA-A since baseline")
    for row in answers["score-change"].rows("groups.visits"):
        if row["change_mean"] is not None:
            print(f"  {row['visit']:15} {row['change_mean']:+.1f} points, "
                  f"{row['change_n']} cases")
    print("Hazard ratio of a reoperation")
    for row in answers["cox"].rows("coefficients"):
        print(f"  {row['name']:15} {figure(row, 'hazard_ratio')}")


def main() -> int:
    flags = argparse.ArgumentParser(description="A registry's report.")
    flags.add_argument("--server", help="HOST:PORT")
    flags.add_argument("--as-of", type=int, help="a commit; default: the last")
    flags.add_argument("--json", action="store_true",
                       help="the answers whole instead of a page")
    chosen = flags.parse_args()
    with enthesis.connect(chosen.server) as registry:
        try:
            answers = ask(registry, chosen.as_of)
        except enthesis.EnthesisError as error:
            print(f"report.py: {error}", file=sys.stderr)
            return 3
    if chosen.json:
        json.dump({name: answer.to_dict() for name, answer in answers.items()},
                  sys.stdout, indent=2)
    else:
        write_page(answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
