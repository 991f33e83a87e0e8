# qcc: `make demo` shows it at work, `make test` runs every test. Both install what is missing first (scripts/prepare.sh).

SWIFT ?= swift
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks
QCC := .build/release/qcc
# The network of the demo: trained with QKeras on the digits of scikit-learn (testdata/make.py).
DEMO := testdata/digits_conv_affine
# Imports that Package.swift does not allow are errors: this is what keeps the layers of docs/architecture.md apart.
LAYERS := --explicit-target-dependency-import-check error

.PHONY: help prepare prepare-tests build demo demo-search test node-tests check-export check-onnx-differential \
  check-onnx-networks check-keras-networks check-tflite-differential check-tflite-tensors check-tflite-mutants \
  check-keras-differential check-qkeras-examples check-quantizer-extremes \
  check-quantized-keras check-quantize check-training check-training-peers check-tune check-trainer check-adding test-embedded \
  check-c check-registers \
  check-processor-speed check-multiplier check-kernels check-optuna check-vizier \
  check-user-files check-interrupts check-search-kills check-search-methods bench bench-peers check-memory fuzz format \
  lint generated check-generated clean
.NOTPARALLEL:

help:
	@echo 'make demo             build, then compile, verify and report the digits network'
	@echo 'make demo-search      build, then search widths for the float digits network, compile and verify the chosen one'
	@echo 'make test             all tests'
	@echo 'make build            the release build of qcc: $(QCC)'
	@echo 'make node-tests       the ONNX project'\''s tests of operators (needs its Python package)'
	@echo 'make check-export     run exported files in ONNX Runtime and the qonnx executor (Python packages)'
	@echo 'make check-onnx-differential  5,000 changed networks against ONNX Runtime and ONNX'\'' checker (Python packages)'
	@echo 'make check-onnx-networks  random networks, quantized by ONNX Runtime, beside it (Python packages)'
	@echo 'make check-keras-networks  random networks of layers, quantizers and operations, beside QKeras (Python packages)'
	@echo 'make check-tflite-differential  random networks of the converter against the reference kernels (Python packages)'
	@echo 'make check-tflite-tensors  every tensor of MLPerf Tiny'\''s files against the interpreter (Python packages)'
	@echo 'make check-tflite-mutants  100,000 damaged TensorFlow Lite files (Python packages)'
	@echo 'make check-keras-differential  mutants of the zoo against Keras and QKeras (Python packages)'
	@echo 'make check-qkeras-examples  QKeras'\''s own example networks in EXAMPLES=, beside QKeras (Python packages)'
	@echo 'make check-quantizer-extremes  quantizers on weights of extreme size against QKeras (Python packages)'
	@echo 'make check-quantized-keras  files that qcc quantize writes for QKeras, run by QKeras (Python packages)'
	@echo 'make check-quantize   what qcc quantize loses, beside ONNX Runtime'\''s quantizer (Python packages)'
	@echo 'make check-training   whole steps of qcc tune beside PyTorch'\''s (Python packages)'
	@echo 'make check-training-peers  qcc tune beside Brevitas and PyTorch: accuracy, speed (Python packages)'
	@echo 'make check-tune       what qcc tune makes of the reference networks at 4 bits (Python packages)'
	@echo 'make check-trainer    networks of qcc tune in QKeras, and networks that QKeras trained for it (Python packages)'
	@echo 'make check-adding     add an operator and a quantizer to a copy of the tree as the pages say, and build it'
	@echo 'make test-embedded    networks on simulated microcontrollers: codes, memory, instructions (installs toolchains by apt)'
	@echo 'make check-registers  the accelerator'\''s registers in SystemRDL beside those in C (Python package)'
	@echo 'make check-c          emitted C: standards, warnings, sanitizers, stack, MISRA (installs cppcheck by apt)'
	@echo 'make check-processor-speed  the C for processors beside TFLite'\''s reference kernels (Python packages)'
	@echo 'make check-multiplier  prove the array of the multipliers, and its area (installs yosys by apt)'
	@echo 'make check-kernels    the kernels for synthesis, with all tools'\'' types, for both targets'
	@echo 'make check-optuna     integrations/optuna_search.py on PostgreSQL, and a journal in optuna-dashboard'
	@echo 'make check-vizier     integrations/vizier_search.py with a server'
	@echo 'make check-user-files compile into 50 folders in which users have changed files'
	@echo 'make check-interrupts  end commands 400 times at random moments'
	@echo 'make check-search-kills  end searches 100 times at random moments and resume them'
	@echo 'make check-search-methods  compare what the methods of a search find, and the default with true fronts'
	@echo 'make bench            speed of compile, verify, the simulator and its kernels'
	@echo 'make bench-peers      the same beside other tools on this machine (Python packages)'
	@echo 'make check-memory     memory that the import of ONNX files of 100 MB takes, and how compile grows with networks'
	@echo 'make fuzz             fuzz the importers for SECONDS=60, TARGETS="keras hdf5 onnx tflite"'
	@echo 'make format           format the Swift sources'
	@echo 'make lint             check their format'
	@echo 'make generated        write generated files afresh'
	@echo 'make check-generated  check that they are fresh'
	@echo 'make clean            remove all that was built'

