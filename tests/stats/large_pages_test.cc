// A program that links enthesis::large_pages, as this one does, gets memory of
// its own operator new.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace {

TEST(LargePages, MuchMemoryStartsAtAPage) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers have their own operator new";
#endif
  const auto block = std::make_unique<char[]>(size_t{5} << 20);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(block.get()) % (size_t{1} << 21), 0u);
}

TEST(LargePages, VectorsGrowAndShrinkAcrossTheLimit) {
  std::vector<uint32_t> numbers;
  for (uint32_t i = 0; i < 3'000'000; ++i) numbers.push_back(i);
  for (uint32_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], i);
  numbers.resize(10);
  numbers.shrink_to_fit();
  EXPECT_EQ(numbers.back(), 9u);
}

// Many sizes, given back in another order than taken, by several threads.
TEST(LargePages, MemoryThatWasGivenBackBelongsToOneOwner) {
  const auto fill = [](uint32_t thread) {
    std::vector<std::vector<uint32_t>> blocks(6);
    for (uint32_t turn = 0; turn < 20; ++turn) {
      const uint32_t value = thread * 1000 + turn;
      const size_t n = (size_t{1} << 18) * (1 + (turn * 7 + thread) % 9);
      blocks[turn % 5] = {};
      blocks[(turn * 3) % 6].assign(n, value);
      for (const std::vector<uint32_t>& block : blocks) {
        const auto own = [&](uint32_t x) {
          return x == block.front() && x / 1000 == thread;
        };
        ASSERT_TRUE(std::all_of(block.begin(), block.end(), own));
      }
    }
  };
  std::vector<std::jthread> threads;
  for (uint32_t thread = 1; thread <= 3; ++thread) {
    threads.emplace_back(fill, thread);
  }
}

TEST(LargePages, TooMuchIsRefusedAsAlways) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers have their own operator new, which ends a "
                  "program that asks for too much";
#endif
  volatile size_t size = std::numeric_limits<size_t>::max() - 5;
  EXPECT_THROW(::operator delete(::operator new(size)), std::bad_alloc);
}

TEST(LargePages, NothingIsABlockOfItsOwn) {
  volatile size_t none = 0;
  void* block = ::operator new(none);
  EXPECT_NE(block, nullptr);
  ::operator delete(block);
}

}  // namespace
