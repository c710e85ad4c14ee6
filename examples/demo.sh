#!/bin/sh
# A tour: starts the echo server, sends it one of each kind with the echo client, and stops it.
# Arguments: the paths of echo_server and echo_client. Fails if any step does not end as it should.
set -eu

if [ $# -ne 2 ]; then
    echo "Usage: demo.sh path/to/echo_server path/to/echo_client" >&2
    exit 1
fi
server=$1
client=$2
time_limit=50 # seconds, for everything

umask 077
scratch=${TMPDIR:-/tmp}/wsproto-demo.$$
mkdir "$scratch"
server_log=$scratch/server.log
server_pid=
client_pid=
step_number=0

# Ends this script when it takes too long.
(
    trap 'kill $!; wait; exit' TERM
    sleep "$time_limit" &
    wait
    echo "demo.sh: out of time" >&2
    kill -TERM $$
) &
watchdog_pid=$!

clean_up() {
    for pid in $client_pid $server_pid; do
        kill -KILL "$pid" || true
    done
    kill -TERM "$watchdog_pid" || true
    wait
    rm -rf "$scratch"
} 2>/dev/null
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

fail() {
    echo "demo.sh: $1" >&2
    exit 1
}

# Prints a heading and what there is to see.
step() {
    step_number=$((step_number + 1))
    printf '\n%s. %s\n' "$step_number" "$1"
    printf '   %s\n\n' "$2"
}

# Runs the client with the given arguments and demands an exit status.
client_ends_with() {
    expected=$1
    shift
    status=0
    "$client" --timeout 10 "$@" </dev/null &
    client_pid=$!
    wait "$client_pid" || status=$?
    client_pid=
    if [ "$status" -ne "$expected" ]; then
        fail "step $step_number: echo_client ended with status $status instead of $expected"
    fi
}

# Sets `address` once the server says where it listens.
await_server() {
    tries=0
    address=
    while [ -z "$address" ]; do
        kill -0 "$server_pid" 2>/dev/null || fail "the server did not start: $(cat "$server_log")"
        [ "$tries" -lt 100 ] || fail "the server does not say where it listens"
        tries=$((tries + 1))
        sleep 0.1 2>/dev/null || sleep 1
        address=$(sed -n 's/^listening on //p' "$server_log")
    done
}

step "A server" "It takes a free port and says which."
"$server" --port 0 --verbose >"$server_log" 2>&1 &
server_pid=$!
await_server
echo "listening on $address"

step "A text message" "A handshake; a message and its echo; the closing handshake."
client_ends_with 0 --message "Hello, WebSocket! Grüße, 你好." "ws://$address/"

step "A binary message" "Any bytes will do: here, 1000 of them."
client_ends_with 0 --binary --size 1000 "ws://$address/"

step "A fragmented message" "One message in frames of at most 8 bytes, none cut inside a character."
client_ends_with 0 --fragment 8 --message "Пишите письма мелким почерком" "ws://$address/"

step "A ping" "The pong carries the same payload; then the client has nothing to say."
client_ends_with 0 --ping "ws://$address/"

step "1 MiB, compressed" "permessage-deflate: compare the bytes on the wire with the payload."
client_ends_with 0 --size 1048576 "ws://$address/"

step "1 MiB, uncompressed" "The same without it."
client_ends_with 0 --no-deflate --size 1048576 "ws://$address/"

step "A refusal" "Not every request is accepted: this server has nothing at /refuse."
client_ends_with 3 --message "never sent" "ws://$address/refuse" 2>&1

step "The end" "SIGTERM stops the server. What it has seen:"
kill -TERM "$server_pid"
status=0
wait "$server_pid" || status=$?
server_pid=
cat "$server_log"
[ "$status" -eq 0 ] || fail "echo_server ended with status $status"
printf '\nAll steps ended as they should.\n'
