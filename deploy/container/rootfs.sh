#!/bin/bash
# Lays out the file system of an image that holds one program:
#
#     rootfs.sh souk|souk-frontend FOLDER PROGRAM VERSION
#
# The program, the libraries that it is linked with, the certificates that Debian trusts, an account
# without a name for anybody else, the terms of every package that something was taken from, and
# the list of all this in CycloneDX's form (/usr/share/sbom).
set -euo pipefail
image=$1 root=$2 program=$(realpath "$3") version=$4
cd "$(dirname "$0")/../.."
umask 022
rm -rf "$root"
mkdir -p "$root"/{etc/ssl/certs,usr/bin,usr/sbin,usr/lib,usr/share/sbom,data,tmp,run}
for folder in bin sbin lib; do ln -s "usr/$folder" "$root/$folder"; done
ln -s usr/lib "$root/lib64" && ln -s lib "$root/usr/lib64"
chmod 1777 "$root/tmp"
chown 65532:65532 "$root/data"

# A library lies where the loader looks for it, under the name that it is linked by.
libraries() { ldd "$1" | grep -oE '/[^ ]+' | sort -u; }
take_library() {
    local to=$root/usr/lib/x86_64-linux-gnu
    mkdir -p "$to"
    cp -L "$1" "$to/$(basename "$1")"
    chmod 755 "$to/$(basename "$1")"
}

# no_icu_data.c says why; it is called as the one that it stands in for.
without_icu_data() {
    local library
    library=$(basename "$root"/usr/lib/x86_64-linux-gnu/libicudata.so.*)
    gcc -shared -fPIC -Os -s -DDATA="icudt${library##*.}_dat" -Wl,-soname,"$library" \
        -o "$root/usr/lib/x86_64-linux-gnu/$library" deploy/container/no_icu_data.c
}

cp "$program" "$root/usr/$([ "$image" = souk ] && echo bin || echo sbin)/$(basename "$program")"
strip "$root"/usr/*bin/*
for library in $(libraries "$program"); do take_library "$library"; done
ln -s x86_64-linux-gnu/ld-linux-x86-64.so.2 "$root/usr/lib/ld-linux-x86-64.so.2"

cat /usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
printf 'root:x:0:0::/:/nonexistent\nsouk:x:65532:65532::/data:/nonexistent\n' >"$root/etc/passwd"
printf 'root:x:0:\nsouk:x:65532:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"

if [ "$image" = souk-frontend ]; then
    mkdir -p "$root"/{etc/nginx,var/log/nginx,usr/share/souk}
    ln -s ../../tmp "$root/var/lib"
    cp /etc/nginx/mime.types "$root/etc/nginx/"
    # The firewall, for a gateway that is printed with one (souk gateway --firewall).
    module=/usr/lib/nginx/modules/ngx_http_modsecurity_module.so
    mkdir -p "$root"/{usr/lib/nginx/modules,usr/share/modsecurity-crs,etc/modsecurity/crs}
    cp "$module" "$root$module"
    for library in $(libraries "$module"); do take_library "$library"; done
    without_icu_data
    cp -r /usr/share/modsecurity-crs/rules "$root/usr/share/modsecurity-crs/"
    cp /etc/modsecurity/crs/crs-setup.conf "$root/etc/modsecurity/crs/"
    chmod 755 "$root$module"
    for part in storefront admin; do cp -r "web/$part/dist" "$root/usr/share/souk/$part"; done
fi
deploy/container/sbom.py "$image" "$version" "$root" >"$root/usr/share/sbom/$image.cdx.json"
find "$root" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-1700000000}" {} +
du -sh "$root"
