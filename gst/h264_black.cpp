/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/h264_black.h"

#include <gst/codecparsers/gsth264parser.h>

#include <cstring>
#include <string_view>
#include <utility>

#include "gst/bit_writer.h"

GLIB_FREE(GstH264NalParser, gst_h264_nal_parser_free);

namespace media {

using glib::Ref;
using glib::Unique;

namespace {

using Bytes = std::vector<guint8>;
using View = std::span<const guint8>;

enum class Format { ByteStream, Avc, Avc3 };

Format format_of(const GstCaps* caps) {
  const char* text = gst_structure_get_string(gst_caps_get_structure(caps, 0), "stream-format");
  const std::string_view name = text ? text : "byte-stream";
  if (name == "avc") return Format::Avc;
  return name == "avc3" ? Format::Avc3 : Format::ByteStream;
}

/* NAL units without start code and length. */
struct Parameters {
  Bytes sps;
  Bytes pps;
};

constexpr unsigned length_size = 4;

void add_unit(Parameters& parameters, View unit) {
  if (unit.empty()) return;
  if ((unit[0] & 0x1f) == GST_H264_NAL_SPS) parameters.sps.assign(unit.begin(), unit.end());
  if ((unit[0] & 0x1f) == GST_H264_NAL_PPS) parameters.pps.assign(unit.begin(), unit.end());
}

void read_byte_stream(Parameters& parameters, View data) {
  const auto is_start = [&](size_t at) {
    return at + 3 <= data.size() && data[at] == 0 && data[at + 1] == 0 && data[at + 2] == 1;
  };
  size_t begin = 0;
  for (size_t at = 0; at <= data.size(); at++) {
    if (at < data.size() && !is_start(at)) continue;
    size_t end = at;
    while (begin > 0 && end > begin && data[end - 1] == 0) end--;
    if (begin > 0) add_unit(parameters, data.subspan(begin, end - begin));
    begin = at + 3;
  }
}

/* GST_READ_UINT32_BE wants them aligned, or undefined behaviour. */
gsize read_length(View bytes) {
  gsize length = 0;
  for (const guint8 byte : bytes) length = length << 8 | byte;
  return length;
}

void read_lengths(Parameters& parameters, View data) {
  while (data.size() > length_size) {
    const gsize size = read_length(data.first(length_size));
    data = data.subspan(length_size);
    if (size > data.size()) return;
    add_unit(parameters, data.subspan(0, size));
    data = data.subspan(size);
  }
}

/* AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.2.4.1): its sets, 16-bit lengths. False:
 * the stream's lengths are not of four bytes. */
bool read_codec_data(Parameters& parameters, View data) {
  if (data.size() < 6 || (data[4] & 3) + 1u != length_size) return false;
  unsigned count = data[5] & 0x1f;
  data = data.subspan(6);
  for (int pass = 0; pass < 2; pass++) {
    for (; count > 0 && data.size() >= 2; count--) {
      const gsize size = read_length(data.first(2));
      data = data.subspan(2);
      if (size > data.size()) return true;
      add_unit(parameters, data.subspan(0, size));
      data = data.subspan(size);
    }
    if (data.empty()) return true;
    count = data[0];
    data = data.subspan(1);
  }
  return true;
}

class Mapped {
 public:
  explicit Mapped(GstBuffer* buffer)
      : buffer_(buffer), mapped_(buffer && gst_buffer_map(buffer, &map_, GST_MAP_READ)) {}
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  ~Mapped() {
    if (mapped_) gst_buffer_unmap(buffer_, &map_);
  }
  View view() const { return mapped_ ? View(map_.data, map_.size) : View(); }

