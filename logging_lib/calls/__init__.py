"""The add_* calls of SummaryWriter, a file a kind: each checks and captures its arguments, and queues them."""
