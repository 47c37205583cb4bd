#include "client/file_bytes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace enthesis::client {
namespace {

class FileBytes : public testing::Test {
 protected:
  FileBytes() {
    char name[] = "/tmp/enthesis-file-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~FileBytes() override {
    unlink(Path().c_str());
    rmdir(folder_.c_str());
  }
  std::string Path() const { return folder_ + "/there"; }

 private:
  std::string folder_;
};

TEST_F(FileBytes, ReplacesAFile) {
  ASSERT_TRUE(ReplaceFile(Path(), "one", 0600).ok());
  ASSERT_TRUE(ReplaceFile(Path(), "two", 0644).ok());
  EXPECT_EQ(*ReadFileBytes(Path()), "two");
  struct stat info;
  ASSERT_EQ(stat(Path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0644u);
}

TEST_F(FileBytes, WritesIntoAPipeWhichStays) {
  ASSERT_EQ(mkfifo(Path().c_str(), 0600), 0);
  const int reader = open(Path().c_str(), O_RDWR | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  EXPECT_TRUE(ReplaceFile(Path(), "figure", 0644).ok());
  char bytes[16];
  const ssize_t n = read(reader, bytes, sizeof bytes);
  close(reader);
  ASSERT_EQ(n, 6);
  EXPECT_EQ(std::string(bytes, 6), "figure");
  struct stat info;
  ASSERT_EQ(stat(Path().c_str(), &info), 0);
  EXPECT_TRUE(S_ISFIFO(info.st_mode));
}

TEST_F(FileBytes, ReasonsAreGiven) {
  const absl::Status status = ReplaceFile(Path() + "/none", "x", 0600);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadFileBytes(Path()).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace enthesis::client
