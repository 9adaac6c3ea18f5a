#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own, which is gone when the command ends.
#
#   samples/with-postgres.sh COMMAND [ARGUMENT...]
#
# POSTGRES_URL tells the command a JDBC URL with user and password. The server has pgvector: it is Debian's where a package
# postgresql-*-pgvector is installed (Debian 12 has none), else that of the Python package pgserver, which is fetched once. It
# listens on one port of the loopback address only.
set -euo pipefail

debian() {
    local control version
    control=$(compgen -G '/usr/share/postgresql/*/extension/vector.control' | sort -V | tail -n 1)
    version=${control#/usr/share/postgresql/}
    [[ -n $control ]] && echo "/usr/lib/postgresql/${version%%/*}/bin"
}

# The package's servers do not depend on the version of Python, so any machine can take the same one.
fetched() {
    local directory=${XDG_CACHE_HOME:-$HOME/.cache}/locret/pgserver-0.1.4
    if [[ ! -d $directory ]]; then
        mkdir -p "$(dirname "$directory")"
        local scratch
        scratch=$(mktemp -d "$directory.XXXXXX")
        python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --python-version 3.11 \
            --implementation cp --abi cp311 --platform manylinux2014_x86_64 --dest "$scratch" pgserver==0.1.4 ||
            { echo "cannot fetch pgserver: needed are the network and pip (Debian: apt-get install python3-pip)" >&2; return 1; }
        (cd "$scratch" && python3 -m zipfile -e pgserver-*.whl . && rm pgserver-*.whl && chmod -R a+rX . && chmod a+x pgserver/pginstall/bin/*)
        # Two runs at once: the first one's will do.
        mv -T "$scratch" "$directory" 2>/dev/null || rm -rf "$scratch"
    fi
    echo "$directory/pgserver/pginstall/bin"
}

bin=$(debian || fetched)

work=$(mktemp -d)
# The server refuses to run as root; another user needs a copy that it may read.
as_user=()
if ((EUID == 0)); then
    as_user=(runuser -u nobody --)
    if [[ $bin != /usr/lib/* ]]; then
        cp -r "${bin%/pgserver/pginstall/bin}" "$work/server"
        bin=$work/server/pgserver/pginstall/bin
    fi
    chown nobody "$work"
fi
stop() {
    (cd / && "${as_user[@]}" "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1) || true
    rm -rf "$work"
}
trap stop EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
password=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
start() {
    cd / &&
        "${as_user[@]}" sh -c 'umask 077; printf "%s" "$1" >"$2"' sh "$password" "$work/password" &&
        "${as_user[@]}" "$bin/initdb" -D "$work/data" -U locret -A scram-sha-256 --pwfile="$work/password" -E UTF8 --no-locale >/dev/null &&
        "${as_user[@]}" "$bin/pg_ctl" -D "$work/data" -l "$work/log" -w -o "-p $port -c listen_addresses=127.0.0.1 \
            -c unix_socket_directories='' -c fsync=off" start >/dev/null
}
if ! (start); then
    [[ ! -f $work/log ]] || cat "$work/log" >&2
    exit 1
fi

POSTGRES_URL="jdbc:postgresql://127.0.0.1:$port/postgres?user=locret&password=$password" "$@"
