import Backend
import IntegerProgram
import Schedule

/// The files around the sources.
enum ProjectFiles {
  /// - Parameters:
  ///   - sources: of the project: others in its folder are the user's.
  ///   - hasEngines: whether a driver is chosen.
  static func makefile(sources: [String], name: String, hasEngines: Bool) -> SourceText {
    let (tests, library) = (sources.filter { $0.hasPrefix("test/") }, sources.filter { !$0.hasPrefix("test/") })
    let driver =
      hasEngines
      ? """
      # Who runs the layers: software (the engines in C), memory-mapped (an accelerator behind registers, at -DST_BASE_ADDRESS=...) or
      # rtl (a simulated one). DEVICE=model: the model of one (test/st_device.c) stands in its place.
      DRIVER ?= software
      DEVICE ?= none
      DRIVER_FLAGS_software = -DST_DRIVER=ST_DRIVER_SOFTWARE
      DRIVER_FLAGS_memory-mapped = -DST_DRIVER=ST_DRIVER_MEMORY_MAPPED
      DRIVER_FLAGS_rtl = -DST_DRIVER=ST_DRIVER_RTL
      DEVICE_FLAGS_none =
      DEVICE_FLAGS_model = -DST_DEVICE_MODEL '-DST_PORT_HEADER="st_device.h"'
      ifeq ($(and $(DRIVER_FLAGS_$(DRIVER)),$(filter none model,$(DEVICE))),)
      $(error DRIVER=$(DRIVER) DEVICE=$(DEVICE): drivers are software, memory-mapped and rtl; devices none and model)
      endif
      override CFLAGS += $(DRIVER_FLAGS_$(DRIVER)) $(DEVICE_FLAGS_$(DEVICE))
      OUT = build$(if $(filter-out software,$(DRIVER)),/$(DRIVER)$(if $(filter model,$(DEVICE)),-model))

      """ : "OUT = build\n"
    return SourceText(
      """
      # make: builds the test bench; make test: runs it; make lib: the network as lib\(name).a; make stack: how deep the stack gets. CC, CFLAGS and AR as usual.
      CC ?= cc
      AR ?= ar
      CFLAGS ?= -O2
      override CFLAGS += -std=c99 -Wall -Wextra -Werror -pedantic -Wvla
      \(driver)INCLUDES = -Iinclude -Iruntime -Isrc -Itest
      SOURCES = \(library.joined(separator: " "))
      TESTS = \(tests.joined(separator: " "))
      OBJECTS = $(SOURCES:%.c=$(OUT)/%.o)
      HEADERS = $(wildcard include/*.h runtime/*.h src/*.h test/*.h)

      all: $(OUT)/testbench

      $(OUT)/testbench: $(OBJECTS) $(TESTS:%.c=$(OUT)/%.o) Makefile
      \t$(CC) $(CFLAGS) $(LDFLAGS) $(OBJECTS) $(TESTS:%.c=$(OUT)/%.o) $(LDLIBS) -o $@

      lib: lib\(name).a

      lib\(name).a: $(OBJECTS) Makefile
      \trm -f $@
      \t$(AR) rcs $@ $(OBJECTS)

      $(OUT)/%.o: %.c $(HEADERS)
      \t@mkdir -p $(@D)
      \t$(CC) $(CFLAGS) $(INCLUDES) -c $< -o $@

      test: $(OUT)/testbench
      \t./$(OUT)/testbench

      # By gcc's call graphs (version 10 or later): of the compiler and the CFLAGS that make is given.
      stack:
      \t@rm -rf build/stack
      \t@mkdir -p build/stack
      \t@for f in $(SOURCES); do \\
      \t  $(CC) $(CFLAGS) $(INCLUDES) -fcallgraph-info=su -c $$f -o build/stack/`basename $$f .c`.o || exit 1; done
      \t@awk -v name=\(name) -f test/stack.awk build/stack/*.ci

      clean:
      \trm -rf build lib\(name).a

      .PHONY: all test lib stack clean

      """)
  }

  static func readme(
    _ program: IntegerProgram, name: String, memory: Project.Memory, host: HostWork?
  ) -> SourceText {
    let hasEngines = host != nil
    let layers = program.instructions.count
    let runtime =
      hasEngines
      ? "the Sum-Together multiplier, the engines with their memories, DMA, requantization"
      : "windows of feature maps and their products with packed weights, requantization"
    let accelerator =
      host.map { host in
        """
        Layers run on an accelerator behind include/st_accelerator.h. make DRIVER=... says who that is:

        software        the engines in C; nothing else is needed, and a run never fails
        memory-mapped   an accelerator behind registers: include/st_registers.h, hardware/st_accelerator.rdl. CFLAGS say where
                        they are (-DST_BASE_ADDRESS=...), and what caches, interrupts and timeouts ask for (runtime/st_port.h)
        rtl             a simulated accelerator, Verilated RTL for instance, which brings the functions of include/st_rtl.h

        make DRIVER=memory-mapped DEVICE=model test runs the bench against a model of the device (test/st_device.c), and so does
        DRIVER=rtl. What DMA reads and writes is aligned and placed as include/st_placement.h says.

        Beside the accelerator the processor has \(host).


        """
      } ?? ""
    let synthesis =
      hasEngines
      ? """
      hls/ has the engines for synthesis, in C++: st_conv2d_top, st_dwconv_top and st_fc_top, a tile per call. Define QCC_HLS_VITIS
      and take st_tops_vitis.cpp, or QCC_HLS_CATAPULT and st_tops_catapult.cpp or st_tops_esp.cpp, with include/ and hls/.
      include/st_widths.h has the network's proved widths.


      """ : ""
    return SourceText(
      """
      \(Identifier.comment(program.name)) as C for \(hasEngines ? "the ST-MAC accelerators" : "processors")

      make          builds the test bench (build/testbench)
      make test     runs it: every output code must equal the vectors, else it fails
      make stack    how deep the stack gets at most, function by function, as gcc compiles them
      make lib      lib\(name).a: the network and the runtime. Archives of several networks link into one program, in C or C++

      include/\(name).h   inputs, outputs, scales, zero points, the function to call: \(name)_run, codes of the
                          model's numbers: \(name)_quantize, and numbers of codes: \(name)_dequantize
      src/                the network: \(layers) steps, \(hasEngines ? "layers as constants, " : "")weights and constants
      runtime/            \(runtime)
      test/               the test bench and its vectors

      Static arrays take \(memory.arrays.description). Constants
      take \(memory.constants.description), beside the
      code. Nothing is allocated at run time, no function calls itself, and no array's size is a variable. \(name)_run_in works in a context of the caller's; \(name)_run has one.

      \(accelerator)\(synthesis)build/testbench --input FILE --output FILE runs the samples of a file and writes all tensors; the head of
      test/testbench.c describes both files.

      """)
  }
}
