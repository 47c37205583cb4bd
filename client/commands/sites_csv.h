// Compared sites as comma separated text: a row a site, a limit, a block of a
// CUSUM, a figure of all.

#ifndef ENTHESIS_CLIENT_COMMANDS_SITES_CSV_H_
#define ENTHESIS_CLIENT_COMMANDS_SITES_CSV_H_

#include <string>

#include "enthesis/v1/sites.pb.h"

namespace enthesis::client {

std::string SitesCsv(const v1::CompareSitesResponse& answer);

// "in", "alert, high"; "" without a figure.
const char* FlagText(v1::FunnelFlag flag);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_SITES_CSV_H_
