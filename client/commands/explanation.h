// What stands below an answer with --explain: who is in it and who is not, and
// what its figures say.

#ifndef ENTHESIS_CLIENT_COMMANDS_EXPLANATION_H_
#define ENTHESIS_CLIENT_COMMANDS_EXPLANATION_H_

#include <string>

#include "client/explain/figures.h"
#include "enthesis/v1/cohort.pb.h"

namespace enthesis::client {

// One figure: plain words, then what stats/METHODS.md says of it.
std::string FigureExplanation(const Figure& figure);

// Every figure of `command`, such as "analyze cox", in plain words.
std::string FiguresExplained(const std::string& command);

// Cases that went in, and those that did not and why.
std::string CasesExplained(const v1::Provenance& provenance);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_EXPLANATION_H_
