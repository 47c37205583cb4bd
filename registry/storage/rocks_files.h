// The disk as the store uses it: every file it makes is readable and writable
// by its owner alone (mode 0600), whatever the umask.

#ifndef ENTHESIS_REGISTRY_STORAGE_ROCKS_FILES_H_
#define ENTHESIS_REGISTRY_STORAGE_ROCKS_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "rocksdb/env.h"

namespace enthesis::storage {

// One for the process; lives as long as it.
rocksdb::Env* OwnerOnlyEnv();

// Makes the folder (mode 0700) and its parents, or closes one that is there,
// and its files, to group and others. UNAVAILABLE when that cannot be done.
absl::Status PrepareFolder(const std::string& folder);

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_ROCKS_FILES_H_
