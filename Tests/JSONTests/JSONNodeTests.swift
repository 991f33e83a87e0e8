import Diagnostics
import JSON
import Testing

@Suite struct JSONNodeTests {
  private func root() throws -> JSONNode {
    let text = #"{"config": {"layers": [{"bits": 8}, {"bits": "8", "alpha": null, "size": 3.0, "on": true}]}}"#
    return JSONNode(try JSONParser.parse(text), at: .init(file: "m.h5"))
  }

  @Test func reads() throws {
    let layers = try root().member("config").array("layers")
    #expect(try layers[0].int("bits") == 8)
    #expect(try layers[0].double("bits") == 8)
    #expect(try layers[0].stringIfPresent("alpha") == nil)
    #expect(try layers[1].doubleIfPresent("alpha") == nil)
    #expect(try layers[1].member("alpha").isNull)
    #expect(try layers[1].int("size") == 3)
    #expect(try layers[1].bool("on"))
  }

  @Test func saysWhereAWrongTypeIs() throws {
    let layer = try root().member("config").array("layers")[1]
    let place = Diagnostic.Location(file: "m.h5")
    #expect(
      throws: Diagnostic(
        #"'config.layers[1].bits' is the string "8""#, at: place, supported: "an integer")
    ) { try layer.int("bits") }
    #expect(throws: Diagnostic("'config.layers[1]' has no key 'name'", at: place)) { try layer.string("name") }
    #expect(throws: Diagnostic("'config.layers' is an array", at: place, supported: "an object")) {
      try root().member("config").member("layers").member("x")
    }
    #expect(throws: Diagnostic("the document is an object", at: place, supported: "an array")) { try root().array() }
    #expect(throws: Diagnostic("'config.layers[1].on' is true", at: place, supported: "a number")) {
      try layer.double("on")
    }
  }
}
