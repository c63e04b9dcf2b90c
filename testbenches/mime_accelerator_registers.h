// The manager at the accelerator's AXI4-Lite port: one access at a time, and every rule checked that
// the port has to keep.
#pragma once

#include <array>
#include <cstdint>

#include "mime_accelerator_channels.h"

namespace {

class RegisterPort {
 public:
  using Model = Vmime_accelerator;
  // For address, word and answer of a write, then for address and answer of a read.
  std::array<Stall, 5> stalls;

  void begin_write(Model &m, uint32_t address, uint32_t value) {
    m.s_axil_awaddr = ValueOf<decltype(m.s_axil_awaddr)>(address);
    m.s_axil_wdata = value;
    m.s_axil_wstrb = 0xf;
    address_left_ = word_left_ = answer_left_ = true;
  }

  void begin_read(Model &m, uint32_t address) {
    m.s_axil_araddr = ValueOf<decltype(m.s_axil_araddr)>(address);
    read_left_ = data_left_ = true;
  }

  bool is_done() const { return !answer_left_ && !data_left_; }
  uint32_t value() const { return value_; }
  uint32_t response() const { return response_; }

  // Sets the model's inputs of a cycle, before it is evaluated with its clock low.
  void drive(Model &m) {
    if (is_done()) return set_idle(m);
    m.s_axil_awvalid = address_left_ && (m.s_axil_awvalid || !stalls[0].draw());
    m.s_axil_wvalid = word_left_ && (m.s_axil_wvalid || !stalls[1].draw());
    m.s_axil_bready = answer_left_ && !stalls[2].draw();
    m.s_axil_arvalid = read_left_ && (m.s_axil_arvalid || !stalls[3].draw());
    m.s_axil_rready = data_left_ && !stalls[4].draw();
  }

  // Sees what passes in the cycle, after that.
  void look(Model &m) {
    if (m.s_axil_bvalid || b_.is_held()) look_at_answer(m);
    if (m.s_axil_rvalid || r_.is_held()) look_at_data(m);
    if (m.s_axil_awvalid && m.s_axil_awready) address_left_ = false;
    if (m.s_axil_wvalid && m.s_axil_wready) word_left_ = false;
    if (m.s_axil_arvalid && m.s_axil_arready) read_left_ = false;
  }

  static void reset(Model &m) {
    set_idle(m);
    m.s_axil_awaddr = m.s_axil_araddr = 0;
    m.s_axil_awprot = m.s_axil_arprot = 0;
    m.s_axil_wdata = m.s_axil_wstrb = 0;
  }

  static void look_at_reset(const Model &m) {
    if (m.s_axil_bvalid) break_rule("s_axil_bvalid is high during reset");
    if (m.s_axil_rvalid) break_rule("s_axil_rvalid is high during reset");
  }

 private:
  struct Answer {
    uint32_t value, response;
    bool operator==(const Answer &other) const {
      return value == other.value && response == other.response;
    }
  };

  static void set_idle(Model &m) {
    m.s_axil_awvalid = m.s_axil_wvalid = m.s_axil_bready = 0;
    m.s_axil_arvalid = m.s_axil_rready = 0;
  }

  void look_at_answer(Model &m) {
    const Answer answer = {0, m.s_axil_bresp};
    if (b_.looks_new(m.s_axil_bvalid, m.s_axil_bready, answer)) {
      if (address_left_ || word_left_ || !answer_left_) {
        break_rule("s_axil_bvalid is high and no write waits for its response");
      }
      check(answer);
    }
    if (!m.s_axil_bready) return;
    response_ = answer.response;
    answer_left_ = false;
  }

  void look_at_data(Model &m) {
    const Answer answer = {m.s_axil_rdata, m.s_axil_rresp};
    if (r_.looks_new(m.s_axil_rvalid, m.s_axil_rready, answer)) {
      if (read_left_ || !data_left_) {
        break_rule("s_axil_rvalid is high and no read waits for its data");
      }
      check(answer);
    }
    if (!m.s_axil_rready) return;
    value_ = answer.value;
    response_ = answer.response;
    data_left_ = false;
  }

  static void check(const Answer &answer) {
    if (answer.response == 1) break_rule("s_axil answers EXOKAY (1), which AXI4-Lite does not have");
  }

  // What the access still lacks.
  bool address_left_ = false, word_left_ = false, answer_left_ = false;
  bool read_left_ = false, data_left_ = false;
  uint32_t value_ = 0, response_ = 0;
  Watch<Answer> b_{"s_axil_b"}, r_{"s_axil_r"};
};

}  // namespace
