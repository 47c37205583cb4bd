"""Models of a cohort, and the comparison of sites."""

from __future__ import annotations

from typing import Any, Iterable, Optional

from enthesis.answer import Answer
from enthesis.asking import (Covariates, Profile, Time, Where, codes_in,
                             covariates_of, days, days_of, options_of,
                             profiles_of, set_codes, set_given)
from enthesis.codes import (ComplicationKind, Dimension, Endpoint,
                            FineGrayCause, FineGrayConvention, FunnelLimitKind,
                            FunnelOverdispersion, Measure, MixedDf,
                            MixedStructure, ParametricDistribution,
                            RegressionCluster, RegressionFamily,
                            RegressionTies, SitePooling, SiteScore, Visit)
from enthesis.questions import Questions
from enthesis.v1 import (ancova_pb2, glm_pb2, mixed_pb2, regression_pb2,
                         sites_pb2)


class Models(Questions):
    """Each method fits one model.

    Of every one: `covariates` are names, or `Covariate` where a number is a
    factor or a level is the reference; an unknown name is refused with the
    list of all. A model that rests on too few cases is withheld as a whole:
    its `absence` is "suppressed" and `withheld_for` says why. Where `predict`
    is an argument, it lists for whom the curve is predicted, a value of each
    covariate, and `at` the days; tables "predictions.at" and
    "predictions.values".
    """

    def cox(self, endpoint: Endpoint = "reoperation",
            covariates: Covariates = (), *,
            complication: Optional[ComplicationKind] = None,
            strata: Iterable[Dimension] = (),
            cluster: Optional[RegressionCluster] = None,
            ties: Optional[RegressionTies] = None,
            test_proportional_hazards: bool = False,
            predict: Iterable[Profile] = (), at: Iterable[Time] = (),
            where: Optional[Where] = None, as_of: Optional[int] = None,
            conf_level: Optional[float] = None
            ) -> Answer[regression_pb2.FitCoxResponse]:
        """Cox regression of the time to an endpoint.

        Tables: "coefficients", "answer" (counts, tests, concordance),
        "proportional_hazards".
        """
        request = regression_pb2.FitCoxRequest(
            options=options_of(None, where, as_of, conf_level),
            covariates=covariates_of(covariates),
            predictions=profiles_of(predict), at_days=days_of(at),
            test_proportional_hazards=test_proportional_hazards)
        request.strata.extend(codes_in(request, "strata", strata))
        set_codes(request, endpoint=endpoint, complication=complication,
                  cluster=cluster, ties=ties)
        answer: Answer[regression_pb2.FitCoxResponse] = self._ask(
            self._statistics.FitCox, request)
        return answer

    def fine_gray(self, endpoint: Endpoint = "return_sport",
                  covariates: Covariates = (), *,
                  complication: Optional[ComplicationKind] = None,
                  cause: Optional[FineGrayCause] = None,
                  convention: Optional[FineGrayConvention] = None,
                  strata: Iterable[Dimension] = (),
                  cluster: Optional[RegressionCluster] = None,
                  ties: Optional[RegressionTies] = None,
                  predict: Iterable[Profile] = (), at: Iterable[Time] = (),
                  where: Optional[Where] = None, as_of: Optional[int] = None,
                  conf_level: Optional[float] = None
                  ) -> Answer[regression_pb2.FitFineGrayResponse]:
        """Fine-Gray regression of the incidence of an endpoint, or of what
        competes with it. Tables: "coefficients", "answer"."""
        request = regression_pb2.FitFineGrayRequest(
            options=options_of(None, where, as_of, conf_level),
            covariates=covariates_of(covariates),
            predictions=profiles_of(predict), at_days=days_of(at))
        request.strata.extend(codes_in(request, "strata", strata))
        set_codes(request, endpoint=endpoint, complication=complication,
                  cause=cause, convention=convention, cluster=cluster,
                  ties=ties)
        answer: Answer[regression_pb2.FitFineGrayResponse] = self._ask(
            self._statistics.FitFineGray, request)
        return answer

    def parametric(self, endpoint: Endpoint = "return_sport",
                   covariates: Covariates = (), *,
                   complication: Optional[ComplicationKind] = None,
                   distribution: Optional[ParametricDistribution] = None,
                   predict: Iterable[Profile] = (), at: Iterable[Time] = (),
                   where: Optional[Where] = None, as_of: Optional[int] = None,
                   conf_level: Optional[float] = None
                   ) -> Answer[regression_pb2.FitParametricResponse]:
        """Parametric regression of the time to an endpoint, which may be known
        between two visits only. Tables: "coefficients", "answer"."""
        request = regression_pb2.FitParametricRequest(
            options=options_of(None, where, as_of, conf_level),
            covariates=covariates_of(covariates),
            predictions=profiles_of(predict), at_days=days_of(at))
        set_codes(request, endpoint=endpoint, complication=complication,
                  distribution=distribution)
        answer: Answer[regression_pb2.FitParametricResponse] = self._ask(
            self._statistics.FitParametric, request)
        return answer

    def regress(self, family: Optional[RegressionFamily] = None,
                covariates: Covariates = (), *,
                endpoint: Optional[Endpoint] = None,
                complication: Optional[ComplicationKind] = None,
                by_day: Optional[Time] = None,
                measure: Optional[Measure] = None,
                visit: Optional[Visit] = None,
                threshold: Optional[float] = None,
                cluster: Optional[RegressionCluster] = None,
                firth: bool = False, where: Optional[Where] = None,
                as_of: Optional[int] = None,
                conf_level: Optional[float] = None
                ) -> Answer[glm_pb2.FitRegressionResponse]:
        """Logistic, Poisson or negative binomial regression of an endpoint by
        a day, of its rate, of improvement by a threshold, or of a count.
        Tables: "coefficients", "answer"."""
        request = glm_pb2.FitRegressionRequest(
            options=options_of(None, where, as_of, conf_level),
            covariates=covariates_of(covariates), firth=firth)
        set_codes(request, family=family, cluster=cluster)
        _set_outcome(request, endpoint, complication, by_day, measure, visit,
                     threshold)
        answer: Answer[glm_pb2.FitRegressionResponse] = self._ask(
            self._statistics.FitRegression, request)
        return answer

    def mixed(self, measure: Optional[Measure] = None,
              covariates: Covariates = (), *, visits: Iterable[Visit] = (),
              by: Optional[Dimension] = None, reference: str = "",
              structure: Optional[MixedStructure] = None,
              df: Optional[MixedDf] = None, maximum_likelihood: bool = False,
              random_site: bool = False,
              where: Optional[Where] = None, as_of: Optional[int] = None,
              conf_level: Optional[float] = None
              ) -> Answer[mixed_pb2.FitMixedModelResponse]:
        """A measure over repeated visits: mixed model or MMRM. Tables:
        "coefficients", "answer", "terms", "means", "contrasts",
        "covariance"."""
        request = mixed_pb2.FitMixedModelRequest(
            options=options_of(by, where, as_of, conf_level), visits=visits,
            covariates=covariates_of(covariates), reference=reference,
            maximum_likelihood=maximum_likelihood, random_site=random_site)
        set_codes(request, measure=measure, structure=structure, df=df)
        answer: Answer[mixed_pb2.FitMixedModelResponse] = self._ask(
            self._statistics.FitMixedModel, request)
        return answer

    def ancova(self, by: Dimension, covariates: Covariates = (), *,
               measure: Optional[Measure] = None,
               visit: Optional[Visit] = None, reference: str = "",
               where: Optional[Where] = None, as_of: Optional[int] = None,
               conf_level: Optional[float] = None
               ) -> Answer[ancova_pb2.FitAncovaResponse]:
        """Groups compared on a measure at a visit, adjusted for its baseline
        and covariates. Tables: "coefficients", "answer" (the test of the
        groups), "adjusted_means", "contrasts"."""
        request = ancova_pb2.FitAncovaRequest(
            options=options_of(by, where, as_of, conf_level),
            covariates=covariates_of(covariates), reference=reference)
        set_codes(request, measure=measure)
        set_given(request, visit=visit)
        answer: Answer[ancova_pb2.FitAncovaResponse] = self._ask(
            self._statistics.FitAncova, request)
        return answer

    def compare_sites(self, covariates: Covariates = (), *,
                      endpoint: Optional[Endpoint] = None,
                      complication: Optional[ComplicationKind] = None,
                      by_day: Optional[Time] = None,
                      measure: Optional[Measure] = None,
                      visit: Optional[Visit] = None,
                      threshold: Optional[float] = None,
                      score: Optional[SiteScore] = None,
                      own_site: str = "",
                      limits: Optional[FunnelLimitKind] = None,
                      overdispersion: Optional[FunnelOverdispersion] = None,
                      pooling: Optional[SitePooling] = None,
                      hartung_knapp: bool = False,
                      cusum: bool = False,
                      cusum_odds_ratio: Optional[float] = None,
                      cusum_run_length: Optional[float] = None,
                      where: Optional[Where] = None,
                      as_of: Optional[int] = None,
                      conf_level: Optional[float] = None
                      ) -> Answer[sites_pb2.CompareSitesResponse]:
        """Sites on an outcome, each with its case mix: observed over expected,
        funnel, pooled and shrunken ratios; with `score` and a measure its mean
        less the expected; with `cusum` the chart of one's own site. Tables:
        "sites", "limits", "case_mix", "linear_case_mix", "answer" (the pool),
        "cusum.blocks"."""
        request = sites_pb2.CompareSitesRequest(
            options=options_of(None, where, as_of, conf_level),
            covariates=covariates_of(covariates), own_site=own_site,
            hartung_knapp=hartung_knapp)
        set_codes(request, limits=limits, overdispersion=overdispersion,
                  pooling=pooling, score=score)
        _set_outcome(request, endpoint, complication, by_day, measure, visit,
                     threshold)
        if cusum:
            request.cusum.SetInParent()
            set_given(request.cusum, odds_ratio=cusum_odds_ratio,
                      run_length=cusum_run_length)
        answer: Answer[sites_pb2.CompareSitesResponse] = self._ask(
            self._statistics.CompareSites, request)
        return answer


def _set_outcome(request: Any, endpoint: Optional[Endpoint],
                 complication: Optional[ComplicationKind],
                 by_day: Optional[Time], measure: Optional[Measure],
                 visit: Optional[Visit], threshold: Optional[float]) -> None:
    """The outcome of a request: an endpoint by a day, or a measure."""
    set_codes(request, endpoint=endpoint, complication=complication,
              measure=measure)
    set_given(request, visit=visit, threshold=threshold)
    if by_day is not None:
        request.by_day = days(by_day)
