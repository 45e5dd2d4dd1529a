/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What nearly every source includes, read once: half of the time that they take. */
#include <gst/gst.h>
#include <json-glib/json-glib.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>
