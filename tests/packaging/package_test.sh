#!/usr/bin/env bash
# Installs a package in a fresh Debian 12, and goes through its life there: start, use, reload, restart, upgrade, removal,
# purge; and lets lintian judge it. No systemd runs there: boot_test.sh boots one. As root, in mount and process
# namespaces of its own (./dev package-test), so that whatever is mounted or started here is gone when it ends.
#     package_test.sh PACKAGE WORK_FOLDER
# MIRROR names another mirror than debootstrap's own. What was downloaded stays in the work folder for the next time.
set -euo pipefail

package=$1 work=$2
mirror=${MIRROR:-}
root=$work/root
state=/var/lib/private/pusherd
address=127.0.0.1:18008
uid=61234  # such as systemd makes up for DynamicUser=

step() { printf '== %s\n' "$*"; }
fail() { printf 'package-test: %s\n' "$*" >&2; exit 1; }
inside_command=(chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root
    DEBIAN_FRONTEND=noninteractive)
inside() { "${inside_command[@]}" "$@"; }

# --- a fresh Debian ---------------------------------------------------------------------------------------------------

make_base() {
    step "Fetching Debian 12"
    rm -rf "$work/base.new"
    # Its own --include does not look at versions; apt does.
    {
        debootstrap --variant=minbase bookworm "$work/base.new" ${mirror:+"$mirror"} &&
            cp /etc/resolv.conf /etc/hosts "$work/base.new/etc/" &&
            chroot "$work/base.new" apt-get update &&
            DEBIAN_FRONTEND=noninteractive chroot "$work/base.new" apt-get install --yes --no-install-recommends \
                systemd curl man-db lintian procps bash-completion
    } > "$work/debootstrap.log" 2>&1 < /dev/null || { tail -n 20 "$work/debootstrap.log"; fail "no Debian to be had"; }
    mv "$work/base.new" "$work/base"
}

mkdir -p "$work"
[[ -d $work/base ]] || make_base
rm -rf "$root"
cp -a "$work/base" "$root"
mount --bind "$root" "$root"  # a mount, so that inside its propagation can be changed
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
cp "$package" "$root/tmp/pusherd.deb"
mkdir -p "$root/var/lib/private"
chmod 700 "$root/var/lib/private"

# --- the service, as the unit has it, started by hand: there is no systemd that runs here ------------------------------

# Sees its state directory alone, as a user of its own; the socket is opened, and handed over, by systemd's own tool.
start_service() {
    cat > "$root/run/service.sh" << END
set -e
export STATE_DIRECTORY=/var/lib/pusherd
mkdir -p $state
chown -R $uid:$uid $state
chmod 700 $state
[ -e /var/lib/pusherd ] || ln -s private/pusherd /var/lib/pusherd
mkdir -p /run/state
mount --bind $state /run/state
mount -t tmpfs -o mode=755 tmpfs /var/lib/private
mkdir $state
mount --bind /run/state $state
exec setpriv --reuid=$uid --regid=$uid --clear-groups --no-new-privs --bounding-set=-all \\
    systemd-socket-activate --listen=$address --fdname=http -E STATE_DIRECTORY \\
    -E "$(sed -n 's/^Environment=//p' "$root/usr/lib/systemd/system/pusherd.service")" \\
    $(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/pusherd.service")
END
    # One process from here to the server, for the signals.
    "${inside_command[@]}" unshare --mount --propagation private sh /run/service.sh 2> "$root/run/log" &
    service=$!
    local tries=0
    until [[ $(curl -s "http://$address/health") == OK ]]; do
        kill -0 "$service" || fail "the service does not start: $(cat "$root/run/log")"
        ((++tries < 300)) || fail "the service does not answer: $(cat "$root/run/log")"
        sleep 0.1
    done
}

stop_service() {
    local status=0
    kill -TERM "$service"
    wait "$service" || status=$?
    ((status == 0)) || fail "the service ends with $status: $(cat "$root/run/log")"
}

check_owner() {
    local strangers
    strangers=$(find "$root$state" ! -uid "$uid")
    [[ -z $strangers ]] || fail "not the service's own: $strangers"
}

set_pusher() {
    curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $1" -d '{"kind":"http","app_id":"org.example.app",
        "pushkey":"'"$2"'","app_display_name":"App","device_display_name":"Phone","lang":"en",
        "data":{"url":"https://push.example.org/_matrix/push/v1/notify"}}' \
        "http://$address/_matrix/client/v3/pushers/set"
}

# --- its life ---------------------------------------------------------------------------------------------------------

