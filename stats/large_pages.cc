// Memory of 1 MiB and more in huge pages: for programs that link
// enthesis::large_pages, which replaces their global operator new.
//
// A pass over a million rows fills tens of megabytes that are new to the
// process. In pages of 4 KiB the system is called thousands of times for them,
// which can take longer than all the arithmetic; in pages of 2 MiB hardly ever.
// Where the system has none to give, memory comes as it always does.

#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)

#include <sys/mman.h>

namespace {

constexpr std::size_t kHugePage = std::size_t{1} << 21;
constexpr std::size_t kWorthPages = std::size_t{1} << 20;

void* Allocate(std::size_t size) {
  if (size < kWorthPages) return std::malloc(size > 0 ? size : 1);
  const std::size_t rounded = (size + kHugePage - 1) / kHugePage * kHugePage;
  if (rounded < size) return nullptr;
  void* block = std::aligned_alloc(kHugePage, rounded);
  // Advice: when it is not taken, the memory is as good.
  if (block != nullptr) (void)madvise(block, rounded, MADV_HUGEPAGE);
  return block;
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

void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }

#endif
