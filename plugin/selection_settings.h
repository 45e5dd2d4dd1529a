/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>

#include <glib-object.h>

#include "signalling/base/result.h"
#include "signalling/core/selection.h"

namespace matrixcall {

/* What the application wants to receive. */
struct SelectionSettings {
  unsigned subscribe = (1U << 4) - 1; /* a bit for each matrix::FeedKind */
  std::string include;
  std::string exclude;
};

/* The flags of subscribe. */
GType feed_kinds_type();

/* Errors: a glob that no user id can match. */
rtc::Result<matrix::Selection> read_selection(const SelectionSettings& settings);

/* The properties of these settings. Any thread. */
enum SelectionProperty : guint { SELECT_SUBSCRIBE, SELECT_INCLUDE, SELECT_EXCLUDE, SELECT_COUNT };
GParamSpec* describe(SelectionProperty property);
void set_setting(SelectionSettings& settings, SelectionProperty property, const GValue* value);
void get_setting(const SelectionSettings& settings, SelectionProperty property, GValue* value);

}  // namespace matrixcall
