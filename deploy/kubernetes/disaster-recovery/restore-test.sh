# Restores the newest backup, starts it, and reads every page of it.
set -eu
pgbackrest --stanza=souk --archive-mode=off restore
# Only this Pod can reach it, and only by its socket.
echo 'local all all trust' >/tmp/pg_hba.conf
pg_ctl -D /data/postgresql -w -t 3600 start -o "-c listen_addresses='' -c archive_mode=off \
    -c hba_file=/tmp/pg_hba.conf -c shared_preload_libraries='' -c hot_standby=off"
# pg_ctl does not wait until all of the log is read; it ends this when the server has ended.
until pg_isready -q -h /var/run/postgresql; do
    pg_ctl -D /data/postgresql status >/dev/null
    sleep 1
done
psql -qAt -h /var/run/postgresql -U postgres -d souk -c "SELECT 'restored up to ' || now()"
pg_dump -h /var/run/postgresql -U postgres -d souk >/dev/null
pg_ctl -D /data/postgresql -m fast stop
echo "restore-test: the backup can be restored"
