// What only a store on files can show: access, locks, corruption, formats,
// erasure, retention.

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/storage/rocks_keys.h"
#include "registry/storage/rocks_store.h"

namespace enthesis::storage {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;

constexpr CommitIndex kLatest = ~CommitIndex{0};
constexpr int64_t kNanosPerHour = int64_t{3600} * 1'000'000'000;

// Bytes that no compressor shortens.
std::string RandomBytes(std::mt19937_64& random, size_t n) {
  std::string bytes;
  while (bytes.size() < n) bytes.push_back(static_cast<char>(random()));
  return bytes;
}

std::string BytesOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class DiskTest : public ::testing::Test {
 protected:
  DiskTest() {
    folder_ = ::testing::TempDir() + "disk-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) abort();
    options_.folder = folder_ + "/store";
    options_.write_buffer_bytes = 1 << 16;
  }
  ~DiskTest() override {
    store_.reset();
    fs::remove_all(folder_);
  }

  void Open() {
    store_.reset();
    auto store = OpenRocksStore(options_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void MustCommit(Batch batch) {
    const auto result = store_->Commit(std::move(batch));
    ASSERT_TRUE(result.ok()) << result.status();
  }
  void MustPut(const std::string& key, const std::string& value) {
    Batch batch;
    batch.puts = {{key, value}};
    MustCommit(std::move(batch));
  }
  std::set<std::string> Files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(options_.folder)) {
      names.insert(entry.path().filename());
    }
    return names;
  }
  // Names of the store's files that hold `bytes`. Looked at again where the
  // store made or removed a file meanwhile: bytes that move from one file to
  // another would be seen in neither.
  std::vector<std::string> FilesWith(const std::string& bytes) {
    std::vector<std::string> found;
    std::set<std::string> before;
    do {
      found.clear();
      before = Files();
      for (const std::string& name : before) {
        const std::string held = BytesOf(options_.folder + "/" + name);
        if (held.find(bytes) != std::string::npos) found.push_back(name);
      }
    } while (Files() != before);
    return found;
  }

  std::string folder_;
  RocksStoreOptions options_;
  std::unique_ptr<Store> store_;
};

mode_t ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(stat(path.c_str(), &info), 0);
  return info.st_mode & 0777;
}

TEST_F(DiskTest, OnlyTheOwnerMayRead) {
  // An umask that hides nothing.
  const mode_t before = umask(0);
  Open();
  std::mt19937_64 random(1);
  for (int i = 0; i < 40; ++i) {
    MustPut(absl::StrCat("c/", i), RandomBytes(random, 4096));
  }
  Open();
  MustPut("c/last", "in the log");
  umask(before);
  EXPECT_EQ(ModeOf(options_.folder), mode_t{0700});
  int tables = 0;
  for (const auto& entry : fs::directory_iterator(options_.folder)) {
    EXPECT_EQ(ModeOf(entry.path()), mode_t{0600}) << entry.path();
    tables += entry.path().extension() == ".sst" ? 1 : 0;
  }
  EXPECT_GT(tables, 0);
}

TEST_F(DiskTest, AFolderOpenToOthersIsClosed) {
  fs::create_directory(options_.folder);
  ASSERT_EQ(chmod(options_.folder.c_str(), 0755), 0);
  const std::string file = options_.folder + "/LOG";
  std::ofstream(file) << "a log";
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  Open();
  EXPECT_EQ(ModeOf(options_.folder), mode_t{0700});
  for (const auto& entry : fs::directory_iterator(options_.folder)) {
    EXPECT_EQ(ModeOf(entry.path()), mode_t{0600}) << entry.path();
  }
}

