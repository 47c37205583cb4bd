#include "client/row_batches.h"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "registry/model/id.h"

namespace enthesis::client {
namespace {

using CaseId = std::pair<uint64_t, uint64_t>;

// The case of a row; all whose case cannot be read are taken for one.
CaseId CaseOf(const v1::ImportCasesRequest& row) {
  absl::string_view name;
  switch (row.change_case()) {
    case v1::ImportCasesRequest::kCreate:
      name = row.create().case_id();
      break;
    case v1::ImportCasesRequest::kUpdate:
      name = row.update().case_().name();
      break;
    case v1::ImportCasesRequest::kAddFollowUp:
      name = row.add_follow_up().name();
      break;
    case v1::ImportCasesRequest::CHANGE_NOT_SET:
      break;
  }
  const size_t slash = name.rfind('/');
  if (slash != absl::string_view::npos) name.remove_prefix(slash + 1);
  const absl::StatusOr<model::Id> id = model::ParseId(name);
  return id.ok() ? CaseId{id->high, id->low} : CaseId{0, 0};
}

struct Piece {
  size_t begin = 0, end = 0;  // rows
  size_t after = 0;           // how many pieces must be answered before
};

// Cuts rows into pieces, one after the other.
class Cutter {
 public:
  Cutter(const std::vector<v1::ImportCasesRequest>& rows,
         const RowBatchOptions& options, size_t begin)
      : rows_(rows), options_(options), next_(begin) {}

  bool done() const { return next_ == rows_.size(); }

  Piece Cut() {
    Piece piece{next_, next_, 0};
    size_t bytes = 0;
    while (!done() && piece.end - piece.begin < options_.max_rows) {
      bytes += rows_[next_].ByteSizeLong();
      if (piece.end > piece.begin && bytes > options_.max_bytes) break;
      const auto [last, is_new] =
          last_.try_emplace(CaseOf(rows_[next_]), n_pieces_ + 1);
      if (!is_new) {
        if (last->second <= n_pieces_) {
          piece.after = std::max(piece.after, last->second);
        }
        last->second = n_pieces_ + 1;
      }
      piece.end = ++next_;
    }
    ++n_pieces_;
    return piece;
  }

 private:
  const std::vector<v1::ImportCasesRequest>& rows_;
  const RowBatchOptions& options_;
  size_t next_;
  size_t n_pieces_ = 0;
  // The number, from 1, of the last piece with a row of each case.
  absl::flat_hash_map<CaseId, size_t> last_;
};

// Under mutex_: pieces are taken in order, answered in any order, and handed on
// in order. `n_taken_` counts the first, `n_handed_on_` the last; what is
// between is held.
class Pipeline {
 public:
  Pipeline(std::vector<v1::ImportCasesRequest>& rows,
           const RowBatchOptions& options, const SendBatch& send,
           const std::function<bool()>& stop, size_t begin)
      : rows_(rows),
        options_(options),
        send_(send),
        stop_(stop),
        window_(2 * static_cast<size_t>(std::max(options.calls, 1))),
        cutter_(rows, options, begin) {}

  // On each sending thread.
  void Run() {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      if (!piece_.has_value() && !cutter_.done()) piece_ = cutter_.Cut();
      changed_.wait(lock, [this] {
        return ended_ || !piece_.has_value() ||
               (n_taken_ < n_handed_on_ + window_ &&
                n_answered_ >= piece_->after);
      });
      // Another thread may have taken it while this one waited.
      if (ended_ || (!piece_.has_value() && cutter_.done())) break;
      if (!piece_.has_value()) continue;
      if (stop_ && stop_()) {
        stopped_ = ended_ = true;
        break;
      }
      const Piece piece = *std::exchange(piece_, std::nullopt);
      const size_t number = n_taken_++;
      lock.unlock();
      Answers answers = Send(piece.begin, piece.end);
      lock.lock();
      ended_ |= !answers.status.ok();
      answers_.emplace(number, std::move(answers));
      while (answers_.contains(n_answered_)) ++n_answered_;
      changed_.notify_all();
    }
    changed_.notify_all();
  }

