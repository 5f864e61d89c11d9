#!/usr/bin/env bash
# Side by side with a real etcd, interleaved in one run. usage: eng/bench.sh quick|full [rounds] [seconds of each]
source "$(dirname "$0")/environment.sh"

[ -x eng/peers.sh ] && eng/peers.sh
eng/build.sh
say "build bench/Load (the first time takes a minute or two)"
dotnet build bench/Load -c "$configuration" -v q
load() { dotnet artifacts/bin/Keelson.Bench.Load/release/Keelson.Bench.Load.dll "$@"; }

rounds=${2:-5}
seconds=${3:-5}
case "${1:-quick}" in
    quick)
        for workload in put get txn; do
            load compare --workload "$workload" --shape 4x16 --rounds "$rounds" --seconds "$seconds"
        done
        ;;
    full)
        for workload in put txn get get-serializable; do
            for shape in 1x1 1x8 4x16 64x1 4x64; do
                load compare --workload "$workload" --shape "$shape" --rounds "$rounds" --seconds "$seconds"
            done
        done
        for workload in watch lease mixed; do
            load compare --workload "$workload" --shape 4x16 --rounds "$rounds" --seconds "$seconds"
        done
        # A page of a million keys costs etcd a quarter of a second: more in flight would only measure its queue.
        for workload in list count; do
            load compare --workload "$workload" --shape 1x4 --rounds "$rounds" --seconds "$seconds"
        done
        for scenario in memory restart compaction versions; do
            load "$scenario"
        done
        ;;
    *) fail "usage: eng/bench.sh quick|full [rounds] [seconds]" ;;
esac
say "benchmarks done; the lines are in bench/results"