TEST_F(DiskTest, AFileInPlaceOfTheFolderIsUnavailable) {
  std::ofstream(options_.folder) << "a file";
  EXPECT_EQ(OpenRocksStore(options_).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(DiskTest, ASecondOpenerIsUnavailable) {
  Open();
  EXPECT_EQ(OpenRocksStore(options_).status().code(),
            absl::StatusCode::kUnavailable);
  MustPut("c/a", "the first goes on");
}

TEST_F(DiskTest, AnotherProcessWithTheLockIsUnavailable) {
  Open();
  store_.reset();
  const std::string lock = options_.folder + "/LOCK";
  int ready[2], done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  const pid_t child = fork();
  if (child == 0) {
    struct flock whole = {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    const int file = open(lock.c_str(), O_RDWR);
    char locked = fcntl(file, F_SETLK, &whole) == 0 ? 'y' : 'n';
    if (write(ready[1], &locked, 1) != 1) _exit(1);
    close(done[1]);
    _exit(read(done[0], &locked, 1) == 0 ? 0 : 1);  // until the parent is done
  }
  char locked = 'n';
  ASSERT_EQ(read(ready[0], &locked, 1), 1);
  ASSERT_EQ(locked, 'y');
  EXPECT_EQ(OpenRocksStore(options_).status().code(),
            absl::StatusCode::kUnavailable);
  for (const int end : {ready[0], ready[1], done[0], done[1]}) close(end);
  int exited = 0;
  ASSERT_EQ(waitpid(child, &exited, 0), child);
  EXPECT_EQ(exited, 0);
  Open();
}

TEST_F(DiskTest, WithdrawnBytesLeaveTheFiles) {
  std::mt19937_64 random(2);
  const std::string first = RandomBytes(random, 200);
  const std::string second = RandomBytes(random, 200);
  const std::string kept = RandomBytes(random, 200);
  Open();
  Batch batch;
  batch.puts = {{"c/gone", first}, {"c/kept", kept}};
  batch.index_changes = {{"d/fingerprint-of-gone/x", true}};
  MustCommit(std::move(batch));
  for (int i = 0; i < 100; ++i) {  // several tables, and a log
    MustPut(absl::StrCat("c/", i), RandomBytes(random, 2000));
  }
  MustPut("c/gone", second);
  // Or the search would prove nothing.
  ASSERT_THAT(FilesWith(first), ::testing::Not(::testing::IsEmpty()));
  ASSERT_THAT(FilesWith(second), ::testing::Not(::testing::IsEmpty()));
  Batch withdraw;
  withdraw.withdrawals = {{"c/gone", "reason"}};
  withdraw.index_changes = {{"d/fingerprint-of-gone/x", false}};
  MustCommit(std::move(withdraw));
  ASSERT_TRUE(WaitForErasure(*store_).ok());
  EXPECT_THAT(FilesWith(first), ElementsAre());
  EXPECT_THAT(FilesWith(second), ElementsAre());
  for (const std::string& name : FilesWith("fingerprint-of-gone")) {
    EXPECT_TRUE(name.starts_with("MANIFEST-")) << name;
  }
  EXPECT_EQ(store_->Get("c/kept", kLatest)->value, kept);
  EXPECT_TRUE(store_->Get("c/gone", kLatest)->tombstone);
  Open();
  EXPECT_THAT(FilesWith("fingerprint-of-gone"), ElementsAre());
}

TEST_F(DiskTest, AnErasureCutShortIsDoneAfterOpening) {
  std::mt19937_64 random(3);
  const std::string payload = RandomBytes(random, 200);
  for (int round = 0; round < 5; ++round) {
    const std::string key = absl::StrCat("c/", round);
    Open();
    MustPut(key, payload);
    Open();  // into a table
    Batch withdraw;
    withdraw.withdrawals = {{key, "reason"}};
    MustCommit(std::move(withdraw));
    Open();  // at once: whatever was under way is stopped
    ASSERT_TRUE(WaitForErasure(*store_).ok());
    EXPECT_THAT(FilesWith(payload), ElementsAre());
  }
}

// What a loss of power can leave: a mark of erasure in a table, and a log that
// ends within its first record.
TEST_F(DiskTest, AnErasureIsDoneBesideATornLog) {
  Open();
  MustPut("c/a", "1");
  store_.reset();
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, options_.folder, &db).ok());
  EXPECT_TRUE(db->Put({}, TableKey(KeyTable::kErasure, "c/a"), "").ok());
  EXPECT_TRUE(db->Flush({}).ok());
  delete db;
  int logs = 0;
  for (const auto& entry : fs::directory_iterator(options_.folder)) {
    if (entry.path().extension() != ".log") continue;
    ++logs;
    ASSERT_EQ(fs::file_size(entry.path()), 0u);
    std::ofstream(entry.path()) << "qzxwvk";
  }
  ASSERT_EQ(logs, 1);
  Open();
  EXPECT_TRUE(WaitForErasure(*store_).ok());
  EXPECT_THAT(FilesWith("qzxwvk"), ElementsAre());
  EXPECT_EQ(store_->Get("c/a", kLatest)->value, "1");
}

TEST_F(DiskTest, ARequestIdIsKeptForItsRetention) {
  const auto request = [](int64_t hour, const std::string& digest) {
    Batch batch;
    batch.puts = {{"c/a", digest}};
    batch.request = {"0123456789abcdef", digest, "answer " + digest};
    batch.time_unix_nanos = hour * kNanosPerHour;
    return batch;
  };
  Open();
  MustCommit(request(1000, "one"));
  Open();
  EXPECT_TRUE(store_->Commit(request(1024, "one"))->replayed);
  EXPECT_EQ(store_->Commit(request(1024, "two")).status().code(),
            absl::StatusCode::kInvalidArgument);
  // After 48 hours the id is free again.
  const auto later = store_->Commit(request(1049, "two"));
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_FALSE(later->replayed);
  EXPECT_EQ((*store_->Replay("0123456789abcdef", "two"))->response,
            "answer two");
  // Others' passing time prunes it, and the bytes of its answer with it.
  for (int64_t hour = 1090; hour < 1120; ++hour) {
    Batch batch;
    batch.puts = {{"c/b", "x"}};
    batch.time_unix_nanos = hour * kNanosPerHour;
    MustCommit(std::move(batch));
  }
  EXPECT_FALSE(store_->Replay("0123456789abcdef", "two")->has_value());
}

// Stores in memory: files as a map, to be spoiled byte by byte.
using Files = std::map<std::string, std::string>;

RocksStoreOptions InMemory(rocksdb::Env* env) {
  RocksStoreOptions options;
  options.folder = "/store";
  options.env = env;
  return options;
}

std::unique_ptr<rocksdb::Env> NewMemory() {
  return std::unique_ptr<rocksdb::Env>(
      rocksdb::NewMemEnv(rocksdb::Env::Default()));
}

Files FilesOf(rocksdb::Env& env) {
  Files files;
  std::vector<std::string> names;
  EXPECT_TRUE(env.GetChildren("/store", &names).ok());
  for (const std::string& name : names) {
    if (name == "LOCK" || name == "." || name == "..") continue;
    EXPECT_TRUE(
        rocksdb::ReadFileToString(&env, "/store/" + name, &files[name]).ok());
  }
  return files;
}

void Restore(const Files& files, rocksdb::Env& env) {
  ASSERT_TRUE(env.CreateDirIfMissing("/store").ok());
  for (const auto& [name, bytes] : files) {
    ASSERT_TRUE(rocksdb::WriteStringToFile(&env, bytes, "/store/" + name).ok());
  }
}

constexpr int kDocuments = 2000;
std::string ValueOf(int i) {
  std::mt19937_64 random(static_cast<uint64_t>(i));
  return RandomBytes(random, 100);
}

// A store whose every commit is in one table.
Files FilledStore() {
  const std::unique_ptr<rocksdb::Env> env = NewMemory();
  auto store = OpenRocksStore(InMemory(env.get()));
  EXPECT_TRUE(store.ok()) << store.status();
  for (int i = 0; i < kDocuments; ++i) {
    Batch batch;
    batch.puts = {{absl::StrCat("c/", 1000 + i), ValueOf(i)}};
    batch.index_changes = {{absl::StrCat("p/", 1000 + i), true}};
    EXPECT_TRUE((*store)->Commit(std::move(batch)).ok());
  }
  store->reset();
  store = OpenRocksStore(InMemory(env.get()));  // writes the log to a table
  EXPECT_TRUE(store.ok()) << store.status();
  store->reset();
  return FilesOf(*env);
}

struct Reads {
  int right = 0;
  int data_loss = 0;
  int wrong = 0;  // another answer, or another error
};

void Count(const absl::Status& status, bool right, Reads& reads) {
  if (status.ok() && right) {
    ++reads.right;
  } else if (status.code() == absl::StatusCode::kDataLoss) {
    ++reads.data_loss;
  } else {
    ++reads.wrong;
  }
}

// Asks for all there is, each way.
void ReadAll(Store& store, Reads& reads) {
  for (int i = 0; i < kDocuments; i += 97) {
    const std::string key = absl::StrCat("c/", 1000 + i);
    const auto document = store.Get(key, kLatest);
    Count(document.status(), document.ok() && document->value == ValueOf(i),
          reads);
    const auto versions = store.Versions(key, kLatest);
    Count(versions.status(),
          versions.ok() && versions->size() == 1 &&
              versions->front().value == ValueOf(i),
          reads);
  }
  int seen = 0;
  bool right = true;
  const absl::Status scan =
      store.Scan("c/", kLatest, {}, [&](const Document& document) {
        right = right && document.value == ValueOf(seen);
        ++seen;
        return true;
      });
  Count(scan, right && seen == kDocuments, reads);
  const auto index = store.ScanIndex("p/", 0);
  Count(index.status(), index.ok() && index->size() == kDocuments, reads);
  const auto changes = store.Changes(0, 0);
  Count(changes.status(), changes.ok() && changes->size() == kDocuments, reads);
  if (!right) ++reads.wrong;  // before it failed, too
}

TEST(CorruptionTest, AFlippedByteIsNeverAnAnswer) {
  const Files files = FilledStore();
  std::string table;
  for (const auto& [name, bytes] : files) {
    if (fs::path(name).extension() == ".sst") table = name;
  }
  ASSERT_FALSE(table.empty());
  std::mt19937_64 random(4);
  const size_t size = files.at(table).size();
  Reads total;
  int refused = 0, noticed = 0, runs = 0;
  for (size_t at = 0; at < size; at += 1 + size / 150) {
    Files spoiled = files;
    char& byte = spoiled[table][at];
    byte = static_cast<char>(byte ^ (1 << random() % 8));
    const std::unique_ptr<rocksdb::Env> env = NewMemory();
    Restore(spoiled, *env);
    auto store = OpenRocksStore(InMemory(env.get()));
    ++runs;
    if (!store.ok()) {
      EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss)
          << at << ": " << store.status();
      ++refused;
      continue;
    }
    Reads reads;
    ReadAll(**store, reads);
    EXPECT_EQ(reads.wrong, 0) << "byte " << at << " of " << size;
    noticed += reads.data_loss > 0 ? 1 : 0;
    total.right += reads.right;
    total.data_loss += reads.data_loss;
  }
  printf(
      "bytes flipped %d: not opened %d, noticed by a read %d, harmless %d; "
      "reads right %d, DATA_LOSS %d, wrong 0\n",
      runs, refused, noticed, runs - refused - noticed, total.right,
      total.data_loss);
  EXPECT_GT(noticed, runs / 2);
  // Bytes that no read needs: padding, statistics of the table.
  EXPECT_GT(refused + noticed, runs * 9 / 10);
}

