/// The header of a safetensors file, checked against the length of the data behind it.
struct TensorHeader {
  private(set) var metadata: [String: String] = [:]
  private(set) var entries: [String: TensorFile.Entry] = [:]

  init(parsing bytes: some Sequence<UInt8>, dataLength: Int) throws(NetworkError) {
    let header: JSON
    do {
      header = try JSON(parsing: bytes)
    } catch {
      throw NetworkError("the header is not JSON: \(error)")
    }
    guard let members = header.members else {
      throw NetworkError("the header is not a JSON object")
    }
    for member in members {
      if member.name == "__metadata__" {
        metadata = try Self.metadata(member.value)
      } else {
        do {
          entries[member.name] = try Self.entry(member.value)
        } catch {
          throw NetworkError("tensor '\(member.name)' \(error)")
        }
      }
    }
    try checkCover(of: dataLength)
  }

  private static func metadata(_ json: JSON) throws(NetworkError) -> [String: String] {
    guard let members = json.members else {
      throw NetworkError("__metadata__ is not a JSON object of strings")
    }
    var result: [String: String] = [:]
    for member in members {
      guard let value = member.value.string else {
        throw NetworkError("'\(member.name)' in __metadata__ is not a string")
      }
      result[member.name] = value
    }
    return result
  }

  /// One tensor; errors continue the sentence "tensor NAME ...".
  private static func entry(_ json: JSON) throws(NetworkError) -> TensorFile.Entry {
    guard let typeName = json["dtype"]?.string else {
      throw NetworkError("has no dtype string")
    }
    guard let type = ElementType(rawValue: typeName) else {
      throw NetworkError(
        "has the unknown dtype '\(typeName)'; known are "
          + ElementType.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard let shape = naturals(json["shape"]) else {
      throw NetworkError("has no shape that is a list of integers from 0")
    }
    guard let offsets = naturals(json["data_offsets"]), offsets.count == 2,
      offsets[0] <= offsets[1]
    else {
      throw NetworkError("has no data_offsets [begin, end] with 0 <= begin <= end")
    }
    var size = type.size
    for count in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: count)
      guard !overflow else {
        throw NetworkError("has shape \(shape), which is more than any file holds")
      }
      size = product
    }
    guard offsets[1] - offsets[0] == size else {
      throw NetworkError(
        "has \(offsets[1] - offsets[0]) bytes at data_offsets \(offsets), but shape \(shape) of "
          + "\(typeName) takes \(size)")
    }
    return TensorFile.Entry(type: type, shape: shape, range: offsets[0]..<offsets[1])
  }

  private static func naturals(_ json: JSON?) -> [Int]? {
    guard let numbers = json?.array?.map(\.integer) else { return nil }
    let naturals = numbers.compactMap { $0 }.filter { $0 >= 0 }
    return naturals.count == numbers.count ? naturals : nil
  }

  /// That the tensors cover the data once, from its first byte to its last.
  private func checkCover(of dataLength: Int) throws(NetworkError) {
    let ordered = entries.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }
    var end = 0
    var last = ""
    for (name, entry) in ordered {
      guard entry.range.upperBound <= dataLength else {
        throw NetworkError(
          "tensor '\(name)' ends at byte \(entry.range.upperBound) of the data, but the file holds "
            + "\(dataLength): it is truncated")
      }
      guard entry.range.lowerBound >= end else {
        throw NetworkError("tensors '\(last)' and '\(name)' overlap; each must have its own bytes")
      }
      guard entry.range.lowerBound == end else {
        throw NetworkError(
          "no tensor covers bytes \(end) to \(entry.range.lowerBound - 1) of the data; tensors must "
            + "follow each other without a gap")
      }
      end = entry.range.upperBound
      last = name
    }
    guard end == dataLength else {
      throw NetworkError(
        "the tensors end at byte \(end) of the data, but the file holds \(dataLength); nothing may "
          + "follow them")
    }
  }
}
