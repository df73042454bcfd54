#!/bin/sh
# Installs the Debian packages that the embedded host and its images are made with. What is there is left alone;
# when all are, nothing is run and nothing but one line is printed.
set -eu

packages="conntrack containerd containernetworking-plugins curl gcc iproute2 iptables libc6-dev mmdebstrap mount openssl postgresql python3 python3-pip runc util-linux"

missing=""
for package in $packages; do
  if [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
    missing="$missing $package"
  fi
done

if [ -z "$missing" ]; then
  echo "All Debian packages are installed."
  exit 0
fi

if [ "$(id -u)" != 0 ]; then
  echo "These Debian packages are missing:$missing" >&2
  echo "Run this script as root, or: sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
  exit 1
fi

echo "Installing Debian packages:$missing"
export DEBIAN_FRONTEND=noninteractive
# A machine that is starting up may hold the lock for a moment; containerd's own service is not needed, so none is started.
apt="apt-get --option DPkg::Lock::Timeout=120 --option Dpkg::Use-Pty=0"
$apt update
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT INT TERM
fi
# shellcheck disable=SC2086
$apt install --yes --no-install-recommends $missing
echo "Installed:$missing"
