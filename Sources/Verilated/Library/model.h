// A verilated module behind one interface, whatever its ports.
#pragma once

#include <cstdint>
#include <vector>

#include "verilated.h"

// Where Verilator keeps the value of a port: 1, 2, 4 or 8 bytes are one integer; more are an array
// of 32-bit words, low word first.
struct Port {
  void *value;
  uint32_t bytes;
  bool is_input;
};

template <class Value>
Port input(Value &value) {
  return {&value, sizeof(Value), true};
}

template <class Value>
Port output(Value &value) {
  return {&value, sizeof(Value), false};
}

struct Model {
  // In the order of the list that the library was built for.
  std::vector<Port> ports;
  virtual ~Model() = default;
  virtual void eval() = 0;
};

template <class Verilated>
struct ModelOf final : Model {
  Verilated model;
  // Without a name, so that %m begins with the module's.
  explicit ModelOf(VerilatedContext *context) : model(context, "") {}
  void eval() override { model.eval(); }
};

// A new model of one of the library's modules.
using Factory = Model *(VerilatedContext *);

// One for each module of the library, written for it.
extern Factory *const factories[];
