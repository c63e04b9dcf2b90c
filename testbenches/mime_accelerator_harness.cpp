// Clocks a verilated mime_accelerator behind a C interface, so that a program can load it and drive
// it: through its registers (AXI4-Lite), its memory (AXI4) and its interrupt.
//
// The harness is the memory behind the AXI4 port; its bytes are the caller's and are read and written
// in place. Every function that can fail returns a Status; after `failed`, mime_accelerator_failure
// tells why and the accelerator can only be destroyed. A broken rule of AXI is a failure.
//
// Needs the model's prefix to be Vmime_accelerator, whatever the module's name, and the definitions
// of harness_simulation.h.

#include <cstdint>
#include <string>
#include <vector>

#include "harness_simulation.h"
#include "mime_accelerator_port.h"
#include "mime_accelerator_registers.h"

namespace {

constexpr uint32_t interface_version = 1;
// Cycles within which an access to a register has to be answered.
constexpr uint32_t register_limit = 10000;
// The numbers are part of the C interface, and so is `failed`.
enum Status { ran_cycles, saw_interrupt };

}  // namespace

struct mime_accelerator : Simulation<Vmime_accelerator> {
  MemoryPort port;
  RegisterPort registers;
  std::vector<uint16_t> port_trace;
  bool records_ports = false;
  // In the last cycle.
  bool interrupt = false;
  std::string state;

  void start(uint32_t x_seed) {
    make_model("mime_accelerator", x_seed);
    MemoryPort::reset(*model);
    RegisterPort::reset(*model);
    model->rst = 1;
    for (int i = 0; i < reset_cycles; ++i) {
      evaluate_low();
      if (i > 0) MemoryPort::look_at_reset(*model), RegisterPort::look_at_reset(*model);
      evaluate_high();
    }
    model->rst = 0;
    cycle = 0;
  }

  int run(uint64_t cycles, bool until_interrupt) {
    for (; cycles > 0; --cycles) {
      step();
      if (interrupt && until_interrupt) return saw_interrupt;
    }
    return ran_cycles;
  }

  int write_register(uint32_t address, uint32_t value) {
    registers.begin_write(*model, address, value);
    return finish_access("write to", address);
  }

  int read_register(uint32_t address) {
    registers.begin_read(*model, address);
    return finish_access("read of", address);
  }

 private:
  void step() {
    Vmime_accelerator &m = *model;
    port.drive(m, cycle);
    registers.drive(m);
    evaluate_low();
    // The outputs belong to the cycle that the coming edge ends, so they are looked at before it.
    interrupt = m.irq;
    port.look(m, cycle);
    registers.look(m);
    if (records_ports) port_trace.push_back(MemoryPort::handshakes(m));
    evaluate_high();
  }

  int finish_access(const char *what, uint32_t address) {
    for (uint32_t i = 0; i < register_limit; ++i) {
      step();
      if (registers.is_done()) return ran_cycles;
    }
    throw Failure{no_answer, "a " + std::string(what) + " register " + hexadecimal(address) +
                                 " got no answer within " + std::to_string(register_limit) +
                                 " cycles"};
  }
};

// ---- The C interface ----

// Compared by the program that loads the library before it calls anything else.
EXPORT uint32_t mime_accelerator_interface_version() { return interface_version; }

// An accelerator after reset, its registers first filled from `x_seed`. It may have failed already.
EXPORT mime_accelerator *mime_accelerator_create(uint32_t x_seed) {
  auto *made = new mime_accelerator;
  made->guarded([&] { return made->start(x_seed), ran_cycles; });
  return made;
}

EXPORT void mime_accelerator_destroy(mime_accelerator *self) { delete self; }

// Why it failed, in one line that lives as long as it does; empty when it did not.
EXPORT const char *mime_accelerator_failure(mime_accelerator *self, int32_t *kind) {
  *kind = self->failure.kind;
  return self->failure.message.c_str();
}

// Bytes of a beat of the AXI4 port.
EXPORT uint32_t mime_accelerator_beat_bytes() { return beat_bytes; }

// ---- The memory ----

// `memory` has the bytes first..<first + bytes of the address space and stays the caller's. Beats that
// are not all inside read as zeros, change nothing and are answered with DECERR (3).
EXPORT void mime_accelerator_set_memory(mime_accelerator *self, uint8_t *memory, uint64_t first,
                                        uint64_t bytes) {
  self->port.memory.set(memory, {first, bytes});
}

// Beats with bytes of address..<address + bytes are answered with SLVERR (2) from now on; they read as
// zeros and change nothing.
EXPORT void mime_accelerator_set_broken(mime_accelerator *self, uint64_t address, uint64_t bytes) {
  self->port.memory.broken.push_back({address, bytes});
}

EXPORT void mime_accelerator_clear_broken(mime_accelerator *self) {
  self->port.memory.broken.clear();
}

// Cycles from a request, or the last beat of a write, to its answer, at least 1; and the bytes that
// pass in some cycles, reads and writes together, 0 for as many as the bus can.
EXPORT void mime_accelerator_set_timing(mime_accelerator *self, uint32_t read_latency,
                                        uint32_t write_latency, uint32_t bytes, uint32_t cycles) {
  self->port.timing = {read_latency, write_latency};
  self->port.bandwidth = Bandwidth(bytes, cycles);
}

