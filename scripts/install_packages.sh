# For scripts to source: installs Debian's packages, or says which are missing.

install_packages() {
    [ $# != 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        echo "missing; install Debian's packages $*" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
