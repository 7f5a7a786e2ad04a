/* SPDX-License-Identifier: MIT */
/*
 * What the outside world can cause, as return values.
 *
 * Use      One list for the whole project.  A new code needs a caller that treats it
 *          differently from the others.  Our own broken promises assert instead.
 * Calls    Any context.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
    OK = 0,
    ERR_NOMEM,     /* memory or another resource is used up */
    ERR_RANGE,     /* a value is outside what the device or the format allows */
    ERR_FORMAT,    /* bytes from outside contradict their specification */
    ERR_NOT_FOUND, /* nothing of that name, kind or number exists */
    ERR_TIMEOUT,   /* a device did not get ready within the bound */
    ERR_DEVICE,    /* a device answered, and the answer is a failure */
    ERR_FULL,      /* no room right now; the same call may work later */
    ERR_EMPTY,     /* nothing to take right now; the same call may work later */
    ERR_EXISTS,    /* something is there already, and nothing may replace it unasked */
};

/* The caller has to look at the result: dropping it is a compile-time warning. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* A few lower-case English words for any value, known or not; never NULL. */
const char *err_name(enum err e);

#endif
