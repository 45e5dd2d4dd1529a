/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/feed.h"

#include <utility>

#include "gst/downstream_caps.h"
#include "gst/feed_impl.h"

namespace media {

std::shared_ptr<Feed> Feed::create(glib::Ref<GstPad> pad, Settings settings) {
  GstPad* const borrowed = pad.get();
  auto impl = std::make_shared<Impl>(std::move(pad), std::move(settings));
  install_feed_pad_functions(borrowed, impl);
  return std::shared_ptr<Feed>(new Feed(std::move(impl)));
}

Feed::Feed(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Feed::~Feed() = default;

void Feed::start() {
  impl_->start();
}

void Feed::send_sticky(glib::Ref<GstEvent> event) {
  impl_->send_sticky(std::move(event));
}

void Feed::set_muted(bool muted) {
  impl_->set_muted(muted);
}

void Feed::describe(const ActivityNews& news) {
  impl_->describe(news);
}

void Feed::set_muted_output(MutedOutput output) {
  impl_->set_muted_output(output);
}

void Feed::end(const std::string& reason) {
  impl_->end(reason);
}

void Feed::set_paused(bool paused) {
  impl_->set_paused(paused);
}

void Feed::set_latency(GstClockTime latency) {
  impl_->set_latency(latency);
}

void Feed::stop() {
  impl_->stop();
}

FeedInput::Form Feed::form_for(GstCaps* encoded) {
  GstPad* pad = impl_->pad();
  switch (impl_->output()) {
    case Output::Raw:
      return Form::Raw;
    case Output::Encoded:
      return Form::Encoded;
    case Output::Auto:
      break;
  }
  return !gst_pad_is_linked(pad) || takes(pad, encoded) ? Form::Encoded : Form::Raw;
}

glib::Ref<GstCaps> Feed::choose(GstCaps* possible) {
  return first_taken(impl_->pad(), possible);
}

bool Feed::wanted() const {
  return impl_->is_wanted();
}

void Feed::note_packet() {
  impl_->note_packet();
}

void Feed::connect_branch(std::function<void(glib::Ref<GstEvent>)> upstream,
                          std::function<void()> rebuild) {
  impl_->connect_branch(std::move(upstream), std::move(rebuild));
}

void Feed::disconnect_branch() {
  impl_->disconnect_branch();
}

void Feed::set_caps(GstCaps* caps) {
  impl_->set_caps(caps);
}

void Feed::push(glib::Ref<GstBuffer> buffer, GstClockTime running_time) {
  impl_->push(std::move(buffer), running_time);
}

}  // namespace media
