"""A stock gRPC client, without generated code, uses the registry.

    stock_client_test.py ENTHESISD
"""

import random
import sys
import unittest

import grpc

from reflected_client import ReflectedClient
from registry_process import RegistryProcess

REGISTRY = "enthesis.v1.RegistryService/"
STATISTICS = "enthesis.v1.StatisticsService/"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK = CROCKFORD + "*~$=U"


def new_id():
    """128 random bits in Crockford's base 32 with a check symbol."""
    number = random.SystemRandom().getrandbits(128)
    digits = "".join(CROCKFORD[number >> shift & 31]
                     for shift in range(125, -1, -5))
    return digits + CHECK[number % 37]


def good_case(**baseline):
    return {
        "patient": new_id(),
        "baseline": {
            "surgery_year": 2021, "diagnosis": "DIAGNOSIS_TENDINOPATHY",
            "pathology": "PATHOLOGY_INSERTIONAL",
            "laterality": "LATERALITY_LEFT", "age_years": 51,
            "sex": "SEX_FEMALE", "sport_level": "SPORT_LEVEL_RECREATIONAL",
            **baseline},
        "conservative_care": {"months": 9},
        "operation": {"primary_procedure": "PROCEDURE_ZADEK_OSTEOTOMY",
                      "approach": "APPROACH_OPEN"},
        "follow_ups": [{"id": new_id(), "day": 400, "return_stage":
                        "RETURN_STAGE_SPORT", "return_sport_day": 160}],
    }


class StockClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.registry = RegistryProcess(ENTHESISD)
        cls.addClassCleanup(cls.registry.__exit__)
        cls.client = ReflectedClient(cls.registry.address)
        cls.addClassCleanup(cls.client.close)
        cls.call(REGISTRY + "CreateSite", site={}, site_id="site-stock")

    @classmethod
    def call(cls, method, **fields):
        return cls.client.call(method, **fields)

    def details_of(self, error):
        """The google.rpc details of a failed call, by message name."""
        status = self.client.message("google.rpc.Status")()
        trailers = dict(error.trailing_metadata())
        status.ParseFromString(trailers["grpc-status-details-bin"])
        details = {}
        for entry in status.details:
            name = entry.type_url.split("/")[-1]
            details[name] = self.client.message(name).FromString(entry.value)
        return status, details

    def test_reflection_lists_the_services_and_their_methods(self):
        self.assertLessEqual(
            {"enthesis.v1.RegistryService", "enthesis.v1.StatisticsService",
             "grpc.health.v1.Health"}, set(self.client.services))
        self.assertEqual(
            ["AddFollowUp", "BatchImportCases", "CreateCase", "CreateSite",
             "GetCase", "ImportCases", "ListCaseRevisions", "ListCases",
             "ListSites", "ScoreVisaA", "UpdateCase", "WithdrawCase"],
            self.client.methods("enthesis.v1.RegistryService"))
        self.assertEqual(
            ["CompareGroups", "CompareSites", "DescribeCohort",
             "EstimateIncidence",
             "EstimateIntervalCensored",
             "EstimateReturnToPlay", "EstimateScoreChange",
             "EstimateSurvival", "FitAncova", "FitCox", "FitFineGray",
             "FitMixedModel", "FitParametric", "FitRegression"],
            self.client.methods("enthesis.v1.StatisticsService"))

    def test_bytes_on_disk_are_not_on_the_wire(self):
        self.assertFalse(self.client.knows_file(
            "enthesis/record/v1/case_record.proto"))

    def test_a_case_comes_back_as_sent(self):
        case_id = new_id()
        sent = good_case(bmi=27)
        stored = self.call(REGISTRY + "CreateCase", parent="sites/site-stock",
                           case_id=case_id, case=sent).case
        self.assertEqual(f"sites/site-stock/cases/{case_id}", stored.name)
        got = self.call(REGISTRY + "GetCase", name=stored.name).case
        self.assertEqual(stored, got)
        self.assertEqual(27, got.baseline.bmi)
        self.assertEqual(sent["follow_ups"][0]["id"], got.follow_ups[0].id)
        self.assertTrue(got.etag)

    def test_a_bad_case_names_every_violation(self):
        before = self.call(REGISTRY + "ListSites").as_of
        bad = good_case(age_years=17, bmi=200)
        bad["conservative_care"] = {"months": 2}
        bad["operation"]["approach"] = "APPROACH_ENDOSCOPIC"
        bad["follow_ups"][0]["visa_a"] = {"item_7_points": 5}
        with self.assertRaises(grpc.RpcError) as caught:
            self.call(REGISTRY + "CreateCase", parent="sites/site-stock",
                      case_id=new_id(), case=bad)
        self.assertEqual(grpc.StatusCode.INVALID_ARGUMENT,
                         caught.exception.code())
        status, details = self.details_of(caught.exception)
        self.assertEqual(grpc.StatusCode.INVALID_ARGUMENT.value[0],
                         status.code)
        info = details["google.rpc.ErrorInfo"]
        self.assertEqual("FIELD_VIOLATION", info.reason)
        self.assertEqual("enthesis", info.domain)
        violations = details["google.rpc.BadRequest"].field_violations
        self.assertEqual(
            ["case.baseline.age_years", "case.baseline.bmi",
             "case.conservative_care.months",
             "case.follow_ups[0].visa_a.item_7_points",
             "case.operation.primary_procedure"],
            sorted(v.field for v in violations))
        self.assertTrue(all(v.description for v in violations))
        self.assertEqual(before, self.call(REGISTRY + "ListSites").as_of,
                         "nothing may be stored")

    def test_a_survival_curve(self):
        self.call(REGISTRY + "CreateSite", site={}, site_id="site-curve")
        # 20 cases, 5 of them revised on day 300, the others seen on day 400.
        for number in range(20):
            case = good_case(age_years=30 + number)
            if number < 5:
                case["follow_ups"][0]["reoperations"] = [
                    {"kind": "REOPERATION_KIND_REVISION", "day": 300}]
            self.call(REGISTRY + "CreateCase", parent="sites/site-curve",
                      case_id=new_id(), case=case)
        site = {"dimension": "DIMENSION_SITE", "values": ["site-curve"]}
        answer = self.call(
            STATISTICS + "EstimateSurvival", endpoint="ENDPOINT_REOPERATION",
            options={"cohort": {"filters": [site]}}, at_days=[299, 365])
        [curve] = answer.curves
        self.assertEqual((20, 5), (curve.n, curve.events))
        self.assertEqual([299, 365], [point.day for point in curve.at])
        self.assertEqual(1.0, curve.at[0].survival)
        self.assertEqual(0.75, curve.at[1].survival)
        # Greenwood: 0.75 * sqrt(5 / (20 * 15)).
        self.assertAlmostEqual(0.0968245836551854, curve.at[1].std_error, 12)
        self.assertEqual(11, answer.provenance.disclosure_threshold)

    def test_an_unknown_case_is_not_found(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.call(REGISTRY + "GetCase",
                      name=f"sites/site-stock/cases/{new_id()}")
        self.assertEqual(grpc.StatusCode.NOT_FOUND, caught.exception.code())
        _, details = self.details_of(caught.exception)
        self.assertEqual("RESOURCE_NOT_FOUND",
                         details["google.rpc.ErrorInfo"].reason)


if __name__ == "__main__":
    ENTHESISD = sys.argv.pop(1)
    unittest.main()
