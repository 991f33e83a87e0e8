#pragma once
#include "CHDF5Shims.h"
#include "arena.h"

// Writes the snapshot of the requested file into the arena, with status and message. Only for the child process: the
// library is left as it is when this returns.
// `image` are the file's bytes.
void chdf5_walk(const chdf5_request *request, const void *image, chdf5_arena *arena);
