#include "registry/cohort/cohort.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/cohort/column_writer.h"
#include "registry/storage/records.h"

namespace enthesis::cohort {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

using Time = steady_clock::time_point;
using View = absl::StatusOr<std::shared_ptr<const Snapshot>>;

constexpr size_t kKeptViews = 4;         // older views
constexpr size_t kChangesAtOnce = 1024;  // log entries read at a time
constexpr int64_t kWaitMillis = 50;      // how soon a stop is noticed
constexpr size_t kRowsPerCheck = 1024;   // of a deadline

// Brings one document into the columns.
absl::Status Apply(const storage::Document& document, ColumnWriter& writer) {
  if (document.tombstone) return absl::OkStatus();
  if (absl::string_view(document.key).substr(0, 2) == storage::kSitePrefix) {
    const absl::StatusOr<model::Site> site =
        storage::DecodeSite(document.value);
    if (!site.ok()) return site.status();
    return writer.AddSite(site->id).status();
  }
  const absl::StatusOr<storage::CaseVersion> version =
      storage::DecodeCase(document.value);
  if (!version.ok()) return version.status();
  model::Case record = std::move(version->record);
  const std::optional<storage::CaseName> name =
      storage::ParseCaseKey(document.key);
  if (!name.has_value()) return absl::DataLossError("a case without a name");
  record.site = name->site;  // the key says where a case belongs
  record.id = name->id;
  return writer.Put(record);
}

// Reads a whole view of the store. `expired` is asked now and then.
absl::Status Load(storage::Store& store, storage::CommitIndex as_of,
                  const std::function<bool()>& expired, ColumnWriter& writer) {
  absl::Status status;
  size_t read = 0;
  const auto visit = [&](const storage::Document& document) {
    if (++read % kRowsPerCheck == 0 && expired()) {
      status = absl::DeadlineExceededError("reading an older view took long");
    }
    if (status.ok()) status = Apply(document, writer);
    return status.ok();
  };
  for (const char* prefix : {storage::kSitePrefix, storage::kCasePrefix}) {
    const absl::Status scanned = store.Scan(prefix, as_of, {}, visit);
    if (!status.ok()) return status;
    if (!scanned.ok()) return scanned;
  }
  return absl::OkStatus();
}

}  // namespace

// Who asks for the latest view brings the columns up to date itself, under the
// writer's mutex, and publishes. The follower does the same work without being
// asked and never publishes: between questions a write copies no column.
struct Cohort::State {
  explicit State(storage::Store& source) : store(source) {}

  void Follow();
  absl::Status CatchUp(storage::CommitIndex target, Time deadline);
  absl::Status ApplyChanges(const std::vector<storage::Change>& changes);
  absl::Status ApplyKey(const std::string& key,
                        const absl::StatusOr<storage::Document>& document);
  View Latest(storage::CommitIndex target, Time deadline);
  std::shared_ptr<const Snapshot> Kept(storage::CommitIndex as_of);
  View BuildView(storage::CommitIndex as_of, Time deadline);

  storage::Store& store;

  std::timed_mutex writer_mutex;
  // Guarded by `writer_mutex`:
  ColumnWriter writer;
  storage::CommitIndex applied = 0;
  int32_t applied_day = 0;

  std::timed_mutex build_mutex;  // one older view is built at a time

  std::mutex mutex;  // the innermost
  std::condition_variable stopped;
  // Guarded by `mutex`:
  bool stop = false;
  std::shared_ptr<const Snapshot> published;        // the last one made
  absl::Status status;                              // of the columns, for good
  std::list<std::shared_ptr<const Snapshot>> kept;  // most recent first
  uint64_t withdrawals = 0;  // how often a case left every view

  std::thread follower;
};

