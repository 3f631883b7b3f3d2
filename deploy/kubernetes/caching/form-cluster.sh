# Makes the nodes one cluster, or makes them find each other again after their addresses changed.
# May be run at any time: what is right already stays.
#
#     form-cluster.sh NODES REPLICAS      of the StatefulSet redis; REPLICAS for each primary
set -eu
nodes=$1 replicas=$2
export REDISCLI_AUTH="$REDIS_PASSWORD"
node() { echo "redis-$1.redis-nodes"; }
say() { host=$(node "$1"); shift; redis-cli -h "$host" "$@"; }
address() { getent hosts "$(node "$1")" | cut -d ' ' -f 1; }

i=0
while [ "$i" -lt "$nodes" ]; do
    until [ "$(say "$i" PING 2>/dev/null)" = PONG ]; do
        echo "waiting for $(node "$i")"
        sleep 2
    done
    i=$((i + 1))
done

# Whoever changed its address is introduced anew; a node that is known is not changed by it.
i=1
while [ "$i" -lt "$nodes" ]; do
    say 0 CLUSTER MEET "$(address "$i")" 6379 >/dev/null
    i=$((i + 1))
done
sleep 3

if say 0 CLUSTER INFO | grep -q 'cluster_slots_assigned:16384'; then
    say 0 CLUSTER INFO | grep -E 'cluster_(state|known_nodes|slots_ok)'
    exit 0
fi
primaries=$((nodes / (replicas + 1)))
i=0
while [ "$i" -lt "$primaries" ]; do
    say "$i" CLUSTER ADDSLOTSRANGE $((i * 16384 / primaries)) $(((i + 1) * 16384 / primaries - 1))
    i=$((i + 1))
done
sleep 3
while [ "$i" -lt "$nodes" ]; do
    say "$i" CLUSTER REPLICATE "$(say $((i % primaries)) CLUSTER MYID)"
    i=$((i + 1))
done
sleep 3
say 0 CLUSTER NODES
