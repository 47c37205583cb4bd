#include "client/withdrawn_records.h"

#include <algorithm>

namespace enthesis::client {

void ForgetRecord(const std::string& key, Links& links) {
  const auto known = links.records.find(key);
  if (known == links.records.end()) return;
  const model::Id patient = known->second.patient;
  links.withdrawn[key] = known->second.case_id;
  links.records.erase(known);
  const bool stands = std::any_of(
      links.records.begin(), links.records.end(),
      [&](const auto& record) { return record.second.patient == patient; });
  if (stands) return;
  for (auto& [name, others] : links.other_ids) {
    model::Id& first = links.patients.at(name);
    if (first == patient) first = *others.begin();
    others.erase(patient);
    others.erase(first);
  }
  std::erase_if(links.other_ids,
                [](const auto& person) { return person.second.empty(); });
  std::erase_if(links.patients,
                [&](const auto& person) { return person.second == patient; });
}

bool ForgetCase(const model::Id& id, Links& links) {
  const auto known = std::find_if(
      links.records.begin(), links.records.end(),
      [&](const auto& record) { return record.second.case_id == id; });
  if (known == links.records.end()) return false;
  ForgetRecord(std::string(known->first), links);
  return true;
}

bool IsWithdrawn(const model::Id& id, const Links& links) {
  return std::any_of(links.withdrawn.begin(), links.withdrawn.end(),
                     [&](const auto& one) { return one.second == id; });
}

}  // namespace enthesis::client
