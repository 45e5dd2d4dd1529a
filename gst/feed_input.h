/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>

#include "gst/gst_ptr.h"

namespace media {

/* Where a branch of a peer delivers one track: the other side of the door between the
 * private pipeline of the connections and the user's pipeline. */
class FeedInput {
 public:
  enum class Form { Raw, Encoded };

  virtual ~FeedInput() = default;

  /* In which form the user's pipeline takes a track that is encoded as @encoded. It may
   * query what is linked. Streaming thread or loop. */
  virtual Form form_for(GstCaps* encoded) = 0;
  /* The caps among @possible (the branch can make any of them) that what is linked
   * prefers; @possible's first if it takes none. */
  virtual glib::Ref<GstCaps> choose(GstCaps* possible) = 0;

  /* Whether anybody takes what is pushed. While false the branch drops at its door and
   * decodes nothing; push() would drop it anyway. When it turns true, rebuild is called.
   * Any thread, cheap enough to be asked for each buffer. */
  virtual bool wanted() const = 0;
  /* A packet of the track came, wanted or not. Streaming thread of the branch, cheap. */
  virtual void note_packet() = 0;

  /* @upstream takes events for the connection (force-key-unit). @rebuild asks the branch to
   * ask wanted() and form_for() once more, and to change something only if their answers
   * have; it comes whenever something is linked. Both are called on any thread, that of an
   * application that links among them, and must not wait: post. Calls that are under way
   * may still come in after disconnect_branch(). Loop. */
  virtual void connect_branch(std::function<void(glib::Ref<GstEvent>)> upstream,
                              std::function<void()> rebuild) = 0;
  virtual void disconnect_branch() = 0;

  /* Streaming thread of the branch; may block as long as the user's pipeline does. Never
   * fails: what cannot be delivered is dropped. @running_time: of the connections' private
   * pipeline; NONE if the buffer has no time. */
  virtual void set_caps(GstCaps* caps) = 0;
  virtual void push(glib::Ref<GstBuffer> buffer, GstClockTime running_time) = 0;
};

}  // namespace media
