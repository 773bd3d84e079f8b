// Addresses between this library's form and the sockets'; shared by its files, not exported.
#ifndef BYTEEDIT_ADDRESSES_H
#define BYTEEDIT_ADDRESSES_H

#include <sys/socket.h>

#include "CPlatform.h"

/// Returns 0, or -EAFNOSUPPORT.
int platform_from_socket(const struct sockaddr *source, struct platform_address *address);

/// Returns the length of what was written.
socklen_t platform_to_socket(struct platform_address address, struct sockaddr_storage *target);

#endif
