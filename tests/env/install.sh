# SPDX-License-Identifier: LGPL-2.1-or-later
# To be sourced. Installs what a machine lacks, and only that: Debian packages, Synapse in a Python
# environment, the browser's JavaScript. Everything not from Debian goes into a cache outside of the
# checkout, keyed by its lock file, so that another clean clone finds it there.

env_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/gst-matrix-call

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# The packages of the list that are not there. $@: its paragraphs (by default, all).
missing_packages() {
  local package command wanted=() paragraphs
  paragraphs=$(IFS='|'; echo "$*")
  while read -r package command; do
    if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
    wanted+=("$package")
  done < <(awk -v RS= "/^# (${paragraphs:-.*})\n/" "$env_dir/packages.debian" | grep -v '^#')
  comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u)
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} = 0 ] && return
  echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  as_root apt-get update -q &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# Makes $cache/$1 once: by $2 (a function) in a folder of another name, which is then renamed, so
# that a folder with the right name is always complete. Others who want it at the same time wait.
cached() {
  local target=$cache/$1 maker=$2
  [ -d "$target" ] && return
  mkdir -p "$cache"
  (
    flock 9
    [ -d "$target" ] && exit 0
    rm -rf "$target.new"
    mkdir "$target.new"
    "$maker" "$target.new" && mv "$target.new" "$target"
  ) 9>"$cache/lock"
}

digest() {
  cat "$@" | sha256sum | cut -c1-16
}

# Scripts in an environment name its Python by an absolute path, so they are not used (it is moved):
# python -m finds everything.
make_synapse() {
  echo "Installing Synapse into $cache"
  /usr/bin/python3 -m venv "$1" && "$1/bin/python" -m pip install -q --no-deps -r "$env_dir/requirements.txt"
}

make_olm() {
  /usr/bin/python3 -m venv "$1" && "$1/bin/python" -m pip install -q --no-deps -r "$env_dir/olm-requirements.txt"
}

make_node_modules() {
  echo "Installing the browser's JavaScript into $cache"
  cp "$env_dir"/node/package.json "$env_dir"/node/package-lock.json "$env_dir"/node/.npmrc "$1" &&
    (cd "$1" && npm ci --loglevel=error)
}

make_page() {
  NODE_PATH=$node_modules "$node_modules/.bin/esbuild" "$env_dir/page/peer.js" --bundle --format=iife --target=chrome120 \
    --define:global=globalThis --define:import.meta.url=location.href --log-level=error --outfile="$1/peer.js" &&
    cp "$env_dir/page/peer.html" "$node_modules/@matrix-org/matrix-sdk-crypto-wasm/pkg/matrix_sdk_crypto_wasm_bg.wasm" "$1"
}

# Says where things are by exporting SYNAPSE_PYTHON, OLM_PYTHON, NODE_MODULES and PEER_PAGE.
install_environment() {
  local synapse olm page
  synapse=synapse-$(digest "$env_dir/requirements.txt" <(/usr/bin/python3 --version))
  olm=olm-$(digest "$env_dir/olm-requirements.txt" <(/usr/bin/python3 --version))
  modules=node-$(digest "$env_dir"/node/package-lock.json <(node --version))
  page=page-$(digest "$env_dir"/node/package-lock.json "$env_dir"/page/*)
  node_modules=$cache/$modules/node_modules
  cached "$synapse" make_synapse && cached "$olm" make_olm && cached "$modules" make_node_modules && cached "$page" make_page || return
  export SYNAPSE_PYTHON=$cache/$synapse/bin/python OLM_PYTHON=$cache/$olm/bin/python NODE_MODULES=$node_modules PEER_PAGE=$cache/$page
}
