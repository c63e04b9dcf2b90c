/// Packed beats of one input stream, ready to be pushed any number of times.
///
/// The harness reads the words in place, so that pushing a block again (the weights of a column
/// block for each row tile) copies nothing.
public final class BeatBlock: @unchecked Sendable {
  // Sendable: nothing writes the words after `init`.
  public let stream: CoreStream
  /// Beats in the block, at least 1.
  public let count: Int
  let words: UnsafeBufferPointer<UInt32>

  /// - Parameter fill: writes each word of the block.
  init(
    _ stream: CoreStream, count: Int, wordsPerBeat: Int,
    fill: (UnsafeMutableBufferPointer<UInt32>) -> Void
  ) {
    precondition(count > 0, "a block holds at least one beat")
    let words = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: count * wordsPerBeat)
    fill(words)
    self.stream = stream
    self.count = count
    self.words = UnsafeBufferPointer(words)
  }

  /// The beats of `blocks`, all of one stream and one core, one after another.
  public convenience init(joining blocks: [BeatBlock]) {
    precondition(blocks.allSatisfy { $0.stream == blocks[0].stream }, "one stream")
    let count = blocks.reduce(0) { $0 + $1.count }
    self.init(
      blocks[0].stream, count: count, wordsPerBeat: blocks[0].words.count / blocks[0].count
    ) { words in
      var next = 0
      for block in blocks {
        _ = UnsafeMutableBufferPointer(rebasing: words[next...]).update(from: block.words)
        next += block.words.count
      }
    }
  }

  deinit { words.deallocate() }
}
