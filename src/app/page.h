// The web pages in the binary: the storefront's shell, filled for the page that is asked for, and
// the files beside it (pages.c).
#ifndef SOUK_APP_PAGE_H
#define SOUK_APP_PAGE_H

#include "app/rq.h"

// What a page says before any script runs. All texts but `title` may be NULL; what is no HTML or
// JSON by its name is escaped here. JSON must come from buf_json_text or json_write, which escape
// '<'.
struct page {
    const char *title, *description, *canonical_path, *image_url;
    const char *kind;       // Open Graph type: "product", "website"
    const char *json_ld;    // schema.org, JSON
    const char *body_html;  // shown until the script has started; escaped by the caller
    const char *state_json; // for the storefront: what it would ask the API first
    int status;             // 0: 200
};

// Replies with the storefront's shell around it. ERR_NOT_FOUND when the binary carries no
// storefront.
CHECKED enum err page_reply(struct rq *rq, const struct page *page);

#endif