 private:
  GstBuffer* const buffer_;
  GstMapInfo map_{};
  const bool mapped_;
};

std::optional<Parameters> parameters_of(GstCaps* caps, GstBuffer* key_frame) {
  Parameters parameters;
  const GValue* codec_data = gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data");
  if (codec_data) {
    const Mapped data(gst_value_get_buffer(codec_data));
    if (!read_codec_data(parameters, data.view())) return std::nullopt;
  }
  const Mapped data(key_frame);
  if (format_of(caps) == Format::ByteStream)
    read_byte_stream(parameters, data.view());
  else
    read_lengths(parameters, data.view());
  if (parameters.sps.empty() || parameters.pps.empty()) return std::nullopt;
  return parameters;
}

/* What a slice header depends on. */
struct Stream {
  GstH264SPS sps{};
  GstH264PPS pps{};
};

void identify(GstH264NalParser* parser, Bytes& stream, GstH264NalUnit& unit) {
  gst_h264_parser_identify_nalu_unchecked(parser, stream.data(), 0, stream.size(), &unit);
}

bool parse(const Parameters& parameters, Stream& stream) {
  const Unique<GstH264NalParser> parser(gst_h264_nal_parser_new());
  Bytes text{0, 0, 0, 1};
  text.insert(text.end(), parameters.sps.begin(), parameters.sps.end());
  GstH264NalUnit unit;
  identify(parser.get(), text, unit);
  if (gst_h264_parser_parse_sps(parser.get(), &unit, &stream.sps) != GST_H264_PARSER_OK)
    return false;
  Bytes more{0, 0, 0, 1};
  more.insert(more.end(), parameters.pps.begin(), parameters.pps.end());
  identify(parser.get(), more, unit);
  return gst_h264_parser_parse_pps(parser.get(), &unit, &stream.pps) == GST_H264_PARSER_OK;
}

bool is_simple(const Stream& stream) {
  const GstH264SPS& sps = stream.sps;
  return sps.frame_mbs_only_flag && sps.chroma_format_idc == 1 && !sps.bit_depth_luma_minus8 &&
         !sps.bit_depth_chroma_minus8 && !sps.qpprime_y_zero_transform_bypass_flag &&
         !stream.pps.entropy_coding_mode_flag && stream.pps.num_slice_groups_minus1 == 0;
}

/* At this quantizer one unit of the DC coefficient is 2.5 of luma. */
constexpr int quantizer = 36;
constexpr int from_grey_to_black = -45;

void write_header(BitWriter& out, const Stream& stream) {
  const GstH264SPS& sps = stream.sps;
  const GstH264PPS& pps = stream.pps;
  out.unsigned_golomb(0); /* first_mb_in_slice */
  out.unsigned_golomb(7); /* slice_type: all are I */
  out.unsigned_golomb(pps.id);
  out.bits(0, sps.log2_max_frame_num_minus4 + 4); /* frame_num */
  out.unsigned_golomb(0);                         /* idr_pic_id */
  if (sps.pic_order_cnt_type == 0) {
    out.bits(0, sps.log2_max_pic_order_cnt_lsb_minus4 + 4);
    if (pps.pic_order_present_flag) out.signed_golomb(0);
  } else if (sps.pic_order_cnt_type == 1 && !sps.delta_pic_order_always_zero_flag) {
    out.signed_golomb(0);
    if (pps.pic_order_present_flag) out.signed_golomb(0);
  }
  if (pps.redundant_pic_cnt_present_flag) out.unsigned_golomb(0);
  out.bit(0); /* no_output_of_prior_pics_flag */
  out.bit(0); /* long_term_reference_flag */
  out.signed_golomb(quantizer - 26 - pps.pic_init_qp_minus26);
  if (pps.deblocking_filter_control_present_flag) out.unsigned_golomb(1); /* off */
}

/* Intra16x16DCLevel with one coefficient of @level (9.2), which is below -29. */
void write_dc(BitWriter& out, int level) {
  out.bits(0b000101, 6);                 /* coeff_token: one coefficient, no trailing one */
  out.bits(1, 16);                       /* level_prefix 15 */
  out.bits(-2 * level - 1 - 2 - 30, 12); /* level_suffix */
  out.bit(1);                            /* total_zeros: it is the first */
}

void write_macroblocks(BitWriter& out, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    out.unsigned_golomb(3); /* mb_type: I_16x16_2_0_0, DC prediction, DC coefficients only */
    out.unsigned_golomb(0); /* intra_chroma_pred_mode: DC */
    out.signed_golomb(0);   /* mb_qp_delta */
    if (i == 0)
      write_dc(out, from_grey_to_black);
    else
      out.bit(1); /* coeff_token: none */
  }
}

/* With emulation prevention (7.4.1). */
Bytes to_unit(guint8 header, const Bytes& payload) {
  Bytes unit{header};
  unsigned zeros = 0;
  for (const guint8 byte : payload) {
    if (zeros >= 2 && byte <= 3) {
      unit.push_back(3);
      zeros = 0;
    }
    unit.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  return unit;
}

Bytes black_slice(const Stream& stream) {
  BitWriter out;
  write_header(out, stream);
  write_macroblocks(out, (stream.sps.pic_width_in_mbs_minus1 + 1) *
                             (stream.sps.pic_height_in_map_units_minus1 + 1));
  out.end();
  return to_unit(0x65, out.bytes()); /* an IDR slice, used for reference */
}

void append(Bytes& data, Format format, const Bytes& unit) {
  Bytes start{0, 0, 0, 1};
  if (format != Format::ByteStream) GST_WRITE_UINT32_BE(start.data(), unit.size());
  data.insert(data.end(), start.begin(), start.end());
  data.insert(data.end(), unit.begin(), unit.end());
}

Ref<GstBuffer> to_buffer(Format format, const Parameters& parameters, const Bytes& slice) {
  Bytes data;
  if (format == Format::ByteStream) append(data, format, {0x09, 0x10}); /* delimiter */
  if (format != Format::Avc) {
    append(data, format, parameters.sps);
    append(data, format, parameters.pps);
  }
  append(data, format, slice);
  return Ref<GstBuffer>::adopt(gst_buffer_new_memdup(data.data(), data.size()));
}

Ref<GstBuffer> black_of(Format format, const Parameters& parameters) {
  Stream stream;
  if (!parse(parameters, stream) || !is_simple(stream)) return {};
  return to_buffer(format, parameters, black_slice(stream));
}

/* Baseline, level 3.1 (or 5.1 for what is larger), the simplest of everything. */
Bytes write_sps(unsigned width, unsigned height) {
  const unsigned columns = (width + 15) / 16;
  const unsigned rows = (height + 15) / 16;
  BitWriter out;
  out.bits(66, 8);   /* profile_idc */
  out.bits(0xc0, 8); /* constraint_set0 and 1: constrained baseline */
  out.bits(columns * rows <= 3600 ? 31 : 51, 8);
  for (int i = 0; i < 2; i++) out.unsigned_golomb(0); /* id, log2_max_frame_num_minus4 */
  out.unsigned_golomb(2);                             /* pic_order_cnt_type */
  out.unsigned_golomb(1);                             /* max_num_ref_frames */
  out.bit(0);                                         /* gaps_in_frame_num_allowed */
  out.unsigned_golomb(columns - 1);
  out.unsigned_golomb(rows - 1);
  out.bit(1); /* frame_mbs_only */
  out.bit(1); /* direct_8x8_inference */
  const bool is_cropped = width % 16 != 0 || height % 16 != 0;
  out.bit(is_cropped);
  if (is_cropped) {
    out.unsigned_golomb(0);
    out.unsigned_golomb((columns * 16 - width) / 2);
    out.unsigned_golomb(0);
    out.unsigned_golomb((rows * 16 - height) / 2);
  }
  out.bit(0); /* no VUI */
  out.end();
  return to_unit(0x67, out.bytes());
}

Bytes write_pps() {
  BitWriter out;
  for (int i = 0; i < 2; i++) out.unsigned_golomb(0); /* ids */
  out.bit(0);                                         /* CAVLC */
  out.bit(0);                                         /* no pic_order in slices */
  for (int i = 0; i < 3; i++) out.unsigned_golomb(0); /* one slice group, one reference each */
  out.bits(0, 3);                                     /* no weighted prediction */
  for (int i = 0; i < 3; i++) out.signed_golomb(0);   /* quantizers */
  out.bit(1);                                         /* deblocking_filter_control_present */
  out.bits(0, 2);
  out.end();
  return to_unit(0x68, out.bytes());
}

Ref<GstBuffer> codec_data(const Parameters& parameters) {
  Bytes data{
      1,       parameters.sps[1], parameters.sps[2], parameters.sps[3], 0xfc | (length_size - 1),
      0xe0 | 1};
  for (const Bytes* unit : {&parameters.sps, &parameters.pps}) {
    if (unit == &parameters.pps) data.push_back(1);
    data.push_back(unit->size() >> 8);
    data.push_back(unit->size() & 0xff);
    data.insert(data.end(), unit->begin(), unit->end());
  }
  return Ref<GstBuffer>::adopt(gst_buffer_new_memdup(data.data(), data.size()));
}

}  // namespace

Ref<GstBuffer> h264_black(GstCaps* caps, GstBuffer* last_key_frame) {
  const auto parameters = parameters_of(caps, last_key_frame);
  return parameters ? black_of(format_of(caps), *parameters) : Ref<GstBuffer>();
}

std::optional<H264Start> start_h264(GstCaps* caps) {
  gint width = 0;
  gint height = 0;
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  if (!gst_structure_has_name(structure, "video/x-h264") ||
      !gst_structure_get_int(structure, "width", &width) ||
      !gst_structure_get_int(structure, "height", &height) || width <= 0 || height <= 0)
    return std::nullopt;
  const Parameters parameters{write_sps(width, height), write_pps()};
  auto own = Ref<GstCaps>::adopt(gst_caps_copy(caps));
  const Format format = format_of(caps);
  if (format != Format::ByteStream)
    gst_caps_set_simple(own.get(), "codec_data", GST_TYPE_BUFFER, codec_data(parameters).get(),
                        nullptr);
  auto key_frame = black_of(format, parameters);
  if (!key_frame) return std::nullopt;
  return H264Start{std::move(own), std::move(key_frame)};
}

}  // namespace media
