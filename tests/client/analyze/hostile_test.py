"""What `enthesis analyze` gives on hostile data, held and printed as a list.

    hostile_test.py ENTHESIS

Every case is a data file, a command and what must come of it: figures of the
answer, keys that must be absent, a part of a warning, or the whole message of
a refusal. The list is printed at the end of a run.
"""

import json
import sys
import unittest

from analyze_program import run
from hostile_cases import ABSENT, case, gives, refuses
from hostile_site_cases import SITE_CASES

TIMES = ["--time", "t", "--event", "e"]
MODEL = ["--response", "y", "--covariates", "x"]

CASES = [
    # Nobody, nothing.
    case("an empty file", "survival", TIMES, [],
         refuses("the file is empty")),
    case("no rows", "survival", TIMES, ["t,e"],
         refuses("the file has no rows")),
    case("every row lacks a value", "survival", TIMES, ["t,e", "NA,1", ",1"],
         refuses("every row lacks a value of a column in use")),
    case("every weight is 0", "survival", [*TIMES, "--weights", "w"],
         ["t,e,w", "5,1,0", "2,1,0"], refuses("no subjects")),
    case("no row has a group", "change",
         ["--baseline", "x", "--follow-up", "y", "--by", "g"],
         ["x,y,g", "1,2,", "3,4,"],
         refuses("every row lacks a value of a column in use")),
    case("no row has a group", "describe", ["--columns", "x", "--by", "g"],
         ["x,g", "1,", "3,"],
         refuses("every row lacks a value of a column in use")),
    case("no rows", "ancova",
         ["--response", "y", "--baseline", "x", "--group", "g"], ["x,y,g"],
         refuses("the file has no rows")),
    case("times below the normal numbers", "survival", TIMES,
         ["t,e", "5e-324,1", "1e-323,0", "1.5e-323,1"],
         gives(curves__0__n=3, curves__0__events=2)),
    case("a landmark before the start", "survival",
         [*TIMES, "--landmark", "-1"], ["t,e", "1,1", "2,0"],
         refuses("--landmark is -1; allowed: 0 and later")),
    case("one column, no value", "describe", ["--columns", "x"],
         ["x", "NA"],
         gives(groups__0__columns__0__n=0, groups__0__columns__0__missing=1,
               groups__0__columns__0__mean=ABSENT)),
    # No events.
    case("every row censored", "survival",
         [*TIMES, "--by", "g", "--quantiles", "0.5"],
         ["t,e,g", "1,0,a", "2,0,b", "3,0,a"],
         gives(curves__0__events=0, curves__0__median__estimate=ABSENT,
               curves__0__points__0__survival=1, test__chiSquare=ABSENT,
               test__groups__0__observed=0)),
    case("every row censored", "incidence", [*TIMES, "--by", "g"],
         ["t,e,g", "1,0,a", "2,0,b", "3,0,a"],
         gives("every row is censored: no cause", curves__0__n=2,
               curves__0__causes=[], tests=[])),
    case("every row censored", "cox", [*TIMES, "--covariates", "x"],
         ["t,e,x", "1,0,1", "2,0,2", "3,0,5"],
         gives("x was dropped", events=0, coefficients__0__estimate=ABSENT,
               logLikelihood__model=0, tests__wald__df=0)),
    case("every row censored", "fine-gray",
         [*TIMES, "--cause", "1", "--covariates", "x"],
         ["t,e,x", "1,0,1", "2,0,2", "3,0,5"],
         gives("x was dropped", events=0, coefficients__0__estimate=ABSENT)),
    case("every row censored", "parametric", [*TIMES, "--covariates", "x"],
         ["t,e,x", "1,0,1", "2,0,2"],
         gives("every row is censored on the same side",
               coefficients__0__estimate=ABSENT, scale=ABSENT)),
    case("all times tied", "parametric", TIMES, ["t,e", "5,1", "5,1"],
         gives("the scale falls to 0: the times lie on the fitted line",
               coefficients__0__estimate=ABSENT, scale=ABSENT)),
    case("separation, with all that needs a finite fit", "cox",
         [*TIMES, "--covariates", "x", "--zph", "--predict", "x=1"],
         ["t,e,x", "1,1,1", "2,1,1", "3,1,1", "4,0,0", "5,0,0"],
         gives("proportional hazards: left out, a coefficient is infinite",
               coefficients__0__estimate=ABSENT, proportionalHazards=ABSENT,
               curves=ABSENT)),
    case("separation, with a predicted curve", "fine-gray",
         [*TIMES, "--cause", "1", "--covariates", "x", "--predict", "x=1"],
         ["t,e,x", "1,1,1", "2,1,1", "3,1,1", "4,0,0", "5,0,0"],
         gives("predicted incidence: left out, a coefficient is infinite",
               coefficients__0__estimate=ABSENT, curves=ABSENT)),
    case("a time before the landmark", "survival",
         [*TIMES, "--landmark", "3", "--at", "2,4"],
         ["t,e", "1,1", "5,1", "6,0"],
         refuses("--at: 2 is before the landmark 3")),
    case("a mean that ends with the landmark", "survival",
         [*TIMES, "--landmark", "3", "--rmst", "3"],
         ["t,e", "1,1", "5,1", "6,0"],
         refuses("--rmst: 3 is not after the landmark 3; allowed: later "
                 "than that")),
    case("a group without events", "parametric",
         [*TIMES, "--covariates", "x"],
         ["t,e,x", "1,1,0", "2,1,0", "3,1,0", "4,0,1", "5,0,1"],
         gives("x separates the events", coefficients__1__estimate=ABSENT)),
    case("every interval holds one time", "parametric",
         ["--lower", "l", "--upper", "u"], ["l,u", "3,6", "4,7", "5,"],
         gives("the scale falls to 0: the times lie on the fitted line",
               coefficients__0__estimate=ABSENT, scale=ABSENT)),
    case("events seen early, none late", "parametric",
         ["--lower", "l", "--upper", "u"], ["l,u", ",3", ",2", "5,", "6,"],
         gives("the scale has no finite estimate: the event is not seen more "
               "often the later the time",
               coefficients__0__estimate=ABSENT, scale=ABSENT)),
    case("separation", "parametric",
         [*TIMES, "--distribution", "lognormal", "--covariates", "x"],
         ["t,e,x", "1,1,0", "2,1,0", "3,1,0", "4,0,1", "5,0,1"],
         gives("x separates the events", coefficients__1__estimate=ABSENT)),
    case("every row right-censored", "interval",
         ["--lower", "l", "--upper", "u"], ["l,u", "5,", "3,"],
         gives(curves__0__intervals__0__left=5,
               curves__0__intervals__0__mass=1,
               curves__0__intervals__0__right=ABSENT)),
    case("a group without events", "survival", [*TIMES, "--by", "g"],
         ["t,e,g", "1,1,a", "2,0,b", "3,1,a", "4,0,b"],
         gives(curves__1__events=0, curves__1__median__estimate=ABSENT,
               test__groups__1__observed=0, test__df=1)),
    case("a stratum without events", "cox",
         [*TIMES, "--covariates", "x", "--strata", "s"],
         ["t,e,x,s", "1,1,1,a", "2,1,3,a", "3,1,2,a", "3,0,2,b", "4,0,4,b"],
         gives(n=5, events=3, tests__wald__df=1)),
    case("every row its own stratum", "cox",
         [*TIMES, "--covariates", "x", "--strata", "s"],
         ["t,e,x,s", "1,1,1,a", "2,1,3,b", "3,0,2,c"],
         gives("x was dropped", coefficients__0__estimate=ABSENT)),
    # One subject, one group, one value.
    case("one subject", "survival", [*TIMES, "--at", "1,5,6"],
         ["t,e", "5,1"],
         gives(curves__0__median__estimate=5, curves__0__at__0__survival=1,
               curves__0__at__1__survival=0, curves__0__at__2__survival=0,
               curves__0__at__1__lower=ABSENT)),
    case("one subject", "cox", [*TIMES, "--covariates", "x"],
         ["t,e,x", "5,1,3"],
         gives("x was dropped", coefficients__0__estimate=ABSENT)),
    case("one subject", "change", ["--baseline", "a", "--follow-up", "b"],
         ["a,b", "3,5"],
         gives(groups__0__mean=2, groups__0__stdDev=ABSENT,
               groups__0__tTest__pValue=ABSENT)),
    case("one group", "compare", ["--value", "v", "--by", "g"],
         ["v,g", "3,a", "4,a"],
         gives("there is one group only: no test",
               tests__anova__statistic=ABSENT)),
    case("a group of one", "compare", ["--value", "v", "--by", "g"],
         ["v,g", "3,a", "4,a", "5,b"],
         gives(groups__1__stdDev=ABSENT, tests__welch__pValue=ABSENT,
               tests__pooled__df=1, tests__mannWhitney__exact=True)),
    case("all values equal", "compare", ["--value", "v", "--by", "g"],
         ["v,g", "3,a", "3,a", "3,b", "3,b"],
         gives(tests__welch__statistic=ABSENT,
               tests__mannWhitney__statistic=2,
               tests__mannWhitney__pValue=ABSENT,
               tests__kruskalWallis__pValue=ABSENT)),
    case("no change in anybody", "change",
         ["--baseline", "a", "--follow-up", "b"], ["a,b", "3,3", "4,4", "5,5"],
         gives(groups__0__mean=0, groups__0__stdDev=0,
               groups__0__tTest__pValue=ABSENT,
               groups__0__signedRank__zeros=3,
               groups__0__signedRank__pValue=ABSENT,
               groups__0__hedgesG=ABSENT)),
    case("the same change in everybody", "change",
         ["--baseline", "a", "--follow-up", "b"], ["a,b", "3,5", "4,6", "5,7"],
         gives(groups__0__mean=2, groups__0__stdDev=0, groups__0__lower=2,
               groups__0__tTest__statistic=ABSENT,
               groups__0__standardizedResponseMean=ABSENT)),
    case("all times tied", "survival", [*TIMES, "--by", "g"],
         ["t,e,g", "5,1,a", "5,1,b", "5,1,a", "5,0,b"],
         gives(curves__0__points__0__survival=0,
               curves__1__points__0__survival=0.5)),
    case("all times tied", "cox", [*TIMES, "--covariates", "x"],
         ["t,e,x", "5,1,1", "5,1,2", "5,1,4", "5,0,3"],
         gives(events=3, tests__score__df=1)),
    case("as many coefficients as rows", "ancova",
         ["--response", "v", "--baseline", "b", "--group", "g"],
         ["v,g,b", "3,a,1", "4,a,2", "5,b,3"],
         gives(residualDf=0, residualVariance=ABSENT,
               coefficients__0__stdError=ABSENT)),
    # Columns that carry nothing, or everything.
    case("a constant covariate", "cox", [*TIMES, "--covariates", "x,c"],
         ["t,e,x,c", "1,1,1,1", "2,1,4,1", "3,1,2,1", "4,0,3,1"],
         gives("c was dropped", coefficients__1__estimate=ABSENT,
               tests__wald__df=1)),
    case("a collinear covariate", "cox", [*TIMES, "--covariates", "x,y"],
         ["t,e,x,y", "1,1,1,2", "2,1,4,8", "3,1,2,4", "4,0,3,6"],
         gives("y was dropped", coefficients__1__estimate=ABSENT,
               tests__wald__df=1)),
    case("a constant baseline", "ancova",
         ["--response", "v", "--baseline", "b", "--group", "g"],
         ["v,g,b", "3,a,1", "4,a,1", "5,b,1", "7,b,1"],
         gives("b was dropped", coefficients__1__estimate=ABSENT,
               residualVariance=1.25)),
    case("separation", "cox", [*TIMES, "--covariates", "x"],
         ["t,e,x", "1,1,1", "2,1,1", "3,1,1", "4,0,0", "5,0,0"],
         gives("x separates the events", coefficients__0__estimate=ABSENT,
               tests__wald__df=0, tests__likelihoodRatio__df=1)),
    case("separation", "fine-gray",
         [*TIMES, "--cause", "1", "--covariates", "x"],
         ["t,e,x", "1,1,1", "2,1,1", "3,1,1", "4,0,0", "5,2,0"],
         gives("x separates the events", coefficients__0__estimate=ABSENT,
               tests__wald__df=0)),
    case("a level for each row", "cox", [*TIMES, "--covariates", "g"],
         ["t,e,g", "1,1,a", "2,1,b", "3,1,c", "4,0,d"],
         gives("gd separates the events", coefficients__2__estimate=ABSENT)),
    # Extreme numbers.
    case("times from 1e-308 to 1e308", "survival", TIMES,
         ["t,e", "1e308,1", "1e-308,1"],
         gives(curves__0__median__lower=1e-308,
               curves__0__points__1__time=1e308)),
    case("covariates of 1e300", "cox", [*TIMES, "--covariates", "x"],
         ["t,e,x", "1,1,1e300", "2,1,-1e300", "3,0,1e299"],
         gives(coefficients__0__hazardRatio=1, tests__score__df=1)),
    case("a covariate far from 0", "cox", [*TIMES, "--covariates", "x"],
         ["t,e,x", "1,1,1000000000001", "2,1,1000000000004",
          "3,0,1000000000002", "4,1,1000000000000"],
         gives(coefficients__0__estimate=0.25770991772499324)),
    case("weights of 1e-300", "survival", [*TIMES, "--weights", "w"],
         ["t,e,w", "5,1,1e-300", "2,1,1e-300"],
         gives(curves__0__points__0__survival=0.5)),
    case("the horizon is beyond the last time", "survival",
         [*TIMES, "--rmst", "100", "--at", "50"], ["t,e", "1,1", "2,0"],
         gives("restricted mean of all: the curve ends before the horizon",
               curves__0__restrictedMean__estimate=50.5,
               curves__0__at__0__survival=ABSENT)),
    # Input that means nothing.
    case("a negative time", "survival", TIMES, ["t,e", "-1,1", "2,1"],
         refuses('line 2, t "-1": must be 0 or more')),
    case("a time that is no number", "survival", TIMES,
         ["t,e", "2,1", "NaN,1"],
         refuses('line 3, t "NaN": is not a finite number')),
    case("an infinite time", "survival", TIMES, ["t,e", "inf,1", "2,1"],
         refuses('line 2, t "inf": is not a finite number')),
    case("a time in words", "survival", TIMES, ["t,e", "abc,1", "2,1"],
         refuses('line 2, t "abc": is not a number')),
    case("entry after exit", "survival", [*TIMES, "--entry", "s"],
         ["t,e,s", "5,1,6", "2,1,0"],
         refuses('line 2, s "6": must come before t, 5')),
    case("entry at exit", "cox",
         [*TIMES, "--entry", "s", "--covariates", "x"],
         ["t,e,s,x", "2,1,0,2", "5,1,5,1"],
         refuses('line 3, s "5": must come before t, 5')),
    case("a negative weight", "survival", [*TIMES, "--weights", "w"],
         ["t,e,w", "5,1,-6", "2,1,1"],
         refuses('line 2, w "-6": must be 0 or more')),
    case("an interval that ends before it begins", "interval",
         ["--lower", "l", "--upper", "u"], ["l,u", "5,3", "1,2"],
         refuses('line 2, u "3": must not be below l, 5')),
    case("a negative end of an interval", "interval",
         ["--lower", "l", "--upper", "u"], ["l,u", "-5,3", "3,"],
         refuses('line 2, l "-5": must be 0 or more')),
    case("an event in words", "survival", TIMES, ["t,e", "1,yes", "2,no"],
         refuses("--event e holds text; say which value is the event: "
                 "--event e=VALUE")),
    case("a cause that does not occur", "fine-gray",
         [*TIMES, "--cause", "7", "--covariates", "x"],
         ["t,e,x", "1,1,1", "2,2,2", "3,0,5"],
         refuses('--cause "7" is not a value of e; there are 1, 2')),
    case("no row is censored", "survival", TIMES, ["t,e", "1,1", "2,2"],
         gives("no row of e is 0", curves__0__events=2)),
    case("a column that is not there", "survival", TIMES, ["t,x", "1,1"],
         refuses("there is no column e; the file has t, x")),
    case("a column twice", "survival", TIMES, ["t,e,e", "1,1,0"],
         refuses("the first line names column e twice")),
    case("a line too short", "survival", TIMES, ["t,e", "1,1", "2"],
         refuses("line 3 has 1 cells, the first line 2")),
    case("a quote never closed", "survival", TIMES,
         ["t,e", '"1,1', "2,1"],
         refuses("line 2, character 1: a quote that is never closed")),
    case("a share above 1", "survival", [*TIMES, "--quantiles", "2"],
         ["t,e", "1,1", "2,0"],
         refuses("--quantiles: 2 is not a share; allowed: 0 to 1")),
    case("a horizon below 0", "survival", [*TIMES, "--rmst", "-1"],
         ["t,e", "1,1", "2,0"],
         refuses("--rmst: -1 is not a time; allowed: above 0")),
    # Generalized linear models.
    case("complete separation", "logistic", MODEL,
         ["y,x", "0,1", "0,2", "1,3", "1,4"],
         gives("--firth gives finite estimates", deviance=0, auc=1,
               coefficients__0__estimate=ABSENT,
               coefficients__1__estimate=ABSENT)),
    # log(1/2) of the rows where x is 0.
    case("a group of events only", "logistic", MODEL,
         ["y,x", "0,0", "1,0", "0,0", "1,1", "1,1"],
         gives("x separates", coefficients__1__estimate=ABSENT,
               coefficients__0__estimate=-0.6931471805599453)),
    case("every response alike", "logistic", MODEL,
         ["y,x", "1,1", "1,2", "1,4"],
         gives("separates", deviance=0, nullDeviance=0, auc=ABSENT,
               coefficients__1__estimate=ABSENT)),
    case("every count 0", "poisson", MODEL, ["y,x", "0,1", "0,2"],
         gives("counts that are all 0", logLikelihood=0,
               coefficients__0__estimate=ABSENT)),
    case("one row", "poisson", MODEL, ["y,x", "3,7"],
         gives("x was dropped", df=0, coefficients__1__estimate=ABSENT,
               coefficients__0__estimate=1.0986122886681098)),
    case("no overdispersion", "negbin",
         ["--response", "y", "--covariates", "1"], ["y", "2", "2", "2"],
         gives("theta is infinite", theta={},
               coefficients__0__estimate=0.6931471805599453)),
    case("every weight is 0", "logistic", [*MODEL, "--weights", "w"],
         ["y,x,w", "0,1,0", "1,2,0"], refuses("no rows of positive weight")),
    case("a response of 2", "logistic", MODEL, ["y,x", "0,1", "2,2"],
         refuses('line 3, y "2": a logistic response is 0 or 1; or say which '
                 "value is the event: --response y=VALUE")),
    case("half a count", "negbin", MODEL, ["y,x", "0,1", "1.5,2"],
         refuses('line 3, y "1.5": the response must be a count: a whole '
                 "number from 0")),
    # log odds of 1 in 3 and 2 in 3 by a step of 1e150.
    case("a covariate of 1e150", "logistic", MODEL,
         ["y,x", "0,0", "0,0", "1,0", "1,1e150", "1,1e150", "0,1e150"],
         gives(coefficients__1__estimate=1.3862943611198906e-150)),
    *SITE_CASES,
]


