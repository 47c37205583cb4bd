// Curves of cumulative incidence and Gray's tests on the wire, for every answer
// that has them. Internal to the wire.

#ifndef ENTHESIS_REGISTRY_WIRE_INCIDENCE_WIRE_H_
#define ENTHESIS_REGISTRY_WIRE_INCIDENCE_WIRE_H_

#include <vector>

#include "enthesis/v1/incidence.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "registry/disclosure/release.h"

namespace enthesis::wire {

void FillCauses(const std::vector<analysis::IncidenceCause>& causes,
                google::protobuf::RepeatedPtrField<v1::IncidenceCause>& wire);
void FillGrayTests(const analysis::GrayTests& tests,
                   google::protobuf::RepeatedPtrField<v1::GrayTest>& wire);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_INCIDENCE_WIRE_H_
