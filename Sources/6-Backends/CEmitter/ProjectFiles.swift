import Backend
import IntegerProgram

/// The files around the sources.
enum ProjectFiles {
  /// - Parameter sources: of the project: others in its folder are the user's.
  static func makefile(sources: [String], name: String) -> SourceText {
    let (tests, library) = (sources.filter { $0.hasPrefix("test/") }, sources.filter { !$0.hasPrefix("test/") })
    return SourceText(
      """
      # make: builds the test bench; make test: runs it; make lib: the network as lib\(name).a. CC, CFLAGS and AR as usual.
      CC ?= cc
      AR ?= ar
      CFLAGS ?= -O2
      override CFLAGS += -std=c99 -Wall -Wextra -Werror -pedantic
      INCLUDES = -Iinclude -Iruntime -Isrc -Itest
      SOURCES = \(library.joined(separator: " "))
      TESTS = \(tests.joined(separator: " "))
      OBJECTS = $(SOURCES:%.c=build/%.o)
      HEADERS = $(wildcard include/*.h runtime/*.h src/*.h test/*.h)

      all: build/testbench

      build/testbench: $(OBJECTS) $(TESTS:%.c=build/%.o) Makefile
      \t$(CC) $(CFLAGS) $(LDFLAGS) $(OBJECTS) $(TESTS:%.c=build/%.o) -o $@

      lib: lib\(name).a

      lib\(name).a: $(OBJECTS) Makefile
      \trm -f $@
      \t$(AR) rcs $@ $(OBJECTS)

      build/%.o: %.c $(HEADERS)
      \t@mkdir -p $(@D)
      \t$(CC) $(CFLAGS) $(INCLUDES) -c $< -o $@

      test: build/testbench
      \t./build/testbench

      clean:
      \trm -rf build lib\(name).a

      .PHONY: all test lib clean

      """)
  }

  static func readme(
    _ program: IntegerProgram, name: String, memory: Project.Memory, hasEngines: Bool
  ) -> SourceText {
    let layers = program.instructions.count
    let runtime =
      hasEngines
      ? "the Sum-Together multiplier, the engines with their memories, DMA, requantization"
      : "windows of feature maps and their products with packed weights, requantization"
    let synthesis =
      hasEngines
      ? """
      For synthesis, define QCC_HLS_VITIS (Vitis HLS) or QCC_HLS_CATAPULT (Catapult) and take \(name)_run as the top
      function with include/, src/ and runtime/; test/ is the C test bench. Without either macro the code is plain C99.


      """ : ""
    return SourceText(
      """
      \(Identifier.comment(program.name)) as C for \(hasEngines ? "the ST-MAC accelerators" : "processors")

      make          builds the test bench (build/testbench)
      make test     runs it: every output code must equal the vectors, else it fails
      make lib      lib\(name).a: the network and the runtime. Archives of several networks link into one program, in C or C++

      include/\(name).h   inputs, outputs, scales, zero points, the function to call: \(name)_run, codes of the
                          model's numbers: \(name)_quantize, and numbers of codes: \(name)_dequantize
      src/                the network: \(layers) steps, \(hasEngines ? "their tile loops, " : "")weights and constants
      runtime/            \(runtime)
      test/               the test bench and its vectors

      Static arrays take \(memory.arrays.description). Constants
      take \(memory.constants.description), beside the
      code. Nothing is allocated at run time. \(name)_run_in works in a context of the caller's; \(name)_run has one.

      \(synthesis)build/testbench --input FILE --output FILE runs the samples of a file and writes all tensors; the head of
      test/testbench.c describes both files.

      """)
  }
}
