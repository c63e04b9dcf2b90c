import HDL
import Testing

/// A name is taken once: signals, instances, labels and loop indices share them.
@Suite struct NameRuleTests {
  @Test(arguments: rules) func isReported(rule: BrokenRule) { rule.verify() }

  static let rules = [
    BrokenRule(
      "signal named as the module",
      "the name `subject` is already taken at HDLTests/NameRuleTests.swift:21; choose another"
    ) {
      m in
      _ = m.input("subject")
      return [#line - 1]
    },
    BrokenRule("signal", "the name `x` is already taken at {1}; choose another") { m in
      _ = m.input("x")
      _ = m.wire("x")
      return [#line - 1, #line - 2]
    },
    BrokenRule("parameter", "the name `W` is already taken at {1}; choose another") { m in
      _ = m.constant("W", 3)
      _ = m.parameter("W", default: 1, in: 1...2, "")
      return [#line - 1, #line - 2]
    },
    BrokenRule("instance", "the name `x` is already taken at {1}; choose another") { m in
      let x = m.wire("x")
      m.instance("x", of: ConstantSource.module, ports: [("q", x)])
      return [#line - 1, #line - 2]
    },
    BrokenRule("label", "the name `x` is already taken at {1}; choose another") { m in
      _ = m.wire("x")
      m.forEach("x", index: "i", count: 2) { _ in }
      return [#line - 1, #line - 2]
    },
    BrokenRule("labels of both branches", "the name `b` is already taken at {0}; choose another") {
      m in
      m.given(1 == 1, "b", else: "b") {
      } else: {
      }
      return [#line - 3]
    },
    BrokenRule("label of an earlier branch", "the name `b` is already taken at {1}; choose another")
    { m in
      m.given(1 == 1, "a", else: "b") {
      } else: {
      }
      m.given(1 == 1, "b") {}
      return [#line - 1, #line - 4]
    },
    BrokenRule("loop index", "the name `i` is already taken at {1}; choose another") { m in
      _ = m.wire("i")
      m.forEach("each", index: "i", count: 2) { _ in }
      return [#line - 1, #line - 2]
    },
    BrokenRule("signal after a loop index", "the name `i` is already taken at {1}; choose another")
    { m in
      m.forEach("each", index: "i", count: 2) { _ in }
      _ = m.wire("i")
      return [#line - 1, #line - 2]
    },
    BrokenRule(
      "signal inside the loop of the index", "the name `i` is already taken at {1}; choose another"
    ) { m in
      var line = 0
      m.forEach("each", index: "i", count: 2) { _ in
        _ = m.wire("i")
        line = #line - 1
      }
      return [line, line - 1]
    },
    BrokenRule("index of its own label", "the name `i` is already taken at {0}; choose another") {
      m in
      m.forEach("i", index: "i", count: 2) { _ in }
      return [#line - 1]
    },
    BrokenRule(
      "index of a nested loop", "the name `i` is already taken at {1}; choose another"
    ) { m in
      var line = 0
      m.forEach("outer", index: "j", count: 2) { _ in
        _ = m.wire("i")
        m.forEach("inner", index: "i", count: 2) { _ in }
        line = #line - 1
      }
      return [line, line - 1]
    },
    BrokenRule(
      "index of the loop around",
      "the loop index `i` is the index of a loop around it; choose another"
    ) { m in
      var line = 0
      m.forEach("outer", index: "i", count: 2) { _ in
        m.forEach("inner", index: "i", count: 2) { _ in }
        line = #line - 1
      }
      return [line]
    },
    BrokenRule(
      "index of a sum",
      "`i` is the index of a generate loop at {1} and cannot be that of a loop of statements or sum; choose another"
    ) { m in
      let a = m.input("a", bits(4))
      m.forEach("each", index: "i", count: 2) { _ in }
      _ = m.sum("s", .bit, index: "i", count: 4) { i in a[i] }
      return [#line - 1, #line - 2]
    },
    BrokenRule(
      "index of a loop",
      "`i` is the index of a loop of statements or sum at {1} and cannot be that of a generate loop; choose another"
    ) { m in
      let a = m.input("a", bits(4))
      _ = m.or("s", .bit, index: "i", count: 4) { i in a[i] }
      m.forEach("each", index: "i", count: 2) { _ in }
      return [#line - 1, #line - 2]
    },
    BrokenRule(
      "index of a sum and a signal of its block",
      "the name `i` is already taken at {1}; choose another"
    ) { m in
      var line = 0
      let a = m.input("a", bits(4))
      m.given(1 == 1, "part") {
        _ = m.wire("i")
        _ = m.sum("s", .bit, index: "i", count: 4) { i in a[i] }
        line = #line - 1
      }
      return [line, line - 1]
    },
    BrokenRule(
      "block that a sum prints", "the name `s_terms` is already taken at {1}; choose another"
    ) { m in
      let a = m.input("a", bits(4))
      _ = m.wire("s_terms")
      _ = m.sum("s", .bit, index: "i", count: 4) { i in a[i] }
      return [#line - 1, #line - 2]
    },
    BrokenRule("name of a block around", "the name `x` is already taken at {1}; choose another") {
      m in
      var line = 0
      _ = m.wire("x")
      m.given(1 == 1, "part") {
        _ = m.wire("x")
        line = #line - 1
      }
      return [line, line - 2]
    },
    BrokenRule(
      "port that a block would hide", "the name `x` is already taken at {1}; choose another"
    ) { m in
      var line = 0
      m.given(1 == 1, "part") {
        _ = m.wire("x")
        line = #line - 1
      }
      _ = m.output("x")
      return [#line - 1, line]
    },
    BrokenRule(
      "constant of two blocks", "the name `N` is already taken at {1}; choose another"
    ) { m in
      m.given(1 == 1, "one") { _ = m.constant("N", 3) }
      m.given(1 == 1, "two") { _ = m.constant("N", 4) }
      return [#line - 1, #line - 2]
    },
    BrokenRule(
      "constant of a block, taken by a signal of another",
      "the name `N` is already taken at {1}; choose another"
    ) { m in
      m.given(1 == 1, "one") { _ = m.constant("N", 3) }
      m.given(1 == 1, "two") { _ = m.wire("N") }
      return [#line - 1, #line - 2]
    },
    BrokenRule("unused", "the name `unused_x` is already taken at {1}; choose another") { m in
      let x = m.wire("unused_x")
      m.unused("x", x)
      return [#line - 1, #line - 2]
    },
  ]
}
