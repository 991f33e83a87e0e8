import Diagnostics
import HDF5
import JSON
import QIR

/// Weights as Keras 3 stores them, and Keras 2.12 to 2.15 in `.keras` files: a group per object under a name made of its class
/// (`layers/dense_1/vars`), and in it the variables by number, those that are trained first (`_save_state` in Keras'
/// saving_lib.py). What they are called follows from the model's configuration.
struct StoredWeights: KerasWeights {
  /// Of every layer of the outermost model; what belongs to no layer stands under its own path.
  private let layers: [String: [KerasTensor]]

  var layerNames: [String] { layers.keys.sorted() }

  func tensors(ofLayer name: String) -> [KerasTensor]? { layers[name] }

  /// Reads the weights of a model, and no other dataset.
  /// - Parameters:
  ///   - group: Where they are in the file; "" is all of it.
  ///   - model: `{"class_name": …, "config": …}`
  /// - Throws: `Diagnostic` where there are more than the budget allows, before any is read.
  init(_ file: H5File, at group: String, model: JSONValue) throws {
    let objects = StoredObject(file.root.groupIfPresent(group) ?? file.root)
    guard let container = Self.containers.first(where: { objects.inner[$0] != nil }) else {
      throw Diagnostic(
        "no weights of layers", at: .init(file: file.path, tensor: group.isEmpty ? nil : group),
        supported: "a group '\(Self.containers[0])', as Keras 3 stores weights", fix: "save with model.save")
    }
    var walk = Walk(container: container)
    try walk.walk(model["config"], in: objects, file: file.path)
    let claimed = Set(walk.variables.map(\.dataset.path))
    let rest = (objects.inner[container]?.datasets(within: container) ?? []).filter {
      !claimed.contains($0.dataset.path)
    }
    .map { (layer: $0.object, name: $0.dataset.name, dataset: $0.dataset) }
    let found = walk.variables + rest
    let read = try file.readingWeights(found.map { ($0.layer, $0.dataset) }).root
    var layers: [String: [KerasTensor]] = [:]
    for (layer, name, dataset) in found {
      let dataset = try read.dataset(dataset.path)
      layers[layer, default: []].append(KerasTensor(name: name, shape: dataset.shape) { try dataset.floats })
    }
    self.layers = layers
  }

  /// Whether a file's root has weights that are stored so.
  static func are(in root: H5Group) -> Bool {
    let objects = StoredObject(root)
    return containers.contains { objects.inner[$0]?.inner.values.contains { $0.inner["vars"] != nil } ?? false }
  }

  /// Where a model has its layers; the second one in Keras 2.12.
  private static let containers = ["layers", oldContainer]
  private static let oldContainer = "_layer_checkpoint_dependencies"

  /// A way through a model's layers that finds the object of each.
  private struct Walk {
    let container: String
    /// `layer` is of the outermost model, `name` with the models between.
    private(set) var variables: [(layer: String, name: String, dataset: H5Dataset)] = []

    init(container: String) { self.container = container }

    /// - Parameters:
    ///   - model: A model's configuration.
    ///   - object: The model as it is stored.
    ///   - outer: The names of the models around its layers, the outermost first.
    ///   - file: For messages.
    /// - Throws: `Diagnostic` where a layer's variables have no known order.
    mutating func walk(_ model: JSONValue?, in object: StoredObject?, outer: [String] = [], file: String) throws {
      guard let model, let objects = object?.inner[container], outer.count < 64,
        case .array(let layers) = model["layers"] ?? model
      else { return }
      var counts: [String: Int] = [:]
      for layer in layers {
        guard case .string(let text)? = layer["class_name"], let name = ModelConfig.layerName(layer) else { continue }
        let className = LayerEntry.className(text)
        if LayerWrapper(rawValue: className) != nil {
          throw Diagnostic(
            "a \(className) whose weights have numbers for names", at: .init(file: file, layer: name),
            supported: "wrappers in whole models in HDF5 files",
            fix: "strip them from the model, or model.save('model.h5')")
        }
        let stem = className.inSnakeCase
        let count = counts[stem, default: 0]
        let object = objects.inner[count == 0 ? stem : "\(stem)_\(count)"]
        // The old container holds layers with weights twice.
        let isTwice = container == StoredWeights.oldContainer && object?.holdsVariables == true
        counts[stem] = count + (isTwice ? 2 : 1)
        if LayerTable.models.contains(className) {
          try walk(layer["config"], in: object, outer: outer + [name], file: file)
        } else {
          take(object, LayerTable.byClass[className]?.keys(of: className), layer["config"], outer + [name])
        }
      }
    }

    /// The variables of a layer, and those of objects in it.
    private mutating func take(
      _ object: StoredObject?, _ keys: LayerKeys?, _ config: JSONValue?, _ names: [String], part: String = ""
    ) {
      guard let object else { return }
      let known = keys?.variables(of: part, config) ?? []
      for dataset in object.inner["vars"]?.datasets ?? [] {
        let named = Int(dataset.name).flatMap { known.indices.contains($0) ? known[$0] : nil }
        let name = named ?? (part.isEmpty ? dataset.name : "\(part).\(dataset.name)")
        variables.append((names[0], (names + [name]).joined(separator: "/"), dataset))
      }
      for (name, inner) in object.inner.sorted(by: { $0.key < $1.key }) where name != "vars" {
        take(inner, keys, config, names, part: part.isEmpty ? name : "\(part).\(name)")
      }
    }
  }
}

/// A group of stored weights: an object of Keras, a container of such, or variables.
private struct StoredObject {
  var datasets: [H5Dataset] = []
  var inner: [String: StoredObject] = [:]

  /// Keras 2 on Windows joins names with backslashes.
  init(_ group: H5Group) {
    datasets = group.datasets
    for group in group.groups { put(StoredObject(group), at: group.name.split(separator: "\\")[...]) }
  }

  private init() {}

  private mutating func put(_ object: StoredObject, at path: ArraySlice<Substring>) {
    guard let first = path.first else { return }
    var next = inner[String(first)] ?? StoredObject()
    if path.count > 1 {
      next.put(object, at: path.dropFirst())
    } else {
      next.datasets += object.datasets
      next.inner.merge(object.inner) { own, _ in own }
    }
    inner[String(first)] = next
  }

  var holdsVariables: Bool { !datasets.isEmpty || inner.values.contains(where: \.holdsVariables) }

  /// All datasets in here with the paths of their objects.
  func datasets(within path: String) -> [(object: String, dataset: H5Dataset)] {
    datasets.map { (path, $0) }
      + inner.sorted { $0.key < $1.key }.flatMap { $0.value.datasets(within: "\(path)/\($0.key)") }
  }
}

extension String {
  /// `q_conv2d_batchnorm` of `QConv2DBatchnorm`, as Keras' `to_snake_case` has it.
  fileprivate var inSnakeCase: String {
    let letters = Array(unicodeScalars)
    func isLower(_ index: Int) -> Bool { letters.indices.contains(index) && letters[index].properties.isLowercase }
    return letters.indices.map { index in
      let startsWord = index > 0 && letters[index].properties.isUppercase && (isLower(index - 1) || isLower(index + 1))
      return (startsWord ? "_" : "") + letters[index].properties.lowercaseMapping
    }.joined()
  }
}
