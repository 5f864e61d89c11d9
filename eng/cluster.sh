#!/usr/bin/env bash
# Three members on loopback with their data in ./data/cluster, and a line that says how they are.
source "$(dirname "$0")/environment.sh"

program=out/keelson/keelson
[ -x "$program" ] || fail "there is no $program: run \`make build\`"
members=""
for number in 1 2 3; do
    members+="${members:+,}m$number=http://127.0.0.1:${number}2380"
done

pids=()
# Whoever ends this script ends the members with it.
stop() {
    trap - INT TERM EXIT
    kill "${pids[@]}" 2>/dev/null || true
    wait "${pids[@]}" 2>/dev/null || true
}
trap stop INT TERM EXIT

mkdir -p data/cluster
for number in 1 2 3; do
    "$program" store --name "m$number" --data-dir "data/cluster/m$number" \
        --listen-client-urls "http://127.0.0.1:${number}2379" \
        --advertise-client-urls "http://127.0.0.1:${number}2379" \
        --listen-peer-urls "http://127.0.0.1:${number}2380" \
        --initial-advertise-peer-urls "http://127.0.0.1:${number}2380" \
        --initial-cluster "$members" >>"data/cluster/m$number.log" 2>&1 &
    pids+=($!)
done

endpoints="127.0.0.1:12379,127.0.0.1:22379,127.0.0.1:32379"
say "three members serve etcd's API at $endpoints; their logs are data/cluster/m*.log"
say "try, in another terminal:"
say "    etcdctl --endpoints $endpoints put greeting hello"
say "    etcdctl --endpoints 127.0.0.1:22379 watch greeting"
say "    kill -9 <pid of the leader below>: the others elect one within two seconds, and no put fails"
say "end it with Ctrl+C; a member that ended is started again by the next \`make cluster\`"

# The value of a metric in what a member says of itself; empty when it does not answer.
metric() { sed -n "s/^$2 //p" <<<"$1" | head -1; }

ask() {
    exec 3<>"/dev/tcp/127.0.0.1/${1}2379" || return 1
    printf 'GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
    timeout 2 cat <&3
    exec 3>&- 3<&-
} 2>/dev/null

while true; do
    line=""
    alive=0
    for number in 1 2 3; do
        pid=${pids[number - 1]}
        if ! kill -0 "$pid" 2>/dev/null; then
            line+="m$number ended   "
            continue
        fi

        alive=$((alive + 1))
        text=$(ask "$number" || true)
        role=follower
        [ "$(metric "$text" etcd_server_is_leader)" = 1 ] && role=LEADER
        [ "$(metric "$text" etcd_server_has_leader)" = 1 ] || role="no leader"
        line+="m$number ($pid) $role"
        line+=" applied $(metric "$text" etcd_server_proposals_applied_total)"
        line+=" revision $(metric "$text" etcd_debugging_mvcc_current_revision)   "
    done

    [ "$alive" -gt 0 ] || fail "all members ended: the end of data/cluster/m1.log says why"
    if [ -t 1 ]; then printf '\r\033[K%s' "$line"; else printf '%s\n' "$line"; fi
    sleep 1
done