absl::Status Cohort::State::ApplyKey(
    const std::string& key, const absl::StatusOr<storage::Document>& document) {
  const absl::string_view prefix = absl::string_view(key).substr(0, 2);
  const bool is_case = prefix == storage::kCasePrefix;
  if (!is_case && prefix != storage::kSitePrefix) return absl::OkStatus();
  const bool gone = absl::IsNotFound(document.status()) ||
                    (document.ok() && document->tombstone);
  if (!gone)
    return document.ok() ? Apply(*document, writer) : document.status();
  if (!is_case) return absl::OkStatus();
  const std::optional<storage::CaseName> name = storage::ParseCaseKey(key);
  if (!name.has_value()) return absl::DataLossError("a case without a name");
  writer.Remove(name->site, name->id);
  return absl::OkStatus();
}

// Many commits at once: a case that changed in several is read once.
absl::Status Cohort::State::ApplyChanges(
    const std::vector<storage::Change>& changes) {
  std::vector<std::string> keys;
  bool withdrawn = false;
  for (const storage::Change& change : changes) {
    keys.insert(keys.end(), change.keys.begin(), change.keys.end());
    keys.insert(keys.end(), change.withdrawn.begin(), change.withdrawn.end());
    withdrawn |= !change.withdrawn.empty();
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  const std::vector<absl::StatusOr<storage::Document>> documents =
      store.GetAll(keys, changes.back().index);
  for (size_t i = 0; i < keys.size(); ++i) {
    const absl::Status status_of_key = ApplyKey(keys[i], documents[i]);
    if (!status_of_key.ok()) return status_of_key;
  }
  if (withdrawn) {
    std::lock_guard<std::mutex> lock(mutex);
    kept.clear();
    ++withdrawals;
  }
  applied = changes.back().index;
  applied_day = changes.back().utc_day;
  return absl::OkStatus();
}

// The caller holds `writer_mutex`. A failure other than the deadline is for
// good: the columns are not to be trusted any more.
absl::Status Cohort::State::CatchUp(storage::CommitIndex target,
                                    Time deadline) {
  while (applied < target) {
    if (steady_clock::now() >= deadline) {
      return absl::DeadlineExceededError("the cohort is behind the store");
    }
    const storage::Change last = store.LastCommit();
    const absl::StatusOr<std::vector<storage::Change>> changes =
        store.Changes(applied, kChangesAtOnce);
    absl::Status result = changes.status();
    if (result.ok() && !changes->empty()) {
      result = ApplyChanges(*changes);
    } else if (result.ok()) {  // commits that changed no document
      applied = std::max(last.index, target);
      applied_day = last.utc_day;
    }
    if (result.ok()) continue;
    std::lock_guard<std::mutex> lock(mutex);
    status = result;
    return result;
  }
  return absl::OkStatus();
}

void Cohort::State::Follow() {
  storage::CommitIndex seen = 0;
  while (true) {
    const storage::CommitIndex last = store.WaitForCommit(seen, kWaitMillis);
    if (last > seen) {
      // One batch at a time, so that a question need not wait for the rest.
      const storage::CommitIndex target =
          std::min<storage::CommitIndex>(last, seen + kChangesAtOnce);
      std::lock_guard<std::timed_mutex> writing(writer_mutex);
      if (!CatchUp(target, Time::max()).ok()) return;
      seen = applied;
    }
    std::unique_lock<std::mutex> lock(mutex);
    if (!status.ok()) return;
    // A store that is closing no longer waits: do not spin.
    if (!stop && last <= seen) stopped.wait_for(lock, milliseconds(1));
    if (stop) return;
  }
}

View Cohort::State::Latest(storage::CommitIndex target, Time deadline) {
  const auto found = [&]() -> std::optional<View> {
    std::lock_guard<std::mutex> lock(mutex);
    if (!status.ok()) return status;
    if (published->as_of() >= target) return published;
    return std::nullopt;
  };
  if (const std::optional<View> view = found()) return *view;
  std::unique_lock<std::timed_mutex> writing(writer_mutex, deadline);
  if (!writing.owns_lock()) {
    return absl::DeadlineExceededError("the cohort is behind the store");
  }
  if (const std::optional<View> view = found()) return *view;
  const absl::Status caught_up = CatchUp(target, deadline);
  if (!caught_up.ok()) return caught_up;
  std::shared_ptr<const Snapshot> snapshot =
      writer.Publish(applied, applied_day);
  std::lock_guard<std::mutex> lock(mutex);
  published = std::move(snapshot);
  return published;
}

std::shared_ptr<const Snapshot> Cohort::State::Kept(
    storage::CommitIndex as_of) {
  std::lock_guard<std::mutex> lock(mutex);
  for (auto it = kept.begin(); it != kept.end(); ++it) {
    if ((*it)->as_of() != as_of) continue;
    kept.splice(kept.begin(), kept, it);
    return kept.front();
  }
  return nullptr;
}

View Cohort::State::BuildView(storage::CommitIndex as_of, Time deadline) {
  std::unique_lock<std::timed_mutex> building(build_mutex, deadline);
  if (!building.owns_lock()) {
    return absl::DeadlineExceededError("another older view is being read");
  }
  if (std::shared_ptr<const Snapshot> view = Kept(as_of)) return view;
  const absl::StatusOr<storage::Change> commit = store.CommitAt(as_of);
  if (!commit.ok()) return commit.status();
  uint64_t withdrawals_before = 0;
  {
    std::lock_guard<std::mutex> lock(mutex);
    withdrawals_before = withdrawals;
  }
  ColumnWriter view_writer;
  const absl::Status loaded = Load(
      store, as_of, [deadline] { return steady_clock::now() >= deadline; },
      view_writer);
  if (!loaded.ok()) return loaded;
  std::shared_ptr<const Snapshot> view =
      view_writer.Publish(as_of, commit->utc_day);
  std::lock_guard<std::mutex> lock(mutex);
  if (withdrawals == withdrawals_before) {
    kept.push_front(view);
    if (kept.size() > kKeptViews) kept.pop_back();
  }
  return view;
}

Cohort::Cohort(std::unique_ptr<State> state) : state_(std::move(state)) {}

absl::StatusOr<std::unique_ptr<Cohort>> Cohort::Open(storage::Store& store) {
  auto state = std::make_unique<State>(store);
  const storage::Change last = store.LastCommit();
  const absl::Status loaded = Load(
      store, last.index, [] { return false; }, state->writer);
  if (!loaded.ok()) return loaded;
  state->applied = last.index;
  state->applied_day = last.utc_day;
  state->published = state->writer.Publish(last.index, last.utc_day);
  try {
    state->follower = std::thread([s = state.get()] { s->Follow(); });
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no thread for the cohort: ", error.what()));
  }
  return std::unique_ptr<Cohort>(new Cohort(std::move(state)));
}

Cohort::~Cohort() {
  {
    std::lock_guard<std::mutex> lock(state_->mutex);
    state_->stop = true;
  }
  state_->stopped.notify_all();
  state_->follower.join();
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Cohort::SnapshotAt(
    storage::CommitIndex as_of, int64_t timeout_millis) {
  const steady_clock::time_point deadline =
      steady_clock::now() +
      milliseconds(std::clamp<int64_t>(timeout_millis, 0, 86'400'000));
  const storage::CommitIndex last = state_->store.LastCommit().index;
  if (as_of > last) {
    return absl::OutOfRangeError(
        absl::StrCat("commit ", as_of, " is later than the last, ", last));
  }
  // Whatever view is asked: a withdrawal takes a case out of all of them, so
  // the columns have seen every commit there is before any answer.
  absl::StatusOr<std::shared_ptr<const Snapshot>> latest =
      state_->Latest(last, deadline);
  if (!latest.ok() || as_of == 0 || (*latest)->as_of() == as_of) return latest;
  if (std::shared_ptr<const Snapshot> view = state_->Kept(as_of)) return view;
  return state_->BuildView(as_of, deadline);
}

}  // namespace enthesis::cohort
