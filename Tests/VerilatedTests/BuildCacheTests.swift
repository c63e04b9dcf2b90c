import Foundation
import Testing

@testable import Verilated

@Suite struct BuildCacheTests {
  static func contents(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  @Test func choosesTheFolder() {
    let all = ["MIMEGEN_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"]
    #expect(BuildCache(folder: "/x", environment: all).folder == "/x")
    #expect(BuildCache(environment: all).folder == "/a")
    #expect(
      BuildCache(environment: ["MIMEGEN_CACHE": "", "XDG_CACHE_HOME": "/b"]).folder == "/b/mimegen")
    #expect(BuildCache(environment: ["HOME": "/c"]).folder == "/c/.cache/mimegen")
  }

  @Test func buildsAnEntryOnce() throws {
    try withFolder { folder in
      let cache = BuildCache(folder: folder + "/deep/cache")
      let first = try cache.entry("x.so") { try Self.write("built", to: $0) }
      let second = try cache.entry("x.so") { _ in Issue.record("built a second time") }
      #expect(first.isNew && !second.isNew)
      #expect(first.path == second.path)
      #expect(FileManager.default.contents(atPath: first.path) == Data("built".utf8))
      #expect(try Self.contents(cache.folder) == ["x.so"])
    }
  }

  @Test func aFailedBuildLeavesNothing() throws {
    struct Failure: Error {}
    try withFolder { folder in
      let cache = BuildCache(folder: folder)
      #expect(throws: Failure.self) {
        _ = try cache.entry("x.so") {
          try Self.write("half", to: $0)
          throw Failure()
        }
      }
      let left = try Self.contents(folder)
      #expect(left.isEmpty)
    }
  }

  @Test func buildersOfOneEntryWaitForEachOther() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/mimegen-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let cache = BuildCache(folder: folder)
    let news = try await withThrowingTaskGroup(of: Bool.self) { group in
      for i in 0..<8 {
        group.addTask {
          try cache.entry("x.so") { path in
            try Self.write("half of \(i)", to: path)
            usleep(20_000)
            try Self.write("whole", to: path)
          }.isNew
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(news.filter { $0 }.count >= 1)
    #expect(FileManager.default.contents(atPath: folder + "/x.so") == Data("whole".utf8))
    #expect(try Self.contents(folder) == ["x.so"])
  }

  @Test func saysThatTheFolderCannotBeWritten() throws {
    try withFolder { folder in
      try Self.write("", to: folder + "/file")
      let cache = BuildCache(folder: folder + "/file/cache")
      #expect(
        throws: EnvironmentError(
          "the build cache \(folder)/file/cache cannot be written (it cannot be created); make "
            + "room or name another folder with --cache or MIMEGEN_CACHE.")
      ) { _ = try cache.entry("x") { _ in } }
    }
  }

  @Test func fingerprintsFields() {
    func print(_ fields: String...) -> String {
      var print = Fingerprint()
      for field in fields { print.add(field.utf8) }
      return print.text
    }
    #expect(print("ab", "c") != print("a", "bc"))
    #expect(print("ab", "c") == print("ab", "c"))
    #expect(print().count == 16)
    // The published offset basis of 64-bit FNV-1a.
    #expect(print() == "cbf29ce484222325")
  }
}
