import Foundation

extension EnergyReport {
  /// The counts and prices in the forms that Accelergy reads, version 0.4: an action for each quantity that a
  /// component is charged for.
  public func accelergyFiles() throws(EnergyError) -> [(name: String, data: Data)] {
    var counts = "action_counts:\n  version: 0.4\n  local:\n"
    var tables = "ERT:\n  version: 0.4\n  tables:\n"
    for component in Component.allCases {
      var actions: [(quantity: Quantity, count: Int, energy: Rational)] = []
      for (number, (charge, price)) in model.prices.enumerated()
      where charge.action.component == component {
        let energy = try price.value * charge.times
        if let place = actions.firstIndex(where: { $0.quantity == charge.quantity }) {
          actions[place].energy = try actions[place].energy + energy
        } else {
          let count = lines.reduce(0) { $1.charge == number ? $0 + $1.count : $0 }
          actions.append((charge.quantity, count, energy))
        }
      }
      let name = accelergyName(component)
      counts += "    - name: \"\(name)\"\n      action_counts:\n"
      tables += "    - name: \"\(name)\"\n      actions:\n"
      for action in actions {
        let name = Self.accelergyName(action.quantity)
        counts += "        - name: \(name)\n          counts: \(action.count)\n"
        tables += "        - name: \(name)\n          arguments: {}\n"
        tables += "          energy: \(action.energy.decimal(places: 18))\n"
      }
    }
    let heading =
      "# Written by mimegen: \(provenance). Energies are in \(model.table.unit).\n"
    return [("action_counts.yaml", heading + counts), ("ERT.yaml", heading + tables)].map {
      ($0, Data($1.utf8))
    }
  }

  /// A component's name; its counts are summed over the instances in brackets.
  private func accelergyName(_ component: Component) -> String {
    let name = component.rawValue.replacing("-", with: "_")
    let shape = model.shape
    switch component {
    case .mac, .registers, .operands, .drain, .clock:
      return "mime.pe[0..\(shape.rows * shape.columns - 1)].\(name)"
    case .lanes, .pool: return "mime.lane[0..\(shape.columns - 1)].\(name)"
    default: return "mime.\(name)"
    }
  }

  private static func accelergyName(_ quantity: Quantity) -> String {
    switch quantity {
    case .event("mac.active"): "mac_random"
    default: quantity.description.replacing(".", with: "_")
    }
  }
}