def find(document, path):
    for step in path.split("__"):
        if isinstance(document, list):
            if int(step) >= len(document):
                return ABSENT
            document = document[int(step)]
        elif step in document:
            document = document[step]
        else:
            return ABSENT
    return document


class HostileDataTest(unittest.TestCase):
    maxDiff = None

    def hold_answer(self, done, warning, figures):
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout, parse_constant=self.fail)
        if warning is not None:
            self.assertIn(warning, "\n".join(document["warnings"]))
        for path, figure in figures.items():
            found = find(document, path)
            if isinstance(figure, float):
                self.assertAlmostEqual(found, figure,
                                       delta=1e-9 * abs(figure), msg=path)
            else:
                self.assertEqual(found, figure, path)

    def hold_refusal(self, done, message):
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr, f"enthesis: {message}\n")

    def test_every_case(self):
        for what, method, args, rows, (kind, text, figures) in CASES:
            with self.subTest(what=what, method=method):
                done = run(method, "--data", "-", *args, "--format", "json",
                           stdin="".join(row + "\n" for row in rows))
                if kind == "refusal":
                    self.hold_refusal(done, text)
                else:
                    self.hold_answer(done, text, figures)

    def test_every_method_meets_hostile_data(self):
        methods = {method for _, method, _, _, _ in CASES}
        self.assertEqual(
            methods, {"survival", "incidence", "cox", "fine-gray",
                      "parametric", "interval", "change", "compare", "ancova",
                      "describe", "logistic", "poisson", "negbin", "funnel",
                      "standardize", "cusum", "proportions", "mixed", "mmrm"})


def text_of(outcome):
    kind, text, figures = outcome
    if kind == "refusal":
        return f"refused: {text}"
    parts = []
    for path, figure in figures.items():
        name = path.replace("__", ".")
        parts.append(f"no {name}" if figure is ABSENT
                     else f"{name} = {json.dumps(figure)}")
    if text is not None:
        parts.append(f'warning "{text}"')
    return "; ".join(parts)


if __name__ == "__main__":
    for what, method, _, _, outcome in CASES:
        print(f"{what}, {method}: {text_of(outcome)}")
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
