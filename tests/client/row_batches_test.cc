// Rows in batches: order, rows of one case, halves, window, interruption.

#include "client/row_batches.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/id.h"

namespace enthesis::client {
namespace {

using ::testing::Each;
using ::testing::Le;

std::vector<v1::ImportCasesRequest> Rows(size_t n) {
  std::vector<v1::ImportCasesRequest> rows(n);
  for (size_t i = 0; i < n; ++i) {
    rows[i].set_row(static_cast<int64_t>(i));
    rows[i].mutable_create()->set_case_id(model::FormatId(model::NewId()));
  }
  return rows;
}

v1::BatchImportCasesResponse AnswerTo(
    const v1::BatchImportCasesRequest& batch) {
  v1::BatchImportCasesResponse response;
  for (const auto& row : batch.rows()) response.add_rows()->set_row(row.row());
  return response;
}

class RowBatches : public ::testing::Test {
 protected:
  RowBatches() {
    options_.max_rows = 10;
    options_.is_too_large = [](const absl::Status& status) {
      return absl::IsResourceExhausted(status);
    };
  }

  absl::Status Send(std::vector<v1::ImportCasesRequest>& rows,
                    const SendBatch& send,
                    const std::function<bool()>& stop = nullptr) {
    return SendInBatches(
        rows, options_, send,
        [this](size_t index, const v1::ImportCasesResponse& answer) {
          EXPECT_EQ(answer.row(), static_cast<int64_t>(index));
          EXPECT_EQ(index, answered_.size());
          EXPECT_EQ(std::this_thread::get_id(), caller_);
          answered_.push_back(index);
        },
        stop, next_);
  }

