// The C interface of a library of verilated modules.
//
// A bench is one instance of one of the modules, with its inputs held and its clock low between
// calls. A value is an array of 64-bit words, low word first, of which the bits past the port's
// width are zero. VL_USER_STOP, VL_USER_FATAL and VL_USER_FINISH have to be defined for all files,
// so that $stop, $fatal and $finish come back as failures.

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <string>

#include "model.h"

namespace {

// Part of the C interface. After `failed` a bench can go on, after `dead` it can only be destroyed.
enum Status { fine, failed, dead };

// What Verilator cannot go on after.
struct Fatal {
  std::string message;
};

}  // namespace

struct verilated_bench {
  // The bench that this thread is evaluating, for the functions that Verilator calls.
  static thread_local verilated_bench *current;

  VerilatedContext context;
  std::unique_ptr<Model> model;
  // Whether the outputs are those of the inputs.
  bool is_settled = false;
  bool is_dead = false;
  // What failed in this call: the path of an assertion, or a sentence; the first one counts.
  std::string failure;
  // The path of an assertion, printed before it calls vl_stop.
  std::string printed;
  // The paths of the covers reached, each with a line's end after it.
  std::string covers;

  void settle() {
    if (is_settled) return;
    model->eval();
    is_settled = true;
  }

  void step(int32_t clock) {
    settle();
    if (clock < 0) return;
    CData &level = *static_cast<CData *>(model->ports[clock].value);
    level = 1;
    model->eval();
    level = 0;
    model->eval();
  }

  void fail(const std::string &what) {
    if (failure.empty()) failure = what;
    printed.clear();
  }

  // Takes what this package's Verilog displays of a property: "assertion <path> failed" and "cover
  // <path> reached". From Verilator's "... Assertion failed in <path>: <message>", which is for
  // people to read too, takes the path. Whether that is all there is to the text.
  bool take(const std::string &text) {
    const std::string assertion = between("assertion ", text, " failed\n");
    if (!assertion.empty()) return fail(assertion), true;
    const std::string cover = between("cover ", text, " reached\n");
    if (!cover.empty()) return covers += cover + "\n", true;
    static const std::string before = "Assertion failed in ";
    const size_t found = text.find(before);
    if (found == std::string::npos) return false;
    const size_t path = found + before.size();
    printed = text.substr(path, text.find(": ", path) - path);
    return false;
  }

  // The middle of a text that begins with `before` and ends with `after`, else nothing.
  static std::string between(const std::string &before, const std::string &text,
                             const std::string &after) {
    const size_t around = before.size() + after.size();
    if (text.size() <= around || text.compare(0, before.size(), before) != 0 ||
        text.compare(text.size() - after.size(), after.size(), after) != 0) {
      return "";
    }
    return text.substr(before.size(), text.size() - around);
  }

  // Runs `body` for its failure.
  template <class Body>
  Status guarded(Body body) {
    if (is_dead) return dead;
    failure.clear();
    current = this;
    Verilated::threadContextp(&context);
    try {
      body();
    } catch (const Fatal &fatal) {
      is_dead = true;
      failure = fatal.message;
    } catch (const std::exception &error) {
      is_dead = true;
      failure = error.what();
    }
    current = nullptr;
    return is_dead ? dead : failure.empty() ? fine : failed;
  }
};

thread_local verilated_bench *verilated_bench::current = nullptr;

namespace {

void write(const Port &port, const uint64_t *words) {
  switch (port.bytes) {
    case 1: *static_cast<CData *>(port.value) = CData(words[0]); return;
    case 2: *static_cast<SData *>(port.value) = SData(words[0]); return;
    case 4: *static_cast<IData *>(port.value) = IData(words[0]); return;
    case 8: *static_cast<QData *>(port.value) = words[0]; return;
  }
  auto *parts = static_cast<EData *>(port.value);
  for (uint32_t i = 0; i < port.bytes / 4; ++i) parts[i] = EData(words[i / 2] >> i % 2 * 32);
}

void read(const Port &port, uint64_t *words) {
  switch (port.bytes) {
    case 1: words[0] = *static_cast<CData *>(port.value); return;
    case 2: words[0] = *static_cast<SData *>(port.value); return;
    case 4: words[0] = *static_cast<IData *>(port.value); return;
    case 8: words[0] = *static_cast<QData *>(port.value); return;
  }
  const auto *parts = static_cast<EData *>(port.value);
  for (uint32_t i = 0; i < port.bytes / 4; ++i) {
    if (i % 2 == 0) words[i / 2] = 0;
    words[i / 2] |= uint64_t(parts[i]) << i % 2 * 32;
  }
}

// The evaluation goes on, so that every register takes its value in the cycle that failed.
void stop(const char *what, const char *file, int line) {
  verilated_bench *bench = verilated_bench::current;
  if (!bench) return;
  const std::string place = std::string(what) + " at " + file + ":" + std::to_string(line);
  bench->fail(bench->printed.empty() ? place : bench->printed);
}

}  // namespace

// ---- What Verilator calls ----

// What the Verilog displays goes to standard error, but for what it displays of a property.
int verilated_bench_print(const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, arguments);
  std::string text(size_t(length) + 1, '\0');
  std::vsnprintf(&text[0], text.size(), format, again);
  text.pop_back();
  va_end(again);
  va_end(arguments);
  verilated_bench *bench = verilated_bench::current;
  if (!bench || !bench->take(text)) std::fputs(text.c_str(), stderr);
  return length;
}

void vl_stop(const char *file, int line, const char *) { stop("$stop", file, line); }
void vl_finish(const char *file, int line, const char *) { stop("$finish", file, line); }
void vl_fatal(const char *file, int line, const char *, const char *message) {
  throw Fatal{std::string(file) + ":" + std::to_string(line) + ": " + message};
}

// ---- The C interface ----

#define EXPORT extern "C" __attribute__((visibility("default")))

// An instance of module `module` of the library. The registers hold what `seed` gives, or zeros if
// it is 0.
EXPORT verilated_bench *verilated_bench_create(uint32_t module, int32_t seed, int32_t *status) {
  auto *bench = new verilated_bench;
  *status = bench->guarded([&] {
    bench->context.randReset(seed == 0 ? 0 : 2);
    bench->context.randSeed(seed);
    bench->model.reset(factories[module](&bench->context));
    for (const Port &port : bench->model->ports) {
      if (port.is_input) std::memset(port.value, 0, port.bytes);
    }
    bench->settle();
  });
  return bench;
}

EXPORT void verilated_bench_destroy(verilated_bench *bench) {
  Verilated::threadContextp(&bench->context);
  delete bench;
}

// What failed in the last call: the path of an assertion after `failed`, a sentence after `dead`.
EXPORT const char *verilated_bench_failure(verilated_bench *bench) {
  return bench->failure.c_str();
}

EXPORT void verilated_bench_poke(verilated_bench *bench, uint32_t port, const uint64_t *words) {
  write(bench->model->ports[port], words);
  bench->is_settled = false;
}

EXPORT int32_t verilated_bench_peek(verilated_bench *bench, uint32_t port, uint64_t *words) {
  const Status status = bench->guarded([&] { bench->settle(); });
  read(bench->model->ports[port], words);
  return status;
}

// One rising edge of port `clock`, an input of one bit, or none if that is negative.
EXPORT int32_t verilated_bench_step(verilated_bench *bench, int32_t clock) {
  return bench->guarded([&] { bench->step(clock); });
}

// The paths of the covers reached so far, each with a line's end after it.
EXPORT const char *verilated_bench_covers(verilated_bench *bench) { return bench->covers.c_str(); }
