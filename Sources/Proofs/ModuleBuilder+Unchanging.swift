import HDL

extension ModuleBuilder {
  /// A register of any value that stays for ever: what is claimed of it is claimed of every value.
  func unchanging(_ name: String, _ shape: Shape = .bit, _ doc: String = "", on clk: Signal)
    -> Signal
  {
    let value = register(name, shape, doc)
    clocked(clk) { value <== value }
    return value
  }
}
