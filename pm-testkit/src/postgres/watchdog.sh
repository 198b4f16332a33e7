# Runs one PostgreSQL cluster for as long as standard input stays open.
#
# The starting process holds the other end of that pipe, so the kernel closes it however the process ends, SIGKILL
# included: static values are never dropped, but the cluster and its directory still go away.
#
# Argument: the folder of the PostgreSQL programs. Prints the cluster's directory, then `ready`, or `failed` and the log.
set -eu
umask 077
programs=$1
directory=$(mktemp -d /tmp/pm-postgres-XXXXXX)
log=$directory/log
data=$directory/data
server=

finish() {
    if [ -n "$server" ]; then
        kill -QUIT "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    rm -rf "$directory"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

fail() {
    echo failed
    cat "$log"
    exit 1
}

make_cluster() {
    "$programs/initdb" -D "$data" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync &&
        cat "$directory/settings" >>"$data/postgresql.conf"
}

echo "$directory"
# The data live for minutes: durability would only cost time. WAL is kept small because each test has its own database.
cat >"$directory/settings" <<SETTINGS
listen_addresses = ''
port = 5432
unix_socket_directories = '$directory'
max_connections = 200
fsync = off
full_page_writes = off
synchronous_commit = off
max_wal_size = '64MB'
min_wal_size = '32MB'
SETTINGS
make_cluster </dev/null >>"$log" 2>&1 || fail
# A child of this shell, not of `pg_ctl`: nobody else would be sure to take the ended process off the system's list.
"$programs/postgres" -D "$data" </dev/null >>"$log" 2>&1 &
server=$!
until grep -q '^ready' "$data/postmaster.pid" 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || fail
    sleep 0.02
done
echo ready
while read -r _; do :; done
