#!/bin/sh
# Calls the echo programs in ways that they do not understand: each ends at once with status 1, and
# says what is wrong. Arguments: the paths of echo_server and echo_client.
set -eu

if [ $# -ne 2 ]; then
    echo "Usage: called_wrongly.sh path/to/echo_server path/to/echo_client" >&2
    exit 1
fi
server=$1
client=$2

# Runs a program with the arguments behind the first two, and demands a status and what it says last.
ends_with() {
    expected_status=$1
    expected_line=$2
    shift 2
    status=0
    said=$("$@" </dev/null 2>&1) || status=$?
    last_line=$(printf '%s\n' "$said" | tail -n 1)
    if [ "$status" -ne "$expected_status" ] || [ "$last_line" != "$expected_line" ]; then
        echo "called_wrongly.sh: $*: status $status, and says: $last_line" >&2
        exit 1
    fi
}

server_complains() {
    complaint=$1
    shift
    ends_with 1 "echo_server: $complaint" "$server" "$@"
}

client_complains() {
    complaint=$1
    shift
    ends_with 1 "echo_client: $complaint" "$client" "$@"
}

server_complains "--port: not a number in range: '70000'" --port 70000
server_complains "--max-message: not a number in range: '-1'" --max-message -1
server_complains "see echo_server --help" --nonsense
server_complains "see echo_server --help" --port
server_complains "unexpected: more" more

client_complains "--size: not a number in range: 'x'" --size x ws://localhost
client_complains "--size: more than 1 GiB" --size 1073741825 ws://localhost
client_complains "--timeout: not a number in range: '70000'" --timeout 70000 ws://localhost
client_complains "--header: 'Name: value' is expected" --header x ws://localhost
client_complains "see echo_client --help" --nonsense
client_complains "one URL is expected; see echo_client --help"
client_complains "one URL is expected; see echo_client --help" ws://localhost ws://localhost
client_complains "port: not a number in range: '99999'" ws://localhost:99999
client_complains "--echo sends nothing of its own: leave out --message, --size and --ping" \
    --echo --ping ws://localhost

# What stands behind --help is not looked at.
ends_with 0 "Exit status: 0 stopped by a signal, 1 wrong usage, 2 cannot listen." \
    "$server" --help --nonsense
ends_with 0 "back what it was sent." "$client" --help --nonsense
