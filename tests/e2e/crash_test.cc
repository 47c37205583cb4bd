// Kills enthesisd with SIGKILL while writes are in flight, starts it again on
// the same folder, and looks for every write that was acknowledged.
//
//   crash_test --enthesisd=PATH [--kills=20] [--writers=16] [--seed=1]
//
// What must hold after every restart:
// - a case or follow-up whose call was answered OK is there, as sent;
// - one whose call was not answered is there as sent, or not at all;
// - a case has one version for its creation and one for each follow-up added;
// - a repeated call with the same request id ends in exactly one version.
// The log ends with the counts. Exit code 0 when nothing is lost or half
// written, and some writes were in flight.

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "enthesis/v1/registry_service.grpc.pb.h"
#include "enthesis/v1/statistics_service.grpc.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "grpcpp/grpcpp.h"
#include "registry/model/case.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/resource_name.h"
#include "tests/registry/support/random_case.h"

ABSL_FLAG(std::string, enthesisd, "", "the server's program");
ABSL_FLAG(int, kills, 20, "kills");
ABSL_FLAG(int, writers, 16, "concurrent writers");
ABSL_FLAG(uint64_t, seed, 1, "of the cases and of the moments of the kills");

namespace enthesis {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr char kSite[] = "site-01";
constexpr int kFirstDay = -90;  // of the follow-ups added; cases made here have
                                // none of their own before surgery
constexpr int kMaxAdded = 60;   // follow-ups added to one case

[[noreturn]] void Die(const std::string& message) {
  std::fprintf(stderr, "crash_test: %s\n", message.c_str());
  std::exit(1);
}

// A running enthesisd, known by the line it prints when it serves.
class ServerProcess {
 public:
  explicit ServerProcess(const std::string& folder) {
    const std::vector<std::string> arguments = {
        absl::GetFlag(FLAGS_enthesisd), "--listen=127.0.0.1:0",
        "--disclosure=off", "--threads=2", absl::StrCat("--data=", folder)};
    int ends[2];
    if (pipe(ends) != 0) Die("no pipe");
    pid_ = fork();
    if (pid_ < 0) Die("no child process");
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // never outlives the test
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      close(ends[1]);
      std::vector<char*> argv;
      for (const std::string& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
      }
      argv.push_back(nullptr);
      execv(argv[0], argv.data());
      _exit(127);
    }
    close(ends[1]);
    output_ = fdopen(ends[0], "r");
    char line[256];
    if (std::fgets(line, sizeof line, output_) == nullptr) {
      Die("enthesisd ended before it was listening");
    }
    const std::string text = line;
    const std::string mark = "enthesisd listening on ";
    if (text.compare(0, mark.size(), mark) != 0) Die("unexpected: " + text);
    address_ = text.substr(mark.size(), text.size() - mark.size() - 1);
  }

  ~ServerProcess() { Kill(); }

  void Kill() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    std::fclose(output_);
    pid_ = -1;
  }

  // A connection of its own.
  std::shared_ptr<grpc::Channel> Connect() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(
        address_, grpc::InsecureChannelCredentials(), arguments);
  }

 private:
  pid_t pid_ = -1;
  FILE* output_ = nullptr;
  std::string address_;
};

enum class Fate { kUnanswered, kAcknowledged };

struct SentFollowUp {
  v1::AddFollowUpRequest request;
  Fate fate = Fate::kUnanswered;
};

// A case with everything that was sent about it.
struct SentCase {
  v1::CreateCaseRequest request;
  Fate fate = Fate::kUnanswered;
  uint64_t commit_index = 0;  // of the creation, when acknowledged
  std::vector<SentFollowUp> follow_ups;

  std::string name() const {
    return absl::StrCat(request.parent(), "/cases/", request.case_id());
  }
};

struct Totals {
  int kills = 0;
  int64_t acknowledged = 0;
  int64_t in_flight = 0;
  int64_t stored_unanswered = 0;  // of those in flight
  int64_t lost = 0;
  int64_t half_written = 0;
};

// What the writers of one round share with the killer.
class Round {
 public:
  void Start() { ++n_started_; }

