import CProtobufC

/// Memory of the structs that protobuf-c packs; it lives as long as the arena.
final class MessageArena {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit {
    for block in blocks { block.deallocate() }
  }

  func message<Message>(_ message: Message) -> UnsafeMutablePointer<Message> {
    let pointer = UnsafeMutablePointer<Message>.allocate(capacity: 1)
    pointer.initialize(to: message)
    blocks.append(UnsafeMutableRawPointer(pointer))
    return pointer
  }

  func array<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    pointer.initialize(from: elements, count: elements.count)
    blocks.append(UnsafeMutableRawPointer(pointer))
    return pointer
  }

  func messages<Message>(_ messages: [Message]) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?> {
    array(messages.map { message($0) })
  }

  func data(_ bytes: UnsafeRawBufferPointer) -> ProtobufCBinaryData {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
    copy.copyMemory(from: bytes)
    if let block = copy.baseAddress { blocks.append(block) }
    return ProtobufCBinaryData(len: bytes.count, data: copy.baseAddress?.assumingMemoryBound(to: UInt8.self))
  }

  func data(_ text: String) -> ProtobufCBinaryData {
    Array(text.utf8).withUnsafeBytes { data($0) }
  }

  func data(_ texts: [String]) -> UnsafeMutablePointer<ProtobufCBinaryData> {
    array(texts.map { data($0) })
  }
}
