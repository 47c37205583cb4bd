// Memory of 1 MiB and more in huge pages: for programs that link
// enthesis::large_pages, which replaces their global operator new.
//
// A pass over a million rows fills tens of megabytes that are new to the
// process. In pages of 4 KiB the system is called thousands of times for them,
// which can take longer than all the arithmetic; in pages of 2 MiB hardly ever.
// Where the system has none to give, memory comes as it always does.
//
// What is given back is kept for the next table, since the system clears pages
// before it gives them out, which takes as long as filling them. While it is
// kept the system may take it away for others.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)

#include <malloc.h>
#include <sys/mman.h>

namespace {

constexpr std::size_t kHugePage = std::size_t{1} << 21;
constexpr std::size_t kWorthPages = std::size_t{1} << 20;

// Whole huge pages, or nothing.
struct Block {
  void* begin = nullptr;
  std::size_t size = 0;
};

// Thread-safe. Neither made nor destroyed at run time: programs allocate
// before their first line and after their last.
class KeptBlocks {
 public:
  // The smallest that holds `size` and is not much larger; null if there is
  // none.
  void* Take(std::size_t size) {
    const std::lock_guard lock(mutex_);
    Block* best = nullptr;
    for (Block& block : blocks_) {
      if (block.size < size || block.size / 2 > size) continue;
      if (best == nullptr || block.size < best->size) best = &block;
    }
    return best == nullptr ? nullptr : std::exchange(*best, Block()).begin;
  }

  // Instead of the smallest of those kept, where there are many. Returns what
  // is kept no longer.
  Block Keep(Block block) {
    const std::lock_guard lock(mutex_);
    Block& smallest = *std::min_element(
        blocks_.begin(), blocks_.end(),
        [](const Block& a, const Block& b) { return a.size < b.size; });
    if (smallest.size < block.size) std::swap(smallest, block);
    return block;
  }

  void FreeAll() {
    const std::lock_guard lock(mutex_);
    for (Block& block : blocks_) std::free(std::exchange(block, Block()).begin);
  }

 private:
  std::mutex mutex_;
  std::array<Block, 32> blocks_;
};

constinit KeptBlocks kept_blocks;

void* Allocate(std::size_t size) {
  if (size < kWorthPages) return std::malloc(size > 0 ? size : 1);
  const std::size_t rounded = (size + kHugePage - 1) / kHugePage * kHugePage;
  if (rounded < size) return nullptr;
  if (void* kept = kept_blocks.Take(rounded)) return kept;
  void* block = std::aligned_alloc(kHugePage, rounded);
  if (block == nullptr) {  // perhaps for what is kept
    kept_blocks.FreeAll();
    block = std::aligned_alloc(kHugePage, rounded);
  }
  // Advice: when it is not taken, the memory is as good.
  if (block != nullptr) (void)madvise(block, rounded, MADV_HUGEPAGE);
  return block;
}

void Free(void* begin) {
  if (reinterpret_cast<std::uintptr_t>(begin) % kHugePage != 0) {
    std::free(begin);
    return;
  }
  const std::size_t size =
      malloc_usable_size(begin) / kHugePage * kHugePage;  // of null: 0
  if (size > 0) (void)madvise(begin, size, MADV_FREE);
  std::free(kept_blocks.Keep({begin, size}).begin);
}

}  // namespace

void* operator new(std::size_t size) {
  while (true) {
    if (void* block = Allocate(size)) return block;
    const std::new_handler handler = std::get_new_handler();
    // What the language asks of this operator.
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

void operator delete(void* block) noexcept { Free(block); }
void operator delete(void* block, std::size_t) noexcept { Free(block); }

#endif
