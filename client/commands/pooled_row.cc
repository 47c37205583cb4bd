#include "client/commands/pooled_row.h"

#include <set>
#include <string>

#include "enthesis/v1/cohort.pb.h"
#include "enthesis/v1/question.pb.h"
#include "enthesis/v1/statistics_service.pb.h"

namespace enthesis::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// That all questions have.
const FieldDescriptor* OptionsFieldOf(const Message& request) {
  return request.GetDescriptor()->FindFieldByName("options");
}

// One message a group.
const FieldDescriptor* RowsOf(const Message& answer) {
  for (const char* name : {"curves", "groups"}) {
    const FieldDescriptor* field =
        answer.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) return field;
  }
  return nullptr;
}

}  // namespace

bool WantsPooledRow(const Message& request) {
  static const auto& questions =
      *new std::set<std::string>{"enthesis.v1.DescribeCohortRequest",
                                 "enthesis.v1.EstimateSurvivalRequest",
                                 "enthesis.v1.EstimateIncidenceRequest",
                                 "enthesis.v1.EstimateReturnToPlayRequest",
                                 "enthesis.v1.EstimateIntervalCensoredRequest",
                                 "enthesis.v1.EstimateScoreChangeRequest"};
  if (questions.count(request.GetDescriptor()->full_name()) == 0) return false;
  const auto& options = dynamic_cast<const v1::QuestionOptions&>(
      request.GetReflection()->GetMessage(request, OptionsFieldOf(request)));
  return options.group_by() == v1::DIMENSION_SITE &&
         options.then_by() == v1::DIMENSION_UNSPECIFIED;
}

void PoolRequest(const Message& answer, Message& request) {
  auto& options = dynamic_cast<v1::QuestionOptions&>(
      *request.GetReflection()->MutableMessage(&request,
                                               OptionsFieldOf(request)));
  options.clear_group_by();
  const FieldDescriptor* from =
      answer.GetDescriptor()->FindFieldByName("provenance");
  const auto& provenance = dynamic_cast<const v1::Provenance&>(
      answer.GetReflection()->GetMessage(answer, from));
  options.set_as_of(provenance.as_of());
  for (const char* name :
       {"test", "rho", "gamma", "strata", "trend", "pairwise"}) {
    const FieldDescriptor* field =
        request.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) request.GetReflection()->ClearField(&request, field);
  }
}

void AppendPooledRow(const Message& pooled, Message& answer) {
  const FieldDescriptor* rows = RowsOf(answer);
  const Reflection& reflection = *answer.GetReflection();
  for (int i = 0; i < pooled.GetReflection()->FieldSize(pooled, rows); ++i) {
    Message* row = reflection.AddMessage(&answer, rows);
    row->CopyFrom(pooled.GetReflection()->GetRepeatedMessage(pooled, rows, i));
    const FieldDescriptor* group =
        row->GetDescriptor()->FindFieldByName("group");
    auto* value = dynamic_cast<v1::GroupValue*>(
        row->GetReflection()->AddMessage(row, group));
    value->set_dimension("site");
    value->set_value(kAllSites);
  }
}

}  // namespace enthesis::client
