"""Arrays to arrays, pure: smoothing, downsampling, statistics, the hparam table, run states."""
