#!/bin/sh
# Joins a server and a client: starts the server, runs the client with the port that the server
# prints, stops the server. Fails if either of them does, and shows then what the server said.
#
#   run.sh SERVER CLIENT plain|deflate|limited [ARGUMENT OF THE CLIENT]...
#   run.sh SERVER .../echo_client plain|deflate PATH STATUS      the client is the echo, and ends so
#
# A script is run by an interpreter that has the library it is named after; none: status 77.
set -eu

server=$1
client=$2
mode=$3
shift 3

export PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1

skip() {
    echo "skipped: $1"
    exit 77
}

python_with() {
    for python in /usr/bin/python3 python3; do
        if "$python" -c "import $1" 2>/dev/null; then return; fi
    done
    skip "no python3 has the module $1 (Debian: python3-$1)"
}

# Debian's modules first, then those that npm has installed for all.
node_with() {
    for NODE_PATH in /usr/share/nodejs "$(npm root -g 2>/dev/null)"; do
        export NODE_PATH
        if (cd / && node -e "require('$1')" 2>/dev/null); then return; fi
    done
    skip "no node has the module $1 (Debian: nodejs and node-$1)"
}

# Sets `interpreter` for a program. The library is what its name begins with.
find_interpreter() {
    library=$(basename "$1")
    library=${library%%_*}
    case $1 in
        *.py) python_with "$library" && interpreter=$python ;;
        *.js) node_with "$library" && interpreter=node ;;
        *) interpreter=env ;;
    esac
}

start_server() {
    find_interpreter "$server"
    case $(basename "$server") in
        echo_server)
            set -- --port 0
            if [ "$mode" = plain ]; then set -- "$@" --no-deflate; fi
            ;;
        *) set -- "$mode" ;;
    esac
    : >"$directory/server"
    "$interpreter" "$server" "$@" >>"$directory/server" 2>&1 &
    server_id=$!
}

# Waits for at most ten seconds for a line of the server, and sets `said` to its part \1.
await_server() {
    tries=100
    until said=$(sed -n "s/^$1\$/\1/p" "$directory/server") && [ -n "$said" ]; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ] || ! kill -0 "$server_id" 2>/dev/null; then return 1; fi
        sleep 0.1
    done
}

find_port() {
    await_server 'listening on .*:\([0-9]*\)'
    port=$said
}

run_client() {
    case $(basename "$client") in
        echo_client)
            set -- "ws://127.0.0.1:$port$1" "$2"
            if [ "$mode" = plain ]; then set -- "$@" --no-deflate; fi
            url=$1 expected=$2 status=0
            shift 2
            "$client" --echo "$@" "$url" || status=$?
            [ "$status" -eq "$expected" ] && await_server '\(satisfied\)'
            ;;
        *) "$client_interpreter" "$client" "$port" "$mode" "$@" ;;
    esac
}

# A server that runs until it is stopped ends with 143, or 0. What it found wrong has ended it.
stop_server() {
    kill "$server_id" 2>/dev/null || true
    status=0
    wait "$server_id" 2>/dev/null || status=$?
    server_id=
    [ "$status" -eq 143 ] || [ "$status" -eq 0 ]
}

clean_up() {
    if [ -n "${server_id-}" ]; then kill "$server_id" 2>/dev/null || true; fi
    rm -rf "$directory"
}

directory=$(mktemp -d)
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

find_interpreter "$client"
client_interpreter=$interpreter
start_server

failures=
find_port || failures="$failures, the server does not listen"
if [ -n "$port" ]; then
    run_client "$@" || failures="$failures, the client failed"
fi
stop_server || failures="$failures, the server ended with $status"

if [ -n "$failures" ]; then
    echo "FAILED: ${failures#, }; the server said:"
    cat "$directory/server"
    exit 1
fi
