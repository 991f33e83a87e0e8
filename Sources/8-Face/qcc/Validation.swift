import ArgumentParser
import QCCDriver

/// How many threads there may be.
func validateThreads(_ threads: Int?) throws {
  guard (1...1024).contains(threads ?? 1) else { throw ValidationError("--threads takes 1 to 1024") }
}

/// That the name of a network's file says of what kind it is.
func validateNetworkName(_ output: String) throws {
  let suffixes = NetworkQuantizer.Result.suffixes.map { ".\($0)" }
  if !suffixes.contains(where: output.hasSuffix) {
    throw ValidationError("-o takes a file that ends in \(suffixes.joined(separator: " or "))")
  }
}
