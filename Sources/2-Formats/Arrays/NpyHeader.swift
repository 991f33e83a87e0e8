import Diagnostics

/// The head of a `.npy` file (NumPy Enhancement Proposal 1, formats 1.0 to 3.0): magic, version, the length of a Python
/// dictionary, and that dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct NpyHeader: Equatable {
  var type: NumericType
  var isBigEndian: Bool
  /// Columns first.
  var isFortranOrder: Bool
  var shape: [Int]

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// More than any plain array's header takes.
  private static let lengthLimit = 64 << 10

  /// Where the dictionary is, from the first bytes of a file.
  static func dictionaryRange(_ start: [UInt8], at place: Diagnostic.Location) throws -> Range<Int> {
    guard start.starts(with: magic) else {
      let fix = start.starts(with: [0x50, 0x4b]) ? "an .npz archive: save one array with numpy.save" : nil
      throw Diagnostic("not a NumPy .npy file", at: place, fix: fix)
    }
    guard start.count >= 12 else { throw Diagnostic("the file is truncated in its header", at: place) }
    try require(
      (1...3).contains(start[6]), "a .npy file of version \(start[6]).\(start[7])", at: place, supported: "1.0 to 3.0")
    let isLong = start[6] > 1
    let begin = isLong ? 12 : 10
    let length = start[8..<begin].reversed().reduce(0) { $0 << 8 | Int($1) }
    try require(length <= lengthLimit, "a .npy header of \(length) bytes", at: place, supported: "up to \(lengthLimit)")
    return begin..<begin + length
  }

  /// - Throws: `Diagnostic` for what is no header, and for element types that are not read.
  init(dictionary: [UInt8], at place: Diagnostic.Location) throws {
    var parser = NpyHeaderParser(text: Array(String(decoding: dictionary, as: UTF8.self).unicodeScalars))
    guard let entries = parser.dictionary(), case .text(let descr)? = entries["descr"],
      case .bool(let isFortranOrder)? = entries["fortran_order"], case .tuple(let shape)? = entries["shape"]
    else {
      if entries(of: dictionary, hasList: "descr") {
        throw Diagnostic(
          "the array has records as elements", at: place, supported: "numbers and booleans", fix: "save one field")
      }
      throw Diagnostic("the .npy header is damaged", at: place)
    }
    guard let order = descr.first, "<>|=".contains(order), let type = NumericType(rawValue: String(descr.dropFirst()))
    else {
      throw Diagnostic(
        "the array has elements of type '\(descr)'", at: place,
        supported: "f2, f4, f8, i1 to i8, u1 to u8 and booleans", fix: "array.astype('f4')")
    }
    self.type = type
    self.isBigEndian = order == ">"
    self.isFortranOrder = isFortranOrder
    self.shape = shape
  }

  init(type: NumericType, shape: [Int]) {
    self.type = type
    self.isBigEndian = false
    self.isFortranOrder = false
    self.shape = shape
  }

  /// Magic, version 1.0, length and dictionary, padded so that the elements begin at a multiple of 64.
  var encoded: [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let descr = (type.size == 1 ? "|" : "<") + type.rawValue
    let dictionary = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let unpadded = Self.magic.count + 4 + dictionary.utf8.count + 1
    let length = dictionary.utf8.count + (64 - unpadded % 64) % 64 + 1
    let padding = String(repeating: " ", count: length - 1 - dictionary.utf8.count)
    return Self.magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array((dictionary + padding + "\n").utf8)
  }

  /// The elements in the order of the file.
  /// - Throws: `Diagnostic` for an integer that a double cannot hold.
  func decode(_ bytes: [UInt8], at place: Diagnostic.Location) throws -> [Double] {
    switch type {
    case .bool: integers(bytes, of: UInt8.self).map { $0 == 0 ? 0 : 1 }
    case .int8: integers(bytes, of: Int8.self).map { Double($0) }
    case .int16: integers(bytes, of: Int16.self).map { Double($0) }
    case .int32: integers(bytes, of: Int32.self).map { Double($0) }
    case .int64: try integers(bytes, of: Int64.self).map { try exact($0, at: place) }
    case .uint8: integers(bytes, of: UInt8.self).map { Double($0) }
    case .uint16: integers(bytes, of: UInt16.self).map { Double($0) }
    case .uint32: integers(bytes, of: UInt32.self).map { Double($0) }
    case .uint64: try integers(bytes, of: UInt64.self).map { try exact($0, at: place) }
    case .float16: integers(bytes, of: UInt16.self).map { Double(Float16(bitPattern: $0)) }
    case .float32: integers(bytes, of: UInt32.self).map { Double(Float(bitPattern: $0)) }
    case .float64: integers(bytes, of: UInt64.self).map { Double(bitPattern: $0) }
    }
  }

  /// From columns first to rows first.
  func rowMajor(_ values: [Double]) -> [Double] {
    guard shape.count > 1, !values.isEmpty else { return values }
    // The distance in the file between neighbours along each axis.
    var strides: [Int] = []
    var stride = 1
    for size in shape {
      strides.append(stride)
      stride *= size
    }
    var index = [Int](repeating: 0, count: shape.count)
    var from = 0
    return values.indices.map { _ in
      defer {
        var axis = shape.count - 1
        while axis >= 0 {
          index[axis] += 1
          from += strides[axis]
          if index[axis] < shape[axis] { break }
          from -= strides[axis] * shape[axis]
          index[axis] = 0
          axis -= 1
        }
      }
      return values[from]
    }
  }

  private func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: [UInt8], of: Integer.Type
  ) -> [Integer] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: MemoryLayout<Integer>.size).map { offset in
        let raw = bytes.loadUnaligned(fromByteOffset: offset, as: Integer.self)
        return isBigEndian ? Integer(bigEndian: raw) : Integer(littleEndian: raw)
      }
    }
  }
}

/// Whether the value of `key` is a list, as the type of an array of records is.
private func entries(of dictionary: [UInt8], hasList key: String) -> Bool {
  String(decoding: dictionary, as: UTF8.self).filter { $0 != " " }.contains("'\(key)':[")
}

/// - Throws: `Diagnostic` if a double cannot hold the integer.
func exact(_ integer: some BinaryInteger, at place: Diagnostic.Location) throws -> Double {
  if let value = Double(exactly: integer) { return value }
  throw Diagnostic("holds \(integer)", at: place, supported: "integers that a 64-bit float holds exactly")
}
