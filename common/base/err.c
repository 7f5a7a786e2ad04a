/* SPDX-License-Identifier: MIT */
#include "base/err.h"

const char *err_name(enum err e)
{
    switch (e) {
    case OK: return "ok";
    case ERR_NOMEM: return "out of memory";
    case ERR_RANGE: return "value out of range";
    case ERR_FORMAT: return "malformed data";
    case ERR_NOT_FOUND: return "not found";
    case ERR_TIMEOUT: return "timed out";
    case ERR_DEVICE: return "device failure";
    case ERR_FULL: return "full";
    case ERR_EMPTY: return "empty";
    case ERR_EXISTS: return "already exists";
    }
    return "unknown error";
}
