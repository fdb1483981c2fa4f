typedef int placeholder_stats;