  void Acknowledge() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++n_acknowledged_;
    changed_.notify_one();
  }

  void AwaitAcknowledged(int64_t n) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return n_acknowledged_ >= n; });
  }

  // After the writers have ended.
  int64_t n_acknowledged() const { return n_acknowledged_; }
  int64_t n_unanswered() const { return n_started_ - n_acknowledged_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t n_acknowledged_ = 0;
  std::atomic<int64_t> n_started_ = 0;
};

// One writer: its cases, and the requests that make more of them.
class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  // Writes until a call fails, which is when the server was killed.
  void Write(const ServerProcess& server, Round& round) {
    const auto stub = v1::RegistryService::NewStub(server.Connect());
    touched_.clear();
    for (;;) {
      const bool add = !cases_.empty() && random_() % 3 == 0;
      if (!(add ? AddFollowUp(*stub, round) : CreateCase(*stub, round))) {
        break;
      }
    }
    std::sort(touched_.begin(), touched_.end());
    touched_.erase(std::unique(touched_.begin(), touched_.end()),
                   touched_.end());
  }

  const std::vector<std::unique_ptr<SentCase>>& cases() const { return cases_; }
  // Those sent or changed in the last round.
  const std::vector<SentCase*>& touched() const { return touched_; }

 private:
  std::string NewRequestId() {
    const uint64_t high = random_(), low = random_();
    return absl::StrFormat("%08x-%04x-4%03x-8%03x-%012x", high >> 32,
                           high & 0xffff, (high >> 16) & 0xfff, low >> 52,
                           low & 0xffffffffffff);
  }

  bool CreateCase(v1::RegistryService::Stub& stub, Round& round) {
    model::Case record = tests::RandomCase(random_);
    std::erase_if(record.follow_ups, [](const model::FollowUp& follow_up) {
      return follow_up.day < 0;
    });
    cases_.push_back(std::make_unique<SentCase>());
    SentCase& sent = *cases_.back();
    sent.request.set_parent(wire::FormatSiteName(kSite));
    sent.request.set_case_id(model::FormatId(record.id));
    *sent.request.mutable_case_() = wire::ToWire(record);
    sent.request.set_request_id(NewRequestId());
    touched_.push_back(&sent);
    round.Start();
    grpc::ClientContext context;
    v1::CreateCaseResponse response;
    if (!Answered(stub.CreateCase(&context, sent.request, &response))) {
      return false;
    }
    sent.fate = Fate::kAcknowledged;
    sent.commit_index = response.case_().commit_index();
    round.Acknowledge();
    return true;
  }

  bool AddFollowUp(v1::RegistryService::Stub& stub, Round& round) {
    SentCase& sent = *cases_[random_() % cases_.size()];
    if (sent.fate != Fate::kAcknowledged ||
        sent.follow_ups.size() >= kMaxAdded) {
      return true;
    }
    SentFollowUp& added = sent.follow_ups.emplace_back();
    added.request.set_name(sent.name());
    v1::FollowUp& follow_up = *added.request.mutable_follow_up();
    follow_up.set_id(model::FormatId({random_() | 1, random_()}));
    follow_up.set_day(kFirstDay + static_cast<int>(sent.follow_ups.size()) - 1);
    follow_up.set_pain_activity(static_cast<int>(random_() % 11));
    added.request.set_request_id(NewRequestId());
    touched_.push_back(&sent);
    round.Start();
    grpc::ClientContext context;
    v1::AddFollowUpResponse response;
    if (!Answered(stub.AddFollowUp(&context, added.request, &response))) {
      return false;
    }
    added.fate = Fate::kAcknowledged;
    round.Acknowledge();
    return true;
  }

  // Only a killed server may leave a call without an answer.
  static bool Answered(const grpc::Status& status) {
    if (status.ok()) return true;
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE) {
      Die("refused: " + status.error_message());
    }
    return false;
  }

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<SentCase>> cases_;
  std::vector<SentCase*> touched_;
};

// The content of a case that has exactly `follow_ups` of those added.
v1::Case ContentOf(const SentCase& sent,
                   const std::vector<const v1::FollowUp*>& follow_ups) {
  v1::Case content = sent.request.case_();
  content.clear_name();
  for (const v1::FollowUp* follow_up : follow_ups) {
    *content.add_follow_ups() = *follow_up;
  }
  std::sort(content.mutable_follow_ups()->begin(),
            content.mutable_follow_ups()->end(),
            [](const auto& a, const auto& b) { return a.day() < b.day(); });
  return content;
}

