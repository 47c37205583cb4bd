"""When calls of the Python package are tried again, against a server that
fails as it is told to.

    retry_test.py PACKAGE
"""

import sys
import threading
import unittest
from concurrent import futures

import grpc


class FailingService:
    """RegistryService: fails `failures` times, then answers."""

    def __init__(self, failures):
        self.failures = list(failures)
        self.request_ids = []
        self.batches = []  # the rows of each
        self.rows = []  # (row, request id) of imports, as they came
        self.unanswered = 0
        self.most_unanswered = 0
        self.lock = threading.Lock()

    def fail(self, context):
        with self.lock:
            failure = self.failures.pop(0) if self.failures else None
        if failure is None:
            return
        code, delay = failure
        status = status_pb2.Status(code=code.value[0], message="as told")
        if delay is not None:
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.FromMilliseconds(int(delay * 1000))
            status.details.add().Pack(retry)
        context.set_trailing_metadata(
            [("grpc-status-details-bin", status.SerializeToString())])
        context.abort(code, "as told")

    def create_site(self, request, context):
        self.request_ids.append(request.request_id)
        self.fail(context)
        return service.Site(name="sites/" + request.site_id)

    def list_sites(self, request, context):
        self.fail(context)
        return service.ListSitesResponse(as_of=7)

    def import_cases(self, requests, context):
        """Breaks after every fifth answer while failures are left."""
        for count, row in enumerate(requests, 1):
            self.rows.append((row.row, row.create.request_id))
            yield service.ImportCasesResponse(row=row.row)
            if count == 5:
                self.fail(context)

    def import_at_once(self, requests, context):
        """Answers only when no more rows come for a while."""
        waiting = []
        more = iter(requests)
        while True:
            for _ in range(WINDOW - len(waiting)):
                row = next(more, None)
                if row is None:
                    break
                waiting.append(row)
            if not waiting:
                return
            self.most_unanswered = max(self.most_unanswered, len(waiting))
            for row in waiting:
                yield service.ImportCasesResponse(row=row.row)
            waiting = []

    def import_out_of_order(self, requests, context):
        for row in requests:
            yield service.ImportCasesResponse(row=row.row + 1)

    def import_ends_early(self, requests, context):
        self.rows.append(next(requests))
        return iter(())

    def batch_import_cases(self, request, context):
        """Refuses batches of more than ten rows for their size."""
        self.batches.append([row.row for row in request.rows])
        self.rows += [(row.row, row.create.request_id)
                      for row in request.rows]
        if len(request.rows) > 10:
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too large")
        self.fail(context)
        return service.BatchImportCasesResponse(rows=[
            service.ImportCasesResponse(row=row.row) for row in request.rows])

    def batch_handler(self):
        return grpc.method_handlers_generic_handler(
            "enthesis.v1.RegistryService", {
                "BatchImportCases": grpc.unary_unary_rpc_method_handler(
                    self.batch_import_cases,
                    service.BatchImportCasesRequest.FromString,
                    service.BatchImportCasesResponse.SerializeToString)})

    def handler(self, import_method):
        return grpc.method_handlers_generic_handler(
            "enthesis.v1.RegistryService", {
                "CreateSite": grpc.unary_unary_rpc_method_handler(
                    self.create_site, service.CreateSiteRequest.FromString,
                    service.Site.SerializeToString),
                "ListSites": grpc.unary_unary_rpc_method_handler(
                    self.list_sites, service.ListSitesRequest.FromString,
                    service.ListSitesResponse.SerializeToString),
                "ImportCases": grpc.stream_stream_rpc_method_handler(
                    import_method, service.ImportCasesRequest.FromString,
                    service.ImportCasesResponse.SerializeToString)})


WINDOW = 8


