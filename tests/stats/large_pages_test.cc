// A program that links enthesis::large_pages, as this one does, gets memory of
// its own operator new.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
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
