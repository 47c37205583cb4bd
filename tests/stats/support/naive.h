// The statistics again, straight from their definitions and from rows: no
// tables, no running sums, O(n^2) or worse. An oracle for the library.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_H_

#include <cstdint>
#include <vector>

#include "stats/event_table.h"

namespace enthesis::stats::naive {

using Rows = std::vector<EventRow>;

// Subjects at risk just before `time`, and events of `cause` at it (0: any).
double AtRisk(const Rows& rows, double time);
double Events(const Rows& rows, int cause, double time);

// Survival from any cause just after `time`, its Greenwood variance, and the
// Nelson-Aalen hazard.
double Survival(const Rows& rows, double time);
double SurvivalVariance(const Rows& rows, double time);
double Hazard(const Rows& rows, double time);

// Incidence of `cause` (from 1) just after `time` and its Aalen-type variance.
double Incidence(const Rows& rows, int cause, double time);
double IncidenceVariance(const Rows& rows, int cause, double time);

// Log-rank statistic of the groups of one stratum, `groups[i]` from 0, any
// cause an event; every group must have expected events.
double LogRank(const Rows& rows, const std::vector<int>& groups, int n_groups);

// Whole-day rows from a seed, with ties; about a third censored. Delayed rows
// enter before their exit, some from the start.
Rows RandomRows(uint64_t seed, int n, int n_causes, int max_day, bool delayed);

// Whole numbers in [0, n) from a seed.
std::vector<int> RandomLabels(uint64_t seed, int size, int n);

}  // namespace enthesis::stats::naive

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_NAIVE_H_