bool Has(const v1::Case& stored, const v1::FollowUp& follow_up) {
  return std::any_of(
      stored.follow_ups().begin(), stored.follow_ups().end(),
      [&](const v1::FollowUp& known) { return known.id() == follow_up.id(); });
}

// Compares the answer of GetCase about `sent` with what was sent.
void Compare(const SentCase& sent, const grpc::Status& status, v1::Case stored,
             int n_versions, Totals& totals) {
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    if (sent.fate == Fate::kAcknowledged) ++totals.lost;
    return;
  }
  if (!status.ok()) Die("GetCase: " + status.error_message());
  if (sent.fate == Fate::kUnanswered) ++totals.stored_unanswered;
  std::vector<const v1::FollowUp*> present;
  for (const SentFollowUp& added : sent.follow_ups) {
    if (Has(stored, added.request.follow_up())) {
      present.push_back(&added.request.follow_up());
      if (added.fate == Fate::kUnanswered) ++totals.stored_unanswered;
    } else if (added.fate == Fate::kAcknowledged) {
      ++totals.lost;
    }
  }
  stored.clear_name();
  stored.clear_etag();
  stored.clear_commit_index();
  if (!MessageDifferencer::Equals(stored, ContentOf(sent, present)) ||
      n_versions != 1 + static_cast<int>(present.size())) {
    ++totals.half_written;
  }
}

void Check(v1::RegistryService::Stub& stub, const SentCase& sent,
           Totals& totals) {
  v1::GetCaseRequest get;
  get.set_name(sent.name());
  v1::GetCaseResponse response;
  grpc::ClientContext context;
  const grpc::Status status = stub.GetCase(&context, get, &response);
  v1::ListCaseRevisionsRequest list;
  list.set_name(sent.name());
  v1::ListCaseRevisionsResponse history;
  grpc::ClientContext list_context;
  stub.ListCaseRevisions(&list_context, list, &history);
  Compare(sent, status, response.case_(), history.revisions_size(), totals);
}

// Repeats the calls of the last round with their request ids, as a client
// does: what was answered must be answered the same, what was not must now be
// stored, once.
void Repeat(v1::RegistryService::Stub& stub, SentCase& sent) {
  grpc::ClientContext context;
  v1::CreateCaseResponse created;
  const grpc::Status status = stub.CreateCase(&context, sent.request, &created);
  if (!status.ok()) Die("repeated CreateCase: " + status.error_message());
  if (sent.fate == Fate::kAcknowledged &&
      created.case_().commit_index() != sent.commit_index) {
    Die("a repeated call was answered differently");
  }
  sent.fate = Fate::kAcknowledged;
  sent.commit_index = created.case_().commit_index();
  for (SentFollowUp& added : sent.follow_ups) {
    if (added.fate == Fate::kAcknowledged) continue;
    grpc::ClientContext add_context;
    v1::AddFollowUpResponse response;
    const grpc::Status repeated =
        stub.AddFollowUp(&add_context, added.request, &response);
    if (!repeated.ok())
      Die("repeated AddFollowUp: " + repeated.error_message());
    added.fate = Fate::kAcknowledged;
  }
}

void CreateSite(const ServerProcess& server) {
  const auto stub = v1::RegistryService::NewStub(server.Connect());
  v1::CreateSiteRequest request;
  request.set_site_id(kSite);
  request.mutable_site()->set_synthetic(true);
  request.set_request_id("00000001-0000-4000-8000-000000000001");
  grpc::ClientContext context;
  v1::Site site;
  const grpc::Status status = stub->CreateSite(&context, request, &site);
  if (!status.ok()) Die("CreateSite: " + status.error_message());
}

// The checker itself must notice a lost case, a lost follow-up and an altered
// one.
void TestTheChecker(v1::RegistryService::Stub& stub, const SentCase& good) {
  Totals totals;
  SentCase lost = good;
  lost.request.set_case_id(model::FormatId({1, 1}));
  Check(stub, lost, totals);
  SentCase lost_follow_up = good;
  SentFollowUp& never = lost_follow_up.follow_ups.emplace_back();
  never.request.mutable_follow_up()->set_id(model::FormatId({1, 2}));
  never.fate = Fate::kAcknowledged;
  Check(stub, lost_follow_up, totals);
  SentCase altered = good;
  altered.request.mutable_case_()->mutable_baseline()->set_bmi(
      good.request.case_().baseline().bmi() + 1);
  Check(stub, altered, totals);
  if (totals.lost != 2 || totals.half_written != 1) {
    Die("the checker does not notice planted faults");
  }
}

