// Trace context: which request, of all processes it goes through, a piece of work belongs to
// (W3C Trace Context, https://www.w3.org/TR/trace-context/).
//
// A trace has an id for the whole and a span id for this process's part of it. What comes in is
// believed when it is well formed, and the caller's tracestate is handed on as it is; anything else
// begins a trace of our own.
//
//     struct trace trace;
//     trace_begin(&trace, header_traceparent, header_tracestate, arena);   // both may be NULL
//     char text[TRACEPARENT_SIZE];
//     trace_write(&trace, text);                       // for those that are asked from here
#ifndef SOUK_CORE_TRACE_H
#define SOUK_CORE_TRACE_H

#include "core/arena.h"

enum { TRACEPARENT_SIZE = 56 }; // with the NUL

struct trace {
    char id[33], span[17], parent[17]; // hexadecimal, small; parent "": it begins here
    bool sampled;
    const char *state; // NULL: none
};

// A span in the trace of the headers, or in a new one. Texts live in the arena.
void trace_begin(struct trace *trace, const char *traceparent, const char *tracestate,
                 struct arena *arena);
// "00-TRACE-SPAN-01": what those get who are asked for this span.
void trace_write(const struct trace *trace, char text[TRACEPARENT_SIZE]);

// What this thread works for, NULL: nothing in particular. The log names it, and events that are
// written meanwhile carry it. It must live until another is set.
void trace_set_current(const struct trace *trace);
const struct trace *trace_current(void);

#endif