prepare:
	@scripts/prepare.sh

prepare-tests:
	@scripts/prepare.sh --tests

build: prepare
	$(SWIFT) build -c release --product qcc $(LAYERS)

demo: build
	@scripts/demo.sh $(QCC) $(DEMO)

demo-search: build
	@scripts/demo-search.sh $(QCC)

test: prepare-tests
	$(SWIFT) build --build-tests $(LAYERS)
	$(SWIFT) test --skip-build

# Where the packages are that the script's head names. PYTHON=… says which Python has them.
PYTHON ?= python3
check-export: build
	$(PYTHON) Tests/export-check.py $(QCC)

# FIRST=… is the first one's seed.
FIRST := 0
check-onnx-networks: build
	$(PYTHON) Tests/onnx-random-networks.py $(QCC) $(FIRST) 500

check-keras-networks: build
	$(PYTHON) Tests/keras-random-networks.py $(QCC) $(FIRST) 500

check-onnx-differential: build
	$(PYTHON) Tests/onnx-differential.py $(QCC)

# The converter is TensorFlow's, the kernels are ai-edge-litert's: TENSORFLOW and LITERT are Pythons that have them. SEED=… for other networks.
TENSORFLOW := $(PYTHON)
LITERT := $(PYTHON)
SEED := 1
check-tflite-differential: build
	$(TENSORFLOW) Tests/tflite-differential.py make .build/tflite-$(SEED) --seed $(SEED)
	$(LITERT) Tests/tflite-differential.py check .build/tflite-$(SEED) $(QCC)
	$(TENSORFLOW) Tests/tflite-streaming.py make .build/tflite-streaming-$(SEED) --seed $(SEED)
	$(LITERT) Tests/tflite-streaming.py check .build/tflite-streaming-$(SEED) $(QCC)

check-tflite-tensors: build
	$(LITERT) Tests/tflite-tensors.py $(QCC) ../shared/models

check-tflite-mutants: build
	$(LITERT) Tests/tflite-mutants.py bytes $(QCC) testdata/tflite/0020_relu.tflite
	$(LITERT) Tests/tflite-mutants.py mutants $(QCC) testdata/tflite

# Keras and QKeras beside qcc: the environment that testdata/golden.py names. COUNT=… is how many cases.
COUNT := 5000
check-keras-differential: build
	$(PYTHON) Tests/keras-differential.py $(QCC) --count $(COUNT)

# EXAMPLES=… is the folder of QKeras' repository that the script's head names.
EXAMPLES := ../qkeras/examples
check-qkeras-examples: build
	$(PYTHON) Tests/qkeras-examples.py $(QCC) $(EXAMPLES)

check-quantizer-extremes: build
	$(PYTHON) Tests/quantizer-extremes.py $(QCC)