TEST(CorruptionTest, ATableThatIsGoneIsDataLoss) {
  Files files = FilledStore();
  std::erase_if(files, [](const auto& file) {
    return fs::path(file.first).extension() == ".sst";
  });
  const std::unique_ptr<rocksdb::Env> env = NewMemory();
  Restore(files, *env);
  EXPECT_EQ(OpenRocksStore(InMemory(env.get())).status().code(),
            absl::StatusCode::kDataLoss);
}

// Changes the database below the store.
absl::Status OpenAfter(const std::function<void(rocksdb::DB& db)>& change) {
  const std::unique_ptr<rocksdb::Env> env = NewMemory();
  Restore(FilledStore(), *env);
  rocksdb::Options options;
  options.env = env.get();
  rocksdb::DB* db = nullptr;
  EXPECT_TRUE(rocksdb::DB::Open(options, "/store", &db).ok());
  change(*db);
  delete db;
  return OpenRocksStore(InMemory(env.get())).status();
}

TEST(FormatTest, AnUnknownFormatIsNotOpened) {
  const std::string format = TableKey(KeyTable::kMeta, "format");
  EXPECT_TRUE(OpenAfter([](rocksdb::DB&) {}).ok());
  EXPECT_EQ(OpenAfter([&](rocksdb::DB& db) {
              EXPECT_TRUE(db.Put({}, format, "2").ok());
            }).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(OpenAfter([&](rocksdb::DB& db) {
              EXPECT_TRUE(db.Put({}, format, "one").ok());
            }).code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(OpenAfter([&](rocksdb::DB& db) {
              EXPECT_TRUE(db.Delete({}, format).ok());
            }).code(),
            absl::StatusCode::kDataLoss);
}

TEST(FormatTest, ADocumentOfAnUnknownKindIsDataLoss) {
  const std::unique_ptr<rocksdb::Env> env = NewMemory();
  Restore(FilledStore(), *env);
  rocksdb::Options options;
  options.env = env.get();
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, "/store", &db).ok());
  const std::string key = VersionsPrefix("c/1003") + VersionSuffix(4);
  std::string value;
  ASSERT_TRUE(db->Get({}, key, &value).ok());
  ASSERT_EQ(value, "D" + ValueOf(3));
  ASSERT_TRUE(db->Put({}, key, "X" + ValueOf(3)).ok());
  delete db;
  const auto store = OpenRocksStore(InMemory(env.get()));
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->Get("c/1003", kLatest).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ((*store)->Get("c/1004", kLatest)->value, ValueOf(4));
}

}  // namespace
}  // namespace enthesis::storage
