// The target behind the accelerator's AXI4 port: it answers out of a memory, as slowly as it is told
// to, and checks every rule that the port has to keep.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "mime_accelerator_channels.h"
#include "mime_accelerator_memory.h"

namespace {

// The numbers are part of the C interface.
enum Channel { read_address, read_data, write_address, write_data, write_response, channels };

constexpr uint32_t log2_of(uint32_t number) { return number == 1 ? 0 : 1 + log2_of(number / 2); }

// A burst as it is asked for.
struct Request {
  uint64_t address = 0;
  uint32_t id = 0, length = 0, size = 0, burst = 0;

  bool operator==(const Request &other) const {
    return address == other.address && id == other.id && length == other.length &&
           size == other.size && burst == other.burst;
  }

  uint32_t beats() const { return length + 1; }

  void check(const char *channel) const {
    if (burst != 1) refuse(channel, "has burst type " + std::to_string(burst) + ", not INCR (1)");
    if (size != log2_of(beat_bytes)) {
      refuse(channel, "has size " + std::to_string(size) + "; the full width is " +
                          std::to_string(log2_of(beat_bytes)));
    }
    if (address % beat_bytes != 0) {
      refuse(channel, "does not begin at a multiple of " + std::to_string(beat_bytes) + " bytes");
    }
    if (address % 4096 + beats() * beat_bytes > 4096) refuse(channel, "crosses 4 KB");
  }

 private:
  [[noreturn]] void refuse(const char *channel, const std::string &why) const {
    break_rule(std::string(channel) + ": a burst of " + std::to_string(beats()) + " beats from " +
               hexadecimal(address) + " " + why);
  }
};

// A beat to write.
struct Word {
  Data data;
  Strobe strobe;
  bool is_last;

  bool operator==(const Word &other) const {
    return is_last == other.is_last &&
           std::memcmp(static_cast<const void *>(&data), static_cast<const void *>(&other.data),
                       sizeof data) == 0 &&
           std::memcmp(static_cast<const void *>(&strobe),
                       static_cast<const void *>(&other.strobe), sizeof strobe) == 0;
  }
};

// A burst that was asked for and has beats left.
struct Burst {
  uint64_t address = 0, ready_at = 0;
  uint32_t beats = 0, id = 0;
};

struct WriteAnswer {
  uint64_t ready_at = 0;
  uint32_t id = 0;
  uint8_t response = okay;
};

struct Timing {
  // Cycles from a request, or the last beat of a write, to its answer; at least 1.
  uint32_t read_latency = 1, write_latency = 1;
};

// A limit of `bytes` in `cycles`, which one cycle may exceed by a beat each way at the expense of
// those after it; no limit where `bytes` is 0.
class Bandwidth {
 public:
  Bandwidth() = default;
  Bandwidth(uint32_t bytes, uint32_t cycles) : bytes_(bytes), cycles_(cycles) {}
  void begin_cycle() {
    balance_ += bytes_;
    if (balance_ > bytes_) balance_ = bytes_;
  }
  bool allows() const { return bytes_ == 0 || balance_ > 0; }
  void spend_beat() { balance_ -= bytes_ == 0 ? 0 : int64_t(beat_bytes) * cycles_; }

 private:
  int64_t bytes_ = 0, cycles_ = 1, balance_ = 0;
};

struct ReadCount {
  uint64_t bursts = 0, beats = 0;
};

struct WriteCount {
  uint64_t bursts = 0, beats = 0, bytes = 0;
};

class MemoryPort {
 public:
  using Model = Vmime_accelerator;
  static constexpr uint32_t most_ids = 256;

  Memory memory;
  Timing timing;
  Bandwidth bandwidth;
  std::array<Stall, channels> stalls;
  std::array<ReadCount, most_ids> reads_of;
  WriteCount writes_of;

  // Answers bursts of different identifiers in an order drawn from `seed`, each up to 15 cycles late.
  void set_reorder(bool reorders, uint64_t seed) {
    reorders_ = reorders;
    random_ = Random(seed);
  }

