// Whole numbers of 128 bits: sums of counts, ranks and scores stay exact.

#ifndef ENTHESIS_STATS_WHOLE_NUMBER_H_
#define ENTHESIS_STATS_WHOLE_NUMBER_H_

namespace enthesis::stats {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_WHOLE_NUMBER_H_
