// Settings: one row each, read once at start from the environment and the command line. The table
// is what `souk config`, the handbook and the ConfigMap print.
#ifndef SOUK_APP_CONFIG_H
#define SOUK_APP_CONFIG_H

#include "core/buf.h"
#include "core/problem.h"
#include "core/shape.h"

enum { PARTITIONS_AHEAD_MAX = 24 };

// X(type, name, environment, default, min, max, secret, doc); type is text or number. A number's
// bounds are values, a text's are bytes.
#define CONFIG_MAP(X)                                                                              \
    X(text, listen, "SOUK_LISTEN", "127.0.0.1:30080", 3, 200, false,                               \
      "Address and port to serve on; 0.0.0.0:PORT for every network.")                             \
    X(text, data_dir, "SOUK_DATA_DIR", "./data", 1, 1000, false,                                   \
      "Folder of the database, pictures and mails of the single form.")                            \
    X(text, database_url, "SOUK_DATABASE_URL", "", 0, 2000, true,                                  \
      "postgresql://... or sqlite:FILE; empty: souk.db in the data folder.")                       \
    X(text, database_owner_url, "SOUK_DATABASE_OWNER_URL", "", 0, 2000, true,                      \
      "postgresql://... as whom souk migrate SERVICE... makes schemas and roles.")                 \
    X(text, replica_urls, "SOUK_REPLICA_URLS", "", 0, 4000, true,                                  \
      "postgresql://... of servers that follow the database's, with commas: for reads.")           \
    X(text, redis_url, "SOUK_REDIS_URL", "", 0, 2000, true,                                        \
      "redis://[:PASSWORD@]HOST:PORT,...: nodes of a Redis Cluster for copies; empty: none.")      \
    X(text, redis_prefix, "SOUK_REDIS_PREFIX", "souk", 1, 40, false,                               \
      "What the names of this shop's keys in Redis begin with.")                                   \
    X(text, public_url, "SOUK_PUBLIC_URL", "", 0, 300, false,                                      \
      "Address that shoppers see, for links in mails and pages; empty: http:// and SOUK_LISTEN.")  \
    X(text, smtp_url, "SOUK_SMTP_URL", "", 0, 1000, true,                                          \
      "smtp://USER:PASSWORD@HOST:PORT or smtps://...; empty: mails are kept and logged.")          \
    X(text, mail_from, "SOUK_MAIL_FROM", "shop@localhost.localdomain", 3, 254, false,              \
      "Sender of the shop's mails.")                                                               \
    X(text, report_mail, "SOUK_REPORT_MAIL", "", 0, 254, false,                                    \
      "Where souk report --mail shop writes to; empty: nobody, it is printed.")                    \
    X(text, payment_providers, "SOUK_PAYMENT_PROVIDERS", "test", 1, 200, false,                    \
      "Payment providers in order of preference, with commas.")                                    \
    X(text, media_dir, "SOUK_MEDIA_DIR", "", 0, 1000, false,                                       \
      "Folder of stored pictures; empty: media in the data folder.")                               \
    X(text, trusted_proxies, "SOUK_TRUSTED_PROXIES", "", 0, 500, false,                            \
      "Addresses and networks (10.0.0.0/8), with commas, whose X-Forwarded-For is believed.")      \
    X(text, log_level, "SOUK_LOG_LEVEL", "info", 4, 5, false, "debug, info, warn or error.")       \
    X(text, services, "SOUK_SERVICES", "", 0, 200, false,                                          \
      "Services of this process, with commas; empty: all.")                                        \
    X(text, peers, "SOUK_PEERS", "", 0, 2000, false,                                               \
      "Where the other services are: order=http://HOST:PORT,...; else http://NAME-service:8080.")  \
    X(text, peer_key, "SOUK_PEER_KEY", "", 0, 200, true,                                           \
      "What services prove themselves to each other with; needed when they are apart.")            \
    X(text, memcached, "SOUK_MEMCACHED", "", 0, 1000, false,                                       \
      "HOST:PORT of each Memcached node, with commas; empty: what is cached, each process keeps.") \
    X(text, memcached_prefix, "SOUK_MEMCACHED_PREFIX", "souk", 1, 60, false,                       \
      "Before every key in Memcached; another one for each shop that shares the nodes.")           \
    X(number, memcached_s, "SOUK_MEMCACHED_SECONDS", 86400, 1, 2592000, false,                     \
      "How long Memcached keeps a product's document that nothing changed.")                       \
    X(number, workers, "SOUK_WORKERS", 1, 1, 64, false, "Worker processes.")                       \
    X(number, threads, "SOUK_THREADS", 60, 1, 256, false, "Threads that run handlers, a worker.")  \
    X(number, browsing_threads, "SOUK_BROWSING_THREADS", 12, 1, 255, false,                        \
      "How many of these are for browsing and reports; the others are for carts and checkout.")    \
    X(number, loops, "SOUK_LOOPS", 1, 1, 64, false, "Event loops, a worker.")                      \
    X(number, connections, "SOUK_CONNECTIONS", 12000, 16, 1000000, false,                          \
      "Open client connections, a worker.")                                                        \
    X(number, database_connections, "SOUK_DATABASE_CONNECTIONS", 16, 1, 256, false,                \
      "Connections to the database, a worker.")                                                    \
    X(number, database_prepared, "SOUK_DATABASE_PREPARED", 1, 0, 2, false,                         \
      "2 behind a pooler that shares PostgreSQL's connections between transactions and keeps no"   \
      " statements (pgbouncer before 1.21); 0: no statement is prepared.")                         \
    X(number, replica_connections, "SOUK_REPLICA_CONNECTIONS", 8, 1, 256, false,                   \
      "Connections to each of SOUK_REPLICA_URLS, a worker.")                                       \
    X(number, replica_lag_ms, "SOUK_REPLICA_LAG_MS", 5000, 100, 600000, false,                     \
      "How far behind a replica may be before it is not read at.")                                 \
    X(number, partitions_ahead, "SOUK_PARTITIONS_AHEAD", 3, 1, PARTITIONS_AHEAD_MAX, false,        \
      "PostgreSQL: months (years for customers) whose partitions are made ahead.")                 \
    X(number, queue_target_ms, "SOUK_QUEUE_TARGET_MS", 100, 1, 10000, false,                       \
      "Wait in the queue from which on low-class requests are refused.")                           \
    X(number, checkout_queue_ms, "SOUK_CHECKOUT_QUEUE_MS", 500, 0, 600000, false,                  \
      "Wait of checkouts from which on orders are accepted with 202 and worked on in turn.")       \
    X(number, checkout_workers, "SOUK_CHECKOUT_WORKERS", 24, 1, 256, false,                        \
      "Accepted orders that a worker takes to their end at once.")                                 \
    X(number, event_streams, "SOUK_EVENT_STREAMS", 8000, 1, 1000000, false,                        \
      "Shoppers, a worker, who follow their order by server-sent events.")                         \
    X(number, drain_delay_ms, "SOUK_DRAIN_DELAY_MS", 0, 0, 600000, false,                          \
      "How long after SIGTERM everything is still served, while /readyz says 503 already.")        \
    X(number, drain_ms, "SOUK_DRAIN_MS", 10000, 0, 600000, false,                                  \
      "Longest wait for requests in flight after that.")                                           \
    X(number, guarded_a_minute, "SOUK_GUARDED_A_MINUTE", 20, 1, 1000000, false,                    \
      "Log-ins, registrations and resets that one address may try a minute.")                      \
    X(number, writes_a_minute, "SOUK_WRITES_A_MINUTE", 600, 1, 10000000, false,                    \
      "Writes that one address may make a minute.")                                                \
    X(number, fresh_ms, "SOUK_FRESH_MS", 100, 0, 60000, false,                                     \
      "How old lists may be where the stock is another process's.")                                \
    X(number, reservation_ms, "SOUK_RESERVATION_MS", 900000, 1000, 86400000, false,                \
      "How long checkout holds stock.")                                                            \
    X(number, unsafe, "SOUK_UNSAFE", 0, 0, 1, false,                                               \
      "1 lets SQLite skip syncing to disk: only for tests and imports that can be run again.")     \
    X(number, payment_timeout_ms, "SOUK_PAYMENT_TIMEOUT_MS", 3000, 10, 60000, false,               \
      "How long a payment provider may take to answer.")                                           \
    X(number, access_log, "SOUK_ACCESS_LOG", 1, 0, 1, false, "1 writes a line a request.")

#define CONFIG_C_text const char *
#define CONFIG_C_number i64

struct config {
#define X(type_, name_, ...) CONFIG_C_##type_ name_;
    CONFIG_MAP(X)
#undef X
};

// Fills from defaults and the environment; texts live in `arena`. A bad value is named in `problem`
// by its variable.
CHECKED enum err config_read(struct arena *arena, struct config *config, struct problem *problem);
// Sets one by its name with dashes ("--data-dir") or its variable; false when there is none such.
bool config_set(struct config *config, const char *name, const char *value,
                struct problem *problem);
// The parts of a setting that is a list with commas, without blanks around them.
struct text_list config_list(struct arena *arena, const char *value);
// How many threads are left for carts and checkout: all when there is but one.
int config_buying_threads(const struct config *config);
// The table for people: name, variable, default, meaning, and the value in force (secrets hidden).
void config_print(const struct config *config, struct buf *out);

#endif