  // Sets the model's inputs of a cycle, before it is evaluated with its clock low.
  void drive(Model &m, uint64_t cycle) {
    bandwidth.begin_cycle();
    const bool may_pass = bandwidth.allows();
    m.m_axi_arready = !stalls[read_address].draw() && !reads_.is_full();
    offer_data(m, cycle, may_pass);
    const bool takes_writes = writes_.count() + answers_.count() < Waiting<Burst>::capacity;
    m.m_axi_awready = !stalls[write_address].draw() && takes_writes;
    const bool has_burst = !writes_.is_empty() || m.m_axi_awready;
    m.m_axi_wready = !stalls[write_data].draw() && may_pass && has_burst;
    offer_answer(m, cycle);
  }

  // Sees what passes in the cycle, after that.
  void look(Model &m, uint64_t cycle) {
    look_at_read_address(m, cycle);
    look_at_read_data(m);
    look_at_answer(m);
    look_at_write_address(m);
    look_at_write_data(m, cycle);
  }

  // The same in the second and later cycles of a reset, where nothing may be offered.
  static void look_at_reset(const Model &m) {
    if (m.m_axi_arvalid) break_rule("m_axi_arvalid is high during reset");
    if (m.m_axi_awvalid) break_rule("m_axi_awvalid is high during reset");
    if (m.m_axi_wvalid) break_rule("m_axi_wvalid is high during reset");
  }

  static void reset(Model &m) {
    m.m_axi_arready = m.m_axi_rvalid = m.m_axi_awready = m.m_axi_wready = m.m_axi_bvalid = 0;
    m.m_axi_rid = m.m_axi_rresp = m.m_axi_rlast = m.m_axi_bid = m.m_axi_bresp = 0;
    std::memset(static_cast<void *>(&m.m_axi_rdata), 0, beat_bytes);
  }

  // Bit 2c is the valid of channel c, bit 2c + 1 its ready; bits 15...10 are the low bits of rid.
  static uint16_t handshakes(const Model &m) {
    return uint16_t(m.m_axi_arvalid | m.m_axi_arready << 1 | m.m_axi_rvalid << 2 |
                    m.m_axi_rready << 3 | m.m_axi_awvalid << 4 | m.m_axi_awready << 5 |
                    m.m_axi_wvalid << 6 | m.m_axi_wready << 7 | m.m_axi_bvalid << 8 |
                    m.m_axi_bready << 9 | (m.m_axi_rid & 63) << 10);
  }

  // What is under way, for whoever asks why nothing happens.
  std::string state() const {
    return std::to_string(reads_.count()) + " read bursts and " + std::to_string(writes_.count()) +
           " write bursts lack data, " + std::to_string(answers_.count()) +
           " write responses were not taken" + (offers_data_ ? ", rvalid waits for rready" : "") +
           (offers_answer_ ? ", bvalid waits for bready" : "");
  }

  void clear_counts() {
    reads_of = {};
    writes_of = {};
    for (Watched &one : memory.watched) one.bytes_read = one.bytes_written = 0;
  }

 private:
  uint64_t ready_at(uint64_t cycle, uint32_t latency) {
    return cycle + (latency == 0 ? 1 : latency) + (reorders_ ? random_.next() % 16 : 0);
  }

  // What is offered stays until it is taken. A burst is finished before another one begins.
  void offer_data(Model &m, uint64_t cycle, bool may_pass) {
    if (!offers_data_) {
      if (!is_reading_) {
        reading_ = reads_.choose(cycle, reorders_, random_);
        is_reading_ = reading_ != Waiting<Burst>::nobody;
      }
      offers_data_ = is_reading_ && may_pass && !stalls[read_data].draw();
      if (offers_data_) load_data(m, reads_[reading_]);
    }
    m.m_axi_rvalid = offers_data_;
  }

  void load_data(Model &m, const Burst &burst) {
    m.m_axi_rresp = memory.read(burst.address, m.m_axi_rdata);
    m.m_axi_rid = ValueOf<decltype(m.m_axi_rid)>(burst.id);
    m.m_axi_rlast = burst.beats == 1;
    bandwidth.spend_beat();
  }

  void offer_answer(Model &m, uint64_t cycle) {
    if (!offers_answer_) {
      answering_ = answers_.choose(cycle, reorders_, random_);
      offers_answer_ =
          answering_ != Waiting<WriteAnswer>::nobody && !stalls[write_response].draw();
      if (offers_answer_) {
        m.m_axi_bresp = answers_[answering_].response;
        m.m_axi_bid = ValueOf<decltype(m.m_axi_bid)>(answers_[answering_].id);
      }
    }
    m.m_axi_bvalid = offers_answer_;
  }

