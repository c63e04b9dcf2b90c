// Clocks a verilated mime_core behind a C interface, so that a program can load it and drive it.
//
// A beat is an array of 32-bit words: the payload ports of its stream in the order of docs/core.md,
// each in ceil(width / 32) words, low word first. Beats are read where the caller keeps them and
// must stay there until the stream has released their segment. Every function that can fail returns
// a Status; after `failed`, mime_core_failure tells why and the core can only be destroyed.
//
// Needs the model's prefix to be Vmime_core, and the definitions of harness_simulation.h.

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "harness_simulation.h"
#include "mime_core_bare_loop.h"
#include "mime_core_ports.h"
#include "mime_core_queue.h"

namespace {

constexpr uint32_t interface_version = 1;
// The numbers are part of the C interface, and so is `failed`.
enum Status { ran_cycles, saw_last_result, needs_input };

}  // namespace

struct mime_core : Simulation<Vmime_core> {
  std::array<Queue, input_streams> queues;
  Stall result_stall;
  uint32_t result_words = 0;
  std::vector<uint32_t> results;
  // The result that was offered and not taken in the cycle before; empty when there was none.
  std::vector<uint32_t> held, offered;
  std::vector<uint16_t> port_trace;
  bool records_ports = false;

  void start(uint32_t x_seed) {
    make_model("mime_core", x_seed);
    set_words<activation>();
    set_words<weight>();
    set_words<channel>();
    set_words<threshold>();
    result_words = beat_words<result>(*model);
    held.reserve(result_words);
    offered.resize(result_words);
    model->result_ready = 0;
    set_layer(0, 0, 0, 0);
    model->hold = 0;
    model->event_clear = 0;
    model->event_select = 0;
    model->event_task = 0;
    model->rst = 1;
    for (int i = 0; i < reset_cycles; ++i) evaluate_low(), evaluate_high();
    model->rst = 0;
    cycle = 0;
  }

  void set_layer(uint32_t is_signed, uint32_t is_raw, uint64_t clamp_low, uint64_t clamp_high) {
    model->layer_signed = is_signed;
    model->layer_raw = is_raw;
    const uint32_t words[] = {uint32_t(clamp_low), uint32_t(clamp_low >> 32),
                              uint32_t(clamp_high), uint32_t(clamp_high >> 32)};
    const uint32_t *low = words, *high = words + 2;
    load(model->layer_clamp_low, low);
    load(model->layer_clamp_high, high);
  }

  int run(uint64_t cycles, uint32_t open, bool stops_after_last) {
    for (; cycles > 0; --cycles) {
      for (int s = 0; s < input_streams; ++s) {
        if (open >> s & 1 && queues[s].is_empty()) return needs_input;
      }
      if (step() && stops_after_last) return saw_last_result;
    }
    return ran_cycles;
  }

 private:
  template <Stream S>
  void set_words() {
    std::vector<uint32_t> zeros(beat_words<S>(*model));
    queues[S].set_words(uint32_t(zeros.size()));
    load_beat<S>(*model, zeros.data());
    valid_of<S>(*model) = 0;
  }

  // One clock cycle; whether it took the layer's last result.
  bool step() {
    offer<activation>();
    offer<weight>();
    offer<channel>();
    offer<threshold>();
    model->result_ready = !result_stall.draw();
    evaluate_low();
    // The ready signals belong to the cycle that the coming edge ends, so they are read before it.
    const std::array<bool, input_streams> taken = {takes<activation>(), takes<weight>(),
                                                   takes<channel>(), takes<threshold>()};
    const bool is_last = take_result();
    if (records_ports) port_trace.push_back(handshakes());
    evaluate_high();
    for (int s = 0; s < input_streams; ++s) {
      if (!taken[s]) continue;
      queues[s].pop();
      queues[s].is_offered = false;
    }
    return is_last;
  }

  // Raises valid unless the stream holds back; a beat once offered stays until it is taken.
  template <Stream S>
  void offer() {
    Queue &queue = queues[S];
    if (queue.is_offered) return;
    queue.is_offered = !queue.is_empty() && !queue.stall.draw();
    valid_of<S>(*model) = queue.is_offered;
    if (queue.is_offered) load_beat<S>(*model, queue.front());
  }

  template <Stream S>
  bool takes() {
    return queues[S].is_offered && ready_of<S>(*model);
  }

  bool take_result() {
    Vmime_core &m = *model;
    if (!held.empty()) check_held();
    if (!m.result_valid) return false;
    if (!m.result_ready) {
      held.resize(result_words);
      store_result(m, held.data());
      return false;
    }
    const size_t end = results.size();
    results.resize(end + result_words);
    store_result(m, results.data() + end);
    return m.result_last;
  }

  void check_held() {
    if (!model->result_valid) {
      throw Failure{protocol, "result_valid fell before the beat was taken"};
    }
    store_result(*model, offered.data());
    if (held != offered) throw Failure{protocol, "a result changed before it was taken"};
    held.clear();
  }

  template <Stream S>
  uint16_t handshake() {
    return uint16_t((valid_of<S>(*model) | ready_of<S>(*model) << 1) << 2 * S);
  }

