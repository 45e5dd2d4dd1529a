# SPDX-License-Identifier: LGPL-2.1-or-later
# To be sourced after install.sh. Debian 13 (GStreamer 1.26) in a folder of the cache: the build, its
# tests and the pipelines of the interop tests run in there by tests/env/in_root; the homeserver and
# the browsers stay outside.

debian_root=$cache/debian-13

# The mirror and the settings of apt, names and certificates are this machine's.
make_debian() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
  echo "Installing Debian 13 into $cache (2 GB)"
  debootstrap --variant=minbase trixie "$1" "$mirror" >"$cache/debian-13.log" || return
  cp -r /etc/apt/apt.conf* "$1/etc/apt/"
  cp /etc/hosts "$1/etc/"
  echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/unsafe-io"
  printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d" # starts no services
  chmod +x "$1/usr/sbin/policy-rc.d"
  mkdir -p "$1/etc/ssl/certs"
  cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
}

install_debian() {
  if [ "$(id -u)" != 0 ]; then
    echo 'Debian 13 is installed and entered by root only' >&2
    return 1
  fi
  cached debian-13 make_debian &&
    flock "$debian_root" tests/env/in_root "$debian_root" \
      bash -c '. tests/env/install.sh && install_packages build run'
}
