# Restores the newest backup, starts it, and reads every page of it. tests/cluster/restore.py runs
# this very script.
set -eu
folder=${DATABASE_FOLDER:-/data/postgresql} sockets=${DATABASE_SOCKETS:-/var/run/postgresql}
pgbackrest --stanza=souk --archive-mode=off restore
# Only this Pod can reach it, and only by its socket.
echo 'local all all trust' >"$sockets/pg_hba.conf"
pg_ctl -D "$folder" -w -t 3600 start -o "-c listen_addresses='' -c archive_mode=off \
    -c unix_socket_directories=$sockets -c hba_file=$sockets/pg_hba.conf \
    -c shared_preload_libraries='' -c hot_standby=off"
# pg_ctl does not wait until all of the log is read; it ends this when the server has ended.
until pg_isready -q -h "$sockets"; do
    pg_ctl -D "$folder" status >/dev/null
    sleep 1
done
# Nothing to tell when no transaction ended after the backup.
psql -qAt -h "$sockets" -U postgres -d souk -c "SELECT 'restored up to ' ||
    coalesce(pg_last_xact_replay_timestamp()::text, 'the end of the backup')"
pg_dump -h "$sockets" -U postgres -d souk >/dev/null
pg_ctl -D "$folder" -m fast stop
echo "restore-test: the backup can be restored"
