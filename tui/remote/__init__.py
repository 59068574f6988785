"""Remote logdirs: what is not here yet is fetched into a local mirror, which is read like any directory."""
