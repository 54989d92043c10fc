#!/bin/sh
# Follows the jobs that end, for ever. sh follow.sh POSITION-FILE
kci event watch --channel node kind=job state=done --cursor "${1:-position}" |
  while read -r entry; do
    echo "$entry" # the work: one line of JSON each, and may happen twice
  done
