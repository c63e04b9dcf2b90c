#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A built library in this process.
///
/// It stays loaded: Verilator's run-time keeps state per thread.
package struct LoadedLibrary {
  private let path: String
  private let handle: UnsafeMutableRawPointer

  /// - Throws: `EnvironmentError` when it cannot be loaded.
  package init(path: String) throws {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw EnvironmentError(
        "the built library cannot be loaded (\(String(cString: dlerror()))); remove it and try "
          + "again.")
    }
    self.path = path
    self.handle = handle
  }

  /// The function of that name, as a C function of type `F`.
  ///
  /// - Throws: `EnvironmentError` when there is none.
  package func function<F>(_ name: String, _: F.Type = F.self) throws -> F {
    guard let symbol = dlsym(handle, name) else {
      throw EnvironmentError("\(path) has no function \(name); remove it and try again.")
    }
    return unsafeBitCast(symbol, to: F.self)
  }
}
