// Answers of `enthesis describe` for people and for programs.

#ifndef ENTHESIS_CLIENT_COMMANDS_DESCRIBE_TEXT_H_
#define ENTHESIS_CLIENT_COMMANDS_DESCRIBE_TEXT_H_

#include <optional>
#include <string>

#include "enthesis/v1/cohort.pb.h"
#include "enthesis/v1/describe.pb.h"

namespace enthesis::client {

// `registry` is where an answer about all cases comes from, of the same state;
// absent where that is this one.
std::string DescribeTable(const v1::DescribeCohortResponse& answer,
                          const std::optional<v1::Provenance>& registry);
std::string DescribeCsv(const v1::DescribeCohortResponse& answer,
                        const std::optional<v1::Provenance>& registry);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_DESCRIBE_TEXT_H_
