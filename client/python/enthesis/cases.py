"""Sites and cases: what RegistryService offers."""

from __future__ import annotations

from typing import (Any, Callable, Iterable, Iterator, List, Mapping, Optional,
                    Union)

from google.protobuf.field_mask_pb2 import FieldMask

from enthesis import plain
from enthesis.answer import Answer
from enthesis.asking import set_code
from enthesis.calls import Calls
from enthesis.codes import CorrectionReason, WithdrawalReason
from enthesis.ids import new_id, new_request_id
from enthesis.importing import Import, ImportedRow
from enthesis.v1 import case_pb2, registry_service_pb2_grpc
from enthesis.v1 import registry_service_pb2 as service

PAGE_SIZE = 1000

Content = Union[Mapping[str, Any], case_pb2.Case]
"""A case: a message, or plain values as `enthesis case get --format json`
prints them."""
FollowUpContent = Union[Mapping[str, Any], case_pb2.FollowUp]
VisaAContent = Union[Mapping[str, Any], case_pb2.VisaA]


def site_name(site: str) -> str:
    return site if site.startswith("sites/") else f"sites/{site}"


def case_of(content: Content) -> case_pb2.Case:
    """A case of its own, of what the caller has."""
    if isinstance(content, case_pb2.Case):
        made = case_pb2.Case()
        made.CopyFrom(content)
        return made
    return plain.from_plain(case_pb2.Case, content, "case.")


def follow_up_of(content: FollowUpContent) -> case_pb2.FollowUp:
    made = case_pb2.FollowUp()
    if isinstance(content, case_pb2.FollowUp):
        made.CopyFrom(content)
    else:
        made = plain.from_plain(case_pb2.FollowUp, content, "follow_up.")
    if not made.id:
        made.id = new_id()
    return made


def create_request(site: str, content: Content, *,
                   case_id: Optional[str] = None,
                   request_id: Optional[str] = None,
                   validate_only: bool = False) -> service.CreateCaseRequest:
    """A new case, with every id that it lacks.

    A name, an etag and a commit of the content are left out: what was read may
    be stored again as another case.
    """
    case = case_of(content)
    for output_only in ("name", "etag", "commit_index"):
        case.ClearField(output_only)
    if not case.patient:
        case.patient = new_id()
    for follow_up in case.follow_ups:
        if not follow_up.id:
            follow_up.id = new_id()
    return service.CreateCaseRequest(
        parent=site_name(site), case_id=case_id or new_id(), case=case,
        request_id=request_id or new_request_id(), validate_only=validate_only)


def update_request(case: Content, paths: Iterable[str],
                   reason: CorrectionReason, *,
                   request_id: Optional[str] = None
                   ) -> service.UpdateCaseRequest:
    if isinstance(paths, str):
        paths = [paths]
    made = service.UpdateCaseRequest(
        case=case_of(case), update_mask=FieldMask(paths=list(paths)),
        request_id=request_id or new_request_id())
    set_code(made, "reason", reason)
    return made


def follow_up_request(name: str, follow_up: FollowUpContent, *, etag: str = "",
                      request_id: Optional[str] = None
                      ) -> service.AddFollowUpRequest:
    return service.AddFollowUpRequest(
        name=name, follow_up=follow_up_of(follow_up), etag=etag,
        request_id=request_id or new_request_id())


