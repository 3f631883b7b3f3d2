// The command line: reads as a table of contents. Each command lives in app/.
#include <stdio.h>

int main(void)
{
    puts("souk");
    return 0;
}
