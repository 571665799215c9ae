#!/bin/sh
# Chromium from Debian's packages, where it is missing and may be installed; otherwise the browser tests skip.
if command -v chromium >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null || echo "chromium could not be installed; the browser tests will be skipped."
else
    echo "chromium is not installed; the browser tests will be skipped. Install it with: apt-get install chromium"
fi
exit 0
