import Diagnostics
import HDF5
import JSON
import KerasImport

/// A real model whose configuration and weights a test may change.
struct TestModel {
  var config: JSONValue
  var weights: TestWeights

  init(_ path: String) throws {
    let file = try H5File(path)
    config = try JSONParser.parse(file.root.attribute("model_config") ?? "")
    var layers: [String: [KerasTensor]] = [:]
    for group in try file.root.group("model_weights").groups {
      layers[group.name] = try (group.stringArray(attribute: "weight_names") ?? []).map { name in
        let dataset = try group.dataset(name)
        let values = try dataset.floats
        return KerasTensor(name: name, shape: dataset.shape) { values }
      }
    }
    weights = TestWeights(layers: layers)
  }

  /// The messages of what is wrong with it.
  var problems: [String] {
    do throws(Diagnostics) {
      _ = try KerasModel(config: config, weights: weights, file: "test.h5").model()
      return []
    } catch {
      return error.all.map(\.description)
    }
  }
}

struct TestWeights: KerasWeights {
  var layers: [String: [KerasTensor]]

  func tensors(ofLayer name: String) -> [KerasTensor]? { layers[name] }
  var layerNames: [String] { layers.keys.sorted() }
}

extension JSONValue {
  /// The value at a path of keys and indices, which a test may set; null takes a member away.
  subscript(_ path: JSONStep...) -> JSONValue? {
    get { self[path[...]] }
    set { self[path[...]] = newValue }
  }

  private subscript(_ path: ArraySlice<JSONStep>) -> JSONValue? {
    get {
      guard let step = path.first else { return self }
      switch (step, self) {
      case (.key(let key), _): return self[key: key]?[path.dropFirst()]
      case (.index(let index), .array(let elements)) where elements.indices.contains(index):
        return elements[index][path.dropFirst()]
      default: return nil
      }
    }
    set {
      guard let step = path.first else {
        self = newValue ?? .null
        return
      }
      switch (step, self) {
      case (.key(let key), .object(var members)):
        let index = members.firstIndex { $0.key == key }
        var value = index.map { members[$0].value } ?? .null
        value[path.dropFirst()] = newValue
        let isGone = path.count == 1 && newValue == nil
        if let index {
          members.remove(at: index)
          if !isGone { members.insert(JSONMember(key: key, value: value), at: index) }
        } else if !isGone {
          members.append(JSONMember(key: key, value: value))
        }
        self = .object(members)
      case (.index(let index), .array(var elements)) where elements.indices.contains(index):
        elements[index][path.dropFirst()] = newValue
        self = .array(elements)
      default: break
      }
    }
  }

  private subscript(key key: String) -> JSONValue? { self[key] }

  /// The configuration of a layer of the outermost model.
  func layer(_ name: String) -> Int? {
    guard case .array(let layers)? = self["config", "layers"] else { return nil }
    return layers.firstIndex { $0["config", "name"] == .string(name) }
  }
}

enum JSONStep: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case key(String)
  case index(Int)

  init(stringLiteral value: String) { self = .key(value) }
  init(integerLiteral value: Int) { self = .index(value) }
}