// Every case ever sent, and the columns that questions run on.
void CheckAll(const ServerProcess& server,
              const std::vector<std::unique_ptr<Writer>>& writers,
              Totals& totals) {
  const auto stub = v1::RegistryService::NewStub(server.Connect());
  int64_t n_cases = 0;
  for (const auto& writer : writers) {
    for (const auto& sent : writer->cases()) {
      Check(*stub, *sent, totals);
      ++n_cases;
    }
  }
  const auto statistics = v1::StatisticsService::NewStub(server.Connect());
  grpc::ClientContext context;
  v1::DescribeCohortResponse response;
  const grpc::Status status = statistics->DescribeCohort(
      &context, v1::DescribeCohortRequest(), &response);
  if (!status.ok()) Die("DescribeCohort: " + status.error_message());
  if (response.groups(0).n_cases() != n_cases) {
    Die(absl::StrCat("DescribeCohort counts ", response.groups(0).n_cases(),
                     " of ", n_cases, " cases"));
  }
}

int Run() {
  std::string folder =
      (std::filesystem::temp_directory_path() / "enthesis-crash-XXXXXX")
          .string();
  if (mkdtemp(folder.data()) == nullptr) Die("no temporary folder");
  const std::string data = folder + "/data";
  const uint64_t seed = absl::GetFlag(FLAGS_seed);
  std::mt19937_64 random(seed);
  std::vector<std::unique_ptr<Writer>> writers;
  for (int i = 0; i < absl::GetFlag(FLAGS_writers); ++i) {
    writers.push_back(std::make_unique<Writer>(random()));
  }
  Totals totals;
  auto server = std::make_unique<ServerProcess>(data);
  CreateSite(*server);
  while (totals.kills < absl::GetFlag(FLAGS_kills)) {
    Round round;
    std::vector<std::thread> threads;
    for (const auto& writer : writers) {
      threads.emplace_back(
          [&server, &round, &writer] { writer->Write(*server, round); });
    }
    const auto target = static_cast<int64_t>(20 + random() % 400);
    round.AwaitAcknowledged(target);
    server->Kill();
    for (std::thread& thread : threads) thread.join();
    ++totals.kills;
    totals.acknowledged += round.n_acknowledged();
    totals.in_flight += round.n_unanswered();

    server = std::make_unique<ServerProcess>(data);
    const auto stub = v1::RegistryService::NewStub(server->Connect());
    int64_t checked = 0;
    for (const auto& writer : writers) {
      for (SentCase* sent : writer->touched()) {
        Check(*stub, *sent, totals);
        Repeat(*stub, *sent);
        ++checked;
      }
    }
    std::printf(
        "kill %d: after %lld acknowledged writes, %lld in flight; "
        "%lld checked, lost %lld, half-written %lld\n",
        totals.kills, static_cast<long long>(round.n_acknowledged()),
        static_cast<long long>(round.n_unanswered()),
        static_cast<long long>(checked), static_cast<long long>(totals.lost),
        static_cast<long long>(totals.half_written));
  }
  CheckAll(*server, writers, totals);
  const auto stub = v1::RegistryService::NewStub(server->Connect());
  TestTheChecker(*stub, *writers[0]->cases()[0]);
  std::printf("%s\n",
              absl::StrFormat(
                  "seed %d: kills %d, acknowledged %d, in flight at "
                  "the kills %d (found stored %d), lost %d, "
                  "half-written %d",
                  seed, totals.kills, totals.acknowledged, totals.in_flight,
                  totals.stored_unanswered, totals.lost, totals.half_written)
                  .c_str());
  const bool good = totals.lost == 0 && totals.half_written == 0;
  if (good) std::filesystem::remove_all(folder);
  if (!good) std::printf("the data is kept in %s\n", data.c_str());
  if (totals.in_flight == 0) Die("no write was in flight at any kill");
  return good ? 0 : 1;
}

}  // namespace
}  // namespace enthesis

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  signal(SIGPIPE, SIG_IGN);
  return enthesis::Run();
}
