#!/usr/bin/env bash
# Boots a fresh Debian 12 in a virtual machine, and goes there from the package to a service that serves TLS, is watched
# and backed up, as docs/operations.md tells it: under a real systemd, with restarts, an upgrade, faults, further boots
# and a purge. What is done in the machine stands in boot_inside.sh. As root, in mount and process namespaces of its own
# (./dev boot-test), so that whatever is mounted or started here is gone when it ends.
#     boot_test.sh PACKAGE WORK_FOLDER
# MIRROR names another mirror than debootstrap's own. What was downloaded stays in the work folder for the next time.
set -euo pipefail

package=$1 work=$2
mirror=${MIRROR:-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
minutes=30  # a few without KVM
# What has to be there before, as the machine has no network: a system, and the tools of who operates it.
packages=(systemd-sysv dbus linux-image-cloud-amd64 initramfs-tools sudo curl openssl procps prometheus)

step() { printf '== %s\n' "$*"; }
fail() { printf 'boot-test: %s\n' "$*" >&2; exit 1; }

# --- a disk with Debian -----------------------------------------------------------------------------------------------

debian() {
    local root=$1
    # Its own --include does not look at versions; apt does.
    debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"}
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"  # nothing is started here
    chmod 755 "$root/usr/sbin/policy-rc.d"
    chroot "$root" apt-get update
    chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${packages[@]}"
    chroot "$root" systemctl disable prometheus
    chroot "$root" apt-get clean
    rm "$root/usr/sbin/policy-rc.d"
    umount "$root/dev" "$root/proc"
}

# The machine's own: its name, its disks, and the unit that runs boot_inside.sh from the second disk.
prepare() {
    local root=$1
    echo machine > "$root/etc/hostname"
    printf '127.0.0.1 localhost machine example.org\n::1 localhost\n' > "$root/etc/hosts"
    mkdir -p "$root/payload"
    printf '/dev/vda / ext4 errors=remount-ro 0 1\n/dev/vdb /payload ext4 ro 0 0\n' > "$root/etc/fstab"
    # Its output goes to a serial line of its own, so that nobody else's comes between. Not `oneshot`: a boot would not
    # be complete before it has ended.
    cat > "$root/etc/systemd/system/boot-test.service" << 'UNIT'
[Unit]
RequiresMountsFor=/payload

[Service]
Type=exec
ExecStart=/bin/bash /payload/boot_inside.sh
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS1
Environment=HOME=/root LC_ALL=C.UTF-8
WorkingDirectory=/root

[Install]
WantedBy=multi-user.target
UNIT
    chroot "$root" systemctl enable boot-test.service
}

# What a base was made by: another one is made when this changes.
recipe() { declare -p packages mirror; declare -f debian prepare; }

make_base() {
    local log=$work/debootstrap.log
    step "Fetching Debian 12"
    rm -rf --one-file-system "$work/base" "$work/base.new" "$work/root"
    mkdir "$work/base.new"
    trap 'tail -n 20 "'"$log"'"; fail "no Debian to be had"' ERR
    set -E
    debian "$work/root" > "$log" 2>&1 < /dev/null
    prepare "$work/root" >> "$log" 2>&1
    trap - ERR
    cp "$work"/root/boot/vmlinuz-* "$work/base.new/kernel"
    cp "$work"/root/boot/initrd.img-* "$work/base.new/initrd"
    mke2fs -q -t ext4 -d "$work/root" "$work/base.new/disk" 4G
    recipe > "$work/base.new/recipe"
    rm -rf --one-file-system "$work/root"
    mv "$work/base.new" "$work/base"
}

# --- what comes along -------------------------------------------------------------------------------------------------

# The package, the same one with a higher version and another unit, and what is run.
make_payload() {
    local folder=$work/payload version
    rm -rf "$folder" "$work/newer" "$work/payload.disk"
    mkdir -p "$folder"
    cp "$package" "$here/boot_inside.sh" "$folder/"
    dpkg-deb --raw-extract "$package" "$work/newer"
    version=$(dpkg-deb --field "$package" Version)
    sed -i "s/^Version: .*/Version: $version+newer/" "$work/newer/DEBIAN/control"
    sed -i 's/^WatchdogSec=.*/WatchdogSec=45s/' "$work/newer/usr/lib/systemd/system/pusherd.service"
    dpkg-deb --root-owner-group --build "$work/newer" "$folder/newer.deb" > /dev/null
    mke2fs -q -t ext4 -d "$folder" "$work/payload.disk" 64M
}

# --- the machine ------------------------------------------------------------------------------------------------------

# machine_of ACCELERATOR SECONDS KERNEL_PARAMETERS [qemu's arguments]: its second serial line is standard output
machine_of() {
    TMPDIR=$work timeout --kill-after=10 "$2" qemu-system-x86_64 -accel "$1" -cpu max -smp 2 -m 1024 \
        -nodefaults -no-user-config -display none -nic none -device virtio-rng-pci \
        -kernel "$work/base/kernel" -initrd "$work/base/initrd" \
        -append "console=ttyS0 quiet mitigations=off panic=-1 $3" \
        -serial "file:$work/console.log" -serial stdio "${@:4}" < /dev/null
}

# KVM, if a kernel gets through its start there: where the machine is a virtual one itself, there may be a /dev/kvm with
# which none does. It ends at once, as it has no init.
accelerator() {
    if [[ -w /dev/kvm ]] && machine_of kvm 20 rdinit=/none -no-reboot > "$work/kvm.log" 2>&1; then
        echo kvm
    else
        echo tcg
    fi
}

# What it writes to its first disk is forgotten when it ends.
boot() {
    machine_of "$1" $((minutes * 60)) "root=/dev/vda rw" \
        -drive "file=$work/base/disk,format=raw,if=virtio,snapshot=on" \
        -drive "file=$work/payload.disk,format=raw,if=virtio,readonly=on"
}

mkdir -p "$work"
work=$(cd "$work" && pwd)
cmp --silent "$work/base/recipe" <(recipe) || make_base
make_payload
accelerator=$(accelerator)
step "Booting, with $accelerator"
status=0
boot "$accelerator" | sed -u 's,\r$,,' | tee "$work/report.log" || status=$?
grep -q -x '== All is well' "$work/report.log" || {
    tail -n 20 "$work/console.log"
    fail "the machine ended with $status, and all was not well: $work/report.log, $work/console.log"
}
