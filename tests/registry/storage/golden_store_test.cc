// A store that the first version left on disk (golden_v1_store/): every later
// version opens it and finds all there is. Never make the folder again: a new
// format gets a folder of its own beside it.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/storage/records.h"
#include "registry/storage/rocks_store.h"

namespace enthesis::storage {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;

constexpr CommitIndex kLatest = ~CommitIndex{0};
constexpr int64_t kNanosPerDay = int64_t{86'400} * 1'000'000'000;
constexpr char kSite[] = "site-01";
constexpr char kRequestId[] = "0123456789abcdef";

std::string GoldenFolder() {
  return std::string(ENTHESIS_SOURCE_DIR) +
         "/tests/registry/storage/golden_v1_store";
}

model::Case CaseNumber(uint64_t number) {
  model::Case record;
  record.site = kSite;
  record.id = {number, 0x0123456789abcdef};
  record.patient = {7, 7};  // all of one person
  record.synthetic = true;
  record.baseline.surgery_year = 2020;
  record.baseline.operation_sequence = static_cast<int32_t>(1000 * number);
  record.baseline.age_years = 47;
  record.operation.primary_procedure = model::Procedure::kFhlTransfer;
  return record;
}
std::string KeyOf(uint64_t number) {
  return CaseKey(kSite, CaseNumber(number).id);
}

Batch Creation(uint64_t number, int64_t day) {
  const model::Case record = CaseNumber(number);
  Batch batch;
  batch.preconditions = {{KeyOf(number), Precondition::Kind::kAbsent, 0}};
  batch.puts = {{KeyOf(number), EncodeCase(record)}};
  for (const std::string& key : IndexKeys(record)) {
    batch.index_changes.push_back({key, true});
  }
  batch.audit = {{"local", "CreateCase", "a case", ""}};
  batch.time_unix_nanos = day * kNanosPerDay;
  return batch;
}

class StoreOf {
 public:
  explicit StoreOf(const std::string& folder) {
    RocksStoreOptions options;
    options.folder = folder;
    auto store = OpenRocksStore(options);
    EXPECT_TRUE(store.ok()) << store.status();
    if (store.ok()) store_ = *std::move(store);
  }
  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }
  explicit operator bool() const { return store_ != nullptr; }

 private:
  std::unique_ptr<Store> store_;
};

// Makes the folder; see above.
TEST(GoldenStoreTest, DISABLED_Make) {
  ASSERT_FALSE(fs::exists(GoldenFolder())) << "never made again";
  {
    StoreOf store(GoldenFolder());
    Batch site;
    site.puts = {{SiteKey(kSite), EncodeSite({kSite, true})}};
    site.time_unix_nanos = 20'000 * kNanosPerDay;
    ASSERT_TRUE(store->Commit(site).ok());
    Batch create = Creation(1, 20'001);
    create.request = {kRequestId, "digest", "answer"};
    ASSERT_TRUE(store->Commit(create).ok());
    model::Case corrected = CaseNumber(1);
    corrected.baseline.age_years = 48;
    Batch correct;
    correct.preconditions = {{KeyOf(1), Precondition::Kind::kAtIndex, 2}};
    correct.puts = {
        {KeyOf(1),
         EncodeCase(corrected, model::CorrectionReason::kSourceCorrected)}};
    correct.time_unix_nanos = 20'001 * kNanosPerDay + 5;
    ASSERT_TRUE(store->Commit(correct).ok());
    ASSERT_TRUE(store->Commit(Creation(2, 20'002)).ok());
    Batch withdraw;
    withdraw.withdrawals = {
        {KeyOf(2), EncodeTombstone(model::WithdrawalReason::kDuplicate)}};
    for (const std::string& key : IndexKeys(CaseNumber(2))) {
      withdraw.index_changes.push_back({key, false});
    }
    withdraw.time_unix_nanos = 20'002 * kNanosPerDay;
    ASSERT_TRUE(store->Commit(withdraw).ok());
    ASSERT_TRUE(WaitForErasure(*store).ok());
  }
  StoreOf store(GoldenFolder());  // what follows is in the log only
  ASSERT_TRUE(store->Commit(Creation(3, 20'002)).ok());
}

class GoldenStore : public ::testing::Test {
 protected:
  GoldenStore() {
    folder_ = ::testing::TempDir() + "golden-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) abort();
    fs::copy(GoldenFolder(), folder_ + "/store", fs::copy_options::recursive);
  }
  ~GoldenStore() override { fs::remove_all(folder_); }

  std::string folder_;
};

TEST_F(GoldenStore, DocumentsAreFoundInEachView) {
  StoreOf store(folder_ + "/store");
  ASSERT_TRUE(store);
  EXPECT_EQ(DecodeSite(store->Get(SiteKey(kSite), kLatest)->value)->id, kSite);
  const auto versions = store->Versions(KeyOf(1), kLatest);
  ASSERT_TRUE(versions.ok()) << versions.status();
  ASSERT_EQ(versions->size(), 2u);
  EXPECT_EQ((*versions)[0].index, 2u);
  EXPECT_EQ(DecodeCase((*versions)[0].value)->record, CaseNumber(1));
  EXPECT_EQ((*versions)[1].index, 3u);
  const auto corrected = DecodeCase((*versions)[1].value);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->record.baseline.age_years, 48);
  EXPECT_EQ(corrected->correction_reason,
            model::CorrectionReason::kSourceCorrected);
  EXPECT_EQ(store->Get(KeyOf(1), 2)->index, 2u);
  EXPECT_EQ(store->Get(KeyOf(2), 4).status().code(),
            absl::StatusCode::kNotFound);
  const auto gone = store->Get(KeyOf(2), kLatest);
  ASSERT_TRUE(gone.ok());
  EXPECT_TRUE(gone->tombstone);
  EXPECT_EQ(*DecodeTombstone(gone->value), model::WithdrawalReason::kDuplicate);
  EXPECT_EQ(DecodeCase(store->Get(KeyOf(3), kLatest)->value)->record,
            CaseNumber(3));
}

TEST_F(GoldenStore, IndexesLogAndAnswersAreFound) {
  StoreOf store(folder_ + "/store");
  ASSERT_TRUE(store);
  const std::string patient = CandidatePrefixes(CaseNumber(1)).front();
  EXPECT_THAT(
      *store->ScanIndex(patient, 0),
      ElementsAre(patient + "site-01/" + model::FormatId(CaseNumber(1).id),
                  patient + "site-01/" + model::FormatId(CaseNumber(3).id)));
  // Filters that were written before knew nothing of indexes.
  EXPECT_THAT(*store->ScanIndexes(std::vector<std::string>{patient}, 0),
              ElementsAre(*store->ScanIndex(patient, 0)));
  EXPECT_EQ(store->ScanIndex("", 0)->size(), 6u);
  const auto changes = store->Changes(0, 0);
  ASSERT_TRUE(changes.ok()) << changes.status();
  ASSERT_EQ(changes->size(), 6u);
  EXPECT_THAT((*changes)[2].keys, ElementsAre(KeyOf(1)));
  EXPECT_THAT((*changes)[4].withdrawn, ElementsAre(KeyOf(2)));
  EXPECT_EQ(store->CommitAt(1)->utc_day, 20'000);
  EXPECT_EQ(store->LastCommit().index, 6u);
  EXPECT_EQ(store->LastCommit().utc_day, 20'002);
  const auto answer = store->Replay(kRequestId, "digest");
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->index, 2u);
  EXPECT_EQ((*answer)->response, "answer");
  const auto next = store->Commit(Creation(4, 20'003));
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->index, 7u);
}

}  // namespace
}  // namespace enthesis::storage