  const std::thread::id caller_ = std::this_thread::get_id();
  RowBatchOptions options_;
  std::vector<size_t> answered_;
  size_t next_ = 0;
};

TEST_F(RowBatches, AnswersComeInOrderWhateverTheOrderOfBatches) {
  auto rows = Rows(207);
  std::mutex mutex;
  std::condition_variable other;
  std::set<int64_t> done;
  EXPECT_TRUE(Send(rows,
                   [&](const v1::BatchImportCasesRequest& batch)
                       -> absl::StatusOr<v1::BatchImportCasesResponse> {
                     const int64_t first = batch.rows(0).row();
                     std::unique_lock<std::mutex> lock(mutex);
                     // Of two neighbors the second is answered first.
                     if (first % 20 == 0 && first < 200) {
                       other.wait(lock,
                                  [&] { return done.contains(first + 10); });
                     }
                     done.insert(first);
                     other.notify_all();
                     return AnswerTo(batch);
                   })
                  .ok());
  EXPECT_EQ(answered_.size(), 207u);
  EXPECT_EQ(next_, 207u);
  // The rows are back.
  EXPECT_EQ(rows[206].row(), 206);
  EXPECT_FALSE(rows[0].create().case_id().empty());
}

TEST_F(RowBatches, RowsOfOneCaseAreNeverUnderWayTogether) {
  auto rows = Rows(400);
  // Every case has five rows, spread over batches.
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string id = rows[i % 80].create().case_id();
    if (i >= 80) {
      rows[i].mutable_add_follow_up()->set_name("sites/site-01/cases/" + id);
    }
  }
  const auto case_of = [](const v1::ImportCasesRequest& row) {
    return row.has_create() ? row.create().case_id()
                            : row.add_follow_up().name().substr(20);
  };
  options_.calls = 8;
  std::mutex mutex;
  std::multiset<std::string> under_way;
  std::map<std::string, int64_t> last;
  EXPECT_TRUE(Send(rows, [&](const v1::BatchImportCasesRequest& batch) {
                {
                  const std::lock_guard<std::mutex> lock(mutex);
                  for (const auto& row : batch.rows()) {
                    const std::string id = case_of(row);
                    EXPECT_EQ(under_way.count(id), 0u);
                    EXPECT_EQ(row.row(),
                              last.contains(id) ? last[id] + 80 : row.row());
                    last[id] = row.row();
                  }
                  for (const auto& row : batch.rows()) {
                    under_way.insert(case_of(row));
                  }
                }
                std::this_thread::yield();
                const std::lock_guard<std::mutex> lock(mutex);
                for (const auto& row : batch.rows()) {
                  under_way.erase(case_of(row));
                }
                return AnswerTo(batch);
              }).ok());
  EXPECT_EQ(answered_.size(), 400u);
}

TEST_F(RowBatches, ABatchTooLargeIsSentInHalves) {
  auto rows = Rows(40);
  std::mutex mutex;
  std::vector<int> sizes;
  EXPECT_TRUE(Send(rows,
                   [&](const v1::BatchImportCasesRequest& batch)
                       -> absl::StatusOr<v1::BatchImportCasesResponse> {
                     const std::lock_guard<std::mutex> lock(mutex);
                     if (batch.rows_size() > 3) {
                       return absl::ResourceExhaustedError("too large");
                     }
                     sizes.push_back(batch.rows_size());
                     return AnswerTo(batch);
                   })
                  .ok());
  EXPECT_EQ(answered_.size(), 40u);
  EXPECT_THAT(sizes, Each(Le(3)));
}

TEST_F(RowBatches, AFailureEndsItAfterTheAnswersBeforeIt) {
  auto rows = Rows(1000);
  std::atomic<int> sent = 0;
  const absl::Status status =
      Send(rows,
           [&](const v1::BatchImportCasesRequest& batch)
               -> absl::StatusOr<v1::BatchImportCasesResponse> {
             ++sent;
             if (batch.rows(0).row() == 50)
               return absl::InternalError("broken");
             return AnswerTo(batch);
           });
  EXPECT_EQ(status, absl::InternalError("broken"));
  EXPECT_EQ(answered_.size(), 50u);
  EXPECT_EQ(next_, 50u);
  EXPECT_LT(sent, 20);
}

TEST_F(RowBatches, AnswersOfOtherRowsAreRefused) {
  auto rows = Rows(30);
  EXPECT_TRUE(absl::IsInternal(
      Send(rows, [&](const v1::BatchImportCasesRequest& batch) {
        v1::BatchImportCasesResponse response = AnswerTo(batch);
        if (batch.rows(0).row() == 10)
          response.mutable_rows()->SwapElements(0, 1);
        return response;
      })));
  EXPECT_EQ(answered_.size(), 10u);
  next_ = 0;
  answered_.clear();
  EXPECT_TRUE(absl::IsInternal(
      Send(rows, [&](const v1::BatchImportCasesRequest& batch) {
        v1::BatchImportCasesResponse response = AnswerTo(batch);
        response.mutable_rows()->RemoveLast();
        return response;
      })));
  EXPECT_TRUE(answered_.empty());
}

// What was sent when the interruption came is answered; nothing else is sent,
// and no more than the window was ahead of the caller.
TEST_F(RowBatches, AnInterruptionWaitsForWhatWasSent) {
  auto rows = Rows(1000);
  std::atomic<bool> interrupted = false;
  std::atomic<int64_t> sent = 0;
  const absl::Status status = Send(
      rows,
      [&](const v1::BatchImportCasesRequest& batch) {
        sent += batch.rows_size();
        if (batch.rows(0).row() >= 200) interrupted = true;
        return AnswerTo(batch);
      },
      [&] { return interrupted.load(); });
  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_EQ(static_cast<int64_t>(answered_.size()), sent);
  EXPECT_LT(sent, 400);
}

TEST_F(RowBatches, NoMoreThanTheWindowIsHeld) {
  auto rows = Rows(1000);
  options_.calls = 2;
  std::atomic<int64_t> sent = 0;
  int64_t most = 0, handed_on = 0;
  EXPECT_TRUE(SendInBatches(
                  rows, options_,
                  [&](const v1::BatchImportCasesRequest& batch) {
                    sent += batch.rows_size();
                    return AnswerTo(batch);
                  },
                  [&](size_t, const v1::ImportCasesResponse&) {
                    most = std::max(most, sent.load() - handed_on++);
                    std::this_thread::yield();
                  },
                  nullptr, next_)
                  .ok());
  EXPECT_LE(most, 2 * 2 * 10 + 10);
}

}  // namespace
}  // namespace enthesis::client
