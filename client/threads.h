// How many threads go over the records of a file.

#ifndef ENTHESIS_CLIENT_THREADS_H_
#define ENTHESIS_CLIENT_THREADS_H_

#include <algorithm>
#include <cstddef>
#include <thread>

namespace enthesis::client {

// What one thread takes at a time.
inline constexpr size_t kRecordsOfPiece = 256;

// Those of the machine, at most eight: one where there is little to do.
inline int ThreadsFor(size_t n_records) {
  if (n_records < 4 * kRecordsOfPiece) return 1;
  return static_cast<int>(
      std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
}

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_THREADS_H_
