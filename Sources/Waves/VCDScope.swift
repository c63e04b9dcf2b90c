/// A scope of a value change dump with what it holds, in the order in which it came.
final class VCDScope {
  private let name: Substring
  private var declarations: [String] = []
  private var scopes: [VCDScope] = []
  private var scopesByName: [Substring: VCDScope] = [:]

  init(name: Substring) { self.name = name }

  /// Declares variable `number`; `path` begins inside this scope.
  func declare(_ path: Substring, width: Int, number: Int) {
    guard let dot = path.firstIndex(of: ".") else {
      let range = width == 1 ? "" : " [\(width - 1):0]"
      let code = String(decoding: VCDNames.code(number), as: UTF8.self)
      declarations.append("$var wire \(width) \(code) \(VCDNames.variable(path))\(range) $end\n")
      return
    }
    let rest = path[path.index(after: dot)...]
    scope(path[..<dot]).declare(rest, width: width, number: number)
  }

  private func scope(_ name: Substring) -> VCDScope {
    if let scope = scopesByName[name] { return scope }
    let scope = VCDScope(name: name)
    scopes.append(scope)
    scopesByName[name] = scope
    return scope
  }

  /// The scope's part of the file's header.
  var text: String {
    let kind = VCDNames.isIndexed(name) ? "begin" : "module"
    return "$scope \(kind) \(VCDNames.scope(name)) $end\n" + declarations.joined()
      + scopes.map(\.text).joined() + "$upscope $end\n"
  }
}
