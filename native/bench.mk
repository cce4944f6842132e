# Benchmarks, the report on screening and the fuzzers; the top Makefile includes this file.

build/synthetic: native/bench/synthetic.c
	@mkdir -p build
	$(CC) -std=c11 -O2 -Wall -Wextra -Werror -ffp-contract=off -o $@ $<
