// Random stalls, reproducible by their seed.
#pragma once

#include <cstdint>

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

// Decides each cycle, independently of the others, whether a stream or a channel holds back.
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

}  // namespace
