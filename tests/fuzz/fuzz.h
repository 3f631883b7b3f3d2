// What a fuzz target is: libFuzzer calls it with each input, and so does replay.c.
//
// A target returns 0, keeps nothing between calls, and asserts what must hold. Add NAME_fuzz.c, its
// name to meson.build, and inputs to corpus/NAME/. A crash is kept in regressions/NAME/ and
// replayed by `make test` from then on.
#ifndef SOUK_TESTS_FUZZ_FUZZ_H
#define SOUK_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#endif
