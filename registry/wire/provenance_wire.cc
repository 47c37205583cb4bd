#include <string>

#include "registry/model/dimension.h"
#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillCohort(const model::Cohort& cohort, v1::Cohort& wire) {
  for (const model::DimensionFilter& filter : cohort.filters) {
    v1::DimensionFilter& added = *wire.add_filters();
    added.set_dimension(static_cast<v1::Dimension>(filter.dimension));
    for (const int32_t value : filter.values) {
      added.add_values(model::FormatValue(filter.dimension, value));
    }
    for (const std::string& site : filter.sites) added.add_values(site);
  }
}

}  // namespace

absl::string_view EngineVersion() { return ENTHESIS_VERSION; }

void Fill(const analysis::Provenance& provenance,
          const disclosure::Policy& policy, v1::Provenance& wire) {
  wire.set_as_of(provenance.as_of);
  FillCohort(provenance.cohort, *wire.mutable_cohort());
  ENTHESIS_SET(wire, n_cases, provenance.n_cases);
  ENTHESIS_SET(wire, n_sites, provenance.n_sites);
  for (const analysis::Exclusion& exclusion : provenance.exclusions) {
    v1::Exclusion& added = *wire.add_exclusions();
    added.set_reason(exclusion.reason);
    ENTHESIS_SET(added, n, exclusion.n);
    added.set_covariate(exclusion.covariate);
  }
  wire.set_estimand(provenance.estimand);
  for (const std::string& convention : provenance.conventions) {
    wire.add_conventions(convention);
  }
  wire.set_engine_version(std::string(EngineVersion()));
  ENTHESIS_SET(wire, disclosure_threshold, policy.threshold);
  wire.set_disclosure(policy.threshold.has_value() ? "on" : "off");
  wire.set_synthetic(provenance.synthetic);
  ENTHESIS_SET(wire, n_synthetic, provenance.n_synthetic);
}

}  // namespace enthesis::wire
