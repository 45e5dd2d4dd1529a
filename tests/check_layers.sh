#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who may include what. Prints each include that breaks a rule.
cd "$1" || exit 2
bad() { # folder, pattern of forbidden includes, [pattern of exceptions]
  grep -rnE "^#include [<\"]($2)" "$1" | grep -vE "[<\"](${3:-^$})" && found=1
}
bad signalling 'gst/|plugin/'
bad signalling/base 'signalling/|libsoup/|olm/|sqlite3|json-glib/' 'signalling/base/'
bad signalling/core 'libsoup/|olm/|sqlite3|signalling/' 'signalling/(base|core)/'
bad signalling/crypto 'libsoup/|sqlite3|signalling/' 'signalling/(base|core|crypto)/'
bad signalling/client 'olm/|signalling/' 'signalling/(base|core|crypto|client)/'
bad gst 'plugin/|libsoup/|olm/|sqlite3|signalling/' 'signalling/base/'
grep -rnE '^#include <json-glib/' gst | grep -vE '^gst/(manifest|roster)\.' && found=1
exit ${found:-0}
