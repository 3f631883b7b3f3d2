// The program. Its commands register themselves (app/command.h); `souk help` lists them.
#include "app/command.h"

int main(int argc, char **argv)
{
    return command_main(argc, argv);
}
