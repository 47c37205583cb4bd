"""The closed lists of codes that questions and changes take, as types.

Each has the name of its enum in enthesis.v1; a test compares them.
"""

from typing import Literal

Dimension = Literal[
    "site", "primary_procedure", "concomitant_procedure", "approach",
    "graft_class", "graft_technique", "pathology", "surgery_year",
    "age_band", "sex", "bmi_band", "diabetes", "smoking", "sport",
    "sport_level", "visa_a_band"]
Endpoint = Literal[
    "reoperation", "complication", "rupture", "return_participation",
    "return_sport", "return_performance", "full_weight_bearing",
    "daily_life", "osteotomy_union"]
Measure = Literal[
    "visa_a", "visa_a_sedentary", "pain_activity", "pain_rest",
    "heel_rise_count", "strength_symmetry", "hop_symmetry", "satisfaction",
    "tegner"]
ComplicationKind = Literal[
    "wound_dehiscence", "infection_superficial", "infection_deep",
    "sural_nerve", "other_nerve", "deep_vein_thrombosis",
    "pulmonary_embolism", "nonunion", "delayed_union", "hardware_pain",
    "hardware_failure", "rupture", "complex_regional_pain", "scar_pain",
    "hallux_weakness", "recurrence", "other"]
ReturnStage = Literal[
    "none", "participation", "sport", "performance"]
IntervalTransform = Literal[
    "log_log", "log", "plain", "logit", "arcsin"]
RankTest = Literal[
    "log_rank", "gehan_breslow", "tarone_ware", "peto_peto",
    "peto_peto_textbook", "fleming_harrington"]
IncidenceVariance = Literal[
    "aalen", "jackknife"]
RegressionCluster = Literal[
    "patient", "site"]
RegressionTies = Literal[
    "efron", "breslow"]
FineGrayCause = Literal[
    "event", "reoperation", "retirement", "death"]
FineGrayConvention = Literal[
    "crr", "finegray"]
ParametricDistribution = Literal[
    "weibull", "exponential", "log_normal", "log_logistic"]
RegressionFamily = Literal[
    "logistic", "poisson", "negative_binomial"]
MixedStructure = Literal[
    "random_intercept", "random_slope", "unstructured",
    "heterogeneous_compound_symmetry", "autoregressive",
    "heterogeneous_autoregressive", "toeplitz"]
MixedDf = Literal[
    "satterthwaite", "kenward_roger"]
FunnelLimitKind = Literal[
    "prediction", "confidence", "normal"]
FunnelOverdispersion = Literal[
    "multiplicative", "additive"]
SitePooling = Literal[
    "fixed_effect", "dersimonian_laird", "reml", "ml", "paule_mandel",
    "hunter_schmidt", "sidik_jonkman"]
SiteScore = Literal[
    "level", "change"]
CorrectionReason = Literal[
    "transcription_error", "source_corrected", "late_information",
    "status_change"]
WithdrawalReason = Literal[
    "consent_withdrawn", "entered_in_error", "not_eligible", "duplicate"]
Absence = Literal[
    "suppressed", "not_reached", "beyond_follow_up", "undefined",
    "dropped", "separated"]
Visit = Literal[
    "baseline", "2_weeks", "6_weeks", "3_months", "6_months", "12_months",
    "24_months", "60_months"]
