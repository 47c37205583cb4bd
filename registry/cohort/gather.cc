#include "registry/cohort/gather.h"

#include <limits>
#include <utility>

#include "registry/cohort/covariate_column.h"
#include "registry/cohort/exit_table.h"
#include "registry/cohort/row_blocks.h"

namespace enthesis::cohort {
namespace {

using model::CovariateSource;
using model::Dimension;

constexpr int kCensoredCause = static_cast<int>(model::Exit::kCensored);
constexpr int32_t kNoValue = std::numeric_limits<int32_t>::min();

// Reads one covariate of the rows of a chunk.
class CovariateReader {
 public:
  CovariateReader(const model::Covariate& covariate, const Chunk& chunk,
                  const Grouping& sites) {
    if (covariate.source == CovariateSource::kDimension) {
      ReadDimension(static_cast<Dimension>(covariate.index), chunk, sites);
      return;
    }
    const CovariateColumn column = ColumnOf(covariate, chunk);
    bytes_ = column.values;
    missing_ = column.missing;
    offset_ = column.offset;
  }

  // kNoValue where the case has none.
  int32_t Of(size_t row) const {
    if (words_ != nullptr) {
      return level_ == nullptr ? int32_t{words_[row]}
                               : static_cast<int32_t>(level_[words_[row]]);
    }
    const uint8_t value = bytes_[row];
    return value == missing_ ? kNoValue : value + offset_;
  }

 private:
  void ReadDimension(Dimension dimension, const Chunk& chunk,
                     const Grouping& sites) {
    switch (dimension) {
      case Dimension::kSite:
        words_ = chunk.site.data();
        level_ = sites.group_of_value().data();
        return;
      case Dimension::kConcomitantProcedure:
        words_ = chunk.concomitant.data();
        return;
      default:
        bytes_ = chunk.dimension[static_cast<size_t>(dimension) - 1].data();
        offset_ =
            dimension == Dimension::kSurgeryYear ? kYearOffset : kFirstLevel;
    }
  }

  const uint8_t* bytes_ = nullptr;
  uint8_t missing_ = 0;
  int32_t offset_ = 0;
  const uint16_t* words_ = nullptr;
  const uint32_t* level_ = nullptr;
};

// The rows of one chunk.
class ChunkRows {
 public:
  ChunkRows(const RowContent& content, const Grouping& sites,
            const Chunk& chunk)
      : content_(content),
        patients_(chunk.patient.data()),
        sequences_(chunk.sequence.data()) {
    for (const model::Covariate& covariate : content.covariates) {
      readers_.emplace_back(covariate, chunk, sites);
    }
    rows_.values.resize(readers_.size());
    rows_.without.resize(readers_.size());
    values_.resize(readers_.size());
    if (!content.endpoint.has_value()) {
      const auto measure = static_cast<size_t>(content.measure) - 1;
      for (const model::Visit visit : content.visits) {
        scores_at_.push_back(
            chunk.score[measure][static_cast<size_t>(visit) - 1].data());
      }
      rows_.scores_at.resize(content.visits.size());
      const auto visit = static_cast<size_t>(content.visit) - 1;
      scores_ = chunk.score[measure][visit].data();
      return;
    }
    cause_bits_ = CauseBits(*content.endpoint);
    if (*content.endpoint == model::Endpoint::kComplication &&
        content.kind.has_value()) {
      ExitsOfKind(chunk, *content.kind, exits_of_kind_);
      exits_ = exits_of_kind_.data();
    } else {
      const size_t index = static_cast<size_t>(*content.endpoint) - 1;
      exits_ = chunk.exit[index].data();
      if (content.intervals) starts_ = chunk.interval_start[index].data();
    }
  }

  void Add(size_t row) {
    int cause = 0;
    if (exits_ != nullptr) {
      cause = exits_[row] & ((1 << cause_bits_) - 1);
      if (cause == OutsideRiskSet(*content_.endpoint)) {
        ++rows_.outside_risk_set;
        return;
      }
      if (content_.known_by_day.has_value() && cause == kCensoredCause &&
          exits_[row] >> cause_bits_ < *content_.known_by_day) {
        ++rows_.not_followed;
        return;
      }
    } else if (!HasScore(row)) {
      ++rows_.without_score;
      return;
    }
    for (size_t c = 0; c < readers_.size(); ++c) {
      values_[c] = readers_[c].Of(row);
      if (values_[c] != kNoValue) continue;
      ++rows_.without[c];
      return;
    }
    for (size_t c = 0; c < readers_.size(); ++c) {
      rows_.values[c].push_back(values_[c]);
    }
    if (exits_ != nullptr) {
      rows_.times.push_back(exits_[row] >> cause_bits_);
      rows_.causes.push_back(
          static_cast<int>(ExitOf(*content_.endpoint, cause)));
      if (content_.intervals) rows_.last_free.push_back(LastFree(row));
    } else {
      AddScores(row);
    }
    if (content_.patients) rows_.patients.push_back(patients_[row]);
    if (content_.sequences) rows_.sequences.push_back(sequences_[row]);
  }

