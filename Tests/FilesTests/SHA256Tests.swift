import CSHA256
import Files
import TestSupport
import Testing

@Suite struct SHA256Tests {
  /// The messages of NIST's examples, and lengths around the ends of blocks (digests of `sha256sum`).
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
    (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func isTheStandards(_ text: String, _ digest: String) {
    #expect(SHA256.hexadecimal(Array(text.utf8)) == digest)
  }

  /// Files are read in parts of 64 KiB.
  @Test(arguments: [1, 64, 65_535, 65_536, 65_537, 196_608, 196_673]) func ofAFileIsThatOfItsBytes(_ size: Int) throws {
    try Folder.with { folder in
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
      let path = folder + "/file"
      try Folders.write(bytes, to: path)
      #expect(try SHA256.hexadecimal(of: InputFile(path)) == SHA256.hexadecimal(bytes))
    }
  }

  @Test func isTheSameOnEveryProcessor() {
    let bytes = (0..<64 * 37).map { UInt8(truncatingIfNeeded: $0 &* $0 &+ $0 >> 5) }
    var states = [[UInt32]](repeating: (0..<8).map { 0x9e37_79b9 &* ($0 + 1) }, count: 2)
    qcc_sha256_absorb(&states[0], bytes, 37)
    qcc_sha256_absorb_portable(&states[1], bytes, 37)
    #expect(states[0] == states[1])
  }
}
