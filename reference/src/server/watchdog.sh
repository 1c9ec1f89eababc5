# Waits until the test process is gone, however it went (its end of the pipe closes), then stops the server and removes
# its directory. Runs in a process group of its own, so that an interrupt at the keyboard leaves it alive.
trap '' HUP INT TERM
directory=$1
process_file="$directory/data/postmaster.pid"
while read -r _; do :; done
if [ -f "$process_file" ]; then
    read -r process <"$process_file"
    kill -QUIT "$process"
    waited=0
    while [ -f "$process_file" ] && [ "$waited" -lt 100 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
fi
tries=0
while [ -d "$directory" ] && [ "$tries" -lt 20 ]; do
    rm -rf "$directory" || sleep 0.1
    tries=$((tries + 1))
done
