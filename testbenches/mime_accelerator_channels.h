// What the channels of a bus are made of: checks of what they carry, and queues of what waits.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>

#include "harness_random.h"
#include "harness_simulation.h"

namespace {

[[noreturn]] void break_rule(const std::string &sentence) { throw Failure{protocol, sentence}; }

std::string hexadecimal(uint64_t number) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(number));
  return text;
}

// Sees to it that what is offered on a channel stays as it is until it is taken. A payload has an
// operator ==.
template <class Payload>
class Watch {
 public:
  // `channel` is the name of its ports without `valid`.
  explicit Watch(const char *channel) : channel_(channel) {}

  // Whether something is offered that was not in the cycle before.
  bool looks_new(bool valid, bool ready, const Payload &payload) {
    const bool was_held = is_held_;
    if (was_held) {
      if (!valid) break_rule(channel_ + "valid fell before " + channel_ + "ready rose");
      if (!(payload == held_)) {
        break_rule("the payload of " + channel_ + "valid changed before " + channel_ +
                   "ready rose");
      }
    }
    is_held_ = valid && !ready;
    if (is_held_ && !was_held) held_ = payload;
    return valid && !was_held;
  }

  bool is_held() const { return is_held_; }

 private:
  std::string channel_;
  bool is_held_ = false;
  Payload held_{};
};

// What waits to be answered, the oldest first. An item has an `id` and the cycle `ready_at` from
// which it may be answered.
template <class Item>
class Waiting {
 public:
  static constexpr uint32_t capacity = 256;
  static constexpr uint32_t nobody = capacity;

  bool is_full() const { return count_ == capacity; }
  bool is_empty() const { return count_ == 0; }
  uint32_t count() const { return count_; }
  Item &operator[](uint32_t index) { return items_[index]; }
  Item &front() { return items_[0]; }
  const Item &front() const { return items_[0]; }
  void push(const Item &item) { items_[count_++] = item; }
  void erase(uint32_t index) {
    --count_;
    for (; index < count_; ++index) items_[index] = items_[index + 1];
  }

  // What is answered next: the oldest, or if `reorders` the oldest of an identifier drawn from those
  // that are ready; `nobody` while none is.
  uint32_t choose(uint64_t cycle, bool reorders, Random &random) const {
    if (!reorders) return count_ != 0 && items_[0].ready_at <= cycle ? 0 : nobody;
    std::bitset<256> has_older;
    uint32_t choice = nobody, candidates = 0;
    for (uint32_t i = 0; i < count_; ++i) {
      if (has_older[items_[i].id]) continue;
      has_older.set(items_[i].id);
      if (items_[i].ready_at <= cycle && random.next() % ++candidates == 0) choice = i;
    }
    return choice;
  }

 private:
  std::array<Item, capacity> items_;
  uint32_t count_ = 0;
};

}  // namespace