// Every channel of both buses holds back with `probability` in each cycle, drawn from `seed`.
EXPORT void mime_accelerator_set_stalls(mime_accelerator *self, double probability, uint64_t seed) {
  Random seeds(seed);
  for (Stall &stall : self->port.stalls) stall = Stall(probability, seeds.next());
  for (Stall &stall : self->registers.stalls) stall = Stall(probability, seeds.next());
}

// If `reorders`, each burst is answered up to 15 cycles later, and bursts of different identifiers in
// an order drawn from `seed`. Those of one identifier stay in order, and beats of different bursts
// are never mixed.
EXPORT void mime_accelerator_set_reorder(mime_accelerator *self, uint32_t reorders, uint64_t seed) {
  self->port.set_reorder(reorders != 0, seed);
}

// ---- Running ----

// Clocks until `cycles` have passed, or one with the interrupt raised if `until_interrupt`.
EXPORT int32_t mime_accelerator_run(mime_accelerator *self, uint64_t cycles,
                                    uint32_t until_interrupt) {
  return self->guarded([&] { return self->run(cycles, until_interrupt != 0); });
}

// Cycles since reset.
EXPORT uint64_t mime_accelerator_cycle(mime_accelerator *self) { return self->cycle; }

// Whether the interrupt was raised in the last cycle.
EXPORT uint32_t mime_accelerator_interrupt(mime_accelerator *self) { return self->interrupt; }

// Clocks until the access is answered; `response` is 0 for OKAY, 2 for SLVERR, 3 for DECERR.
EXPORT int32_t mime_accelerator_write_register(mime_accelerator *self, uint32_t address,
                                               uint32_t value, uint32_t *response) {
  return self->guarded([&] {
    const int status = self->write_register(address, value);
    *response = self->registers.response();
    return status;
  });
}

EXPORT int32_t mime_accelerator_read_register(mime_accelerator *self, uint32_t address,
                                              uint32_t *value, uint32_t *response) {
  return self->guarded([&] {
    const int status = self->read_register(address);
    *value = self->registers.value();
    *response = self->registers.response();
    return status;
  });
}

// ---- Observation ----

// What the AXI4 port is doing, in words that live until the next call.
EXPORT const char *mime_accelerator_state(mime_accelerator *self) {
  self->state = self->port.state();
  return self->state.c_str();
}

// Bursts asked for and beats that passed with the identifier `id`, 0...255.
EXPORT void mime_accelerator_read_counts(mime_accelerator *self, uint32_t id, uint64_t *bursts,
                                         uint64_t *beats) {
  *bursts = self->port.reads_of[id].bursts;
  *beats = self->port.reads_of[id].beats;
}

// Bursts asked for, beats that passed, and bytes whose strobes were set.
EXPORT void mime_accelerator_write_counts(mime_accelerator *self, uint64_t *bursts, uint64_t *beats,
                                          uint64_t *bytes) {
  *bursts = self->port.writes_of.bursts;
  *beats = self->port.writes_of.beats;
  *bytes = self->port.writes_of.bytes;
}

// Zeroes the counts of reads, writes and ranges.
EXPORT void mime_accelerator_clear_counts(mime_accelerator *self) { self->port.clear_counts(); }

// Counts the bytes read and written in first..<first + bytes from now on; the number of the range, or
// -1 where there are 64 already.
EXPORT int32_t mime_accelerator_add_range(mime_accelerator *self, uint64_t first, uint64_t bytes) {
  auto &watched = self->port.memory.watched;
  if (watched.size() == Memory::most_watched) return -1;
  watched.push_back({{first, bytes}, 0, 0});
  return int32_t(watched.size()) - 1;
}

EXPORT void mime_accelerator_clear_ranges(mime_accelerator *self) {
  self->port.memory.watched.clear();
}

EXPORT void mime_accelerator_traffic(mime_accelerator *self, uint32_t range, uint64_t *bytes_read,
                                     uint64_t *bytes_written) {
  *bytes_read = self->port.memory.watched[range].bytes_read;
  *bytes_written = self->port.memory.watched[range].bytes_written;
}

// Records the handshakes of each cycle from now on, or stops. Bit 2c is the valid of channel c (0 AR,
// 1 R, 2 AW, 3 W, 4 B), bit 2c + 1 its ready; bits 15...10 are the low bits of rid.
EXPORT void mime_accelerator_record_ports(mime_accelerator *self, uint32_t records) {
  self->records_ports = records != 0;
}

EXPORT const uint16_t *mime_accelerator_port_trace(mime_accelerator *self, uint64_t *cycles) {
  *cycles = self->port_trace.size();
  return self->port_trace.data();
}

EXPORT void mime_accelerator_clear_port_trace(mime_accelerator *self) { self->port_trace.clear(); }

// Writes the waves of the cycles from..<to to `path`; `failed` without a failure when the model was
// built without waves or the file cannot be written.
EXPORT int32_t mime_accelerator_dump_waves(mime_accelerator *self, const char *path, uint64_t from,
                                           uint64_t to) {
  return self->dump_waves(path, from, to);
}
