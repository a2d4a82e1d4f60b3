# Parasol. `make demo` and `make test` are all that a newcomer needs; `make help` lists the rest.
.DEFAULT_GOAL := help
MVN     ?= mvn -B -ntp
JAR     := java/target/parasol.jar
SAMPLES := java/samples
SOURCES := $(shell find java/src/main weights-tools/src/main bench/src/main -type f 2>/dev/null)

.PHONY: help demo build native ptx ptxas test native-test java-test soak bench gpu-bundle report clean tools-large

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

native: ## build the software CUDA device and the bridge (g++)
	$(MAKE) -C cuda -j2 native

ptx: ## build the kernels' PTX (needs nvcc; without it everything runs on the software device)
	$(MAKE) -C cuda -j2 ptx

ptxas: ## assemble every kernel and print its registers, shared memory and spills (none allowed)
	$(MAKE) -C cuda ptxas

build: native ptx $(JAR) ## build everything that is missing

$(JAR): $(SOURCES) pom.xml java/pom.xml weights-tools/pom.xml bench/pom.xml $(wildcard cuda/build/resources/dev/parasol/*/* cuda/build/resources/dev/parasol/native/*/*)
	$(MVN) -q package -DskipTests -Dinvoker.skip=true
	@touch $(JAR)

demo: build ## transcribe the sample recordings with the sample model, and make subtitles of one with INT8
	java -jar $(JAR) transcribe --model $(SAMPLES)/digits-tiny --report $(SAMPLES)/audio/*.wav
	java -jar $(JAR) transcribe --model $(SAMPLES)/digits-tiny --precision int8 --format srt $(SAMPLES)/audio/utt-07.wav

native-test: ## kernels and software device: plain, under ASan and UBSan, under TSan; ptxas
	$(MAKE) -C cuda -j2 test-tsan test-asan test ptxas

java-test: native ptx
	rm -rf */target/surefire-reports
	$(MVN) verify
	@.ci/count

test: native-test java-test ## every test

soak: native ptx ## what is too long for make test
	rm -rf */target/surefire-reports
	$(MVN) verify -Psoak -Dinvoker.skip=true
	@.ci/count

# Launches made from C, beside which those from Java stand.
LAUNCH_COST := bench/target/launch-cost
$(LAUNCH_COST): bench/native/launch_cost.c cuda/params/convert.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Icuda $< -o $@ -ldl

bench: build $(LAUNCH_COST) ## benchmarks that make sense without a GPU, on the software device
	java -jar bench/target/parasol-bench.jar all

tools-large: build ## synth, convert, quantize and prune a model of paraformer-large's size, with times and memory
	weights-tools/tools-large java -jar weights-tools/target/parasol-weights.jar

gpu-bundle: build $(LAUNCH_COST) ## a folder with its own Java runtime that checks and measures on a bare GPU machine
	bench/make-bundle

report: build ## bench/RESULTS.md and its plots from the results under bench/results
	java -jar bench/target/parasol-bench.jar report

clean: ## remove all that was built
	$(MAKE) -C cuda clean
	$(MVN) -q clean
