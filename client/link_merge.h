// The link files of two coordinators of one site as one, and what is wrong with
// a link file.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_LINK_MERGE_H_
#define ENTHESIS_CLIENT_LINK_MERGE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "client/link_file.h"

namespace enthesis::client {

// Something that both files say otherwise, or that is wrong within one.
struct LinkProblem {
  std::string key;   // of the record or person
  std::string what;  // for people

  bool operator==(const LinkProblem&) const = default;
};

enum class Prefer { kNeither, kMine, kTheirs };

struct MergedLinks {
  Links links;
  std::vector<LinkProblem> conflicts;
  // Persons that have two ids from now on, and what may be done.
  std::vector<LinkProblem> two_ids;
  size_t n_added = 0;     // records that only the other file has
  size_t n_updated = 0;   // records that it knows more or later things of
  size_t n_reranked = 0;  // records whose rank stood against the dates
};

// Records, persons and assessments of both. Of what both have, what was seen
// last in the registry (by etag) counts. What cannot both be true is a
// conflict: one record under two cases, one case under two records, another
// person or surgery date. There `prefer` decides; with kNeither mine stays in
// `links`, which is then not to be used. Both are of one site.
//
// Ranks that both counted by themselves are made to rise with the dates
// (operation_sequence.h); a file that has that done for the records of the
// other keeps its ranks.
//
// A person of whom both stored cases before they knew of each other keeps both
// ids, since the registry cannot give a case another person: no conflict.
//
// A case that either file knows as withdrawn is forgotten in both
// (withdrawn_records.h).
MergedLinks MergeLinks(const Links& mine, const Links& theirs, Prefer prefer);

// What contradicts within the file: a case or an assessment under two keys,
// ranks that do not follow the dates.
std::vector<LinkProblem> FindLinkProblems(const Links& links);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_LINK_MERGE_H_
