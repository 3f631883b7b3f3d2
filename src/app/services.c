// Names of services in paths and lists. Contract in services.h.
#include "app/services.h"

#include <string.h>

int service_of_file(const char *file)
{
    static const char folder[] = "services/";
    const char *at = strstr(file, folder);
    if (at == NULL)
        return SERVICE_EVERY;
    at += strlen(folder);
    size_t length = strcspn(at, "/");
    for (int id = 0; id < service_id_count; id++)
        if (strncmp(service_id_names[id], at, length) == 0 && service_id_names[id][length] == '\0')
            return id;
    return SERVICE_EVERY;
}

static int find(const char *name, size_t length)
{
    for (int id = 0; id < service_id_count; id++)
        if (strlen(service_id_names[id]) == length &&
            memcmp(service_id_names[id], name, length) == 0)
            return id;
    return -1;
}

enum err services_read(const char *list, unsigned *services, struct problem *problem)
{
    *services = 0;
    for (const char *at = list + strspn(list, ", "); *at != '\0'; at += strspn(at, ", ")) {
        size_t length = strcspn(at, ", ");
        int id = find(at, length);
        if (id < 0) {
            problem_field(problem, "SOUK_SERVICES",
                          "there is no service %.*s; there are user, product, order, payment, "
                          "inventory and notification",
                          (int)length, at);
            return ERR_INVALID;
        }
        *services |= 1u << id;
        at += length;
    }
    if (*services == 0)
        *services = SERVICES_ALL;
    return ERR_OK;
}