  uint16_t handshakes() {
    return handshake<activation>() | handshake<weight>() | handshake<channel>() |
           handshake<threshold>() | handshake<result>();
  }
};

// ---- The C interface ----

// Compared by the program that loads the library before it calls anything else.
EXPORT uint32_t mime_core_interface_version() { return interface_version; }

// A core after reset, its registers first filled from `x_seed`. It may have failed already.
EXPORT mime_core *mime_core_create(uint32_t x_seed) {
  auto *core = new mime_core;
  core->guarded([&] { return core->start(x_seed), ran_cycles; });
  return core;
}

EXPORT void mime_core_destroy(mime_core *core) { delete core; }

// Why the core failed, in one line that lives as long as the core; empty when it did not.
EXPORT const char *mime_core_failure(mime_core *core, int32_t *kind) {
  *kind = core->failure.kind;
  return core->failure.message.c_str();
}

// Words of a beat of the four input streams and of the results.
EXPORT void mime_core_beat_words(mime_core *core, uint32_t *words) {
  for (const Queue &queue : core->queues) *words++ = queue.words();
  *words = core->result_words;
}

EXPORT uint32_t mime_core_config_hash(mime_core *core) { return core->model->config_hash; }

// Sets the layer inputs; the clamps are in two's complement, of the ports' width.
EXPORT void mime_core_set_layer(mime_core *core, uint32_t is_signed, uint32_t is_raw,
                                uint64_t clamp_low, uint64_t clamp_high) {
  core->set_layer(is_signed, is_raw, clamp_low, clamp_high);
}

// Every stream holds back with `probability` in each cycle, drawn from `seed`.
EXPORT void mime_core_set_stalls(mime_core *core, double probability, uint64_t seed) {
  Random seeds(seed);
  for (Queue &queue : core->queues) queue.stall = Stall(probability, seeds.next());
  core->result_stall = Stall(probability, seeds.next());
}

// Queues `count` > 0 beats, which stay the caller's until they have been released.
EXPORT void mime_core_push(mime_core *core, uint32_t stream, const uint32_t *beats,
                           uint64_t count) {
  core->queues[stream].push(beats, count);
}

// The segments pushed to `stream` whose beats have all been taken.
EXPORT uint64_t mime_core_released(mime_core *core, uint32_t stream) {
  return core->queues[stream].released();
}

// Clocks until `cycles` have passed, or the last result was taken if `stops_after_last`, or a stream
// of the bit set `open` has no beat left, which is seen before the cycle in which it would matter.
EXPORT int32_t mime_core_run(mime_core *core, uint64_t cycles, uint32_t open,
                             uint32_t stops_after_last) {
  return core->guarded([&] { return core->run(cycles, open, stops_after_last != 0); });
}

// Cycles since reset.
EXPORT uint64_t mime_core_cycle(mime_core *core) { return core->cycle; }

// The words of the results taken since the last clear; valid until the core runs again.
EXPORT const uint32_t *mime_core_results(mime_core *core, uint64_t *beats) {
  *beats = core->results.size() / core->result_words;
  return core->results.data();
}

EXPORT void mime_core_clear_results(mime_core *core) { core->results.clear(); }

// Records the handshakes of each cycle from now on, or stops. Bit 2s is the valid of stream s (the
// results are stream 4), bit 2s + 1 its ready.
EXPORT void mime_core_record_ports(mime_core *core, uint32_t records) {
  core->records_ports = records != 0;
}

EXPORT const uint16_t *mime_core_port_trace(mime_core *core, uint64_t *cycles) {
  *cycles = core->port_trace.size();
  return core->port_trace.data();
}

EXPORT void mime_core_clear_port_trace(mime_core *core) { core->port_trace.clear(); }

// One cycle with event_clear raised.
EXPORT int32_t mime_core_clear_events(mime_core *core) {
  core->model->event_clear = 1;
  const int status = core->guarded([&] { return core->run(1, 0, false); });
  core->model->event_clear = 0;
  return status;
}

EXPORT int32_t mime_core_read_event(mime_core *core, uint32_t select, uint32_t task,
                                    uint64_t *count) {
  return core->guarded([&] {
    core->model->event_select = CData(select);
    core->model->event_task = CData(task);
    const int status = core->run(1, 0, false);
    *count = core->model->event_count;
    return status;
  });
}

// Writes the waves of the cycles from..<to to `path`; `failed` without a failure of the core when the
// model was built without waves or the file cannot be written.
EXPORT int32_t mime_core_dump_waves(mime_core *core, const char *path, uint64_t from, uint64_t to) {
  return core->dump_waves(path, from, to);
}

// Runs one layer as a plain C++ testbench would, the beats of each input stream in one array, and
// measures it: what the co-simulation's speed is compared with.
EXPORT int32_t mime_core_time_bare_loop(mime_core *core, const uint32_t *const *beats,
                                        const uint64_t *counts, uint64_t limit, uint64_t *cycles,
                                        double *seconds) {
  return core->guarded([&] {
    BareLoop loop(*core->model, beats, counts);
    const auto start = std::chrono::steady_clock::now();
    const bool is_done = loop.run(limit);
    *seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    *cycles = loop.cycles();
    return is_done ? saw_last_result : ran_cycles;
  });
}
