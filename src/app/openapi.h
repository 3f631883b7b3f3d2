// Prints the OpenAPI 3.1 document from the route tables and shapes.
#ifndef SOUK_APP_OPENAPI_H
#define SOUK_APP_OPENAPI_H

#include "app/router.h"
#include "core/buf.h"

// Indented, the same bytes every time: it is committed as api/openapi.json.
void openapi_write(const struct router *router, struct buf *out);

#endif
