// Records of the clinic whose case was withdrawn from the registry: the link
// file forgets the person, and keeps that the record is not to be stored anew.
//
// Threads: pure functions but for the links that they are given.

#ifndef ENTHESIS_CLIENT_WITHDRAWN_RECORDS_H_
#define ENTHESIS_CLIENT_WITHDRAWN_RECORDS_H_

#include <string>

#include "client/link_file.h"
#include "registry/model/id.h"

namespace enthesis::client {

// Of the record `key` nothing is left but its case id, among the withdrawn:
// its date, rank, person, lines and digests go, and the clinic's key of the
// person, too, unless another record of that person stands. Nothing happens
// where `links` has no such record.
void ForgetRecord(const std::string& key, Links& links);

// The same for the record of a case; false where `links` has none.
bool ForgetCase(const model::Id& id, Links& links);

// Whether `id` is among the withdrawn cases.
bool IsWithdrawn(const model::Id& id, const Links& links);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_WITHDRAWN_RECORDS_H_
