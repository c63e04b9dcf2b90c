// The memory behind the accelerator's AXI port: what is where, and what passed.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "Vmime_accelerator.h"

namespace {

template <class Port>
using ValueOf = std::remove_reference_t<Port>;

// A beat's data and strobes as the model has them: integers of up to 64 bits, else arrays of words,
// low byte first.
using Data = ValueOf<decltype(Vmime_accelerator::m_axi_rdata)>;
using Strobe = ValueOf<decltype(Vmime_accelerator::m_axi_wstrb)>;
constexpr uint32_t beat_bytes = sizeof(Data);
static_assert(sizeof(ValueOf<decltype(Vmime_accelerator::m_axi_wdata)>) == beat_bytes,
              "the data of reads and of writes are of one width");

// Of a beat; the numbers are the bus's.
enum Response : uint8_t { okay = 0, slave_error = 2, decode_error = 3 };

// The bytes from..<from + count of the address space.
struct Range {
  uint64_t from = 0, count = 0;

  bool contains_beat(uint64_t address) const {
    return count >= beat_bytes && address - from <= count - beat_bytes;
  }
  // Whether the beat has bytes of the range.
  bool meets_beat(uint64_t address) const {
    return address - from < count || (from - address < beat_bytes && count != 0);
  }
};

// The strobes of a beat as bits.
class Lanes {
 public:
  explicit Lanes(const Strobe &strobe) { std::memcpy(bits_, &strobe, sizeof strobe); }
  bool has(uint32_t lane) const { return bits_[lane / 64] >> lane % 64 & 1; }
  uint32_t count() const {
    return uint32_t(__builtin_popcountll(bits_[0]) + __builtin_popcountll(bits_[1]));
  }

 private:
  uint64_t bits_[2] = {0, 0};
};

// A range whose traffic is counted.
struct Watched {
  Range range;
  uint64_t bytes_read = 0, bytes_written = 0;
};

class Memory {
 public:
  static constexpr size_t most_watched = 64;
  std::vector<Range> broken;
  std::vector<Watched> watched;

  // `bytes` has the contents of `range`, and stays the caller's.
  void set(uint8_t *bytes, Range range) {
    bytes_ = bytes;
    range_ = range;
  }

  // A beat that is refused reads as zeros.
  Response read(uint64_t address, Data &data) const {
    const Response response = respond(address);
    if (response == okay) {
      std::memcpy(static_cast<void *>(&data), bytes_ + (address - range_.from), beat_bytes);
    } else {
      std::memset(static_cast<void *>(&data), 0, beat_bytes);
    }
    return response;
  }

  // A beat that is refused changes nothing.
  Response write(uint64_t address, const Data &data, const Lanes &lanes) {
    const Response response = respond(address);
    if (response != okay) return response;
    uint8_t *to = bytes_ + (address - range_.from);
    uint8_t from[beat_bytes];
    std::memcpy(from, static_cast<const void *>(&data), beat_bytes);
    if (lanes.count() == beat_bytes) {
      std::memcpy(to, from, beat_bytes);
    } else {
      for (uint32_t i = 0; i < beat_bytes; ++i) {
        if (lanes.has(i)) to[i] = from[i];
      }
    }
    return response;
  }

  void count_read(uint64_t address) {
    for (Watched &one : watched) {
      if (one.range.contains_beat(address)) {
        one.bytes_read += beat_bytes;
      } else if (one.range.meets_beat(address)) {
        for (uint32_t i = 0; i < beat_bytes; ++i) {
          one.bytes_read += address + i - one.range.from < one.range.count;
        }
      }
    }
  }

  void count_written(uint64_t address, const Lanes &lanes) {
    for (Watched &one : watched) {
      if (one.range.contains_beat(address)) {
        one.bytes_written += lanes.count();
      } else if (one.range.meets_beat(address)) {
        for (uint32_t i = 0; i < beat_bytes; ++i) {
          one.bytes_written += lanes.has(i) && address + i - one.range.from < one.range.count;
        }
      }
    }
  }

 private:
  Response respond(uint64_t address) const {
    for (const Range &range : broken) {
      if (range.meets_beat(address)) return slave_error;
    }
    return range_.contains_beat(address) ? okay : decode_error;
  }

  uint8_t *bytes_ = nullptr;
  Range range_;
};

}  // namespace
