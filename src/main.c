// The program. Its commands register themselves (app/command.h); `souk help` lists them.
#include <malloc.h>

#include "app/command.h"

// glibc gives each thread a heap of its own, and a heap keeps what its busiest request needed: 48
// threads held 200 MB after a minute of searches. Two heaps hold a third of it at the same speed,
// because requests allocate in large chunks (core/arena.h).
enum { HEAPS = 2 };

int main(int argc, char **argv)
{
    mallopt(M_ARENA_MAX, HEAPS);
    return command_main(argc, argv);
}
