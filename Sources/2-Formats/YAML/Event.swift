import CYAML

/// What libyaml's parser found next.
struct Event {
  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd
    case scalar(String)
    case alias(String)
    case sequenceStart, sequenceEnd
    case mappingStart, mappingEnd
  }

  let kind: Kind
  let anchor: String?
  let mark: Mark

  init(_ event: yaml_event_t) {
    mark = Mark(event.start_mark)
    func string(_ characters: UnsafeMutablePointer<yaml_char_t>?) -> String? {
      characters.map { String(cString: $0) }
    }
    switch event.type {
    case YAML_STREAM_END_EVENT: (kind, anchor) = (.streamEnd, nil)
    case YAML_DOCUMENT_START_EVENT: (kind, anchor) = (.documentStart, nil)
    case YAML_DOCUMENT_END_EVENT: (kind, anchor) = (.documentEnd, nil)
    case YAML_ALIAS_EVENT: (kind, anchor) = (.alias(string(event.data.alias.anchor) ?? ""), nil)
    case YAML_SCALAR_EVENT:
      // It may hold zeros.
      let characters = UnsafeBufferPointer(start: event.data.scalar.value, count: event.data.scalar.length)
      kind = .scalar(String(decoding: characters, as: UTF8.self))
      anchor = string(event.data.scalar.anchor)
    case YAML_SEQUENCE_START_EVENT: (kind, anchor) = (.sequenceStart, string(event.data.sequence_start.anchor))
    case YAML_SEQUENCE_END_EVENT: (kind, anchor) = (.sequenceEnd, nil)
    case YAML_MAPPING_START_EVENT: (kind, anchor) = (.mappingStart, string(event.data.mapping_start.anchor))
    case YAML_MAPPING_END_EVENT: (kind, anchor) = (.mappingEnd, nil)
    default: (kind, anchor) = (.streamStart, nil)
    }
  }
}

/// A place in the text; lines and columns count from 1.
struct Mark: CustomStringConvertible {
  let line: Int
  let column: Int

  init(_ mark: yaml_mark_t) {
    line = mark.line + 1
    column = mark.column + 1
  }

  /// Of a byte.
  init(offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    let before = bytes.prefix(offset)
    line = before.count { $0 == UInt8(ascii: "\n") } + 1
    column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
  }

  var description: String { "\(line):\(column)" }
}