class Cases:
    """Sites and cases of a registry.

    Every change takes a `request_id`, made here when not given, that is kept
    when a try is repeated. Give one's own, kept somewhere safe, to repeat a
    change after the program itself has ended: within 24 h the same id with the
    same content is answered again and stores nothing.
    """

    def __init__(self, channel: Any, calls: Calls) -> None:
        stubs: Any = registry_service_pb2_grpc  # has no types
        self._registry = stubs.RegistryServiceStub(channel)
        self._calls = calls

    def create_site(self, site: str, *, synthetic: bool = False,
                    request_id: Optional[str] = None) -> service.Site:
        """Makes a site; making an equal one again is a success."""
        request = service.CreateSiteRequest(
            site=service.Site(synthetic=synthetic), site_id=site,
            request_id=request_id or new_request_id())
        made: service.Site = self._calls.ask(self._registry.CreateSite,
                                             request)
        return made

    def sites(self, *, as_of: Optional[int] = None
              ) -> Answer[service.ListSitesResponse]:
        """All sites of one state. Table: "sites"."""
        request = service.ListSitesRequest(page_size=PAGE_SIZE, as_of=as_of)
        everything = service.ListSitesResponse()
        for page in self._pages(self._registry.ListSites, request):
            everything.sites.extend(page.sites)
            everything.as_of = page.as_of
        return Answer(everything)

    def create_case(self, site: str, content: Content, *,
                    case_id: Optional[str] = None,
                    request_id: Optional[str] = None,
                    validate_only: bool = False
                    ) -> service.CreateCaseResponse:
        """Stores a case; ids of case, patient and follow-ups that are not
        given are made here. Keep `case.name` of the answer: nothing else leads
        back to the case.

        validate_only: checks everything and stores nothing.
        """
        request = create_request(site, content, case_id=case_id,
                                 request_id=request_id,
                                 validate_only=validate_only)
        stored: service.CreateCaseResponse = self._calls.ask(
            self._registry.CreateCase, request)
        return stored

    def get_case(self, name: str, *, as_of: Optional[int] = None
                 ) -> service.GetCaseResponse:
        """A case by its name, sites/SITE/cases/CASE. Of a withdrawn one `case`
        is not set, and `withdrawal` says when and why."""
        got: service.GetCaseResponse = self._calls.ask(
            self._registry.GetCase,
            service.GetCaseRequest(name=name, as_of=as_of))
        return got

    def cases(self, site: str, *, as_of: Optional[int] = None
              ) -> Answer[service.ListCasesResponse]:
        """All cases of a site, of one state, in order of name.

        Tables: "cases", "cases.follow_ups", "cases.follow_ups.complications",
        "cases.follow_ups.reoperations".
        """
        request = service.ListCasesRequest(
            parent=site_name(site), page_size=PAGE_SIZE, as_of=as_of)
        everything = service.ListCasesResponse()
        for page in self._pages(self._registry.ListCases, request):
            everything.cases.extend(page.cases)
            everything.as_of = page.as_of
        return Answer(everything)

    def iter_cases(self, site: str, *, as_of: Optional[int] = None
                   ) -> Iterator[case_pb2.Case]:
        """The same one by one, for more than fit in memory."""
        request = service.ListCasesRequest(
            parent=site_name(site), page_size=PAGE_SIZE, as_of=as_of)
        for page in self._pages(self._registry.ListCases, request):
            yield from page.cases

    def update_case(self, case: Content, paths: Iterable[str],
                    reason: CorrectionReason, *,
                    request_id: Optional[str] = None
                    ) -> service.UpdateCaseResponse:
        """Corrects a stored case.

        case: with the name and the etag that were read. ABORTED when the
          stored version is another one: read it and apply the change again.
        paths: what is corrected, "baseline.bmi" or a section, "operation". One
          that is absent from `case` is cleared.
        """
        request = update_request(case, paths, reason, request_id=request_id)
        stored: service.UpdateCaseResponse = self._calls.ask(
            self._registry.UpdateCase, request)
        return stored

    def add_follow_up(self, name: str, follow_up: FollowUpContent, *,
                      etag: str = "", request_id: Optional[str] = None
                      ) -> service.AddFollowUpResponse:
        """Adds one assessment; its id is made here when not given."""
        request = follow_up_request(name, follow_up, etag=etag,
                                    request_id=request_id)
        stored: service.AddFollowUpResponse = self._calls.ask(
            self._registry.AddFollowUp, request)
        return stored

    def withdraw_case(self, name: str, reason: WithdrawalReason, *,
                      etag: str = "", request_id: Optional[str] = None
                      ) -> service.WithdrawCaseResponse:
        """Takes the content of a case out of every state, for good."""
        request = service.WithdrawCaseRequest(
            name=name, etag=etag, request_id=request_id or new_request_id())
        set_code(request, "reason", reason)
        left: service.WithdrawCaseResponse = self._calls.ask(
            self._registry.WithdrawCase, request)
        return left

    def case_revisions(self, name: str, *, as_of: Optional[int] = None
                       ) -> Answer[service.ListCaseRevisionsResponse]:
        """Every stored version of a case, oldest first."""
        return Answer(self._calls.ask(
            self._registry.ListCaseRevisions,
            service.ListCaseRevisionsRequest(name=name, as_of=as_of)))

    def import_cases(
            self, rows: Iterable[Any],
            on_answer: Optional[Callable[[ImportedRow], None]] = None
            ) -> List[ImportedRow]:
        """Sends many changes in few messages and returns their answers, in
        order. A rejected row has its `error`, and stops nothing.

        rows: requests of `create_request`, `update_request` and
          `follow_up_request`. Keep them until all is answered: after
          EnthesisError (the server was not to be had) the same rows sent again
          store nothing twice.
        on_answer: called with each answer as it comes.
        """
        return Import(self._registry.BatchImportCases,
                      self._registry.ImportCases,
                      [row_of(row) for row in rows], on_answer,
                      self._calls).run()

    def score_visa_a(self, visa_a: VisaAContent) -> service.ScoreVisaAResponse:
        """Scores one VISA-A questionnaire; nothing is stored."""
        if isinstance(visa_a, Mapping):
            visa_a = plain.from_plain(case_pb2.VisaA, visa_a, "visa_a.")
        scored: service.ScoreVisaAResponse = self._calls.ask(
            self._registry.ScoreVisaA,
            service.ScoreVisaARequest(visa_a=visa_a))
        return scored

    def _pages(self, method: Any, request: Any) -> Iterator[Any]:
        """Every page of a list, all of the state of the first."""
        while True:
            page = self._calls.ask(method, request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token


def row_of(change: Any) -> service.ImportCasesRequest:
    """One row of an import, of the request of a single change."""
    if not isinstance(change, service.ImportCasesRequest) and hasattr(
            change, "request_id") and not change.request_id:
        change.request_id = new_request_id()  # the same when it is sent again
    if isinstance(change, service.CreateCaseRequest):
        return service.ImportCasesRequest(create=change)
    if isinstance(change, service.UpdateCaseRequest):
        return service.ImportCasesRequest(update=change)
    if isinstance(change, service.AddFollowUpRequest):
        return service.ImportCasesRequest(add_follow_up=change)
    if isinstance(change, service.ImportCasesRequest):
        return change
    raise TypeError(f"{type(change).__name__} is no row; use create_request, "
                    "update_request or follow_up_request")