step "lintian"
inside lintian --fail-on error --no-tag-display-limit --allow-root /tmp/pusherd.deb || fail "lintian finds errors"

step "Installation"
inside dpkg -i /tmp/pusherd.deb > "$work/install.log" 2>&1 || { cat "$work/install.log"; fail "it is not installed"; }
inside pusherd --version
inside pusherd-bench --version
for page in 'pusherd 1' 'pusherd.toml 5' 'pusherd-bench 1'; do
    read -r name section <<< "$page"
    [[ $(inside man --warnings "$section" "$name" 2>&1 > /dev/null) == '' ]] || fail "man has something to say about $name($section)"
    inside man "$section" "$name" | grep -q . || fail "there is no $name($section)"
done
for unit in pusherd.service pusherd.socket; do
    inside systemctl is-enabled --quiet "$unit" || fail "$unit is not enabled"
done
inside bash -c 'source /usr/share/bash-completion/bash_completion && _completion_loader pusherd; complete -p pusherd' > /dev/null ||
    fail "bash does not find the completion"

step "Units, by systemd's own tool"
said=$(inside systemd-analyze verify pusherd.service pusherd.socket pusherd-backup.timer 2>&1 | grep pusherd || true)
[[ -z $said ]] || fail "systemd-analyze verify says: $said"
inside systemd-analyze security --no-pager --offline=true --threshold=15 /usr/lib/systemd/system/pusherd.service | tail -n 1

step "A token before the first start, a start, a set"
early=$(inside pusherd token issue @early:example.org)
# As systemd moves it, when it first starts a unit with DynamicUser=.
mv "$root/var/lib/pusherd" "$root$state"
ln -s private/pusherd "$root/var/lib/pusherd"
start_service
grep -q -F "listening on $address (inherited)" "$root/run/log" || fail "it does not say that the socket is systemd's"
[[ $(set_pusher "$early" one) == 200 ]] || fail "a set is refused"
check_owner

step "Commands of root, on the service's own data"
token=$(inside pusherd token issue @alice:example.org)
[[ $(set_pusher "$token" two) == 200 ]] || fail "a set by a token that root has issued is refused"
printf 'imported-token-0123456789\t@bob:example.org\n' | inside pusherd token import - > /dev/null
[[ $(inside pusherd verify) == 'ok: '* ]] || fail "verify is not ok"
inside pusherd stat | head -n 3
check_owner
[[ -L $root/var/lib/pusherd ]] || fail "/var/lib/pusherd is no link any more"

step "Reload"
sed -i 's/^#max-pushers = 100/max-pushers = 1/' "$root/etc/pusherd/pusherd.toml"
kill -HUP "$service"
tries=0
until grep -q 'changed: max-pushers' "$root/run/log"; do
    ((++tries < 300)) || fail "no reload: $(cat "$root/run/log")"
    sleep 0.1
done
stop_service
start_service
[[ $(set_pusher "$token" three) == 400 ]] || fail "the changed file does not hold"

step "Upgrade"
inside dpkg -i /tmp/pusherd.deb > "$work/upgrade.log" 2>&1 || { cat "$work/upgrade.log"; fail "no upgrade"; }
grep -q '^max-pushers = 1' "$root/etc/pusherd/pusherd.toml" || fail "the upgrade forgot what stood in the configuration"
stop_service
start_service
curl -s -H "Authorization: Bearer $token" "http://$address/_matrix/client/v3/pushers" | grep -q '"two"' || fail "a pusher is lost"
stop_service
check_owner

step "Removal, and another installation"
inside dpkg --remove pusherd > "$work/remove.log" 2>&1 || { cat "$work/remove.log"; fail "no removal"; }
[[ ! -e $root/usr/bin/pusherd && -e $root/etc/pusherd/pusherd.toml && -e $root$state/data.mdb ]] ||
    fail "a removal keeps configuration and database, and nothing else"
inside dpkg -i /tmp/pusherd.deb > "$work/install.log" 2>&1 || { cat "$work/install.log"; fail "not installed again"; }
start_service
curl -s -H "Authorization: Bearer $token" "http://$address/_matrix/client/v3/pushers" | grep -q '"two"' || fail "a pusher is lost"
stop_service

step "Purge"
inside dpkg --purge pusherd > "$work/purge.log" 2>&1 || { cat "$work/purge.log"; fail "no purge"; }
left=$(find "$root" -xdev -name '*pusherd*' ! -path "$root/tmp/*" ! -path "$root/proc/*" ! -path "$root/var/cache/man/*")
[[ -z $left ]] || fail "a purge leaves $left"

step "All is well"
