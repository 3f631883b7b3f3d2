# One backup, or a look at all of them: backup.sh full|diff|verify
set -eu
case $1 in
verify)
    pgbackrest --stanza=souk check
    pgbackrest --stanza=souk verify
    ;;
*)
    # Makes the repository's folder for this database the first time, and looks at it otherwise.
    pgbackrest --stanza=souk stanza-create
    pgbackrest --stanza=souk --type="$1" backup
    ;;
esac
pgbackrest --stanza=souk info
