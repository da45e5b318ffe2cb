# For tests that start servers; to be sourced by one that has a fail(), and a folder $work with their logs.

free_port() { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# wait_for WHAT COMMAND...: until it succeeds
wait_for() {
    local what=$1 tries=0
    shift
    until "$@" > /dev/null 2>&1; do
        ((++tries < 600)) || fail "$what does not answer; see $work"
        sleep 0.05
    done
}
