// The beats that wait for a stream.
#pragma once

#include <cstdint>
#include <deque>

#include "harness_random.h"

namespace {

// The beats of an input stream that have not been taken yet.
class Queue {
 public:
  bool is_offered = false;
  Stall stall;

  void set_words(uint32_t words) { words_ = words; }
  uint32_t words() const { return words_; }
  // Segments whose beats have all been taken.
  uint64_t released() const { return released_; }
  bool is_empty() const { return segments_.empty(); }
  const uint32_t *front() const { return segments_.front().next; }
  void push(const uint32_t *beats, uint64_t count) { segments_.push_back({beats, count}); }
  void pop() {
    Segment &segment = segments_.front();
    segment.next += words_;
    if (--segment.left == 0) {
      segments_.pop_front();
      ++released_;
    }
  }

 private:
  struct Segment {
    const uint32_t *next;
    uint64_t left;
  };
  std::deque<Segment> segments_;
  uint64_t released_ = 0;
  uint32_t words_ = 0;
};

}  // namespace
