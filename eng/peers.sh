#!/bin/sh
# Fetches the programs that tests/Compatibility measures us against into .peers/ (git-ignored): etcd, etcdctl and
# etcdutl of Debian 13, and Python's etcd3 client for the system's own python3. Nothing is installed.
#
#   eng/peers.sh           everything; returns at once when it is there already
#   eng/peers.sh --paths   prints PATH and PYTHONPATH lines to copy
#
# Packages come through apt from the sources that this system already uses; only the suite is another one, read into
# a private apt root, so that the system's own package lists stay as they are.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
peers="$root/.peers"
suite=trixie
stamp="$peers/complete-$suite-1"

die() {
    echo "peers.sh: $*" >&2
    if [ "${KEELSON_WITHOUT_PEERS:-}" = 1 ]; then
        echo "peers.sh: KEELSON_WITHOUT_PEERS=1: tests that need real peers will be ignored" >&2
        exit 0
    fi
    echo "peers.sh: tests that need real peers fail without them; KEELSON_WITHOUT_PEERS=1 ignores them" >&2
    exit 1
}

print_paths() {
    echo "PATH=$peers/bin:\$PATH"
    echo "PYTHONPATH=$peers/python/usr/lib/python3/dist-packages"
}

# $1: folder of the private apt root, $2: suite that replaces the system's. Third-party sources are left out: they
# do not have that suite.
write_sources() {
    mkdir -p "$1/sources" "$1/lists/partial" "$1/cache/archives/partial"
    found=0
    for source in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        if [ -f "$source" ] && grep -q "[ :]$codename\b" "$source"; then
            sed "s/\b$codename\b/$2/g" "$source" > "$1/sources/$(basename "$source")"
            found=1
        fi
    done
    [ "$found" = 1 ] || die "none of this system's apt sources names its suite '$codename'"
}

# $1: folder of the private apt root, then apt-get's arguments.
private_apt() {
    private=$1
    shift
    apt-get -q -q \
        -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$private/sources" \
        -o Dir::Etc::PreferencesParts=/dev/null \
        -o Dir::State::Lists="$private/lists" -o Dir::Cache="$private/cache" \
        -o APT::Sandbox::User=root -o Debug::NoLocking=1 -o Acquire::Languages=none \
        -o Acquire::Retries=3 -o Acquire::http::Timeout=30 "$@"
}

# $1: folder with .deb files, $2: where to. Unpacked beside and moved at the end: never half a peer.
unpack() {
    rm -rf "$2.part"
    mkdir -p "$2.part"
    for package in "$1"/*.deb; do
        [ -f "$package" ] || continue
        dpkg-deb -x "$package" "$2.part" || die "cannot unpack $(basename "$package")"
    done
    rm -rf "$2"
    mv "$2.part" "$2"
}

fetch_etcd() {
    apt_root="$work/$suite"
    write_sources "$apt_root" "$suite"
    # An empty status: the newer suite's packages must not be weighed against what this system has installed.
    : > "$apt_root/status"
    private_apt "$apt_root" -o Dir::State::status="$apt_root/status" update \
        || die "cannot read the package lists of $suite through this system's apt sources"
    mkdir -p "$apt_root/packages"
    (cd "$apt_root/packages" &&
        private_apt "$apt_root" -o Dir::State::status="$apt_root/status" download etcd-server etcd-client) \
        || die "cannot download etcd-server and etcd-client of $suite"
    unpack "$apt_root/packages" "$peers/etcd"
    mkdir -p "$peers/bin"
    for program in etcd etcdctl etcdutl; do
        [ -x "$peers/etcd/usr/bin/$program" ] || die "the packages of $suite hold no $program"
        ln -sfn "../etcd/usr/bin/$program" "$peers/bin/$program"
        "$peers/bin/$program" $([ "$program" = etcd ] && echo --version || echo version) > /dev/null \
            || die "$program of $suite does not run on this system"
    done
}

# The suite of the system's own python3, and its installed packages count: only what is missing is fetched.
fetch_python_client() {
    mkdir -p "$peers/python"
    if /usr/bin/python3 -c 'import etcd3' 2> /dev/null; then
        return
    fi
    apt_root="$work/$codename"
    write_sources "$apt_root" "$codename"
    private_apt "$apt_root" update || die "cannot read the package lists of $codename"
    private_apt "$apt_root" -y --no-install-recommends --download-only install python3-etcd3 > /dev/null \
        || die "cannot download python3-etcd3 of $codename"
    unpack "$apt_root/cache/archives" "$peers/python"
    PYTHONPATH="$peers/python/usr/lib/python3/dist-packages" /usr/bin/python3 -c 'import etcd3' \
        || die "python3-etcd3 of $codename does not load in /usr/bin/python3"
}

if [ "${1:-}" = --paths ]; then
    print_paths
    exit 0
fi
if [ -f "$stamp" ]; then
    exit 0
fi
for tool in apt-get dpkg-deb sed; do
    command -v "$tool" > /dev/null || die "$tool is missing: real peers come from Debian packages"
done
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$codename" ] || die "this system does not name its Debian suite"
mkdir -p "$peers"
work="$peers/work"
rm -rf "$work"
fetch_etcd
fetch_python_client
rm -rf "$work"
: > "$stamp"
echo "peers.sh: $("$peers/bin/etcd" --version | head -n 1), in .peers/"
