// Stands in for ICU's data, 31 MB of tables, in an image whose programs ask for none of it: libxml2
// is linked with ICU for encodings beside Unicode's, and ModSecurity with libxml2 for bodies of
// XML, which the shop takes none of. Whoever asks is told that there is no such table (rootfs.sh).
#include <stdint.h>

// A table of contents without a row, in the form of ICU's own data files (udata.h, ucmndata.h).
struct data {
    uint16_t header_size;
    uint8_t magic[2];
    uint16_t about_size, reserved_word;
    uint8_t big_endian, charset_family, char_size, reserved_byte;
    uint8_t format[4], format_version[4], data_version[4];
    uint8_t padding[8];
    uint32_t count, reserved;
};

extern const struct data DATA;
const struct data DATA = {
    .header_size = 32,
    .magic = {0xda, 0x27},
    .about_size = 20,
    .char_size = 2,
    .format = {'T', 'o', 'C', 'P'},
    .format_version = {1},
};
