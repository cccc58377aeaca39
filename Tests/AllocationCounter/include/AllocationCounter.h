#pragma once

/// How often this thread has asked for memory since it started.
///
/// Counts malloc, calloc, realloc, aligned_alloc, memalign and posix_memalign, of the whole process: an executable that
/// is linked with this target has its own in place of the C library's (glibc only; elsewhere the count stays 0).
unsigned long allocation_count(void);