  void look_at_read_address(Model &m, uint64_t cycle) {
    if (!m.m_axi_arvalid && !ar_.is_held()) return;
    const Request request = {m.m_axi_araddr, m.m_axi_arid, m.m_axi_arlen, m.m_axi_arsize,
                             m.m_axi_arburst};
    if (ar_.looks_new(m.m_axi_arvalid, m.m_axi_arready, request)) request.check("m_axi_ar");
    if (!m.m_axi_arready) return;
    reads_.push({request.address, ready_at(cycle, timing.read_latency), request.beats(), request.id});
    ++reads_of[request.id].bursts;
  }

  void look_at_read_data(Model &m) {
    if (!offers_data_ || !m.m_axi_rready) return;
    offers_data_ = false;
    Burst &burst = reads_[reading_];
    ++reads_of[burst.id].beats;
    memory.count_read(burst.address);
    burst.address += beat_bytes;
    if (--burst.beats != 0) return;
    reads_.erase(reading_);
    is_reading_ = false;
  }

  void look_at_answer(Model &m) {
    if (!offers_answer_ || !m.m_axi_bready) return;
    offers_answer_ = false;
    answers_.erase(answering_);
  }

  void look_at_write_address(Model &m) {
    if (!m.m_axi_awvalid && !aw_.is_held()) return;
    const Request request = {m.m_axi_awaddr, m.m_axi_awid, m.m_axi_awlen, m.m_axi_awsize,
                             m.m_axi_awburst};
    if (aw_.looks_new(m.m_axi_awvalid, m.m_axi_awready, request)) request.check("m_axi_aw");
    if (!m.m_axi_awready) return;
    writes_.push({request.address, 0, request.beats(), request.id});
    ++writes_of.bursts;
  }

  void look_at_write_data(Model &m, uint64_t cycle) {
    if (!m.m_axi_wvalid && !w_.is_held()) return;
    const Word word = {m.m_axi_wdata, m.m_axi_wstrb, m.m_axi_wlast != 0};
    if (w_.looks_new(m.m_axi_wvalid, m.m_axi_wready, word)) check(m, word);
    if (m.m_axi_wready) take(word, cycle);
  }

  // That a beat is of a burst, which may be one that is being asked for, and the last one or not.
  void check(const Model &m, const Word &word) const {
    const bool has_burst = !writes_.is_empty();
    if (!has_burst && !m.m_axi_awvalid) {
      break_rule("m_axi_wvalid is high and no burst was asked for that lacks data");
    }
    const uint32_t left = has_burst ? writes_.front().beats : m.m_axi_awlen + 1u;
    if (word.is_last == (left == 1)) return;
    break_rule(word.is_last
                   ? "m_axi_wlast is high with " + std::to_string(left - 1) + " beats to come"
                   : "m_axi_wlast is low in the last beat of a burst");
  }

  void take(const Word &word, uint64_t cycle) {
    Burst &burst = writes_.front();
    const Lanes lanes(word.strobe);
    const uint8_t response = memory.write(burst.address, word.data, lanes);
    if (response > worst_) worst_ = response;
    memory.count_written(burst.address, lanes);
    bandwidth.spend_beat();
    ++writes_of.beats;
    writes_of.bytes += lanes.count();
    burst.address += beat_bytes;
    if (--burst.beats != 0) return;
    answers_.push({ready_at(cycle, timing.write_latency), burst.id, worst_});
    writes_.erase(0);
    worst_ = okay;
  }

  Watch<Request> ar_{"m_axi_ar"}, aw_{"m_axi_aw"};
  Watch<Word> w_{"m_axi_w"};
  Waiting<Burst> reads_, writes_;
  Waiting<WriteAnswer> answers_;
  // The burst whose data are on their way, and the answer that is offered.
  uint32_t reading_ = 0, answering_ = 0;
  bool is_reading_ = false, offers_data_ = false, offers_answer_ = false;
  // Of the burst that is being written.
  uint8_t worst_ = okay;
  bool reorders_ = false;
  Random random_;
};

}  // namespace
