"""Questions about a cohort: description, curves, scores."""

from __future__ import annotations

from typing import Any, Iterable, Optional

from enthesis.answer import Answer
from enthesis.asking import (By, Time, Where, days, days_of, options_of,
                             set_code, set_codes, set_given)
from enthesis.calls import Calls
from enthesis.codes import (ComplicationKind, Dimension, Endpoint,
                            IncidenceVariance, IntervalTransform, Measure,
                            RankTest, ReturnStage, Visit)
from enthesis.v1 import (compare_pb2, describe_pb2, incidence_pb2,
                         interval_pb2, return_to_play_pb2, score_change_pb2,
                         statistics_service_pb2_grpc, survival_pb2)


class Questions:
    """Each method asks one question of StatisticsService.

    Of every one: `by` groups by a dimension or, `("approach", "sex")`, by the
    pairs of values of two; `where` says which cases,
    `{"pathology": "insertional", "surgery_year": Between(2020, 2023)}`;
    `as_of` asks about the state after that commit, by default the latest;
    `conf_level` is 0.95 by default. What `enthesis COMMAND --help` says of a
    flag holds for the argument.
    """

    def __init__(self, channel: Any, calls: Calls) -> None:
        stubs: Any = statistics_service_pb2_grpc  # has no types
        self._statistics = stubs.StatisticsServiceStub(channel)
        self._calls = calls

    def _ask(self, method: Any, request: Any) -> Any:
        return Answer(self._calls.ask(method, request))

    def describe(self, *, by: Optional[By] = None,
                 where: Optional[Where] = None, as_of: Optional[int] = None,
                 baseline_table: bool = True
                 ) -> Answer[describe_pb2.DescribeCohortResponse]:
        """Counts the cases of a cohort and its follow-up.

        With `baseline_table` also what is known as a number before surgery,
        and how far two groups are apart.

        Tables: "groups", "groups.dimensions.values", "groups.visits",
        "groups.numbers", "differences".
        """
        answer: Answer[describe_pb2.DescribeCohortResponse] = self._ask(
            self._statistics.DescribeCohort,
            describe_pb2.DescribeCohortRequest(
                options=options_of(by, where, as_of, None),
                baseline_table=baseline_table))
        return answer

    def survival(self, endpoint: Endpoint = "reoperation", *,
                 complication: Optional[ComplicationKind] = None,
                 by: Optional[By] = None, where: Optional[Where] = None,
                 as_of: Optional[int] = None,
                 conf_level: Optional[float] = None, at: Iterable[Time] = (),
                 transform: Optional[IntervalTransform] = None,
                 quantiles: Iterable[float] = (),
                 mean_horizon: Optional[Time] = None,
                 landmark: Optional[Time] = None,
                 test: Optional[RankTest] = None, rho: float = 0,
                 gamma: float = 0, strata: Optional[Dimension] = None,
                 trend: bool = False, pairwise: bool = False
                 ) -> Answer[survival_pb2.EstimateSurvivalResponse]:
        """Kaplan-Meier survival free of an endpoint; grouped, a rank test.

        Tables: "curves" (with the median and the restricted mean),
        "curves.points", "curves.at", "curves.quantiles", "answer" (the test of
        the groups and the trend), "test.groups", "pairwise",
        "restricted_mean_contrasts".
        """
        request = survival_pb2.EstimateSurvivalRequest(
            options=options_of(by, where, as_of, conf_level),
            at_days=days_of(at), quantiles=quantiles, rho=rho, gamma=gamma,
            trend=trend, pairwise=pairwise)
        set_codes(request, endpoint=endpoint, complication=complication,
                  transform=transform, test=test, strata=strata)
        if mean_horizon is not None:
            request.mean_horizon_day = days(mean_horizon)
        if landmark is not None:
            request.landmark_day = days(landmark)
        answer: Answer[survival_pb2.EstimateSurvivalResponse] = self._ask(
            self._statistics.EstimateSurvival, request)
        return answer

    def incidence(self, endpoint: Endpoint, *,
                  complication: Optional[ComplicationKind] = None,
                  by: Optional[By] = None,
                  where: Optional[Where] = None, as_of: Optional[int] = None,
                  conf_level: Optional[float] = None, at: Iterable[Time] = (),
                  transform: Optional[IntervalTransform] = None,
                  variance: Optional[IncidenceVariance] = None, rho: float = 0,
                  strata: Optional[Dimension] = None
                  ) -> Answer[incidence_pb2.EstimateIncidenceResponse]:
        """Cumulative incidence of an endpoint and of what competes with it.

        Tables: "curves", "curves.causes", "curves.causes.points",
        "curves.causes.at", "tests" (Gray's).
        """
        request = incidence_pb2.EstimateIncidenceRequest(
            options=options_of(by, where, as_of, conf_level),
            at_days=days_of(at), rho=rho)
        set_codes(request, endpoint=endpoint, complication=complication,
                  transform=transform, variance=variance, strata=strata)
        answer: Answer[incidence_pb2.EstimateIncidenceResponse] = self._ask(
            self._statistics.EstimateIncidence, request)
        return answer

    def return_to_play(
            self, stage: Optional[ReturnStage] = None, *,
            by: Optional[By] = None, where: Optional[Where] = None,
            as_of: Optional[int] = None, conf_level: Optional[float] = None,
            at: Iterable[Time] = (),
            transform: Optional[IntervalTransform] = None
            ) -> Answer[return_to_play_pb2.EstimateReturnToPlayResponse]:
        """Share of athletes back to play by time, 3, 4, 6, 9 and 12 months
        where `at` is empty; reoperation, retirement and death compete.

        Tables: "curves" (median, known by visit, sustained), "curves.causes",
        "curves.causes.points", "curves.causes.at", "tests" (Gray's).
        """
        request = return_to_play_pb2.EstimateReturnToPlayRequest(
            options=options_of(by, where, as_of, conf_level),
            at_days=days_of(at))
        set_codes(request, stage=stage, transform=transform)
        answer: Answer[return_to_play_pb2.EstimateReturnToPlayResponse] = (
            self._ask(self._statistics.EstimateReturnToPlay, request))
        return answer

    def interval(self, endpoint: Optional[Endpoint] = None, *,
                 by: Optional[By] = None, where: Optional[Where] = None,
                 as_of: Optional[int] = None, at: Iterable[Time] = ()
                 ) -> Answer[interval_pb2.EstimateIntervalCensoredResponse]:
        """Return to sport, or a milestone, as interval-censored (Turnbull).

        Tables: "curves", "curves.intervals", "curves.at", "answer" (the test
        of the groups), "test.groups".
        """
        request = interval_pb2.EstimateIntervalCensoredRequest(
            options=options_of(by, where, as_of, None), at_days=days_of(at))
        set_code(request, "endpoint", endpoint)
        answer: Answer[interval_pb2.EstimateIntervalCensoredResponse] = (
            self._ask(self._statistics.EstimateIntervalCensored, request))
        return answer

    def score_change(self, measure: Optional[Measure] = None, *,
                     by: Optional[By] = None,
                     where: Optional[Where] = None,
                     as_of: Optional[int] = None,
                     conf_level: Optional[float] = None,
                     thresholds: Iterable[float] = ()
                     ) -> Answer[score_change_pb2.EstimateScoreChangeResponse]:
        """Level and paired change of a score at each visit, responders.

        Tables: "groups", "groups.visits", "groups.visits.responders",
        "groups.readiness".
        """
        request = score_change_pb2.EstimateScoreChangeRequest(
            options=options_of(by, where, as_of, conf_level),
            thresholds=thresholds)
        set_code(request, "measure", measure)
        answer: Answer[score_change_pb2.EstimateScoreChangeResponse] = (
            self._ask(self._statistics.EstimateScoreChange, request))
        return answer

    def compare(self, by: By, measure: Optional[Measure] = None, *,
                visit: Optional[Visit] = None, change: bool = False,
                where: Optional[Where] = None, as_of: Optional[int] = None,
                conf_level: Optional[float] = None
                ) -> Answer[compare_pb2.CompareGroupsResponse]:
        """A score, or its change since baseline, at one visit between groups.

        Tables: "answer" (analyses of variance, Kruskal-Wallis), "groups",
        "pairs".
        """
        request = compare_pb2.CompareGroupsRequest(
            options=options_of(by, where, as_of, conf_level), change=change)
        set_code(request, "measure", measure)
        set_given(request, visit=visit)
        answer: Answer[compare_pb2.CompareGroupsResponse] = self._ask(
            self._statistics.CompareGroups, request)
        return answer
