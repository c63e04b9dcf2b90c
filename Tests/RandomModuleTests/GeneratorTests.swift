import HDL
import RandomModules
import Testing

/// What the generator promises.
@Suite struct GeneratorTests {
  @Test func modulesKeepEveryRule() throws {
    for seed in UInt64(0)..<2000 {
      let random = RandomModule(seed: seed)
      #expect(throws: Never.self, "\(random.origin)") {
        try random.module.check(at: random.configurations)
      }
    }
  }

  @Test func choicesMakeTheModuleAgain() {
    for seed in UInt64(0)..<50 {
      let random = RandomModule(seed: seed)
      let again = RandomModule(choices: random.choices, name: random.module.name)
      #expect(again.verilog == random.verilog)
      #expect(again.configurations == random.configurations)
    }
  }

  @Test func anEndedListGoesOnWithTheSimplestChoices() throws {
    let random = RandomModule(choices: [])
    try random.module.check(at: random.configurations)
    #expect(random.choices.allSatisfy { $0 == 0 })
    #expect(random.verilog.count < RandomModule(seed: 0).verilog.count)
  }
}
