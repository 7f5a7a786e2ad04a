# SPDX-License-Identifier: MIT
"""Drives the emulators for the tests: one module per emulator, one for what they show."""