class RetryTest(unittest.TestCase):
    def start(self, *failures, import_method="import_cases", attempts=5,
              batches=False):
        """A server that fails so, and a registry on it that waits for nothing
        but notes how long it would have."""
        told = FailingService(failures)
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
        server.add_generic_rpc_handlers(
            (told.batch_handler() if batches else
             told.handler(getattr(told, import_method)),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self.addCleanup(server.stop, 0)
        self.waits = []
        registry = enthesis.connect(f"127.0.0.1:{port}", enthesis.Options(
            wait=self.waits.append, import_window=WINDOW, import_batch=16,
            max_attempts=attempts, deadline=20, import_deadline=20))
        self.addCleanup(registry.close)
        return told, registry

    def rows(self, number):
        return [enthesis.create_request("site-01", {}) for _ in range(number)]

    def test_a_change_is_repeated_with_its_request_id(self):
        told, registry = self.start((grpc.StatusCode.UNAVAILABLE, None),
                                    (grpc.StatusCode.UNAVAILABLE, None))
        self.assertEqual("sites/site-01", registry.create_site("site-01").name)
        self.assertEqual(3, len(told.request_ids))
        self.assertEqual(1, len(set(told.request_ids)))
        # Doubled, between half and all of it.
        self.assertTrue(0.05 <= self.waits[0] <= 0.1, self.waits)
        self.assertTrue(0.1 <= self.waits[1] <= 0.2, self.waits)

    def test_the_delay_that_the_server_asks_for_is_kept(self):
        _, registry = self.start((grpc.StatusCode.RESOURCE_EXHAUSTED, 3.5))
        self.assertEqual(7, registry.sites().as_of)
        self.assertEqual([3.5], self.waits)

    def test_what_a_repeat_does_not_help_is_not_repeated(self):
        for code in (grpc.StatusCode.INVALID_ARGUMENT,
                     grpc.StatusCode.ABORTED, grpc.StatusCode.INTERNAL,
                     grpc.StatusCode.DEADLINE_EXCEEDED,
                     grpc.StatusCode.RESOURCE_EXHAUSTED):
            with self.subTest(code.name):
                told, registry = self.start((code, None))
                with self.assertRaises(enthesis.EnthesisError) as caught:
                    registry.create_site("site-01")
                self.assertEqual((code.name, "as told"),
                                 (caught.exception.code,
                                  caught.exception.message))
                self.assertEqual(1, len(told.request_ids))
                self.assertEqual([], self.waits)

    def test_tries_end(self):
        told, registry = self.start(
            *[(grpc.StatusCode.UNAVAILABLE, None)] * 9, attempts=4)
        with self.assertRaises(enthesis.EnthesisError) as caught:
            registry.create_site("site-01")
        self.assertEqual("UNAVAILABLE", caught.exception.code)
        self.assertEqual(4, len(told.request_ids))
        self.assertEqual(3, len(self.waits))

    def test_a_server_that_is_not_there_is_unavailable(self):
        registry = enthesis.connect(
            "unix:/nonexistent/enthesis",
            enthesis.Options(first_backoff=0.01, max_backoff=0.02))
        self.addCleanup(registry.close)
        with self.assertRaises(enthesis.EnthesisError) as caught:
            registry.sites()
        self.assertEqual("UNAVAILABLE", caught.exception.code)

    def test_a_broken_import_sends_again_what_has_no_answer(self):
        told, registry = self.start(
            *[(grpc.StatusCode.UNAVAILABLE, None)] * 8)
        rows = self.rows(43)
        seen = []
        answers = registry.import_cases(rows, seen.append)
        self.assertEqual(list(range(43)), [a.index for a in answers])
        self.assertEqual(answers, seen)
        # It went on after each break, so the number of tries never ran out.
        self.assertEqual(8, len(self.waits))
        self.assertTrue(all(wait <= 0.1 for wait in self.waits))
        ids = {}
        for row, request_id in told.rows:
            self.assertEqual(ids.setdefault(row, request_id), request_id)
        self.assertEqual([row.request_id for row in rows],
                         [ids[index] for index in range(43)])

    def test_batches_are_halved_and_repeated_with_their_request_ids(self):
        told, registry = self.start(
            (grpc.StatusCode.UNAVAILABLE, None), batches=True)
        rows = self.rows(19)
        seen = []
        answers = registry.import_cases(rows, seen.append)
        self.assertEqual(list(range(19)), [a.index for a in answers])
        self.assertEqual(answers, seen)
        self.assertEqual(
            [list(range(16)), list(range(8)), list(range(8)),
             list(range(8, 16)), list(range(16, 19))], told.batches)
        self.assertEqual(
            {(index, row.request_id) for index, row in enumerate(rows)},
            set(told.rows))

    def test_an_import_without_progress_ends(self):
        told, registry = self.start(import_method="import_ends_early")
        with self.assertRaises(enthesis.EnthesisError) as caught:
            registry.import_cases(self.rows(3))
        self.assertEqual("UNAVAILABLE", caught.exception.code)
        self.assertIn("ended the import early", str(caught.exception))
        self.assertEqual(5, len(told.rows))

    def test_an_import_that_is_refused_is_not_repeated(self):
        _, registry = self.start((grpc.StatusCode.INTERNAL, None))
        with self.assertRaises(enthesis.EnthesisError) as caught:
            registry.import_cases(self.rows(9))
        self.assertEqual("INTERNAL", caught.exception.code)
        self.assertEqual([], self.waits)

    def test_answers_out_of_order_end_an_import(self):
        _, registry = self.start(import_method="import_out_of_order")
        with self.assertRaisesRegex(enthesis.EnthesisError, "out of order"):
            registry.import_cases(self.rows(3))

    def test_no_more_rows_than_the_window_are_without_an_answer(self):
        # It would wait for ever for more than the window holds.
        told, registry = self.start(import_method="import_at_once")
        answers = registry.import_cases(self.rows(5 * WINDOW))
        self.assertEqual(5 * WINDOW, len(answers))
        self.assertEqual(WINDOW, told.most_unanswered)

    def test_what_the_caller_raises_ends_the_import(self):
        _, registry = self.start()

        def refuse(row):
            raise KeyError(row.index)

        with self.assertRaises(KeyError):
            registry.import_cases(self.rows(30), refuse)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv.pop(1))
    import enthesis
    from enthesis.rpc import error_details_pb2, status_pb2
    from enthesis.v1 import registry_service_pb2 as service
    unittest.main()
