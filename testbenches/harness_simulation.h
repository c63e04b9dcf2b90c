// A verilated model with its clock, and the ways in which its simulation ends: what every harness
// has. To be included by one file of a library, since it defines what Verilator calls.
//
// Needs VL_USER_STOP, VL_USER_FATAL and VL_USER_FINISH defined for all files of the model, so that
// $stop, $fatal and $finish come back as failures.
#pragma once

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <string>

#include "verilated.h"
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

constexpr int reset_cycles = 4;
// What a function of the C interface returns after a failure.
constexpr int failed = -1;

// The numbers are part of the C interfaces. Verilator stops for $stop, $fatal, $error and assertions
// alike; `fatal` is its own complaint.
enum FailureKind { none, stop, fatal, finish, protocol, no_answer };

struct Failure {
  FailureKind kind = none;
  std::string message;
};

// What the functions that Verilator calls see of a simulation.
struct Evaluation {
  // The one of this thread.
  static thread_local Evaluation *current;

  VerilatedContext context;
  Failure failure;
  // The text that Verilator printed of a failure before it called vl_stop.
  std::string printed;
};

thread_local Evaluation *Evaluation::current = nullptr;

template <class Model>
struct Simulation : Evaluation {
  std::unique_ptr<Model> model;
  uint64_t cycle = 0;
#if VM_TRACE
  VerilatedVcdC waves;
  uint64_t waves_from = 0, waves_to = 0;
#endif

  ~Simulation() {
    current = nullptr;
    Verilated::threadContextp(&context);
#if VM_TRACE
    waves.close();
#endif
  }

  // Makes the model, whose registers are first filled from `x_seed`.
  void make_model(const char *name, uint32_t x_seed) {
    context.randReset(2);
    context.randSeed(int(x_seed % 0x7fffffff) + 1);  // 0 would seed from the system
#if VM_TRACE
    context.traceEverOn(true);
#endif
    model = std::make_unique<Model>(&context, name);
  }

  void evaluate_low() {
    model->clk = 0;
    model->eval();
    dump(0);
  }

  void evaluate_high() {
    model->clk = 1;
    model->eval();
    dump(1);
    ++cycle;
  }

  // Runs `body` for its status and turns what it throws into the failure.
  template <class Body>
  int guarded(Body body) {
    if (failure.kind != none) return failed;
    current = this;
    Verilated::threadContextp(&context);
    try {
      return body();
    } catch (const Failure &thrown) {
      failure = thrown;
    } catch (const std::exception &error) {
      failure = {fatal, error.what()};
    }
    return failed;
  }

  // Writes the waves of the cycles from..<to to `path`; `failed` without a failure when the model was
  // built without waves or the file cannot be written.
  int dump_waves(const char *path, uint64_t from, uint64_t to) {
#if VM_TRACE
    return guarded([&] {
      model->trace(&waves, 99);
      waves.open(path);
      waves_from = from;
      waves_to = to;
      return waves.isOpen() ? 0 : failed;
    });
#else
    (void)path, (void)from, (void)to;
    return failed;
#endif
  }

 private:
  void dump(uint32_t half) {
#if VM_TRACE
    if (cycle >= waves_from && cycle < waves_to) waves.dump(2 * cycle + half);
#else
    (void)half;
#endif
  }
};

// Ends the evaluation. What the model printed before it called, "[time] %Fatal: file:line: text",
// says more than `what`.
[[noreturn]] void fail(FailureKind kind, const char *file, int line, const char *what) {
  const std::string printed = Evaluation::current ? Evaluation::current->printed : "";
  for (const char *mark : {"%Fatal: ", "%Error: "}) {
    const size_t start = printed.find(mark);
    if (start == std::string::npos) continue;
    const size_t text = start + std::strlen(mark);
    throw Failure{kind, printed.substr(text, printed.find('\n', text) - text)};
  }
  throw Failure{kind, std::string(file) + ":" + std::to_string(line) + ": " + what};
}

}  // namespace

// What the Verilog displays goes to standard error; the text of a failure is kept for its message.
int harness_print(const char *format, ...) {
  char text[4096];
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  const bool is_failure = std::strstr(text, "%Error: ") || std::strstr(text, "%Fatal: ");
  if (is_failure && Evaluation::current) {
    Evaluation::current->printed = text;
  } else if (std::strncmp(text, "cover ", 6) != 0) {  // a cover that was reached is no news here
    std::fputs(text, stderr);
  }
  return length;
}

void vl_stop(const char *file, int line, const char *) { fail(stop, file, line, "$stop"); }
void vl_finish(const char *file, int line, const char *) { fail(finish, file, line, "$finish"); }
void vl_fatal(const char *file, int line, const char *, const char *message) {
  fail(fatal, file, line, message);
}