  GatheredRows Take() { return std::move(rows_); }

 private:
  bool HasScore(size_t row) const {
    if (scores_at_.empty()) return scores_[row] != kMissing;
    for (const uint8_t* scores : scores_at_) {
      if (scores[row] != kMissing) return true;
    }
    return false;
  }
  void AddScores(size_t row) {
    const double min = model::InfoOf(content_.measure).min;
    if (scores_at_.empty()) {
      rows_.scores.push_back(scores_[row] + min);
      return;
    }
    for (size_t v = 0; v < scores_at_.size(); ++v) {
      const uint8_t score = scores_at_[v][row];
      rows_.scores_at[v].push_back(
          score == kMissing ? std::numeric_limits<double>::quiet_NaN()
                            : score + min);
    }
  }

  // Of the row added last. A kind of complication is known by its day.
  double LastFree(size_t row) const {
    const bool is_event =
        rows_.causes.back() == static_cast<int>(model::Exit::kEvent);
    if (!is_event || starts_ == nullptr || starts_[row] == kExactDay) {
      return rows_.times.back();
    }
    return starts_[row];
  }

  const RowContent& content_;
  const uint64_t* patients_;
  const uint32_t* sequences_;
  std::vector<CovariateReader> readers_;
  std::vector<uint16_t> exits_of_kind_;
  const uint16_t* exits_ = nullptr;
  const uint16_t* starts_ = nullptr;
  int cause_bits_ = 0;
  const uint8_t* scores_ = nullptr;
  std::vector<const uint8_t*> scores_at_;
  std::vector<int32_t> values_;
  GatheredRows rows_;
};

template <typename T>
void Append(const std::vector<T>& part, std::vector<T>& all) {
  all.insert(all.end(), part.begin(), part.end());
}

void AppendRows(const GatheredRows& part, GatheredRows& all) {
  Append(part.times, all.times);
  Append(part.causes, all.causes);
  Append(part.last_free, all.last_free);
  Append(part.scores, all.scores);
  Append(part.patients, all.patients);
  Append(part.sequences, all.sequences);
  for (size_t v = 0; v < part.scores_at.size(); ++v) {
    Append(part.scores_at[v], all.scores_at[v]);
  }
  all.outside_risk_set += part.outside_risk_set;
  all.not_followed += part.not_followed;
  all.without_score += part.without_score;
  for (size_t c = 0; c < part.values.size(); ++c) {
    Append(part.values[c], all.values[c]);
    all.without[c] += part.without[c];
  }
}

}  // namespace

absl::StatusOr<GatheredRows> GatherRows(const Snapshot& snapshot,
                                        const Selection& selection,
                                        const RowContent& content,
                                        stats::ThreadPool& pool,
                                        const std::stop_token& stop) {
  const Grouping pooled(std::nullopt, snapshot);
  const Grouping sites(Dimension::kSite, snapshot);
  std::vector<GatheredRows> parts(snapshot.n_chunks());
  pool.Run(parts.size(), [&](size_t index, int) {
    if (stop.stop_requested()) return;
    const Chunk& chunk = snapshot.chunk(index);
    ChunkRows rows(content, sites, chunk);
    RowBlocks blocks(selection, pooled, {0, 1});
    blocks.ForEach(chunk, [&](const RowBlock& block) {
      block.ForEach([&](size_t row, uint32_t, size_t) { rows.Add(row); });
    });
    parts[index] = rows.Take();
  });
  if (stop.stop_requested()) return absl::CancelledError("the question ended");
  GatheredRows all;
  all.values.resize(content.covariates.size());
  all.without.resize(content.covariates.size());
  if (!content.endpoint.has_value()) {
    all.scores_at.resize(content.visits.size());
  }
  for (GatheredRows& part : parts) {
    AppendRows(part, all);
    part = {};
  }
  return all;
}

}  // namespace enthesis::cohort
