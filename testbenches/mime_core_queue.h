// The beats that wait for a stream, and the random stalls that hold them back.
#pragma once

#include <cstdint>
#include <deque>

namespace {

// SplitMix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(uint64_t seed = 0) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

 private:
  uint64_t state_;
};

// Decides each cycle, independently of the other streams, whether a stream holds back.
class Stall {
 public:
  Stall() = default;
  Stall(double probability, uint64_t seed)
      : limit_(uint64_t(probability * 0x1p32)), random_(seed) {}
  bool draw() { return limit_ != 0 && random_.next() >> 32 < limit_; }

 private:
  uint64_t limit_ = 0;
  Random random_;
};

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
