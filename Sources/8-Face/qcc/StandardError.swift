import Files
import Libc

/// Standard error as a text stream; what is written comes out at once.
struct StandardError: TextOutputStream {
  mutating func write(_ string: String) {
    var text = Substring(string)
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
        guard count > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }
}

/// Prints what a command wrote: to standard error where that itself came out on standard output.
func announce(_ line: String, of output: String) {
  if OutputFile.isStandardOutput(output) {
    var standardError = StandardError()
    print(line.printable, to: &standardError)
  } else {
    print(line.printable)
  }
}