  // On the caller's thread: hands on what comes until nothing more will.
  template <typename OnAnswer>
  absl::Status HandOn(const OnAnswer& on_answer, size_t& next) {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] {
        return answers_.contains(n_handed_on_) || NothingComes();
      });
      const auto place = answers_.find(n_handed_on_);
      if (place == answers_.end()) {
        return stopped_ ? absl::CancelledError("interrupted")
                        : absl::OkStatus();
      }
      const Answers answers = std::move(place->second);
      answers_.erase(place);
      lock.unlock();
      for (const v1::ImportCasesResponse& answer : answers.rows) {
        on_answer(next++, answer);
      }
      lock.lock();
      ++n_handed_on_;
      changed_.notify_all();
      if (!answers.status.ok()) return answers.status;
    }
  }

 private:
  struct Answers {
    absl::Status status;  // of the row after the last
    std::vector<v1::ImportCasesResponse> rows;
  };

  bool NothingComes() const {
    const bool all_taken = ended_ || (!piece_.has_value() && cutter_.done());
    return all_taken && n_handed_on_ == n_taken_;
  }

  Answers Send(size_t begin, size_t end) {
    v1::BatchImportCasesRequest batch;
    batch.mutable_rows()->Reserve(static_cast<int>(end - begin));
    for (size_t i = begin; i < end; ++i) batch.add_rows()->Swap(&rows_[i]);
    absl::StatusOr<v1::BatchImportCasesResponse> answer = send_(batch);
    for (size_t i = begin; i < end; ++i) {
      rows_[i].Swap(batch.mutable_rows(static_cast<int>(i - begin)));
    }
    if (!answer.ok() && end - begin > 1 &&
        options_.is_too_large(answer.status())) {
      const size_t middle = begin + (end - begin) / 2;
      Answers first = Send(begin, middle);
      if (!first.status.ok()) return first;
      Answers second = Send(middle, end);
      first.status = second.status;
      std::move(second.rows.begin(), second.rows.end(),
                std::back_inserter(first.rows));
      return first;
    }
    Answers answers;
    answers.status = answer.status();
    if (!answer.ok()) return answers;
    const auto in_place = [row = begin](const auto& one) mutable {
      return one.row() == static_cast<int64_t>(row++);
    };
    if (static_cast<size_t>(answer->rows_size()) != end - begin ||
        !std::all_of(answer->rows().begin(), answer->rows().end(), in_place)) {
      answers.status =
          absl::InternalError("the server answered rows out of order");
      return answers;
    }
    answers.rows.assign(
        std::make_move_iterator(answer->mutable_rows()->begin()),
        std::make_move_iterator(answer->mutable_rows()->end()));
    return answers;
  }

  std::vector<v1::ImportCasesRequest>& rows_;
  const RowBatchOptions& options_;
  const SendBatch& send_;
  const std::function<bool()>& stop_;
  const size_t window_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Cutter cutter_;
  std::optional<Piece> piece_;  // cut, and not taken yet
  size_t n_taken_ = 0;
  size_t n_answered_ = 0;  // pieces before this one are all answered
  size_t n_handed_on_ = 0;
  std::map<size_t, Answers> answers_;  // not handed on yet
  bool ended_ = false;                 // nothing more is sent
  bool stopped_ = false;
};

}  // namespace

absl::Status SendInBatches(
    std::vector<v1::ImportCasesRequest>& rows, const RowBatchOptions& options,
    const SendBatch& send,
    const std::function<void(size_t index,
                             const v1::ImportCasesResponse& answer)>& on_answer,
    const std::function<bool()>& stop, size_t& next) {
  if (next == rows.size()) return absl::OkStatus();
  Pipeline pipeline(rows, options, send, stop, next);
  const size_t n_pieces =
      (rows.size() - next + options.max_rows - 1) / options.max_rows;
  std::vector<std::thread> senders;
  for (size_t i = 0;
       i < std::min(n_pieces, static_cast<size_t>(std::max(options.calls, 1)));
       ++i) {
    senders.emplace_back([&pipeline] { pipeline.Run(); });
  }
  const absl::Status status = pipeline.HandOn(on_answer, next);
  for (std::thread& sender : senders) sender.join();
  return status;
}

}  // namespace enthesis::client
