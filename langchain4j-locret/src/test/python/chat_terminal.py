"""Drives `locret chat` on a pseudo-terminal, as a user would: chat_terminal.py COMMAND..."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

# Only a hang ends in this: a loaded machine is slow.
PATIENCE_SECONDS = 300

screen = ""
checked = 0


def read(terminal):
    global screen
    ready, _, _ = select.select([terminal], [], [], 1)
    if ready:
        screen += os.read(terminal, 4096).decode("utf-8", "replace")


def expect(terminal, pattern):
    """Waits until `pattern` is on the screen after what was expected before."""
    global checked
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = re.compile(pattern, re.S).search(screen, checked)
        if found:
            checked = found.end()
            return
        read(terminal)
    sys.exit(f"not on the screen: {pattern}\n{screen!r}")


def main():
    child, terminal = pty.fork()
    if child == 0:
        # A shell's background job ignores Ctrl-C, and so would its children.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
        os.execvp(sys.argv[1], sys.argv[1:])
    expect(terminal, "> ")
    os.write(terminal, b"Write a long story about a ship.\r")
    expect(terminal, r"\d+/\d+")
    # Some words of the answer, then Ctrl-C: it stops, the program does not.
    expect(terminal, r"\n[^\r\n]*[a-z]+ [a-z]+ [a-z]+")
    os.write(terminal, b"\x03")
    expect(terminal, r"\[stopped\]")
    expect(terminal, "> ")
    # At the prompt it drops what was typed.
    os.write(terminal, b"half a line\x03")
    expect(terminal, "Ctrl-D to leave")
    expect(terminal, "> ")
    os.write(terminal, b"/stats\r")
    expect(terminal, "no finished answer yet")
    expect(terminal, "> ")
    os.write(terminal, b"\x04")
    end = time.monotonic() + PATIENCE_SECONDS
    try:
        while time.monotonic() < end:
            read(terminal)
        sys.exit(f"still there after Ctrl-D\n{screen!r}")
    except OSError:
        pass  # Linux tells the end of a terminal so.
    _, status = os.waitpid(child, 0)
    print(screen)
    sys.exit(os.waitstatus_to_exitcode(status))


main()
