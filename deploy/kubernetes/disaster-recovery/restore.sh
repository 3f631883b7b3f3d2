# Brings the database's folder back to TARGET, and leaves a primary there that was stopped in order,
# for Patroni to start. tests/cluster/restore.py runs this very script.
set -eu
folder=${DATABASE_FOLDER:-/data/postgresql} sockets=${DATABASE_SOCKETS:-/var/run/postgresql}
if [ -f "$folder/postmaster.pid" ]; then
    echo "restore: a server has this volume open, or was killed: remove postmaster.pid to go on" >&2
    exit 1
fi
set -- --stanza=souk --delta
[ "$TARGET" = latest ] || set -- "$@" --type=time --target="$TARGET" --target-action=promote
# A restore begins a timeline, on which nothing of what came after its moment can be found again.
[ "${TIMELINE:-newest}" = newest ] || set -- "$@" --target-timeline="$TIMELINE"
pgbackrest "$@" restore
# The target is reached here: Patroni takes every target away, and would read the log to its end.
# Only this Pod can reach the server, by its socket. Archiving stays on, for the new timeline.
echo 'local all all trust' >"$sockets/pg_hba.conf"
pg_ctl -D "$folder" -w -t 3600 start -o "-c listen_addresses='' -c hot_standby=off \
    -c unix_socket_directories=$sockets -c hba_file=$sockets/pg_hba.conf \
    -c shared_preload_libraries='' -c shared_buffers=128MB"
# Until the recovery has ended nobody is let in.
until pg_isready -q -h "$sockets"; do
    if ! pg_ctl -D "$folder" status >/dev/null; then
        echo "restore: the log of timeline ${TIMELINE:-newest} ends before $TARGET" >&2
        exit 1
    fi
    sleep 1
done
psql -qAt -h "$sockets" -U postgres -d postgres -c "SELECT 'restore: restored up to ' ||
    coalesce(pg_last_xact_replay_timestamp()::text, 'the end of the backup') || ', timeline ' ||
    (SELECT timeline_id FROM pg_control_checkpoint())"
pg_ctl -D "$folder" -m fast -w -t 3600 stop
