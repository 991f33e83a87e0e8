import Diagnostics
import JSON
import Testing

@Suite struct JSONParserTests {
  @Test(arguments: [
    ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .int(0)), ("-12", .int(-12)),
    ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
    ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1e3", .double(1000)), ("-0.5", .double(-0.5)),
    ("1E-07", .double(1e-7)), ("Infinity", .double(.infinity)), ("-Infinity", .double(-.infinity)),
    ("1e999", .double(.infinity)), ("123456789012345678901234567890", .double(1.2345678901234568e29)),
    (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{c}\n\r\t")), (#""\u00e9\ud83d\ude00""#, .string("é😀")),
    (#""\ud83dx""#, .string("\u{fffd}x")), (#""\ud83d\u0041""#, .string("\u{fffd}A")), ("\"é😀\"", .string("é😀")),
    ("[]", .array([])), ("[1, [2]]", .array([.int(1), .array([.int(2)])])), ("{}", .object([])),
    (
      #"{"b":1,"a":{"c":null}}"#,
      .object([
        JSONMember(key: "b", value: .int(1)),
        JSONMember(key: "a", value: .object([JSONMember(key: "c", value: .null)])),
      ])
    ),
  ]) func reads(text: String, value: JSONValue) throws {
    #expect(try JSONParser.parse(text) == value)
  }

  @Test(arguments: [
    "null", "[true, false]", "-12", "[1.5, 1e-07, -3e+100]", #"{"b": {"a": []}, "": [{}]}"#, #"["\"\\ é😀\u0001"]"#,
  ]) func whatIsWrittenIsReadAgain(text: String) throws {
    let value = try JSONParser.parse(text)
    #expect(value.text == text)
    #expect(try JSONParser.parse(value.text) == value)
  }

  @Test func readsNotANumber() throws {
    guard case .double(let value) = try JSONParser.parse("NaN") else { throw Diagnostic("no number") }
    #expect(value.isNaN)
  }

  @Test func keepsOrderAndTheLastOfTheSameKey() throws {
    let value = try JSONParser.parse(#"{"z": 1, "a": 2, "z": 3}"#)
    guard case .object(let members) = value else { throw Diagnostic("no object") }
    #expect(members.map(\.key) == ["z", "a", "z"])
    #expect(value["z"] == .int(3))
  }

  @Test(arguments: [
    ("", "line 1, column 1: found the JSON text ends, expected a value"),
    ("[1,\n 2 x]", "line 2, column 4: found 'x', expected ',' or ']'"),
    ("{\"é\" 1}", "line 1, column 6: found '1', expected ':'"),
    ("{1:2}", "line 1, column 2: found '1', expected a key in double quotes"),
    ("[1,]", "line 1, column 4: found ']', expected a value"),
    ("{\"a\":1,}", "line 1, column 8: found '}', expected a key in double quotes"),
    ("01", "line 1, column 2: found '1', expected no digit after a leading 0"),
    ("1.", "line 1, column 3: found the JSON text ends, expected a digit"),
    ("-", "line 1, column 2: found the JSON text ends, expected a digit"),
    ("1 2", "line 1, column 3: found '2', expected the end of the text"),
    ("\"a", "line 1, column 3: found the JSON text ends, expected '\"' at the end of a string"),
    ("\"a\nb\"", "line 1, column 3: found byte 10, expected '\"' at the end of a string"),
    (#""\x""#, #"line 1, column 3: found 'x', expected one of "\/bfnrtu after '\'"#),
    (#""\u12g4""#, "line 1, column 6: found 'g', expected four hexadecimal digits"),
    ("nul", "line 1, column 1: found 'n', expected a value"),
    ("'a'", "line 1, column 1: found ''', expected a value"),
  ]) func refuses(text: String, message: String) {
    #expect(throws: Diagnostic("not valid JSON at \(message)")) { try JSONParser.parse(text) }
  }

  @Test func refusesWhatIsNotUTF8() {
    let location = Diagnostic.Location(file: "m.h5")
    #expect(throws: Diagnostic("not valid JSON at line 1, column 2: found a string that is not UTF-8", at: location)) {
      try JSONParser.parse([0x22, 0xff, 0x22], at: location)
    }
  }

  @Test func limits() throws {
    let deep = String(repeating: "[", count: 200_000)
    #expect(throws: Diagnostic.self) { try JSONParser.parse(deep) }
    let within = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(throws: Never.self) { try JSONParser.parse(within) }
    let many = "[" + String(repeating: "0,", count: JSONParser.valueLimit) + "0]"
    #expect(throws: Diagnostic.self) { try JSONParser.parse(many) }
    let large = [UInt8](repeating: 0x20, count: JSONParser.sizeLimit + 1)
    #expect(
      throws: Diagnostic("a JSON text of \(large.count) bytes", supported: "up to 64 MiB")
    ) { try JSONParser.parse(large) }
  }
}
