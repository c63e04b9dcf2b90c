// The loop of a plain C++ testbench: no queues, stalls, records or checks.
#pragma once

#include <array>
#include <cstdint>

#include "mime_core_ports.h"

namespace {

class BareLoop {
 public:
  // `counts[s]` beats of stream s stand one after another from `beats[s]`.
  BareLoop(Vmime_core &model, const uint32_t *const *beats, const uint64_t *counts)
      : model_(model) {
    prepare<activation>(beats, counts);
    prepare<weight>(beats, counts);
    prepare<channel>(beats, counts);
    prepare<threshold>(beats, counts);
  }

  uint64_t cycles() const { return cycles_; }

  // Clocks until the last result; false when `limit` cycles were not enough.
  bool run(uint64_t limit) {
    model_.result_ready = 1;
    for (bool is_last = false; !is_last; ++cycles_) {
      if (cycles_ == limit) return false;
      offer<activation>();
      offer<weight>();
      offer<channel>();
      offer<threshold>();
      model_.clk = 0;
      model_.eval();
      const bool takes[] = {ready_of<activation>(model_) != 0, ready_of<weight>(model_) != 0,
                            ready_of<channel>(model_) != 0, ready_of<threshold>(model_) != 0};
      is_last = model_.result_valid && model_.result_last;
      model_.clk = 1;
      model_.eval();
      for (int s = 0; s < input_streams; ++s) {
        if (takes[s] && next_[s] != end_[s]) next_[s] += words_[s];
      }
    }
    return true;
  }

 private:
  template <Stream S>
  void prepare(const uint32_t *const *beats, const uint64_t *counts) {
    words_[S] = beat_words<S>(model_);
    next_[S] = beats[S];
    end_[S] = beats[S] + counts[S] * words_[S];
  }

  template <Stream S>
  void offer() {
    valid_of<S>(model_) = next_[S] != end_[S];
    if (next_[S] != end_[S]) load_beat<S>(model_, next_[S]);
  }

  Vmime_core &model_;
  std::array<const uint32_t *, input_streams> next_, end_;
  std::array<uint32_t, input_streams> words_;
  uint64_t cycles_ = 0;
};

}  // namespace
