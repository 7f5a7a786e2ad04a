# SPDX-License-Identifier: MIT
CHUNK_SRCS := chunk_allocator/chunk_allocator.c chunk_allocator/chunk_search.c \
              chunk_allocator/chunk_usage.c

TESTS += chunk_allocator/chunk_allocator_test chunk_allocator/chunk_model_test
SRCS_chunk_allocator/chunk_allocator_test := $(CHUNK_SRCS)
SRCS_chunk_allocator/chunk_model_test     := $(CHUNK_SRCS)

FUZZERS += chunk_allocator/chunk_allocator_fuzz
SRCS_chunk_allocator/chunk_allocator_fuzz := $(CHUNK_SRCS)