check-quantized-keras: build
	$(PYTHON) Tests/quantized-keras-check.py $(QCC) $(wildcard ../shared/models)

check-quantize: build
	$(PYTHON) Tests/quantize-check.py $(QCC) ../shared/models

check-training: build
	QCC=$(QCC) $(PYTHON) Tests/training-check.py

check-tune: build
	$(PYTHON) Tests/tune-check.py $(QCC) ../shared/models

check-training-peers: build
	$(PYTHON) Tests/training-peers-check.py $(QCC) ../shared/models

check-trainer: build
	$(PYTHON) Tests/trainer-check.py $(QCC)

check-adding: prepare
	@scripts/check-adding.sh

test-embedded: build
	@scripts/prepare.sh --embedded
	$(PYTHON) Tests/embedded-check.py $(QCC) ../shared/models

check-registers: build
	$(PYTHON) Tests/registers-check.py $(QCC) testdata/digits_conv_affine.h5

check-c: build prepare-tests
	$(PYTHON) Tests/c-check.py $(QCC)

check-processor-speed: build
	$(PYTHON) Tests/processor-speed.py $(QCC) ../shared/models

check-multiplier:
	@scripts/prepare.sh --multiplier
	$(PYTHON) Tests/multiplier-check.py

# In environments of their own, which they install by pip; the first needs Debian's postgresql.
check-optuna: build
	$(PYTHON) Tests/optuna-check.py $(QCC) build/optuna

check-vizier: build
	$(PYTHON) Tests/vizier-check.py $(QCC) build/vizier

# Tests with more tries than `make test` gives them.
check-kernels: prepare-tests
	QCC_CAMPAIGN=1 $(SWIFT) test --filter CRuntimeTests.KernelTests

check-user-files: prepare-tests
	QCC_CAMPAIGN=50 $(SWIFT) test --filter UserFilesTests

check-interrupts: prepare-tests
	QCC_CAMPAIGN=200 $(SWIFT) test --filter InterruptTests

check-search-kills: build
	$(PYTHON) Tests/search-kills.py $(QCC)

check-search-methods: build
	$(PYTHON) Tests/search-front.py $(QCC)
	$(PYTHON) Tests/search-methods.py $(QCC) ../shared/models

bench: prepare
	$(SWIFT) build -c release $(LAYERS)
	@scripts/bench.sh $(QCC)

# Best where nothing else runs. PYTHON=… says which Python has the peers' packages.
bench-peers: prepare
	$(SWIFT) build -c release --product qcc $(LAYERS)
	$(SWIFT) build -c release --product simulator-bench $(LAYERS)
	$(PYTHON) scripts/bench-peers.py .build/release ../shared/models

check-memory: build
	@scripts/check-memory.py $(QCC)

# All of it once more with libFuzzer and the address sanitizer in it, in a folder of its own (docs/fuzzing.md). Of several
# -sanitize= Swift takes the last.
SECONDS := 60
fuzz: prepare
	QCC_FUZZ=1 $(SWIFT) build -c release --product fuzz --scratch-path .build/fuzz --sanitize fuzzer \
	  --sanitize address -Xswiftc -sanitize=address,fuzzer
	@scripts/fuzz.sh .build/fuzz/release/fuzz $(SECONDS) $(TARGETS)

# The standard's own tests of every operator in the README's table.
node-tests: build
	Tests/onnx-node-tests.py $(QCC)

format:
	$(SWIFT) format --in-place --recursive $(SWIFT_SOURCES)

lint:
	$(SWIFT) format lint --strict --recursive $(SWIFT_SOURCES)

# The README's table of what is supported is written by a test, from the importer's own tables, and so are the registers in Runtime.
generated: prepare-tests
	@scripts/embed.sh
	QCC_BLESS=1 $(SWIFT) test --filter 'DocumentationTests|theRuntimesRegisters'

check-generated: prepare-tests
	@scripts/embed.sh --check
	$(SWIFT) test --filter 'DocumentationTests|theRuntimesRegisters'

clean:
	rm -rf .build build
