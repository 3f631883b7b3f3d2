// Names a process, so that others of the same machine can tell when it is gone.
#ifndef SOUK_SERVICES_ORDER_LEASE_H
#define SOUK_SERVICES_ORDER_LEASE_H

#include "core/base.h"

// "host:pid:start" of this process; lives as long as the calling thread.
const char *lease_process(void);
// True when the name is of this machine and no such process is there any more. A process elsewhere,
// or a name that cannot be read, may be alive.
bool lease_process_gone(const char *process);

#endif
