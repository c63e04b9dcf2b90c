// The ports of a verilated mime_core as streams of beats, whatever their widths.
//
// A beat is an array of 32-bit words: the payload ports of its stream in the order of docs/core.md,
// each in ceil(width / 32) words, low word first.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "Vmime_core.h"
#include "verilated.h"

namespace {

// The numbers are part of the C interface.
enum Stream { activation, weight, channel, threshold, input_streams, result = input_streams };

template <class Port>
constexpr uint32_t words_of = (sizeof(Port) + 3) / 4;

template <class Port>
void load(Port &port, const uint32_t *&words) {
  if constexpr (!std::is_integral_v<Port>) {
    std::memcpy(&port, words, sizeof(Port));
  } else if constexpr (sizeof(Port) == 8) {
    port = words[0] | uint64_t(words[1]) << 32;
  } else {
    port = Port(words[0]);
  }
  words += words_of<Port>;
}

template <class Port>
void store(const Port &port, uint32_t *&words) {
  if constexpr (!std::is_integral_v<Port>) {
    std::memcpy(words, &port, sizeof(Port));
  } else {
    words[0] = uint32_t(port);
    if constexpr (sizeof(Port) == 8) words[1] = uint32_t(port >> 32);
  }
  words += words_of<Port>;
}

// Calls `use` with the payload ports of stream S.
template <Stream S, class Use>
auto with_payload(Vmime_core &m, Use use) {
  if constexpr (S == activation) {
    return use(m.act_data, m.act_nonzero, m.act_live, m.act_first, m.act_last, m.act_final);
  } else if constexpr (S == weight) {
    return use(m.weight_data, m.weight_live);
  } else if constexpr (S == channel) {
    return use(m.channel_bias, m.channel_mult, m.channel_shift, m.channel_live);
  } else if constexpr (S == threshold) {
    return use(m.threshold_data, m.threshold_task, m.threshold_live);
  } else {
    return use(m.result_acc, m.result_mask, m.result_act, m.result_nonzero, m.result_live,
               m.result_task, m.result_last);
  }
}

template <Stream S>
CData &valid_of(Vmime_core &m) {
  if constexpr (S == activation) return m.act_valid;
  else if constexpr (S == weight) return m.weight_valid;
  else if constexpr (S == channel) return m.channel_valid;
  else if constexpr (S == threshold) return m.threshold_valid;
  else return m.result_valid;
}

template <Stream S>
CData &ready_of(Vmime_core &m) {
  if constexpr (S == activation) return m.act_ready;
  else if constexpr (S == weight) return m.weight_ready;
  else if constexpr (S == channel) return m.channel_ready;
  else if constexpr (S == threshold) return m.threshold_ready;
  else return m.result_ready;
}

template <Stream S>
uint32_t beat_words(Vmime_core &m) {
  return with_payload<S>(m, [](auto &...ports) {
    return (0 + ... + words_of<std::remove_reference_t<decltype(ports)>>);
  });
}

template <Stream S>
void load_beat(Vmime_core &m, const uint32_t *words) {
  with_payload<S>(m, [&](auto &...ports) { (load(ports, words), ...); });
}

void store_result(Vmime_core &m, uint32_t *words) {
  with_payload<result>(m, [&](auto &...ports) { (store(ports, words), ...); });
}

}  // namespace
