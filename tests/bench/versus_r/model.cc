#include "tests/bench/versus_r/model.h"

namespace enthesis::versus_r {

void AddColumn(const std::string& name, const std::vector<double>& values,
               stats::DesignMatrix& design) {
  design.names.push_back(name);
  design.values.insert(design.values.end(), values.begin(), values.end());
}

stats::DesignMatrix CovariatesOf(const Columns& columns, size_t count) {
  stats::DesignMatrix design;
  design.n_rows = columns.n_rows;
  for (size_t c = 0; c < count; ++c) {
    AddColumn("x" + std::to_string(c + 1), columns.x[c], design);
  }
  return design;
}

}  // namespace enthesis::versus_r
