/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/codecs.h"

namespace media {

/* How we encode. */
struct EncoderSettings {
  unsigned bitrate = 0; /* bit/s */
  bool screen = false;  /* text and lines rather than faces */
  bool fec = true;      /* Opus in-band */
  bool dtx = false;     /* Opus: next to nothing is sent in silence */
};

/* The encoder with the highest rank that makes @codec, set for low latency and one key frame
 * at the start. nullptr: none is installed. */
glib::Ref<GstElement> make_encoder(const Codec& codec, const EncoderSettings& settings);
bool has_encoder(const Codec& codec);
/* bit/s; takes effect while it runs. */
void set_encoder_bitrate(GstElement* encoder, unsigned bitrate);
/* What the encoder is to make, so that browsers take it; "": whatever it makes. */
const char* encoded_profile(const Codec& codec);

}  // namespace media
